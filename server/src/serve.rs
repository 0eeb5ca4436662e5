//! The accept loop: header timeout, caps, and a stop that lets requests finish.
//!
//! Our own, because axum's `serve` sets no header timeout, so that a few slow clients could hold
//! every connection.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_io_timeout::TimeoutStream;
use tokio_util::io::InspectReader;

use crate::alarm::ConnectionTimer;
use crate::fragment::{Fragments, HasFragment};
use crate::gather::Gather;
use crate::hangup::Hangup;

/// Enough for any browser's head with cookies; more is 431.
const HEADER_BYTES: usize = 32 * 1024;
/// The most that is read at once, and the most that hyper keeps of a head: a body of 64 KB is then one
/// piece, and not three that are each written by themselves.
const READ_BYTES: usize = 128 * 1024;
const HEADER_COUNT: usize = 64;
/// The patience for a head where places are short.
const HASTE: Duration = Duration::from_secs(1);
/// How long a stop waits for requests and work that run.
pub(crate) const DRAIN: Duration = Duration::from_secs(25);

/// How much of the server one client, or all of them, may hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// From accept, or from the last answer, to the end of the next request's head.
    pub(crate) header_timeout: Duration,
    /// How long a client may take nothing of an answer that waits for it.
    pub(crate) write_timeout: Duration,
    /// At the same time. Each holds a file descriptor, and another one while the signing proxy works
    /// for it (400 at most, see `x/pass/lines.rs`); the usual limit is 1,024.
    pub(crate) connections: usize,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            header_timeout: Duration::from_secs(15),
            write_timeout: Duration::from_secs(30),
            connections: 560,
        }
    }
}

impl Patience {
    /// How long one that is accepted now may say nothing. Where places are short, those who keep one for
    /// nothing lose it soon.
    fn head_timeout(&self, free: usize) -> Duration {
        if free < self.connections / 4 {
            self.header_timeout.min(HASTE)
        } else {
            self.header_timeout
        }
    }
}

/// Whoever answers what was accepted.
pub(crate) trait Answers: Send + Sync + 'static {
    /// Answers a request that came from this address.
    fn answer(
        &self,
        request: Request<Incoming>,
        peer: SocketAddr,
    ) -> impl Future<Output = Response> + Send;
}

/// Serves until `stop` turns true, then lets running requests finish.
pub(crate) async fn run(
    listener: TcpListener,
    front: impl Answers,
    patience: Patience,
    mut stop: watch::Receiver<bool>,
) {
    let front = Arc::new(front);
    let places = Arc::new(Semaphore::new(patience.connections));
    let graceful = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        if let Some((stream, peer, place)) = accepted {
            spawn_connection(stream, peer, place, &places, &front, patience, &graceful);
        }
    }
    drop(listener);
    if tokio::time::timeout(DRAIN, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not finish in time");
    }
}

async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => Some((stream, peer, place)),
        Err(error) => {
            // Out of file descriptors, mostly: wait for connections to close.
            tracing::warn!(%error, "cannot accept");
            tokio::time::sleep(Duration::from_millis(100)).await;
            None
        }
    }
}

fn spawn_connection(
    stream: TcpStream,
    peer: SocketAddr,
    place: OwnedSemaphorePermit,
    places: &Semaphore,
    front: &Arc<impl Answers>,
    patience: Patience,
    graceful: &GracefulShutdown,
) {
    let head_timeout = patience.head_timeout(places.available_permits());
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "no TCP_NODELAY");
    }
    let front = Arc::clone(front);
    let fragments = Fragments::default();
    let looking = fragments.clone();
    let service = service_fn(move |mut request: Request<Incoming>| {
        let front = Arc::clone(&front);
        if fragments.found() {
            request.extensions_mut().insert(HasFragment);
        }
        let fragments = fragments.clone();
        async move {
            let answer = if head_bytes(&request) > HEADER_BYTES {
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE.into_response()
            } else {
                front.answer(request, peer).await
            };
            // A line of its body may have looked like one of a request.
            fragments.found();
            Ok::<_, std::convert::Infallible>(answer)
        }
    });
    let mut stream = TimeoutStream::new(Hangup::new(stream));
    stream.set_write_timeout(Some(patience.write_timeout));
    let stream = InspectReader::new(Box::pin(stream), move |read: &[u8]| looking.look(read));
    let connection = http1::Builder::new()
        .timer(ConnectionTimer::new(head_timeout))
        .header_read_timeout(head_timeout)
        .max_buf_size(READ_BYTES)
        .max_headers(HEADER_COUNT)
        .half_close(true) // who leaves is noticed below it
        .serve_connection(TokioIo::new(Gather(stream)), service);
    let watched = graceful.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = watched.await {
            tracing::debug!(%error, "a connection broke");
        }
        drop(place);
    });
}

/// The names and values of a head, and its path and query.
fn head_bytes(request: &Request<Incoming>) -> usize {
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    let headers = request.headers().iter();
    target + headers.map(|(name, value)| name.as_str().len() + value.len()).sum::<usize>()
}

#[cfg(test)]
#[path = "serve_tests.rs"]
mod tests;
