//! Collects the parameters of a request (RFC 5849 sections 3.1, 3.4.1.3 and 3.5).
//!
//! Stricter than most providers, so that a client that is right here is right anywhere: `oauth_*`
//! come from one place only, each once, and none that we do not know. It judges no value.

use axum::http::{HeaderMap, header};
use percent_encoding::percent_decode_str;
use url::form_urlencoded;

const KNOWN: [&str; 9] = [
    "oauth_callback",
    "oauth_consumer_key",
    "oauth_nonce",
    "oauth_signature",
    "oauth_signature_method",
    "oauth_timestamp",
    "oauth_token",
    "oauth_verifier",
    "oauth_version",
];

type Pairs = Vec<(String, String)>;

/// The decoded parameters of one request: from its header, its query and its form together.
#[derive(Debug)]
pub(crate) struct Parameters(Pairs);

/// Why a request cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Malformed {
    /// The Authorization header is not `OAuth name="value", …`, or there are two.
    Header,
    /// `oauth_*` in more than one of header, query and form.
    Scattered,
    /// An `oauth_*` parameter twice.
    Duplicated,
    /// An `oauth_*` parameter of no specification that we know.
    Unknown,
}

impl Parameters {
    /// Reads all three places.
    pub(crate) fn collect(
        headers: &HeaderMap,
        query: Option<&str>,
        body: &[u8],
    ) -> Result<Self, Malformed> {
        let query = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        let form = form_urlencoded::parse(if is_form(headers) { body } else { &[] });
        let places = [
            authorization(headers)?,
            query.into_owned().collect::<Pairs>(),
            form.into_owned().collect::<Pairs>(),
        ];
        if places.iter().filter(|pairs| pairs.iter().any(is_protocol)).count() > 1 {
            return Err(Malformed::Scattered);
        }
        let pairs: Pairs = places.into_iter().flatten().collect();
        let mut names: Vec<&str> =
            pairs.iter().filter(|pair| is_protocol(pair)).map(|(name, _)| name.as_str()).collect();
        if names.iter().any(|name| !KNOWN.contains(name)) {
            return Err(Malformed::Unknown);
        }
        names.sort_unstable();
        if names.windows(2).any(|two| two[0] == two[1]) {
            return Err(Malformed::Duplicated);
        }
        Ok(Self(pairs))
    }

    /// The first value of this name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|pair| pair.0 == name).map(|pair| pair.1.as_str())
    }

    /// What the signature covers: everything but itself.
    pub(crate) fn signed(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        pairs.filter(|(name, _)| *name != "oauth_signature")
    }
}

fn is_protocol((name, _): &(String, String)) -> bool {
    name.starts_with("oauth_")
}

/// Section 3.4.1.3.1: a body takes part only when it is this type and nothing else.
fn is_form(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|value| {
        value.as_bytes().eq_ignore_ascii_case(b"application/x-www-form-urlencoded")
    })
}

/// Section 3.5.1. The realm is read over: it is never signed.
fn authorization(headers: &HeaderMap) -> Result<Pairs, Malformed> {
    let mut fields = headers.get_all(header::AUTHORIZATION).iter();
    let Some(field) = fields.next() else { return Ok(Pairs::new()) };
    if fields.next().is_some() {
        return Err(Malformed::Header);
    }
    let field = field.to_str().map_err(|_| Malformed::Header)?;
    let (scheme, mut rest) = field.split_once(' ').ok_or(Malformed::Header)?;
    if !scheme.eq_ignore_ascii_case("OAuth") {
        return Err(Malformed::Header);
    }
    let mut pairs = Pairs::new();
    loop {
        let (name, after) = rest.trim_start().split_once("=\"").ok_or(Malformed::Header)?;
        let (value, after) = after.split_once('"').ok_or(Malformed::Header)?;
        if !name.eq_ignore_ascii_case("realm") {
            pairs.push((decode(name)?, decode(value)?));
        }
        let after = after.trim();
        if after.is_empty() {
            return Ok(pairs);
        }
        rest = after.strip_prefix(',').ok_or(Malformed::Header)?;
    }
}

/// Section 3.6 in reverse: a `+` stays a `+`, and a stray `%` is a mistake rather than itself.
fn decode(text: &str) -> Result<String, Malformed> {
    let stray = |(at, _): (usize, &str)| {
        let digits = text.as_bytes().get(at + 1..at + 3);
        !digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    if text.match_indices('%').any(stray) {
        return Err(Malformed::Header);
    }
    let decoded = percent_decode_str(text).decode_utf8().map_err(|_| Malformed::Header)?;
    Ok(decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    use super::*;
    use crate::signature::encode;

    fn with_authorization(value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, HeaderValue::from_str(value).expect("a header"));
        headers
    }

    fn header_pairs(value: &str) -> Result<Pairs, Malformed> {
        authorization(&with_authorization(value))
    }

    #[test]
    fn the_header_is_read_with_any_spacing_and_without_its_realm() {
        let pairs = header_pairs("oauth realm=\"a, b\",oauth_nonce=\"1%2f2\" ,\toauth_token=\"\"");
        let expected = [("oauth_nonce", "1/2"), ("oauth_token", "")];
        assert_eq!(pairs, Ok(expected.map(|(a, b)| (a.to_owned(), b.to_owned())).to_vec()));
    }

    #[test]
    fn a_header_that_is_not_oauth_is_malformed() {
        for value in [
            "Bearer abc",
            "OAuth",
            "OAuth oauth_nonce",
            "OAuth oauth_nonce=1",
            "OAuth oauth_nonce=\"1",
            "OAuth oauth_nonce=\"1\" oauth_token=\"2\"",
            "OAuth oauth_nonce=\"1\",",
            "OAuth oauth_nonce=\"%zz\"",
            "OAuth oauth_nonce=\"%2\"",
            "OAuth oauth_nonce=\"%ff\"",
        ] {
            assert_eq!(header_pairs(value), Err(Malformed::Header), "{value}");
        }
    }

    #[test]
    fn a_form_counts_only_when_its_type_is_exactly_that() {
        for (content_type, seen) in [
            ("application/x-www-form-urlencoded", Some("1")),
            ("Application/X-WWW-Form-Urlencoded", Some("1")),
            ("application/x-www-form-urlencoded; charset=utf-8", None),
            ("application/json", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
            let parameters = Parameters::collect(&headers, None, b"a=1").expect("is well formed");
            assert_eq!(parameters.get("a"), seen, "{content_type}");
        }
    }

    proptest! {
        #[test]
        fn what_a_client_encodes_is_what_is_read(value in ".*") {
            let pairs = header_pairs(&format!("OAuth oauth_nonce=\"{}\"", encode(&value)));
            prop_assert_eq!(pairs, Ok(vec![("oauth_nonce".to_owned(), value)]));
        }

        #[test]
        fn no_header_makes_it_panic(value in "[ -~]*") {
            let _ = header_pairs(&value);
            let _ = header_pairs(&format!("OAuth {value}"));
        }
    }
}
