//! The master keys: the first seals, all of them open.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

/// How many bytes of a key's SHA-256 name it in an envelope.
pub(super) const KEY_ID_LEN: usize = 8;

/// The public name of a key: the first bytes of its SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub(super) [u8; KEY_ID_LEN]);

impl KeyId {
    /// As in an envelope's header.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

/// One 256-bit key and its public name.
pub(super) struct Key {
    pub(super) id: KeyId,
    pub(super) bytes: Zeroizing<[u8; 32]>,
}

/// The master keys in the order of the key file.
pub struct KeyRing {
    keys: Vec<Key>,
}

/// Why a key file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Nothing in it.
    #[error("holds no key; it wants base64 of 32 bytes on each line")]
    Empty,
    /// A line that is not a key; the line itself is not repeated here.
    #[error("line {0} is not base64 of exactly 32 bytes")]
    Line(usize),
}

impl KeyRing {
    /// Reads a key file: base64 of 32 bytes a line; empty lines and `#` comments are skipped.
    pub fn parse(text: &SecretString) -> Result<Self, KeyError> {
        let mut keys = Vec::new();
        for (number, line) in text.expose_secret().lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            keys.push(Key::parse(line).ok_or(KeyError::Line(number + 1))?);
        }
        if keys.is_empty() { Err(KeyError::Empty) } else { Ok(Self { keys }) }
    }

    /// A fresh key, as a line of a key file.
    pub fn generate() -> SecretString {
        let mut bytes = crate::clock::random::<32>();
        let line = BASE64_STANDARD.encode(bytes);
        bytes.zeroize();
        line.into()
    }

    /// Their names; the first is the one that seals.
    pub fn ids(&self) -> impl Iterator<Item = KeyId> {
        self.keys.iter().map(|key| key.id)
    }

    /// The name of the key that seals.
    pub fn active_id(&self) -> KeyId {
        self.active().id
    }

    /// The key that seals.
    pub(super) fn active(&self) -> &Key {
        &self.keys[0]
    }

    /// The key that an envelope names.
    pub(super) fn find(&self, id: KeyId) -> Option<&Key> {
        self.keys.iter().find(|key| key.id == id)
    }
}

impl Key {
    fn parse(line: &str) -> Option<Self> {
        let decoded = Zeroizing::new(BASE64_STANDARD.decode(line).ok()?);
        let bytes = Zeroizing::new(<[u8; 32]>::try_from(decoded.as_slice()).ok()?);
        let digest = Sha256::digest(bytes.as_slice());
        let mut id = [0; KEY_ID_LEN];
        id.copy_from_slice(&digest[..KEY_ID_LEN]);
        Some(Self { id: KeyId(id), bytes })
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyRing({} keys)", self.keys.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_line_is_named_and_not_repeated() {
        let text = SecretString::from("# keys\nnot-a-key\n");
        let error = KeyRing::parse(&text).expect_err("must refuse").to_string();
        assert!(error.contains("line 2") && !error.contains("not-a-key"));
    }

    #[test]
    fn a_generated_key_is_a_key_file() {
        let ring = KeyRing::parse(&KeyRing::generate()).expect("must read");
        assert_eq!(format!("{ring:?}"), "KeyRing(1 keys)");
    }
}
