//! One path that a key or a connection may be used for: `GET /2/users/me`, `POST /2/users/*/likes`, `* /2/**`.

use hyper::Method;

use crate::proxy::{Target, is_segment};

/// The methods that the proxy passes on.
pub const METHODS: [Method; 6] =
    [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
/// The same, as `Allow` lists them (RFC 9110 §10.2.1).
pub const METHOD_LIST: &str = "GET, HEAD, POST, PUT, PATCH, DELETE";

/// A method and a pattern of segments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// `None`: any.
    method: Option<Method>,
    segments: Vec<Segment>,
    /// Whether it ended with `**`.
    and_below: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    Exactly(String),
    AnyOne,
}

impl Rule {
    /// Reads it as the contract spells it; `None` when it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let (method, path) = text.split_once(' ')?;
        let method = match method {
            "*" => None,
            name => Some(METHODS.into_iter().find(|method| method.as_str() == name)?),
        };
        let (path, and_below) = match path.strip_suffix("/**") {
            Some(path) => (path, true),
            None => (path, false),
        };
        let mut segments = Vec::new();
        for segment in path.strip_prefix('/')?.split('/') {
            segments.push(match segment {
                "*" => Segment::AnyOne,
                word if is_segment(word) => Segment::Exactly(word.to_owned()),
                _ => return None,
            });
        }
        // It must begin like a path that the proxy takes.
        let Some(Segment::Exactly(root)) = segments.first() else { return None };
        let reachable = Target::parse(&format!("/{root}/a")).is_ok();
        let whole = segments.len() > 1 || and_below;
        (reachable && whole).then_some(Self { method, segments, and_below })
    }

    /// Whether it covers a call.
    pub fn covers(&self, method: &Method, target: Target<'_>) -> bool {
        if self.method.as_ref().is_some_and(|own| own != method) {
            return false;
        }
        let mut asked = target.segments();
        let fits = self.segments.iter().all(|own| match (own, asked.next()) {
            (Segment::AnyOne, Some(_)) => true,
            (Segment::Exactly(word), Some(segment)) => word == segment,
            (_, None) => false,
        });
        fits && asked.next().is_some() == self.and_below
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::needless_pass_by_value, reason = "a table of calls reads better so")]
    fn covers(rule: &str, method: Method, path: &str) -> bool {
        let rule = Rule::parse(rule).expect("a rule");
        rule.covers(&method, Target::parse(path).expect("a path"))
    }

    #[test]
    fn a_rule_covers_what_it_says_and_nothing_beside_it() {
        assert!(covers("GET /2/users/me", Method::GET, "/2/users/me"));
        assert!(!covers("GET /2/users/me", Method::POST, "/2/users/me"));
        assert!(!covers("GET /2/users/me", Method::GET, "/2/users/me/x"));
        assert!(!covers("GET /2/users/me", Method::GET, "/2/users"));
        assert!(!covers("GET /2/users/me", Method::GET, "/2/users/ME"));
        assert!(covers("* /2/users/me", Method::DELETE, "/2/users/me"));
        assert!(covers("POST /2/users/*/likes", Method::POST, "/2/users/7/likes"));
        assert!(!covers("POST /2/users/*/likes", Method::POST, "/2/users/7/x/likes"));
        assert!(covers("* /2/**", Method::PUT, "/2/tweets"));
        assert!(covers("GET /2/users/**", Method::GET, "/2/users/7/likes"));
        assert!(!covers("GET /2/users/**", Method::GET, "/2/users"));
        assert!(!covers("* /2/**", Method::GET, "/1.1/users"));
    }

    #[test]
    fn what_could_mean_more_than_it_says_is_no_rule() {
        for text in [
            "",
            "GET",
            "/2/users/me",
            "GET  /2/users",
            "get /2/users",
            "TRACE /2/users",
            "GET 2/users",
            "GET /",
            "GET /**",
            "GET /*/users",
            "GET /2",
            "GET /3/x",
            "GET /2/a*",
            "GET /2/**/x",
            "GET /2/../x",
            "GET /2/a%2fb",
            "GET /2/x?a=b",
            "GET /2//x",
            "GET /2/x/",
            "GET /2/users me",
            "GET /2/***",
        ] {
            assert_eq!(Rule::parse(text), None, "{text}");
        }
    }
}
