//! What comes in from outside as text or bytes, and what must hold of it whatever it is. The fuzz
//! targets of `fuzz/` and the property tests below ask the same functions.

#![expect(
    clippy::missing_panics_doc,
    reason = "a panic is how a fuzzer hears that something does not hold"
)]

use axum::http::header::{HeaderMap, HeaderName, HeaderValue};
use axum::http::{Method, StatusCode};

use crate::proxy::{Target, accepted, decode, encode, from_x, part};
use crate::seal::{KeyRing, Place};
use crate::x::pass::{Evidence, read_whole};

/// A path of a call: what is taken is sent as it stands, and no URL parser reads it otherwise.
pub fn path(text: &str) {
    if let Some((id, path)) = part(text) {
        assert!(text.contains(id) && text.ends_with(path));
    }
    let Ok(target) = Target::parse(text) else { return };
    let mut url = url::Url::parse("https://x.invalid").expect("a URL");
    url.set_path(target.as_str());
    assert_eq!(url.path(), text);
    assert_eq!(url.host_str(), Some("x.invalid"));
    assert!(target.segments().all(|segment| !segment.is_empty() && segment != ".."));
}

/// A query or form: what is read is encoded so that it is read again as the same.
pub fn query(text: &[u8]) {
    let Ok(pairs) = decode(text, "query") else { return };
    let plain = |name: &str| {
        name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
    };
    // The signer refuses other names, and one that is empty.
    if pairs.iter().all(|(name, _)| plain(name) && !name.is_empty()) {
        let mut again = String::new();
        encode(&mut again, &pairs);
        assert_eq!(decode(again.as_bytes(), "query").ok(), Some(pairs));
    }
}

/// Lines of `name: value` as headers: of X's only the listed pass, of a caller's only what it accepts.
pub fn headers(text: &[u8]) {
    let lines = text.split(|byte| *byte == b'\n').filter_map(|line| {
        let at = line.iter().position(|byte| *byte == b':')?;
        let name = HeaderName::from_bytes(&line[..at]).ok()?;
        Some((name, HeaderValue::from_bytes(&line[at + 1..]).ok()?))
    });
    let headers: HeaderMap = lines.collect();
    assert_eq!(accepted(&headers).len(), headers.get_all("accept").iter().count());
    let passed = from_x(headers);
    for name in ["set-cookie", "location", "connection", "transfer-encoding", "pinfold-error"] {
        assert!(!passed.contains_key(name), "{name}");
    }
}

/// A refusal of X's: it is read, whatever it is, and what is repeated of it is short and on one line.
pub fn reply(status: u16, body: &[u8]) {
    let Ok(status) = StatusCode::from_u16(status) else { return };
    let failure = Evidence::new(status, &HeaderMap::new(), None, 0, 0).failure(body);
    let text = failure.answer.map(|answer| answer.text).unwrap_or_default();
    assert!(text.chars().count() <= 300 && !text.contains(char::is_control), "{text:?}");
}

/// An answer of X's, as bytes: however it is cut into parts, it is read as the same.
pub fn answer(text: &[u8]) {
    let whole = read_whole(text, &Method::GET, text.len().max(1));
    assert_eq!(read_whole(text, &Method::GET, 1), whole);
    assert_eq!(read_whole(text, &Method::GET, 7), whole);
    if let Some((status, body, _)) = whole {
        assert!(status == 0 || status >= 200, "{status}");
        assert!(body.len() <= text.len());
    }
}

/// A sealed secret: nothing that was not sealed here opens.
pub fn envelope(sealed: &[u8]) {
    let ring = KeyRing::parse(&KeyRing::generate()).expect("a generated key reads");
    let place = Place { workspace: "w", record: "r", field: "f" };
    assert!(ring.open(place, sealed).is_err());
    let mut genuine = ring.seal(place, &"secret".into());
    assert!(ring.open(place, &genuine).is_ok());
    for (byte, change) in genuine.iter_mut().zip(sealed) {
        *byte ^= change;
    }
    let changed = sealed.iter().take(genuine.len()).any(|change| *change != 0);
    assert_eq!(ring.open(place, &genuine).is_err(), changed);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_path(text in "(/api/v1/connections/[a-f0-9-]{0,4}/x)?(/(2|1\\.1|oauth|[.]{0,3}|[a-zA-Z0-9%._~@:\\\\-]{0,5})){0,5}") {
            path(&text);
        }

        #[test]
        fn any_query(text in "([a-z%+&=;.é]|%[0-9A-F]{2}){0,30}") {
            query(text.as_bytes());
        }

        #[test]
        fn any_headers(text in "((accept|set-cookie|location|x-rate-limit-[a-z]{1,4}|date|connection|[a-z_-]{1,9}):[ -~]{0,9}\n){0,8}") {
            headers(text.as_bytes());
        }

        #[test]
        fn any_reply(status in 100..1000u16, body in "(\\{\"errors\":\\[\\{\"code\":-?[0-9]{1,20}\\}\\]\\}|\\PC{0,40}|[<>&a\u{0}-\u{1f}]{0,40})") {
            reply(status, body.as_bytes());
        }

        #[test]
        fn any_answer(text in "HTTP/1\\.[01] [1-5](00|01|04)( OK)?\r\n((content-length|transfer-encoding|connection|date|x-[a-z]{1,4}): ?(chunked|close|[0-9]{0,3}|[ -~]{0,5})\r\n){0,4}\r\n([0-9a-f]{1,2}\r\n[a-z]{0,9}\r\n){0,3}(0\r\n)?(\r\n)?") {
            answer(text.as_bytes());
        }

        #[test]
        fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..120), status in any::<u16>()) {
            path(&String::from_utf8_lossy(&bytes));
            query(&bytes);
            headers(&bytes);
            reply(status, &bytes);
            answer(&bytes);
            envelope(&bytes);
        }
    }
}
