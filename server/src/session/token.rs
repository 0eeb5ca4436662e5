//! Bearer tokens: shown once, stored as a hash.

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// A fresh token for a cookie, a link or an access key.
pub struct Token(SecretString);

impl Token {
    /// 43 characters of `[A-Za-z0-9]`: 256 bits.
    pub fn generate() -> Self {
        Self(crate::clock::random_alphanumeric::<43>().into())
    }

    /// The text, for its one journey out.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Keeps it as a secret.
    pub fn into_secret(self) -> SecretString {
        self.0
    }

    /// What the store keeps.
    pub fn hash(&self) -> [u8; 32] {
        hash(self.expose())
    }
}

/// SHA-256. A token has 256 random bits, so it needs no slow hash.
pub fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}
