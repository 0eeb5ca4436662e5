//! Checks a signature by RFC 5849 §3.4 as it arrived, with no code of the signer's or the sandbox's.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, Mac as _};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use pinfold_tests::Seen;
use sha1::Sha1;

use super::stage::{ACCESS_SECRET, CONSUMER_SECRET};

const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

fn encode(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

/// §3.4.1.3.1 for forms: a plus is a space.
fn form(text: &str) -> Vec<(String, String)> {
    let decode = |text: &str| {
        percent_decode_str(&text.replace('+', " ")).decode_utf8().expect("UTF-8").into_owned()
    };
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

/// The parameters of the `Authorization` header (§3.5.1).
fn oauth(seen: &Seen) -> Vec<(String, String)> {
    let header = seen.header("authorization").expect("it is signed");
    let list = header.strip_prefix("OAuth ").expect("the scheme");
    list.split(',')
        .map(|pair| {
            let (name, value) = pair.trim().split_once('=').expect("a pair");
            let value = value.trim_matches('"');
            (name.to_owned(), percent_decode_str(value).decode_utf8().expect("UTF-8").into_owned())
        })
        .collect()
}

/// Asserts that what arrived at `authority` was signed as it arrived.
pub fn verify(seen: &Seen, authority: &str) {
    assert_eq!(seen.header("host"), Some(authority));
    let (path, query) = seen.target.split_once('?').unwrap_or((&seen.target, ""));
    let mut pairs = form(query);
    if seen.header("content-type") == Some("application/x-www-form-urlencoded") {
        pairs.extend(form(std::str::from_utf8(&seen.body).expect("UTF-8")));
    }
    let protocol = oauth(seen);
    let signature = protocol.iter().find(|(name, _)| name == "oauth_signature");
    let signature = signature.expect("a signature").1.clone();
    pairs.extend(protocol.into_iter().filter(|(name, _)| name != "oauth_signature"));

    let mut encoded: Vec<(String, String)> =
        pairs.iter().map(|(name, value)| (encode(name), encode(value))).collect();
    encoded.sort();
    let joined: Vec<String> =
        encoded.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let base = format!(
        "{}&{}&{}",
        seen.method,
        encode(&format!("http://{authority}{path}")),
        encode(&joined.join("&"))
    );
    let key = format!("{}&{}", encode(CONSUMER_SECRET), encode(ACCESS_SECRET));
    let mut mac = Hmac::<Sha1>::new_from_slice(key.as_bytes()).expect("any key");
    mac.update(base.as_bytes());
    let expected = BASE64_STANDARD.encode(mac.finalize().into_bytes());
    assert_eq!(signature, expected, "{base}");
}
