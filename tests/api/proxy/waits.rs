//! Every wait has an end: for X's answer, for the rest of a body either way, for a whole upload.

use std::time::Duration;

use pinfold::x::pass::Patience;
use pinfold_tests::{ACCESS_KEY, UpstreamReply};
use reqwest::Method;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::stage::Stage;

const SHORT: Duration = Duration::from_millis(300);
const LONG: Duration = Duration::from_secs(20);

async fn until_aborted(stage: &Stage) {
    for _ in 0..200 {
        if stage.upstream.aborted() > 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("the line to X was not closed");
}

/// A call that announces 1000 bytes.
async fn begin_upload(stage: &Stage) -> TcpStream {
    let address = stage.app.url().replace("http://", "");
    let mut stream = TcpStream::connect(&address).await.expect("connects");
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {ACCESS_KEY}\r\n\
         Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n",
        stage.path("/2/tweets")
    );
    stream.write_all(head.as_bytes()).await.expect("writes");
    stream
}

async fn answer(mut stream: TcpStream) -> String {
    let mut text = vec![0; 4096];
    let read = tokio::time::timeout(Duration::from_secs(20), stream.read(&mut text)).await;
    let count = read.expect("it ends by itself").expect("an answer");
    String::from_utf8_lossy(&text[..count]).into_owned()
}

#[tokio::test]
async fn an_x_that_does_not_answer_is_left() {
    let patience = Patience { answer: SHORT, idle: LONG, upload: LONG };
    let stage = Stage::patient(patience, |_| UpstreamReply::Stall(Vec::new())).await;
    let reply = stage.send(Method::POST, "/2/tweets").await;
    assert_eq!(reply.problem(504), "x_unreachable");
    let detail = reply.json()["detail"].to_string();
    assert!(detail.contains("did not answer in time"), "{detail}");
    assert!(detail.contains("may have been carried out"), "{detail}");
    until_aborted(&stage).await;
    assert_eq!(stage.upstream.take().len(), 1, "sent once");
}

#[tokio::test]
async fn an_answer_that_does_not_go_on_is_cut_off() {
    let patience = Patience { answer: LONG, idle: SHORT, upload: LONG };
    let part = b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc".to_vec();
    let stage = Stage::patient(patience, move |_| UpstreamReply::Stall(part.clone())).await;
    let client = stage.app.with_access_key();
    let asking = client.request(Method::GET, &stage.path("/2/users/me")).send();
    let whole = async { asking.await?.text().await };
    let whole = tokio::time::timeout(Duration::from_secs(20), whole).await;
    assert!(whole.expect("it ends by itself").is_err(), "a part is no whole answer");
    until_aborted(&stage).await;
}

#[tokio::test]
async fn a_caller_that_does_not_go_on_is_told_so() {
    let patience = Patience { answer: LONG, idle: SHORT, upload: LONG };
    let stage = Stage::patient(patience, |_| UpstreamReply::json(200, "{}")).await;
    let mut stream = begin_upload(&stage).await;
    stream.write_all(b"half").await.expect("writes");
    let answer = answer(stream).await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    until_aborted(&stage).await;
    assert!(stage.upstream.take().is_empty(), "X never had all of it");
}

#[tokio::test]
async fn an_upload_that_trickles_ends_too() {
    let patience = Patience { answer: LONG, idle: LONG, upload: SHORT * 3 };
    let stage = Stage::patient(patience, |_| UpstreamReply::json(200, "{}")).await;
    let (reader, mut writer) = begin_upload(&stage).await.into_split();
    let trickling = tokio::spawn(async move {
        for _ in 0..900 {
            if writer.write_all(b"x").await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    let mut reader = reader;
    let mut text = vec![0; 4096];
    let read = tokio::time::timeout(Duration::from_secs(20), reader.read(&mut text)).await;
    let count = read.expect("it ends by itself").expect("an answer");
    trickling.abort();
    let answer = String::from_utf8_lossy(&text[..count]).into_owned();
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    until_aborted(&stage).await;
}
