//! Clients that hold on to the server: what is theirs is given to the next.

use axum::Router;
use axum::routing::get;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tower::ServiceExt as _;

use super::*;

/// More than the buffers of a loopback connection hold.
const HUGE: usize = 64 * 1024 * 1024;
const SOON: Duration = Duration::from_secs(20);

struct Running {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    server: JoinHandle<()>,
}

impl Answers for Router {
    async fn answer(&self, request: Request<Incoming>, _: SocketAddr) -> Response {
        let Ok(response) = self.clone().oneshot(request).await;
        response
    }
}

async fn start(patience: Patience) -> Running {
    let router = Router::new()
        .route("/", get(|| async { "here" }))
        .route("/huge", get(|| async { vec![b'x'; HUGE] }))
        .route("/never", get(std::future::pending::<()>))
        .route("/later", get(later));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = watch::channel(false);
    let server = tokio::spawn(run(listener, router, patience, stopped));
    Running { address, stop, server }
}

async fn later() -> &'static str {
    tokio::time::sleep(Duration::from_millis(300)).await;
    "later"
}

impl Running {
    async fn ask(&self, path: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.expect("connects");
        let head = format!("GET {path} HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).await.expect("sends");
        stream
    }

    async fn stop(self) {
        self.stop.send(true).expect("the server listens");
        self.server.await.expect("the server ends");
    }
}

async fn read(mut stream: TcpStream) -> Vec<u8> {
    let mut answer = Vec::new();
    // A reset ends an answer as well.
    let _ = timeout(SOON, stream.read_to_end(&mut answer)).await.expect("the answer ends");
    answer
}

#[tokio::test]
async fn who_takes_nothing_of_an_answer_is_cut_off() {
    let patience = Patience {
        write_timeout: Duration::from_millis(200),
        connections: 1,
        ..Patience::default()
    };
    let running = start(patience).await;
    let holds = running.ask("/huge").await;
    // The only place is taken until the first client is given up.
    let answer = read(running.ask("/").await).await;
    assert!(answer.ends_with(b"here"));
    assert!(read(holds).await.len() < HUGE);
    running.stop().await;
}

#[tokio::test]
async fn one_too_many_waits_for_a_place() {
    let running = start(Patience { connections: 2, ..Patience::default() }).await;
    let idle = [
        TcpStream::connect(running.address).await.expect("connects"),
        TcpStream::connect(running.address).await.expect("connects"),
    ];
    let mut waiting = running.ask("/").await;
    let mut first = [0];
    let early = timeout(Duration::from_millis(300), waiting.read_exact(&mut first)).await;
    assert!(early.is_err(), "answered beyond the cap");
    drop(idle);
    assert!(read(waiting).await.ends_with(b"here"));
    running.stop().await;
}

#[tokio::test]
async fn who_says_nothing_loses_the_last_places_soon() {
    let running = start(Patience { connections: 8, ..Patience::default() }).await;
    let mut silent = Vec::new();
    for _ in 0..8 {
        silent.push(TcpStream::connect(running.address).await.expect("connects"));
    }
    let begun = std::time::Instant::now();
    assert!(read(running.ask("/").await).await.ends_with(b"here"));
    assert!(begun.elapsed() < Patience::default().header_timeout / 2);
    drop(silent);
    running.stop().await;
}

#[tokio::test]
async fn who_never_ends_a_head_is_cut_off() {
    let patience = Patience { header_timeout: Duration::from_millis(200), ..Patience::default() };
    let running = start(patience).await;
    let mut half = TcpStream::connect(running.address).await.expect("connects");
    half.write_all(b"GET / HTTP/1.1\r\nhost: ").await.expect("sends");
    let answer = read(half).await;
    assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 408"));
    running.stop().await;
}

#[tokio::test]
async fn who_leaves_is_not_answered_any_more() {
    let running = start(Patience { connections: 1, ..Patience::default() }).await;
    for closes_both in [true, false] {
        let mut leaves = running.ask("/never").await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        if closes_both {
            drop(leaves);
        } else {
            leaves.shutdown().await.expect("closes its half");
            assert!(read(leaves).await.is_empty());
        }
        // The only place is free again.
        assert!(read(running.ask("/").await).await.ends_with(b"here"));
    }
    running.stop().await;
}

#[tokio::test]
async fn who_asks_again_meanwhile_has_not_left() {
    let running = start(Patience::default()).await;
    let mut stream = TcpStream::connect(running.address).await.expect("connects");
    let ask = |path| format!("GET {path} HTTP/1.1\r\nhost: here\r\n\r\n");
    stream.write_all(ask("/later").as_bytes()).await.expect("sends");
    tokio::time::sleep(Duration::from_millis(100)).await;
    stream.write_all(ask("/later").as_bytes()).await.expect("sends more");
    let mut both = Vec::new();
    while String::from_utf8_lossy(&both).matches("\r\n\r\nlater").count() < 2 {
        let count = timeout(SOON, stream.read_buf(&mut both)).await.expect("it is answered");
        assert!(count.expect("reads") > 0, "the connection ended");
    }
    running.stop().await;
}
