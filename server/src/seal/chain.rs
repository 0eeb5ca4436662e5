//! The hashes that chain the audit log: HMAC-SHA256 under a key of its own.
//!
//! With a plain hash, whoever can change the file could also compute the chain anew. The key lies
//! in the database sealed with the master key, so a change of the master key does not end the chain.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;
use zeroize::{Zeroize as _, Zeroizing};

/// What an entry and the head are known by.
pub type Link = [u8; 32];

/// The `previous` of the first entry.
pub const BEGINNING: Link = [0; 32];

/// The key of one chain.
pub struct Chain(Zeroizing<[u8; 32]>);

impl Chain {
    /// A fresh key, as text to be sealed.
    pub fn generate() -> SecretString {
        let mut bytes = crate::clock::random::<32>();
        let text = BASE64_STANDARD.encode(bytes);
        bytes.zeroize();
        text.into()
    }

    /// The chain of a key that [`generate`](Self::generate) made; `None` when it is none.
    pub fn parse(text: &SecretString) -> Option<Self> {
        let bytes = Zeroizing::new(BASE64_STANDARD.decode(text.expose_secret()).ok()?);
        Some(Self(Zeroizing::new(bytes.as_slice().try_into().ok()?)))
    }

    /// The hash of an entry in canonical form, which includes the hash of the one before.
    pub fn link(&self, canonical: &[u8]) -> Link {
        self.mac(*b"entry", &[canonical])
    }

    /// What vouches for the end of the chain.
    pub fn seal_head(&self, seq: i64, hash: &[u8]) -> Link {
        self.mac(*b"head ", &[&seq.to_be_bytes(), hash])
    }

    /// Both kinds begin with a word of five letters, so that one is never taken for the other.
    fn mac(&self, kind: [u8; 5], parts: &[&[u8]]) -> Link {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.as_slice())
            .expect("HMAC takes a key of any length");
        mac.update(&kind);
        for part in parts {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Chain(****)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231 has no 32-byte key, so this one was computed with `openssl dgst -sha256 -mac HMAC`.
    #[test]
    fn the_hash_is_hmac_sha256_with_the_kind_before_it() {
        let key = BASE64_STANDARD.encode([7; 32]);
        let chain = Chain::parse(&key.into()).expect("a key");
        let expected = "2c77506ec49ae21808d96eb7d74f881d42652eb1a9a108b8f8d1ba32ca43d77c";
        let hex =
            chain.link(b"abc").iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
        assert_eq!(hex, expected);
        assert_ne!(chain.link(b"abc"), chain.seal_head(0, b"abc"));
    }

    #[test]
    fn a_generated_key_reads_and_does_not_print() {
        let chain = Chain::parse(&Chain::generate()).expect("a key");
        assert_eq!(format!("{chain:?}"), "Chain(****)");
        assert!(Chain::parse(&"c2hvcnQ=".into()).is_none());
    }
}
