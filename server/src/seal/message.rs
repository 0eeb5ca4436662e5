//! Signatures of messages to webhooks, as <https://www.standardwebhooks.com> has them.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;
use zeroize::Zeroizing;

const PREFIX: &str = "whsec_";

/// A fresh secret for a webhook: 256 bits.
pub fn message_secret() -> SecretString {
    let bytes = Zeroizing::new(crate::clock::random::<32>());
    format!("{PREFIX}{}", BASE64_STANDARD.encode(bytes.as_slice())).into()
}

/// The value of `webhook-signature`: over id, time in seconds and body. `None` when the secret is
/// none.
pub fn sign_message(secret: &SecretString, id: &str, seconds: i64, body: &str) -> Option<String> {
    let key = secret.expose_secret().strip_prefix(PREFIX)?;
    let key = Zeroizing::new(BASE64_STANDARD.decode(key).ok()?);
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    mac.update(format!("{id}.{seconds}.{body}").as_bytes());
    Some(format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the libraries of Standard Webhooks.
    #[test]
    fn the_signature_is_that_of_the_standard() {
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into();
        let id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
        let signature = sign_message(&secret, id, 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signature.expect("signs"), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_fresh_secret_signs() {
        assert!(sign_message(&message_secret(), "a", 1, "b").is_some());
        assert!(sign_message(&"whsec_?".into(), "a", 1, "b").is_none());
    }
}
