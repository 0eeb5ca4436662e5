//! Bodies: forms are signed, everything else streams; large, slow and broken ones.

use std::time::Duration;

use pinfold_tests::UpstreamReply;
use reqwest::{Body, Method};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::stage::Stage;
use super::verifier::verify;

const MEGABYTE: usize = 1024 * 1024;
const UPLOAD: &str = "/2/media/upload";

#[tokio::test]
async fn a_form_is_signed_and_encoded_anew() {
    let stage = Stage::polite().await;
    let client = stage.app.with_access_key();
    for content_type in [
        "application/x-www-form-urlencoded",
        "Application/X-WWW-Form-Urlencoded",
        "application/x-www-form-urlencoded; charset=UTF-8",
    ] {
        let request = client
            .request(Method::POST, &stage.path("/1.1/statuses/update.json?trim_user=1"))
            .header("content-type", content_type)
            .body("status=a+b%20%C3%BC*&&x");
        assert_eq!(client.send(request).await.status, 200, "{content_type}");
        let seen = stage.sent();
        assert_eq!(seen.body, b"status=a%20b%20%C3%BC%2A&x=");
        assert_eq!(seen.header("content-type"), Some("application/x-www-form-urlencoded"));
        verify(&seen, stage.upstream.url().trim_start_matches("http://"));
    }
}

#[tokio::test]
async fn a_form_that_cannot_be_signed_is_refused() {
    let stage = Stage::polite().await;
    let client = stage.app.with_access_key();
    let form = "application/x-www-form-urlencoded";
    let latin = "application/x-www-form-urlencoded; charset=iso-8859-1";
    for (content_type, body, status, code) in [
        (form, "a=1&a=2".to_owned(), 400, "unsignable"),
        (form, "trim_user=2".to_owned(), 400, "unsignable"),
        (form, "a=%zz".to_owned(), 400, "unsignable"),
        (form, "oauth_nonce=1".to_owned(), 400, "unsignable"),
        (form, format!("a={}", "x".repeat(300 * 1024)), 413, "too_large"),
        (latin, "a=1".to_owned(), 415, "unsupported_media_type"),
    ] {
        let request = client
            .request(Method::POST, &stage.path("/1.1/statuses/update.json?trim_user=1"))
            .header("content-type", content_type)
            .body(body);
        assert_eq!(client.send(request).await.problem(status), code);
    }
    assert!(stage.upstream.take().is_empty());
}

#[tokio::test]
async fn json_and_multipart_pass_to_the_letter_and_unsigned() {
    let stage = Stage::polite().await;
    let client = stage.app.with_access_key();
    for (content_type, body) in [
        ("application/json", r#"{ "text" : "a=1&b=2" }"#),
        (
            "multipart/form-data; boundary=x",
            "--x\r\ncontent-disposition: form-data\r\n\r\n\0\r\n--x--",
        ),
        ("application/octet-stream", "a=1&a=2"),
    ] {
        let request = client
            .request(Method::POST, &stage.path("/2/media/upload"))
            .header("content-type", content_type)
            .body(body);
        assert_eq!(client.send(request).await.status, 200, "{content_type}");
        let seen = stage.sent();
        assert_eq!(seen.body, body.as_bytes());
        assert_eq!(seen.header("content-type"), Some(content_type));
        assert_eq!(seen.header("content-length"), Some(body.len().to_string().as_str()));
        verify(&seen, stage.upstream.url().trim_start_matches("http://"));
    }
    let packed = client
        .request(Method::POST, &stage.path("/2/tweets"))
        .header("content-encoding", "gzip")
        .body("x");
    assert_eq!(client.send(packed).await.problem(415), "unsupported_media_type");
}

/// How much memory this process, which is client, server and X at once, has in use.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("a line");
    let kilobytes = line.split_whitespace().nth(1).expect("a number");
    kilobytes.parse::<usize>().expect("a number") * 1024
}

#[tokio::test]
async fn large_bodies_stream_with_flat_memory() {
    const SIZE: usize = 48 * MEGABYTE;
    let stage = Stage::with(|seen| match seen.method.as_str() {
        "GET" => UpstreamReply::Large(SIZE as u64),
        _ => UpstreamReply::json(200, "{}"),
    })
    .await;
    let part = vec![b'x'; 64 * 1024];

    let mut stream = stage.raw("POST", UPLOAD, &format!("content-length: {SIZE}\r\n")).await;
    let before = resident();
    let mut most = before;
    for _ in 0..SIZE / part.len() {
        stream.write_all(&part).await.expect("writes");
        most = most.max(resident());
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("reads");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(most < before + 16 * MEGABYTE, "uploading took {} bytes", most - before);

    let mut stream = stage.raw("GET", UPLOAD, "").await;
    let before = resident();
    let (mut most, mut read) = (before, 0);
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let count = stream.read(&mut buffer).await.expect("reads");
        if count == 0 {
            break;
        }
        read += count;
        most = most.max(resident());
    }
    assert!(read > SIZE, "{read}");
    assert!(most < before + 16 * MEGABYTE, "downloading took {} bytes", most - before);
}

#[tokio::test]
async fn a_body_of_unknown_length_arrives_in_chunks() {
    let stage = Stage::polite().await;
    let client = stage.app.with_access_key();
    let body = || Body::wrap(String::from("{\"text\":\"chunked\"}"));
    let sized = client.request(Method::POST, &stage.path("/2/tweets")).body(body());
    assert_eq!(client.send(sized).await.status, 200);
    let _ = stage.sent();
    let mut stream = stage.raw("POST", UPLOAD, "transfer-encoding: chunked\r\n").await;
    stream.write_all(b"5\r\n{\"a\":\r\n2\r\n1}\r\n0\r\n\r\n").await.expect("writes");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("reads");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let seen = stage.sent();
    assert_eq!(seen.body, br#"{"a":1}"#);
    assert_eq!(seen.header("transfer-encoding"), Some("chunked"));
}

#[tokio::test]
async fn a_body_that_is_announced_too_large_is_413() {
    let stage = Stage::polite().await;
    let mut stream =
        stage.raw("POST", UPLOAD, &format!("content-length: {}\r\n", 65 * MEGABYTE)).await;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("reads");
    assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("too_large"), "{answer}");
    assert!(stage.upstream.take().is_empty());
}

/// Waits until X has seen so many lines end in the middle.
async fn until_aborted(stage: &Stage, times: u32) {
    for _ in 0..200 {
        if stage.upstream.aborted() >= times {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("X was not told that the caller went away");
}

#[tokio::test]
async fn a_caller_that_goes_away_takes_its_call_along() {
    let stage = Stage::with(|seen| match seen.method.as_str() {
        // A head, a part of the body, and then nothing.
        "PUT" => UpstreamReply::Stall(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc".to_vec()),
        _ => UpstreamReply::Stall(Vec::new()),
    })
    .await;
    // In the middle of the request.
    let mut stream = stage.raw("POST", UPLOAD, "content-length: 1000\r\n").await;
    stream.write_all(b"half").await.expect("writes");
    tokio::time::sleep(Duration::from_millis(200)).await;
    drop(stream);
    until_aborted(&stage, 1).await;
    // Before the answer, and in the middle of it.
    for (method, times) in [("GET", 2), ("PUT", 3)] {
        let stream = stage.raw(method, UPLOAD, "").await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        drop(stream);
        until_aborted(&stage, times).await;
    }
}
