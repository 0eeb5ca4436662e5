//! What lies in the store: `version (1) ‖ key id (8) ‖ nonce (24) ‖ ciphertext and tag`.

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use secrecy::{ExposeSecret, SecretString};
use smallvec::SmallVec;
use zeroize::Zeroizing;

use super::key_ring::KEY_ID_LEN;
use super::{KeyId, KeyRing};

const VERSION: u8 = 1;
const NONCE_LEN: usize = 24;
const HEADER_LEN: usize = 1 + KEY_ID_LEN + NONCE_LEN;

impl KeyId {
    /// The key that an envelope of this version names.
    pub fn of(sealed: &[u8]) -> Option<Self> {
        let (version, rest) = sealed.split_first()?;
        (*version == VERSION).then_some(())?;
        rest.first_chunk().copied().map(Self)
    }
}

/// Where a sealed secret lies. It opens nowhere else.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The tenant.
    pub workspace: &'a str,
    /// The row: its `UUIDv7`.
    pub record: &'a str,
    /// The column.
    pub field: &'static str,
}

/// Why a sealed secret does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Not an envelope of this version.
    #[error("not a sealed secret of this version")]
    Malformed,
    /// Sealed with a key that the master key file does not hold.
    #[error("sealed with a key that the master key file does not hold")]
    UnknownKey,
    /// Changed, or moved from another place.
    #[error("changed since it was sealed, or moved from another place")]
    Tampered,
}

impl Place<'_> {
    /// Each part with its length before it, so that no two places share one encoding.
    fn associated_data(&self) -> SmallVec<[u8; 128]> {
        let parts = [self.workspace, self.record, self.field];
        let mut data = SmallVec::from_slice(&[VERSION]);
        for part in parts {
            data.extend_from_slice(&(part.len() as u64).to_be_bytes());
            data.extend_from_slice(part.as_bytes());
        }
        data
    }
}

impl KeyRing {
    /// Seals a secret to its place with the active key.
    ///
    /// # Panics
    /// When the secret is longer than the cipher's 256 GiB, which no request body can be.
    pub fn seal(&self, place: Place<'_>, secret: &SecretString) -> Vec<u8> {
        let key = self.active();
        let nonce = crate::clock::random::<NONCE_LEN>();
        let payload =
            Payload { msg: secret.expose_secret().as_bytes(), aad: &place.associated_data() };
        let ciphertext = XChaCha20Poly1305::new(key.bytes.as_slice().into())
            .encrypt(XNonce::from_slice(&nonce), payload)
            .expect("a secret is shorter than the cipher's limit");
        [&[VERSION][..], key.id.bytes(), &nonce, &ciphertext].concat()
    }

    /// Whether the key that an envelope names is in the ring. Cheap: only its header is read.
    pub fn knows(&self, sealed: &[u8]) -> bool {
        KeyId::of(sealed).is_some_and(|id| self.find(id).is_some())
    }

    /// Opens what [`seal`](Self::seal) made for the same place.
    pub fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<SecretString, SealError> {
        let (header, ciphertext) =
            sealed.split_at_checked(HEADER_LEN).ok_or(SealError::Malformed)?;
        let (version, rest) = header.split_at(1);
        let (key_id, nonce) = rest.split_at(KEY_ID_LEN);
        if version != [VERSION] {
            return Err(SealError::Malformed);
        }
        let key_id = key_id.try_into().map_err(|_| SealError::Malformed)?;
        let key = self.find(KeyId(key_id)).ok_or(SealError::UnknownKey)?;
        let payload = Payload { msg: ciphertext, aad: &place.associated_data() };
        let plain = XChaCha20Poly1305::new(key.bytes.as_slice().into())
            .decrypt(XNonce::from_slice(nonce), payload)
            .map(Zeroizing::new)
            .map_err(|_| SealError::Tampered)?;
        let text = std::str::from_utf8(&plain).map_err(|_| SealError::Malformed)?;
        Ok(SecretString::from(text))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HERE: Place<'static> = Place { workspace: "w", record: "r", field: "f" };

    fn ring() -> KeyRing {
        KeyRing::parse(&KeyRing::generate()).expect("a generated key reads")
    }

    #[test]
    fn moved_ciphertext_does_not_open() {
        let ring = ring();
        let sealed = ring.seal(HERE, &"secret".into());
        let elsewhere = [
            Place { workspace: "x", ..HERE },
            Place { record: "x", ..HERE },
            Place { field: "x", ..HERE },
            Place { workspace: "wr", record: "", ..HERE },
        ];
        for place in elsewhere {
            assert_eq!(ring.open(place, &sealed).err(), Some(SealError::Tampered));
        }
        assert_eq!(ring.open(HERE, &sealed).expect("opens here").expose_secret(), "secret");
    }

    #[test]
    fn another_key_is_named_as_the_cause() {
        let sealed = ring().seal(HERE, &"secret".into());
        assert_eq!(ring().open(HERE, &sealed).err(), Some(SealError::UnknownKey));
    }

    #[test]
    fn an_old_key_still_opens_after_a_new_one_is_put_first() {
        let old = KeyRing::generate();
        let sealed = KeyRing::parse(&old).expect("reads").seal(HERE, &"secret".into());
        let both = format!("{}\n{}", KeyRing::generate().expose_secret(), old.expose_secret());
        assert!(KeyRing::parse(&both.into()).expect("reads").open(HERE, &sealed).is_ok());
    }

    proptest! {
        #[test]
        fn every_secret_comes_back_and_every_flipped_bit_is_noticed(
            secret in ".{0,80}", at in any::<prop::sample::Index>(), bit in 0_u8..8,
        ) {
            let ring = ring();
            let mut sealed = ring.seal(HERE, &secret.clone().into());
            let opened = ring.open(HERE, &sealed).expect("opens");
            prop_assert_eq!(opened.expose_secret(), &secret);
            let at = at.index(sealed.len());
            sealed[at] ^= 1 << bit;
            prop_assert!(ring.open(HERE, &sealed).is_err());
        }
    }
}
