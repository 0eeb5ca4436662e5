//! Which headers pass, both ways: those of two short lists. Everything else stays where it is, so no
//! cookie, key or hop-by-hop header crosses, and none that is spelled to look like another.

use axum::http::header::{
    ACCEPT, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderMap, HeaderName,
    HeaderValue, RETRY_AFTER,
};
use smallvec::SmallVec;

/// What X may tell the caller, besides `x-rate-limit-…`. `content-encoding` is here because nothing
/// is decompressed: without it the caller could not read what X sent unasked.
static FROM_X: [HeaderName; 7] = [
    CONTENT_TYPE,
    CONTENT_LENGTH,
    CONTENT_ENCODING,
    DATE,
    RETRY_AFTER,
    HeaderName::from_static("x-access-level"),
    HeaderName::from_static("x-transaction-id"),
];
const RATE_LIMIT: &str = "x-rate-limit-";

/// What the caller accepts. Its `content-type` is read where the body is, and a `content-length` is
/// that of the body itself.
pub fn accepted(headers: &HeaderMap) -> SmallVec<[HeaderValue; 1]> {
    headers.get_all(ACCEPT).iter().cloned().collect()
}

/// Takes the headers that pass out of X's.
pub fn from_x(mut theirs: HeaderMap) -> HeaderMap {
    let listed = |name: &HeaderName| FROM_X.contains(name) || name.as_str().starts_with(RATE_LIMIT);
    if theirs.keys().all(listed) {
        return theirs;
    }
    let strange: Vec<HeaderName> = theirs.keys().filter(|name| !listed(name)).cloned().collect();
    for name in strange {
        theirs.remove(name);
    }
    theirs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_listed_headers_of_x_pass() {
        let theirs = [
            ("content-type", "application/json"),
            ("x-rate-limit-remaining", "3"),
            ("x-rate-limit-reset", "9"),
            ("x-access-level", "read"),
            ("set-cookie", "guest_id=1"),
            ("set-cookie", "other=2"),
            ("location", "https://evil.example"),
            ("access-control-allow-origin", "*"),
            ("content-security-policy", "default-src *"),
            ("connection", "x-secret"),
            ("transfer-encoding", "chunked"),
            ("pinfold-error", "forged"),
        ];
        let theirs = theirs
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        let mut ours: Vec<String> =
            from_x(theirs.into_iter().collect()).keys().map(ToString::to_string).collect();
        ours.sort_unstable();
        let expected =
            ["content-type", "x-access-level", "x-rate-limit-remaining", "x-rate-limit-reset"];
        assert_eq!(ours, expected);
    }
}
