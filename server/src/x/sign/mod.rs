//! OAuth 1.0a signatures (RFC 5849 §3.4): the only module that touches `oauth1-request`.
//!
//! The crate signs wrongly, without a word, when it is given a query in the URL, duplicate or
//! unusual parameter names, or a lower-case method. Each of those is an error here instead.

mod draft;
mod signer;

use std::borrow::Cow;
use std::fmt;

use hyper::Method;
use hyper::header::HeaderValue;
use oauth1_request::{ParameterList, Request as _};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};
use secrecy::SecretString;
use smallvec::SmallVec;
use url::{Position, Url};

use crate::clock::{Clock, Millis, nonce};
use draft::Draft;

pub use signer::Signer;

/// RFC 5849 §3.6: all but the unreserved characters of RFC 3986 §2.3.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A client's or token's identifier and shared secret (RFC 5849 §1.1).
#[derive(Clone, Debug)]
pub struct KeyPair {
    /// The public half: consumer key, request token or access token.
    pub id: String,
    /// The half that signs; it cannot be printed.
    pub secret: SecretString,
}

impl KeyPair {
    /// Pairs the two halves.
    pub fn new(id: impl Into<String>, secret: SecretString) -> Self {
        Self { id: id.into(), secret }
    }
}

/// `oauth_nonce` and `oauth_timestamp` (RFC 5849 §3.3).
#[derive(Clone, Debug)]
pub struct Moment {
    /// Never used twice with the same timestamp.
    pub nonce: String,
    /// Seconds since the Unix epoch.
    pub timestamp: u64,
}

impl Moment {
    /// Now, with 32 fresh alphanumerics.
    pub fn now(clock: &Clock) -> Self {
        Self::at(clock.now())
    }

    /// A time, with 32 fresh alphanumerics.
    pub(in crate::x) fn at(time: Millis) -> Self {
        let timestamp = u64::try_from(time / 1000).unwrap_or(0);
        Self { nonce: nonce(), timestamp }
    }
}

/// The protocol parameter that belongs to one leg of the flow only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leg<'a> {
    /// Any other request.
    None,
    /// `oauth_callback`, for a request token (§2.1).
    Callback(&'a str),
    /// `oauth_verifier`, for an access token (§2.3).
    Verifier(&'a str),
}

/// A base string URI (RFC 5849 §3.4.1.2): no query, no fragment, and a path that no URL parser would
/// write otherwise.
#[derive(Clone, Copy, Debug)]
pub struct Address<'a> {
    /// Scheme, host, and the port when it is not the scheme's own.
    base: &'a str,
    path: &'a str,
}

impl<'a> Address<'a> {
    /// That of a URL.
    pub fn of(url: &'a Url) -> Result<Self, SignError> {
        let web = matches!(url.scheme(), "http" | "https") && url.has_host();
        if !web || url.query().is_some() || url.fragment().is_some() {
            return Err(SignError::Url);
        }
        Ok(Self { base: &url[Position::BeforeScheme..Position::AfterPort], path: url.path() })
    }

    /// Another path on the host of a URL, of unreserved characters only. It is looked at, and not
    /// parsed: that would take as long as a tenth of a signature.
    pub fn below(url: &'a Url, path: &'a str) -> Result<Self, SignError> {
        let dots = |segment: &[u8]| matches!(segment, b"." | b"..");
        let plain = path.bytes().all(|byte| is_unreserved(byte) || byte == b'/');
        let mut segments = path.as_bytes().split(|byte| *byte == b'/');
        if !path.starts_with('/') || !plain || segments.any(dots) {
            return Err(SignError::Url);
        }
        Ok(Self { path, ..Self::of(url)? })
    }
}

/// Everything that a signature covers.
pub struct Request<'a> {
    /// Upper case.
    pub method: &'a Method,
    /// Where it goes.
    pub address: Address<'a>,
    /// Decoded pairs of the query and a form body together.
    pub parameters: &'a [(String, String)],
    /// The one extra protocol parameter.
    pub leg: Leg<'a>,
}

/// What this signer will not sign, because it would sign it wrongly.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// A method in lower case is another method.
    #[error("the method must be upper-case letters")]
    Method,
    /// The query goes into the parameters.
    #[error(
        "the URL must be http or https with a host and without a query or fragment, its path plain"
    )]
    Url,
    /// The name is repeated.
    #[error("the parameter {0} is given twice")]
    Duplicate(String),
    /// Names are signed as they are, so they must need no encoding.
    #[error("the parameter name {0:?} may only hold A-Z a-z 0-9 . _ ~ -")]
    Name(String),
    /// `oauth_…` parameters are ours to set.
    #[error("the parameter {0} is reserved for the protocol")]
    Reserved(String),
    /// A timestamp of zero is no timestamp.
    #[error("the timestamp must be after 1970")]
    Timestamp,
}

/// The value of an `Authorization` header (RFC 5849 §3.5.1): visible ASCII. It cannot be printed.
pub struct Authorization(String);

impl Authorization {
    /// As it is sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// For a map of headers.
    ///
    /// # Panics
    /// Never: whatever is not ours in it is percent-encoded.
    pub fn into_header(self) -> HeaderValue {
        let mut header = HeaderValue::try_from(self.0).expect("visible ASCII");
        header.set_sensitive(true);
        header
    }
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sensitive")
    }
}

/// Signs a request.
pub fn authorization(
    request: &Request<'_>,
    signer: &Signer,
    moment: &Moment,
) -> Result<Authorization, SignError> {
    check(request)?;
    if moment.timestamp == 0 {
        return Err(SignError::Timestamp);
    }
    let pairs: SmallVec<[(&str, &str); 8]> =
        request.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let draft = Draft::new(request, signer, moment);
    Ok(Authorization(ParameterList::new(pairs).serialize(draft)))
}

fn check(request: &Request<'_>) -> Result<(), SignError> {
    let method = request.method.as_str();
    if method.is_empty() || !method.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err(SignError::Method);
    }
    let names = || request.parameters.iter().map(|(name, _)| name.as_str());
    if request.parameters.len() > 1 {
        let mut names: Vec<&str> = names().collect();
        names.sort_unstable();
        if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(SignError::Duplicate(twice[0].to_owned()));
        }
    }
    for name in names() {
        if name.is_empty() || !name.bytes().all(is_unreserved) {
            return Err(SignError::Name(name.to_owned()));
        }
        if name.starts_with("oauth_") {
            return Err(SignError::Reserved(name.to_owned()));
        }
    }
    Ok(())
}

fn encode(text: &str) -> PercentEncode<'_> {
    utf8_percent_encode(text, ENCODED)
}

/// The same; most names and values need none.
fn encoded(text: &str) -> Cow<'_, str> {
    if text.bytes().all(is_unreserved) { text.into() } else { encode(text).into() }
}

/// RFC 3986 §2.3.
const fn is_unreserved(byte: u8) -> bool {
    const UNRESERVED: [bool; 256] = {
        let mut table = [false; 256];
        let mut byte = 0u8;
        while byte < 128 {
            table[byte as usize] =
                byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
            byte += 1;
        }
        table
    };
    UNRESERVED[byte as usize]
}

#[cfg(test)]
mod tests;
