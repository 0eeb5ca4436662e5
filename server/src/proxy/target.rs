//! The path of a call, parsed into segments. What was checked is what is sent: nothing is decoded,
//! resolved or put right on the way.

use std::sync::LazyLock;

use pinfold_api::{Code, paths};

use crate::problem::Refusal;

/// The versions of X's API that the proxy passes on.
const ROOTS: [&str; 2] = ["2", "1.1"];
/// Paths that give out or take away tokens, below their root: those go by authorizations and
/// connections, where a token is never forgotten.
const OAUTH: [&str; 2] = ["oauth", "oauth2"];

/// X's own path, below `/2/` or `/1.1/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target<'a>(&'a str);

impl<'a> Target<'a> {
    /// Reads the path that follows `/x`, as it stood in the request.
    pub fn parse(path: &'a str) -> Result<Self, Refusal> {
        let refused = || Refusal::new(Code::PathRefused).at("path");
        let mut segments = path.strip_prefix('/').ok_or_else(refused)?.split('/');
        let root = segments.next().unwrap_or_default();
        let first = segments.next().unwrap_or_default();
        if !ROOTS.contains(&root) || !is_segment(first) || !segments.all(is_segment) {
            return Err(refused());
        }
        if OAUTH.iter().any(|word| first.eq_ignore_ascii_case(word)) {
            return Err(refused().because(
                "Tokens are not given out or revoked through the proxy. Connect, repair or delete \
                 the connection instead.",
            ));
        }
        Ok(Self(path))
    }

    /// With its first slash.
    pub fn as_str(self) -> &'a str {
        self.0
    }

    /// Its segments, the version first.
    pub fn segments(self) -> impl Iterator<Item = &'a str> + Clone {
        self.0.split('/').skip(1)
    }
}

/// No path of X's needs more: RFC 3986's unreserved characters, and never two dots in a row. A
/// percent sign is none of them, so no encoded slash, dot or NUL gets through, and nobody has to
/// agree on how often to decode.
pub fn is_segment(segment: &str) -> bool {
    let unreserved =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    let two_dots = || segment.as_bytes().windows(2).any(|two| two == b"..");
    !segment.is_empty() && segment != "." && segment.bytes().all(unreserved) && !two_dots()
}

/// Parts `/api/v1/connections/{id}/x/2/…` into the id and `/2/…`, both as they stand in the request.
/// `None`: the path is none of the proxy's.
pub fn part(path: &str) -> Option<(&str, &str)> {
    let (before, marker) = *AROUND;
    let (id, rest) = path.strip_prefix(before)?.split_once('/')?;
    let rest = rest.strip_prefix(marker)?;
    (rest.is_empty() || rest.starts_with('/')).then_some((id, rest))
}

/// What stands before the id, and between the slash behind it and X's own path.
static AROUND: LazyLock<(&str, &str)> = LazyLock::new(|| {
    let around = paths::CONNECTION_PROXY.split_once("{id}/");
    let around = around.and_then(|(before, after)| Some((before, after.strip_suffix("/{path}")?)));
    around.expect("the contract spells it so")
});

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn paths_of_x_pass_as_they_are() {
        for path in [
            "/2/users/me",
            "/2/tweets",
            "/2/users/by/username/Some_Body",
            "/1.1/statuses/update.json",
            "/2/a~b-c_d.e",
        ] {
            assert_eq!(Target::parse(path).map(Target::as_str).ok(), Some(path));
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for path in [
            "",
            "/",
            "2/users/me",
            "/2",
            "/2/",
            "/3/users",
            "/2/users/",
            "//2/users",
            "/2//users",
            "/2/../1.1/x",
            "/2/users/..",
            "/2/./users",
            "/2/a..b",
            "/2/users%2fme",
            "/2/users%2Fme",
            "/2/%2e%2e/x",
            "/2/users%00",
            "/2/users\\me",
            "/2/@evil.example",
            "/2/users@evil",
            "/2/users:80",
            "/2/a b",
            "/2/a;b",
            "/2/a,b",
            "/2/ü",
            "/2/a?b",
            "/2/a#b",
            "/2/a%23b",
            "/oauth/request_token",
            "/1.1/oauth/invalidate_token.json",
            "/1.1/OAuth/x",
            "/2/oauth2/token",
            "http://evil.example/2/users",
            "/2/http://evil.example",
        ] {
            assert!(Target::parse(path).is_err(), "{path}");
        }
    }

    #[test]
    fn the_proxys_paths_are_told_from_the_others() {
        assert_eq!(part("/api/v1/connections/7/x/2/users/me"), Some(("7", "/2/users/me")));
        assert_eq!(part("/api/v1/connections/7/x//2"), Some(("7", "//2")));
        assert_eq!(part("/api/v1/connections/7/x"), Some(("7", "")));
        assert_eq!(part("/api/v1/connections/%37/x/"), Some(("%37", "/")));
        for path in [
            "/api/v1/connections/7",
            "/api/v1/connections/7/xy/2",
            "/api/v1/connections/x/2",
            "/api/v1/keys/7/x/2",
            "/",
        ] {
            assert_eq!(part(path), None, "{path}");
        }
    }

    proptest! {
        /// Whatever passes is, to a URL parser, the very same path of the very same host.
        #[test]
        fn what_passes_is_what_a_url_parser_sees(path in "(/2|/1\\.1)?(/?[ -~]{0,8}){0,5}") {
            if let Ok(target) = Target::parse(&path) {
                let url = url::Url::parse(&format!("https://api.x.com{}", target.as_str()));
                let url = url.expect("a URL");
                prop_assert_eq!(url.path(), path.as_str());
                prop_assert_eq!(url.host_str(), Some("api.x.com"));
                prop_assert!(url.query().is_none() && url.fragment().is_none());
                prop_assert!(url.username().is_empty() && url.port().is_none());
            }
        }
    }
}
