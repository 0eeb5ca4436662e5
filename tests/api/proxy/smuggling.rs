//! Requests that mean two things, by raw socket: X sees one clean request or none.

use pinfold_tests::ACCESS_KEY;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::stage::Stage;
use super::verifier::verify;

/// Sends a request line as it is, with the headers that a call needs.
async fn raw(stage: &Stage, line: &[u8], more: &str, body: &str) -> String {
    let host = stage.app.url().replace("http://", "");
    let mut request = line.to_vec();
    request.extend(
        format!(
            "\r\nhost: {host}\r\nauthorization: Bearer {ACCESS_KEY}\r\nconnection: close\r\n{more}\r\n{body}"
        )
        .into_bytes(),
    );
    let mut stream = TcpStream::connect(&host).await.expect("connects");
    let _ = stream.write_all(&request).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

fn line(stage: &Stage, path: &str) -> Vec<u8> {
    format!("GET {} HTTP/1.1", stage.path(path)).into_bytes()
}

#[tokio::test]
async fn a_path_that_could_be_read_in_two_ways_reaches_nobody() {
    let stage = Stage::polite().await;
    for path in [
        "/2/../1.1/x",
        "/2/..",
        "/2/users/../me",
        "/2/./me",
        "/2/%2e%2e/x",
        "/2/%2E./x",
        "//2/users",
        "/2//users",
        "///2/x",
        "/2/users%2fme",
        "/2/users%5cme",
        "/2/users\\me",
        "/2/\\..\\x",
        "/2/@x",
        "/@evil.example/2/x",
        "/2/users%00",
        "/2/users%0d%0ax",
        "/2/x%",
        "/2/x;y",
        "/2/x%3fa=b",
        "/2/x%23",
        "/2/users/me#frag",
        "/2/users/me?a=b#frag",
        "/2/users/me#/../../tweets",
        "/2/\u{fc}",
        "/2/%c0%ae%c0%ae/x",
        "/2/a|b",
        "/2/{x}",
    ] {
        let answer = raw(&stage, &line(&stage, path), "", "").await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{path}: {answer}");
    }
    // These are no paths of the proxy's at all.
    for path in ["@evil.example/2/x", ":80/2/x", "%2f2/x"] {
        let answer = raw(&stage, &line(&stage, path), "", "").await;
        assert!(answer.starts_with("HTTP/1.1 404"), "{path}: {answer}");
    }
    for bytes in [&b"/2/a\0b"[..], b"/2/a\tb", b"/2/a b", b"/2/a\rb", b"/2/a\nx: y", b"/2/\x7f"] {
        let mut request = format!("GET {}", stage.path("")).into_bytes();
        request.extend_from_slice(bytes);
        request.extend_from_slice(b" HTTP/1.1");
        let answer = raw(&stage, &request, "", "").await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{bytes:?}: {answer}");
    }
    assert!(stage.upstream.take().is_empty());
}

#[tokio::test]
async fn a_host_in_the_request_line_is_refused() {
    let stage = Stage::polite().await;
    let path = stage.path("/2/users/me");
    for target in [
        format!("http://evil.example{path}"),
        format!("{}{path}", stage.app.url()),
        format!("http://a@evil.example{path}"),
        format!("//evil.example{path}"),
        "*".to_owned(),
    ] {
        let answer = raw(&stage, format!("GET {target} HTTP/1.1").as_bytes(), "", "").await;
        assert!(!answer.starts_with("HTTP/1.1 200"), "{target}: {answer}");
    }
    let answer = raw(&stage, b"CONNECT evil.example:443 HTTP/1.1", "", "").await;
    assert!(!answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(stage.upstream.take().is_empty());
}

/// A fragment never gets further than the parser of requests: X sees the path before it.
#[tokio::test]
async fn a_fragment_reaches_nobody() {
    let stage = Stage::polite().await;
    let answer = raw(&stage, &line(&stage, "/2/users/me#@evil.example/x"), "", "").await;
    for seen in stage.upstream.take() {
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert_eq!(seen.target, "/2/users/me");
    }
}

#[tokio::test]
async fn two_lengths_make_no_second_request() {
    let stage = Stage::polite().await;
    let post = format!("POST {} HTTP/1.1", stage.path("/2/tweets")).into_bytes();
    let inner = "0\r\n\r\nPOST /2/smuggled HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n";
    let length = inner.len();
    let table = [
        format!("content-length: {length}\r\ntransfer-encoding: chunked\r\n"),
        format!("transfer-encoding: chunked\r\ncontent-length: {length}\r\n"),
        format!("content-length: {length}\r\ncontent-length: 0\r\n"),
        "transfer-encoding: chunked, identity\r\n".to_owned(),
        "transfer-encoding: xchunked\r\n".to_owned(),
        "transfer-encoding : chunked\r\n".to_owned(),
        format!("content-length: +{length}\r\n"),
        "content-length: 0x10\r\n".to_owned(),
        format!("transfer_encoding: chunked\r\ncontent-length: {length}\r\n"),
    ];
    for headers in table {
        let answer = raw(&stage, &post, &headers, inner).await;
        for seen in stage.upstream.take() {
            assert_eq!(seen.target, "/2/tweets", "{headers:?}: {answer}");
            verify(&seen, stage.upstream.url().trim_start_matches("http://"));
            assert!(seen.header("transfer_encoding").is_none());
            let framed = seen.header("content-length").is_some();
            assert!(framed ^ seen.header("transfer-encoding").is_some(), "{headers:?}");
        }
    }
}

#[tokio::test]
async fn an_http_1_0_caller_is_served_too() {
    let stage = Stage::polite().await;
    let old = format!("GET {} HTTP/1.0", stage.path("/2/users/me")).into_bytes();
    let answer = raw(&stage, &old, "", "").await;
    assert!(answer.contains(" 200 ") && answer.ends_with("{}"), "{answer}");
}
