//! Clients that do not behave, by raw socket: slow, huge, half.

use std::time::Duration;

use pinfold_tests::TestApp;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

async fn send(app: &TestApp, bytes: &[u8]) -> String {
    let address = app.url().replace("http://", "");
    let mut stream = TcpStream::connect(address).await.expect("connects");
    // The server may answer and close before it has read everything.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let read = timeout(Duration::from_secs(30), stream.read_to_end(&mut answer)).await;
    assert!(read.is_ok(), "the connection stays open");
    String::from_utf8_lossy(&answer).into_owned()
}

fn request(app: &TestApp, extra: &str, body: &str) -> Vec<u8> {
    let host = app.url().replace("http://", "");
    format!(
        "POST /api/v1/session HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{extra}\r\n{body}"
    )
    .into_bytes()
}

#[tokio::test]
async fn a_head_that_never_ends_is_cut_off() {
    let app = TestApp::start().await;
    let answer = send(&app, b"GET /healthz HTTP/1.1\r\nhost: ").await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
}

#[tokio::test]
async fn a_huge_head_is_431() {
    let app = TestApp::start().await;
    let many = "x: y\r\n".repeat(200);
    let answer = send(&app, &request(&app, &many, "")).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    let long = format!("x: {}\r\n", "y".repeat(64 * 1024));
    let answer = send(&app, &request(&app, &long, "")).await;
    assert!(answer.starts_with("HTTP/1.1 431") || answer.is_empty(), "{answer}");
}

#[tokio::test]
async fn a_huge_body_is_413() {
    let app = TestApp::start().await;
    let client = app.anonymous();
    let reply = client.post("/api/v1/session", &json!({ "access_key": "x".repeat(40_000) })).await;
    assert_eq!(reply.problem(413), "too_large");
}

#[tokio::test]
async fn a_body_that_never_ends_is_408() {
    let app = TestApp::start().await;
    let extra = "content-type: application/json\r\ncontent-length: 100\r\n";
    let answer = send(&app, &request(&app, extra, "{")).await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains("request_timeout"), "{answer}");
}

#[tokio::test]
async fn two_lengths_or_two_hosts_are_no_request() {
    let app = TestApp::start().await;
    let smuggled = "content-length: 5\r\ncontent-length: 6\r\n";
    let answer = send(&app, &request(&app, smuggled, "{}")).await;
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    let answer = send(&app, &request(&app, "host: evil.example\r\n", "")).await;
    assert!(answer.starts_with("HTTP/1.1 421"), "{answer}");
    let answer = send(&app, b"GET /healthz HTTP/1.1\r\nconnection: close\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 421") || answer.starts_with("HTTP/1.1 400"), "{answer}");
}
