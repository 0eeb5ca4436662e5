//! A `#` in a request line. hyper drops it and what follows, so that a handler could not tell that
//! anything was there: it is looked for in what is read.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use memchr::memchr;

/// A request line is looked for in so much of what is read at once; behind that are bodies.
const LOOKED_AT: usize = 4 * 1024;

/// A request whose target has a fragment (RFC 3986 §3.5), which none may have (RFC 9112 §3.2).
#[derive(Clone, Copy, Debug)]
pub(crate) struct HasFragment;

/// Whether the last that was read on a connection held one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fragments(Arc<AtomicBool>);

impl Fragments {
    /// Looks at what was read.
    pub(crate) fn look(&self, read: &[u8]) {
        let read = &read[..read.len().min(LOOKED_AT)];
        if memchr(b'#', read).is_some() && read.split(|byte| *byte == b'\n').any(has_fragment) {
            self.0.store(true, Relaxed);
        }
    }

    /// Whether there was one since this was asked last.
    pub(crate) fn found(&self) -> bool {
        self.0.load(Relaxed) && self.0.swap(false, Relaxed)
    }
}

/// `GET /path#fragment HTTP/1.1`
fn has_fragment(line: &[u8]) -> bool {
    let mut words = line.split(|byte| *byte == b' ');
    let (Some(method), Some(target)) = (words.next(), words.next()) else { return false };
    let is_request = !method.is_empty()
        && method.iter().all(u8::is_ascii_uppercase)
        && words.next().is_some_and(|version| version.starts_with(b"HTTP/1."));
    is_request && target.contains(&b'#')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(read: &str) -> bool {
        let fragments = Fragments::default();
        fragments.look(read.as_bytes());
        fragments.found()
    }

    #[test]
    fn only_a_request_line_has_one() {
        assert!(found("GET /2/users/me#frag HTTP/1.1\r\nhost: a\r\n\r\n"));
        assert!(found("GET / HTTP/1.1\r\n\r\nGET /a?b#c HTTP/1.0\r\n\r\n"), "behind another one");
        for fine in [
            "GET /a?b=%23 HTTP/1.1\r\ncookie: a=#\r\n\r\n",
            "POST /a HTTP/1.1\r\n\r\ntext=GET /a#b HTTP/1.1",
            "POST /a HTTP/1.1\r\n\r\n{\"text\":\"#news\"}",
            "#",
            "",
        ] {
            assert!(!found(fine), "{fine}");
        }
        let fragments = Fragments::default();
        fragments.look(b"GET /#a HTTP/1.1\r\n");
        assert!(fragments.found() && !fragments.found(), "it is asked about once");
    }
}
