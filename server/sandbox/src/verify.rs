//! What a strict provider checks of a signed request (RFC 5849 section 3.2), in one place.
//!
//! It looks credentials up but issues and spends none, and it words no answer: that is `dialect`.

use crate::nonces::Nonces;
use crate::parameters::{Malformed, Parameters};
use crate::signature;
use crate::world::World;

/// How far a timestamp may be from our clock, in seconds.
pub(crate) const TIMESTAMP_WINDOW: u64 = 300;

/// A request as it arrived, read but not yet believed.
pub(crate) struct Presented {
    pub(crate) method: String,
    pub(crate) base_uri: String,
    pub(crate) parameters: Parameters,
}

/// Why a request is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It cannot be read as a signed request.
    Malformed(Malformed),
    /// A protocol parameter is missing or empty.
    Missing(&'static str),
    /// A signature method or version that is not offered.
    Unsupported,
    /// A timestamp that is no time, or too far from ours.
    Timestamp,
    /// No such app.
    Consumer,
    /// No such token, or of another app.
    Token,
    /// Not what these credentials sign.
    Signature,
    /// Seen before.
    Nonce,
}

/// Which credentials a call is signed with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signer {
    /// The app alone.
    App,
    /// The app and a request token.
    RequestToken,
    /// The app and an access token.
    AccessToken,
}

impl Presented {
    /// Believes the request, or says why not. A nonce is remembered only with a good signature, so
    /// that nobody can spend the nonces of another.
    pub(crate) fn verify(
        &self,
        signer: Signer,
        world: &World,
        nonces: &mut Nonces,
        now: u64,
    ) -> Result<(), Refusal> {
        let consumer_key = self.require("oauth_consumer_key")?;
        let method = self.require("oauth_signature_method")?;
        let presented = self.require("oauth_signature")?;
        let timestamp = self.require("oauth_timestamp")?;
        let nonce = self.require("oauth_nonce")?;
        let token = if signer == Signer::App { "" } else { self.require("oauth_token")? };
        if method != "HMAC-SHA1" {
            return Err(Refusal::Unsupported);
        }
        if self.parameters.get("oauth_version").is_some_and(|version| version != "1.0") {
            return Err(Refusal::Unsupported);
        }
        let app = world.app(consumer_key).ok_or(Refusal::Consumer)?;
        let token_secret = world.token_secret(signer, consumer_key, token).ok_or(Refusal::Token)?;
        let timestamp = parse_timestamp(timestamp).ok_or(Refusal::Timestamp)?;
        if now.abs_diff(timestamp) > TIMESTAMP_WINDOW {
            return Err(Refusal::Timestamp);
        }
        let base = signature::base_string(&self.method, &self.base_uri, self.parameters.signed());
        let expected = signature::sign(&base, app.consumer_secret.expose(), token_secret.expose());
        if !signature::matches(presented, &expected) {
            return Err(Refusal::Signature);
        }
        if nonces.remember(now, timestamp, [consumer_key, token, nonce]) {
            Ok(())
        } else {
            Err(Refusal::Nonce)
        }
    }

    fn require(&self, name: &'static str) -> Result<&str, Refusal> {
        self.parameters.get(name).filter(|value| !value.is_empty()).ok_or(Refusal::Missing(name))
    }
}

/// Section 3.3: a positive integer. `u64::from_str` alone would also take a leading `+`.
fn parse_timestamp(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|seconds| digits && *seconds > 0)
}
