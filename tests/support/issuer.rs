//! A provider of OpenID Connect of a test's own, on loopback: its key is made for the test, and it
//! says what it is told to say, true or not.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};

use crate::{Seen, Upstream, UpstreamReply};

const KEY_ID: &str = "the-only-key";

/// A running one.
pub struct Issuer {
    upstream: Upstream,
    /// The claims of the next id token.
    claims: Arc<Mutex<Value>>,
    down: Arc<AtomicBool>,
}

impl Issuer {
    /// Starts it.
    pub async fn start() -> Self {
        // Any number below the order of the curve is a key.
        let key = SigningKey::from_slice(&[7; 32]).expect("a key");
        let claims = Arc::new(Mutex::new(json!({})));
        let saying = Arc::clone(&claims);
        let down = Arc::new(AtomicBool::new(false));
        let is_down = Arc::clone(&down);
        let upstream = Upstream::bare(move |seen| {
            if is_down.load(Ordering::SeqCst) {
                return UpstreamReply::Reset;
            }
            let host = seen.header("host").expect("a host");
            let claims = saying.lock().unwrap_or_else(PoisonError::into_inner);
            answer(seen, &format!("http://{host}"), &key, &claims)
        })
        .await;
        Self { upstream, claims, down }
    }

    /// Its issuer identifier.
    pub fn url(&self) -> String {
        self.upstream.url().to_owned()
    }

    /// Has it say this of whoever signs in next.
    pub fn says(&self, claims: Value) {
        *self.claims.lock().unwrap_or_else(PoisonError::into_inner) = claims;
    }

    /// From now on it breaks every line.
    pub fn goes_down(&self) {
        self.down.store(true, Ordering::SeqCst);
    }

    /// What it was asked at its token endpoint since the last time.
    pub fn exchanges(&self) -> Vec<Seen> {
        let seen = self.upstream.take();
        seen.into_iter().filter(|seen| seen.target == "/token").collect()
    }
}

fn answer(seen: &Seen, base: &str, key: &SigningKey, claims: &Value) -> UpstreamReply {
    let json = |body: Value| UpstreamReply::json(200, &body.to_string());
    match seen.target.as_str() {
        "/.well-known/openid-configuration" => json(json!({
            "issuer": base,
            "authorization_endpoint": format!("{base}/authorize"),
            "token_endpoint": format!("{base}/token"),
            "jwks_uri": format!("{base}/keys"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
        })),
        "/keys" => json(json!({ "keys": [public(key)] })),
        "/token" => json(json!({
            "access_token": "unused", "token_type": "Bearer", "id_token": token(key, claims),
        })),
        _ => UpstreamReply::json(404, "{}"),
    }
}

fn public(key: &SigningKey) -> Value {
    let point = key.verifying_key().to_encoded_point(false);
    let text = |bytes: Option<&[u8]>| BASE64_URL_SAFE_NO_PAD.encode(bytes.expect("a point"));
    json!({
        "kty": "EC", "use": "sig", "alg": "ES256", "crv": "P-256", "kid": KEY_ID,
        "x": text(point.x().map(|x| &x[..])), "y": text(point.y().map(|y| &y[..])),
    })
}

fn token(key: &SigningKey, claims: &Value) -> String {
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let head = json!({ "alg": "ES256", "kid": KEY_ID, "typ": "JWT" });
    let signed = format!("{}.{}", part(&head), part(claims));
    let signature: Signature = key.sign(signed.as_bytes());
    format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}
