//! Queries and form bodies, decoded so that they can be signed and encoded anew.
//!
//! Strict where decoders differ: a stray `%` or a byte that is no UTF-8 would be signed as one thing
//! and read as another, so it is refused.

use percent_encoding::percent_decode;
use pinfold_api::Code;

use crate::problem::Refusal;

/// More than any call of X's has; each costs a sort and an encoding.
const MOST: usize = 200;

/// Decodes `name=value&…`; `field` says where it stood.
pub fn decode(text: &[u8], field: &'static str) -> Result<Vec<(String, String)>, Refusal> {
    let mut pairs = Vec::new();
    for pair in text.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
        if pairs.len() == MOST {
            return Err(unsignable(field).because(format!("At most {MOST} parameters.")));
        }
        let at = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
        let (name, value) = (&pair[..at], pair.get(at + 1..).unwrap_or_default());
        pairs.push((one(name, field)?, one(value, field)?));
    }
    Ok(pairs)
}

fn one(text: &[u8], field: &'static str) -> Result<String, Refusal> {
    // Most names and values mean what they say.
    if !text.iter().any(|byte| matches!(byte, b'%' | b'+'))
        && let Ok(plain) = std::str::from_utf8(text)
    {
        return Ok(plain.to_owned());
    }
    let whole = |(at, byte): (usize, &u8)| {
        *byte != b'%'
            || text.get(at + 1..at + 3).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit))
    };
    let decoded = text.iter().enumerate().all(whole).then(|| {
        if text.contains(&b'+') {
            let spaced: Vec<u8> =
                text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
            percent_decode(&spaced).decode_utf8().ok().map(std::borrow::Cow::into_owned)
        } else {
            percent_decode(text).decode_utf8().ok().map(std::borrow::Cow::into_owned)
        }
    });
    decoded.flatten().ok_or_else(|| {
        unsignable(field).because(
            "A parameter is not percent-encoded UTF-8. Encode each name and value once (RFC 3986).",
        )
    })
}

/// A refusal that names the place.
pub fn unsignable(field: &'static str) -> Refusal {
    Refusal::new(Code::Unsignable).at(field)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Option<Vec<(String, String)>> {
        decode(text.as_bytes(), "query").ok()
    }

    #[expect(clippy::unnecessary_wraps, reason = "to be compared with what `read` answers")]
    fn pairs(expected: &[(&str, &str)]) -> Option<Vec<(String, String)>> {
        Some(expected.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect())
    }

    #[test]
    fn a_query_is_read_in_its_order() {
        assert_eq!(read("b=2&a=1"), pairs(&[("b", "2"), ("a", "1")]));
        assert_eq!(read("a=1=2&b&&c="), pairs(&[("a", "1=2"), ("b", ""), ("c", "")]));
        assert_eq!(read("q=a+b%20c%2B%C3%BC"), pairs(&[("q", "a b c+ü")]));
        assert_eq!(read(""), pairs(&[]));
    }

    #[test]
    fn what_decoders_disagree_about_is_refused() {
        for text in ["a=%", "a=%2", "a=%zz", "%=1", "a=%ff", "a=%C3", "a=%+1"] {
            assert_eq!(read(text), None, "{text}");
        }
        assert!(read(&"a=1&".repeat(MOST)).is_some());
        assert!(read(&"a=1&".repeat(MOST + 1)).is_none());
    }

    proptest! {
        #[test]
        fn what_is_encoded_comes_back(name in "[a-z]{1,5}", value in ".{0,40}") {
            let text = url::form_urlencoded::Serializer::new(String::new())
                .append_pair(&name, &value)
                .finish();
            prop_assert_eq!(read(&text), Some(vec![(name, value)]));
        }

        #[test]
        fn no_text_makes_it_panic(text in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = decode(&text, "query");
        }
    }
}
