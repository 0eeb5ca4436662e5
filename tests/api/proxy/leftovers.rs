//! What X says that is no answer to a call: before the call is sent, after its answer, or instead of
//! one. It reaches nobody, and a line on which it came carries no other call.

use std::sync::Arc;
use std::time::Duration;

use pinfold_tests::UpstreamReply;
use reqwest::Method;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::JoinSet;

use super::stage::Stage;

const FINE: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
const FORGED: &str = "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nforged";

fn after(milliseconds: u64, bytes: &[u8]) -> (Duration, Vec<u8>) {
    (Duration::from_millis(milliseconds), bytes.to_vec())
}

async fn wait(milliseconds: u64) {
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
}

#[tokio::test]
async fn a_line_that_ends_before_the_callers_body_comes_is_not_used() {
    let goodbye = b"HTTP/1.1 408 X\r\ncontent-length: 0\r\n\r\n";
    for last in [&b""[..], goodbye] {
        let steps = vec![after(0, FINE), after(60, last)];
        let stage = Stage::with(move |_| UpstreamReply::Steps(steps.clone())).await;
        assert_eq!(stage.send(Method::GET, "/2/users/me").await.status, 200);
        let head = "content-type: application/json\r\ncontent-length: 2\r\n";
        let mut caller = stage.raw("POST", "/2/tweets", head).await;
        wait(200).await;
        caller.write_all(b"{}").await.expect("it is taken");
        let mut answer = String::new();
        caller.read_to_string(&mut answer).await.expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        let methods: Vec<_> = stage.upstream.take().into_iter().map(|seen| seen.method).collect();
        assert_eq!(methods, ["GET", "POST"]);
    }
}

/// More of them than a task may look at in one turn.
#[tokio::test]
async fn of_hundreds_of_lines_that_ended_none_is_used() {
    let (slow, quick) = (vec![after(400, FINE), after(50, b"")], vec![after(0, FINE)]);
    let stage = Stage::with(move |seen| {
        let steps = if seen.method == "GET" { &slow } else { &quick };
        UpstreamReply::Steps(steps.clone())
    })
    .await;
    let (stage, mut calls) = (Arc::new(stage), JoinSet::new());
    for _ in 0..200 {
        let stage = Arc::clone(&stage);
        calls.spawn(async move { stage.send(Method::GET, "/2/users/me").await.status });
    }
    assert!(calls.join_all().await.into_iter().all(|status| status == 200));
    wait(200).await;
    assert_eq!(stage.send(Method::POST, "/2/tweets").await.status, 200);
    assert_eq!(stage.upstream.take().len(), 201);
}

#[tokio::test]
async fn what_follows_an_answer_is_nobodys() {
    for head in [
        "HTTP/1.1 204 X\r\ncontent-length: 44\r\n\r\n",
        "HTTP/1.1 204 X\r\n\r\n",
        "HTTP/1.1 304 X\r\ncontent-length: 44\r\n\r\n",
        "HTTP/1.1 200 X\r\ncontent-length: 2\r\n\r\n{}",
        "HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    ] {
        let at_once = vec![after(0, [head, FORGED].concat().as_bytes())];
        let later = vec![after(0, head.as_bytes()), after(20, FORGED.as_bytes())];
        for mut steps in [at_once, later] {
            // The line stays open.
            steps.push(after(5_000, b""));
            let stage = Stage::with(move |seen| match seen.method.as_str() {
                "GET" => UpstreamReply::Steps(steps.clone()),
                _ => UpstreamReply::Bytes(FINE.to_vec()),
            })
            .await;
            let first = stage.send(Method::GET, "/2/users/me").await;
            assert!([200, 204, 304].contains(&first.status), "{head}");
            wait(60).await;
            let second = stage.send(Method::POST, "/2/tweets").await;
            assert_eq!((second.status, second.text.as_str()), (200, "{}"), "{head}");
        }
    }
}

/// X need not read to the end what it refuses; its word comes through, and the next call gets its own.
#[tokio::test]
async fn an_answer_before_the_end_of_an_upload_is_its_answer_alone() {
    let early = b"HTTP/1.1 413 X\r\ncontent-length: 5\r\n\r\nlarge";
    let steps = vec![after(0, FINE), after(150, early), after(5_000, b"")];
    let stage = Stage::with(move |seen| match seen.method.as_str() {
        "GET" => UpstreamReply::Steps(steps.clone()),
        _ => UpstreamReply::Bytes(FINE.to_vec()),
    })
    .await;
    assert_eq!(stage.send(Method::GET, "/2/users/me").await.status, 200);
    let head = "content-type: image/png\r\ncontent-length: 100000\r\n";
    let mut caller = stage.raw("POST", "/2/media/upload", head).await;
    caller.write_all(&[b'x'; 1000]).await.expect("it is taken");
    let mut answer = [0; 12];
    caller.read_exact(&mut answer).await.expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 413");
    drop(caller);
    wait(50).await;
    let second = stage.send(Method::POST, "/2/tweets").await;
    assert_eq!((second.status, second.text.as_str()), (200, "{}"));
}
