//! What one sign-in has to bring back: kept by the browser, in a cookie that only this server opens.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretString};
use subtle::ConstantTimeEq as _;

use crate::clock::{Millis, random_alphanumeric};
use crate::seal::{KeyRing, Place};

/// How long a person may take at the provider.
pub const FLOW_MILLIS: Millis = 10 * 60 * 1000;
const PLACE: Place<'static> = Place { workspace: "", record: "oidc", field: "flow" };

/// One sign-in that is under way.
pub struct Flow {
    /// Comes back in the address: the answer is to this browser's question (RFC 6749 §10.12).
    pub state: String,
    /// Comes back in the id token: the token was made for this sign-in.
    pub nonce: String,
    /// Proves to the provider that the code is ours (RFC 7636).
    pub verifier: String,
    /// The page elsewhere that it is for, one of configuration's; `None`: our own.
    pub page: Option<String>,
    /// When it is over.
    expires_at: Millis,
}

impl Flow {
    /// A fresh one.
    pub fn new(page: Option<String>, now: Millis) -> Self {
        Self {
            state: random_alphanumeric::<43>(),
            nonce: random_alphanumeric::<43>(),
            verifier: random_alphanumeric::<64>(),
            page,
            expires_at: now + FLOW_MILLIS,
        }
    }

    /// As a cookie's value.
    pub fn seal(&self, ring: &KeyRing) -> String {
        let Self { state, nonce, verifier, page, expires_at } = self;
        // A URL holds no space.
        let page = page.as_deref().unwrap_or_default();
        let text = SecretString::from(format!("{state} {nonce} {verifier} {expires_at} {page}"));
        BASE64_URL_SAFE_NO_PAD.encode(ring.seal(PLACE, &text))
    }

    /// Reads one back, unless it is over or none of ours.
    pub fn open(ring: &KeyRing, cookie: &str, now: Millis) -> Option<Self> {
        let sealed = BASE64_URL_SAFE_NO_PAD.decode(cookie).ok()?;
        let text = ring.open(PLACE, &sealed).ok()?;
        let mut words = text.expose_secret().split(' ').map(str::to_owned);
        let (state, nonce, verifier) = (words.next()?, words.next()?, words.next()?);
        let expires_at = words.next()?.parse().ok()?;
        let page = words.next().filter(|page| !page.is_empty());
        (now < expires_at).then_some(Self { state, nonce, verifier, page, expires_at })
    }

    /// Whether an answer is to this question.
    pub fn is_of(&self, state: &str) -> bool {
        self.state.as_bytes().ct_eq(state.as_bytes()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flow_comes_back_until_it_is_over() {
        let ring = KeyRing::parse(&KeyRing::generate()).expect("a key");
        let page = Some("https://front.example/sign-in".to_owned());
        let (flow, other) = (Flow::new(page.clone(), 1), Flow::new(None, 1));
        let cookie = flow.seal(&ring);
        let back = Flow::open(&ring, &cookie, FLOW_MILLIS).expect("opens");
        assert!(back.is_of(&flow.state) && !back.is_of(&other.state));
        assert_eq!((back.nonce, back.verifier, back.page), (flow.nonce, flow.verifier, page));
        let other = Flow::open(&ring, &other.seal(&ring), 1).expect("opens");
        assert_eq!(other.page, None);
        assert!(Flow::open(&ring, &cookie, FLOW_MILLIS + 1).is_none());
        assert!(Flow::open(&ring, &cookie[1..], 1).is_none());
        let stranger = KeyRing::parse(&KeyRing::generate()).expect("a key");
        assert!(Flow::open(&stranger, &cookie, 1).is_none());
    }
}
