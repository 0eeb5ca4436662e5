//! The floor: the least that passes a request on with hyper and streams both bodies. It signs
//! nothing, checks nothing, counts nothing and knows no timeout.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{HOST, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

/// Lines to the upstream that nobody uses now.
type Resting = Arc<Mutex<Vec<SendRequest<Incoming>>>>;
type AnyError = Box<dyn std::error::Error + Send + Sync>;

/// Serves on a port of its own, which it prints, until it is killed.
#[tokio::main]
pub async fn run(upstream: SocketAddr) -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    let resting = Resting::default();
    let host = HeaderValue::try_from(upstream.to_string()).map_err(io::Error::other)?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let (resting, host) = (Arc::clone(&resting), host.clone());
        let service =
            service_fn(move |request| pass(request, upstream, host.clone(), Arc::clone(&resting)));
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

async fn pass(
    mut request: Request<Incoming>,
    upstream: SocketAddr,
    host: HeaderValue,
    resting: Resting,
) -> Result<Response<Incoming>, AnyError> {
    request.headers_mut().insert(HOST, host);
    let rested = resting.lock().unwrap_or_else(PoisonError::into_inner).pop();
    let mut line = match rested {
        Some(line) if !line.is_closed() => line,
        _ => connect(upstream).await?,
    };
    line.ready().await?;
    let response = line.send_request(request).await?;
    // It is ready again when the answer was read to its end; until then `ready` waits.
    resting.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    Ok(response)
}

async fn connect(upstream: SocketAddr) -> Result<SendRequest<Incoming>, AnyError> {
    let stream = TcpStream::connect(upstream).await?;
    stream.set_nodelay(true)?;
    let (line, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(line)
}
