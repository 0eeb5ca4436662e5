//! RFC 5849 section 3.4, from its text: the base string and HMAC-SHA1.
//!
//! Shares nothing with the signer that Pinfold signs with, or both would agree on a mistake.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};
use sha1::Sha1;
use subtle::ConstantTimeEq as _;

/// Section 3.6: everything but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

pub(crate) fn encode(text: &str) -> PercentEncode<'_> {
    utf8_percent_encode(text, RESERVED)
}

/// Section 3.4.1.2: scheme and host in lower case, no default port, the path as it was sent, no
/// query. `authority` is the `Host` header, `target` the path with its query.
pub(crate) fn base_uri(scheme: &str, authority: &str, target: &str) -> String {
    let scheme = scheme.to_ascii_lowercase();
    let authority = authority.to_ascii_lowercase();
    let default_port = if scheme == "https" { ":443" } else { ":80" };
    let host = authority.strip_suffix(default_port).unwrap_or(&authority);
    let path = target.split(['?', '#']).next().filter(|path| !path.is_empty()).unwrap_or("/");
    format!("{scheme}://{host}{path}")
}

/// Section 3.4.1: method, base URI and every parameter but the signature (and realm).
pub(crate) fn base_string<'a>(
    method: &str,
    base_uri: &str,
    parameters: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> String {
    // Names and values are sorted after encoding: `%` sorts before the letters, so that sorting
    // the raw text gives another order (erratum 2550).
    let mut pairs: Vec<(String, String)> = parameters
        .into_iter()
        .map(|(name, value)| (encode(name).to_string(), encode(value).to_string()))
        .collect();
    pairs.sort();
    let pairs: Vec<String> =
        pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    let method = method.to_ascii_uppercase();
    format!("{}&{}&{}", encode(&method), encode(base_uri), encode(&pairs.join("&")))
}

/// Section 3.4.2. The token secret is empty while there is no token.
pub(crate) fn sign(base_string: &str, consumer_secret: &str, token_secret: &str) -> String {
    let key = format!("{}&{}", encode(consumer_secret), encode(token_secret));
    let mut mac = Hmac::<Sha1>::new_from_slice(key.as_bytes()).expect("HMAC takes any key");
    mac.update(base_string.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

/// Compares in a time that tells nothing about where two signatures differ.
pub(crate) fn matches(presented: &str, expected: &str) -> bool {
    presented.as_bytes().ct_eq(expected.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Vectors {
        signatures: Vec<Vector>,
        encoding: Vec<(String, String)>,
        base_uri: Vec<BaseUri>,
    }

    #[derive(Deserialize)]
    struct Vector {
        id: String,
        method: String,
        url: String,
        params: Vec<(String, String)>,
        oauth: BTreeMap<String, String>,
        consumer_secret: String,
        token_secret: String,
        signature: String,
    }

    #[derive(Deserialize)]
    struct BaseUri {
        scheme: String,
        host: String,
        target: String,
        base: String,
    }

    fn vectors() -> Vectors {
        serde_json::from_str(include_str!("../tests/vectors.json")).expect("the vectors are JSON")
    }

    #[test]
    fn every_published_signature_comes_out_right() {
        for vector in vectors().signatures {
            let params = vector.params.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            let oauth = vector.oauth.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            let base = base_string(&vector.method, &vector.url, params.chain(oauth));
            let signature = sign(&base, &vector.consumer_secret, &vector.token_secret);
            assert_eq!(signature, vector.signature, "{}: {base}", vector.id);
        }
    }

    #[test]
    fn the_base_string_of_the_rfc_is_the_one_erratum_2550_prints() {
        let parameters = [
            ("b5", "=%3D"),
            ("a3", "a"),
            ("c@", ""),
            ("a2", "r b"),
            ("oauth_consumer_key", "9djdj82h48djs9d2"),
            ("oauth_token", "kkk9d7dh3k39sjv7"),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", "137131201"),
            ("oauth_nonce", "7d8f3e4a"),
            ("c2", ""),
            ("a3", "2 q"),
        ];
        assert_eq!(
            base_string("post", "http://example.com/request", parameters),
            "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D\
             %253D%25253D%26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_non\
             ce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26o\
             auth_token%3Dkkk9d7dh3k39sjv7"
        );
    }

    #[test]
    fn encoding_leaves_only_unreserved_characters() {
        for (raw, encoded) in vectors().encoding {
            assert_eq!(encode(&raw).to_string(), encoded);
        }
    }

    #[test]
    fn the_base_uri_drops_case_default_port_and_query() {
        for vector in vectors().base_uri {
            assert_eq!(base_uri(&vector.scheme, &vector.host, &vector.target), vector.base);
        }
        assert_eq!(base_uri("HTTPS", "Api.X.com:443", ""), "https://api.x.com/");
        assert_eq!(base_uri("http", "a.example:443", "/p"), "http://a.example:443/p");
    }

    #[test]
    fn only_the_very_same_signature_matches() {
        assert!(matches("tR3+Ty81lMeYAr/Fid0kMTYa/WM=", "tR3+Ty81lMeYAr/Fid0kMTYa/WM="));
        assert!(!matches("tR3+Ty81lMeYAr/Fid0kMTYa/WM", "tR3+Ty81lMeYAr/Fid0kMTYa/WM="));
        assert!(!matches("", "tR3+Ty81lMeYAr/Fid0kMTYa/WM="));
    }
}
