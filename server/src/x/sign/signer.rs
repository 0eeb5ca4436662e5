//! What signs for an app and a token.

use std::fmt;
use std::hint::black_box;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use secrecy::ExposeSecret as _;
use sha1::Sha1;
use zeroize::Zeroizing;

use super::{KeyPair, encode};

/// An app and a token that requests are signed for: their names, and HMAC-SHA1 with their secrets
/// put in already (RFC 5849 §3.4.2).
///
/// It signs, and so it is a secret, but neither of theirs can be read from it. It cannot be printed, and
/// is erased when it is dropped.
pub struct Signer {
    /// Percent-encoded (RFC 5849 §3.6).
    pub(super) consumer_key: String,
    /// The same; `None` before there is a token.
    pub(super) token: Option<String>,
    keyed: Hmac<Sha1>,
}

impl Signer {
    /// Puts the secrets of both in.
    pub fn new(app: &KeyPair, token: Option<&KeyPair>) -> Self {
        Self {
            consumer_key: encode(&app.id).to_string(),
            token: token.map(|token| encode(&token.id).to_string()),
            keyed: keyed(
                app.secret.expose_secret(),
                token.map_or("", |token| token.secret.expose_secret()),
            ),
        }
    }

    /// The signature of a base string, in base64.
    pub(super) fn sign(&self, base: &str) -> [u8; 28] {
        let mut mac = self.keyed.clone();
        mac.update(base.as_bytes());
        let mut text = [0; 28];
        STANDARD
            .encode_slice(mac.finalize().into_bytes(), &mut text)
            .expect("28 letters for 20 bytes");
        text
    }
}

/// No copy of ours stays on the heap: it never outgrows its room, where a letter takes up to three.
fn keyed(consumer_secret: &str, token_secret: &str) -> Hmac<Sha1> {
    let letters = consumer_secret.len() + 1 + token_secret.len();
    let mut key = Zeroizing::new(String::with_capacity(3 * letters));
    key.extend(encode(consumer_secret));
    key.push('&');
    key.extend(encode(token_secret));
    Hmac::new_from_slice(key.as_bytes()).expect("a key of any length")
}

impl Drop for Signer {
    /// The crate cannot erase it yet; what is put in its place is looked at, so that it is put there.
    fn drop(&mut self) {
        self.keyed = keyed("", "");
        black_box(&self.keyed);
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("consumer_key", &self.consumer_key)
            .field("token", &self.token)
            .finish_non_exhaustive()
    }
}
