//! Heads and bodies of an X that is strange, cut off at every byte.

use proptest::prelude::*;

use super::*;

fn head(text: &str) -> Result<Option<Head>, Garbled> {
    Head::take(&mut BytesMut::from(text), &Method::GET, &mut HeaderMap::new())
}

/// A head that is whole, and its headers.
fn whole(text: &str, method: &Method) -> (Head, HeaderMap) {
    let mut headers = HeaderMap::new();
    let head = Head::take(&mut BytesMut::from(text), method, &mut headers);
    (head.expect("HTTP").expect("whole"), headers)
}

fn framing(lines: &str) -> Option<(Framing, bool)> {
    let head = head(&format!("HTTP/1.1 200 OK\r\n{lines}\r\n")).ok()??;
    Some((head.framing, head.keeps))
}

/// All of a body that comes in parts of these sizes; `None` when it is garbled, `false` when cut off.
fn read(mut framing: Framing, text: &[u8], size: usize) -> Option<(Vec<u8>, bool)> {
    let (mut buffer, mut body) = (BytesMut::new(), Vec::new());
    let mut parts = text.chunks(size);
    loop {
        match framing.take(&mut buffer).ok()? {
            Part::Data(data) => body.extend_from_slice(&data),
            Part::End => return Some((body, true)),
            Part::More(_) => match parts.next() {
                Some(part) => buffer.extend_from_slice(part),
                None => return Some((body, false)),
            },
        }
    }
}

#[test]
fn a_body_ends_where_the_head_says() {
    let chunked = Framing::Chunked(Chunk::Size);
    for (lines, expected) in [
        ("content-length: 7\r\n", Some((Framing::Length(7), true))),
        ("Content-Length: 7\r\nConnection: keep-alive\r\n", Some((Framing::Length(7), true))),
        ("content-length: 7\r\nconnection: x, Close\r\n", Some((Framing::Length(7), false))),
        ("content-length: 7\r\ncontent-length: 7\r\n", Some((Framing::Length(7), true))),
        ("transfer-encoding: Chunked\r\n", Some((chunked, true))),
        ("", Some((Framing::UntilClose, false))),
        // Somebody between may have believed the other one.
        ("transfer-encoding: chunked\r\ncontent-length: 7\r\n", Some((chunked, false))),
        ("content-length: 7\r\ncontent-length: 8\r\n", None),
        ("content-length: 7, 7\r\n", None),
        ("content-length: +7\r\n", None),
        ("content-length: -7\r\n", None),
        ("content-length:\r\n", None),
        ("content-length: 99999999999999999999\r\n", None),
        ("transfer-encoding: gzip, chunked\r\n", None),
        ("transfer-encoding: identity\r\n", None),
        ("transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n", None),
        ("content-length : 7\r\n", None),
    ] {
        assert_eq!(framing(lines), expected, "{lines}");
    }
}

#[test]
fn what_has_no_body_has_none_and_its_length_passes() {
    let text = "HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\n";
    let (answer, headers) = whole(text, &Method::HEAD);
    assert_eq!((answer.framing, answer.keeps), (Framing::Length(0), true));
    let length = (CONTENT_LENGTH, HeaderValue::from_static("7"));
    assert_eq!(headers, HeaderMap::from_iter([length]));
    for status in ["204 No Content", "304 Not Modified"] {
        let answer = head(&format!("HTTP/1.1 {status}\r\n\r\n")).expect("HTTP").expect("whole");
        assert_eq!((answer.framing, answer.keeps), (Framing::Length(0), true));
    }
}

#[test]
fn an_old_or_interim_or_foreign_answer_is_known() {
    let old = head("HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\n").expect("HTTP").expect("whole");
    assert!(!old.keeps);
    assert!(head("HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").is_err());
    let late = head(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nlink: x\r\n\r\nHTTP/1.1 201 C\r\n\r\n",
    );
    assert_eq!(late.expect("HTTP").expect("whole").status, StatusCode::CREATED);
    let hint = "HTTP/1.1 103 Hints\r\nx-access-level: read\r\n\r\n";
    let (_, headers) = whole(&format!("{hint}HTTP/1.1 200 OK\r\nage: 1\r\n\r\n"), &Method::GET);
    assert_eq!(headers.keys().collect::<Vec<_>>(), ["age"], "an interim answer is none");
    assert!(head("HTTP/1.1 100 Continue\r\n\r\n").expect("HTTP").is_none());
    assert!(head("HTTP/1.1 101 Switching\r\nupgrade: x\r\n\r\n").is_err());
    assert!(head("HTTP/2 200\r\n\r\n").is_err());
    assert!(head("SSH-2.0-OpenSSH\r\n").is_err());
    let huge = format!("HTTP/1.1 200 OK\r\nx: {}", "a".repeat(HEAD_BYTES));
    assert!(head(&huge).is_err());
}

#[test]
fn only_headers_that_somebody_asks_for_are_kept() {
    let lines = "Set-Cookie: a\r\nX-Rate-Limit-Reset: 9\r\nDate: d\r\nx-rate-limit-\r\n";
    assert!(head(&format!("HTTP/1.1 200 OK\r\n{lines}\r\n")).is_err(), "a line without a colon");
    let lines = "Set-Cookie: a\r\nX-Rate-Limit-Reset: 9\r\nDate: d\r\nserver: x\r\n";
    let (_, headers) = whole(&format!("HTTP/1.1 200 OK\r\n{lines}\r\n"), &Method::GET);
    let mut names: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["date", "x-rate-limit-reset"]);
}

#[test]
fn chunks_are_put_together_and_wrong_ones_refused() {
    let chunked = Framing::Chunked(Chunk::Size);
    let whole = b"3;a=b\r\nabc\r\nA\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n";
    for size in 1..whole.len() {
        let expected = Some((b"abc0123456789".to_vec(), true));
        assert_eq!(read(chunked, whole, size), expected, "{size}");
    }
    for end in 0..whole.len() {
        assert_ne!(read(chunked, &whole[..end], 5).map(|(_, over)| over), Some(true), "{end}");
    }
    for text in [
        &b"\r\n"[..],
        b"x\r\n",
        b"-1\r\n",
        b"3\r\nabcd\r\n",
        b"3\r\nabc0\r\n\r\n",
        b"ffffffffffffffffff\r\n",
    ] {
        assert_eq!(read(chunked, text, 9), None, "{}", String::from_utf8_lossy(text));
    }
    assert_eq!(read(chunked, &[b'0'; CHUNK_LINE + 1], CHUNK_LINE + 1), None);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(text in prop::collection::vec(any::<u8>(), 0..200), size in 1_usize..50) {
        let _ = Head::take(&mut text.as_slice().into(), &Method::GET, &mut HeaderMap::new());
        let _ = read(Framing::Chunked(Chunk::Size), &text, size);
    }

    #[test]
    fn a_length_is_a_length(text in prop::collection::vec(any::<u8>(), 0..200), length in 0..300_u64, size in 1_usize..50) {
        let (body, over) = read(Framing::Length(length), &text, size).expect("nothing to garble");
        let count = text.len().min(usize::try_from(length).expect("small"));
        prop_assert_eq!(&body[..], &text[..count]);
        prop_assert_eq!(over, length <= text.len() as u64);
    }
}
