//! The proxy's own way past the router's layers: the same promises at less cost.
//!
//! What an answer of X's needs not: a request id (X's transaction id passes), a log line (calls are
//! counted by key, connection and metric), a span, and the headers for pages. An answer of ours has
//! all of them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Instant;

use axum::http::header::{ALLOW, HeaderValue};
use axum::http::{Request, Response};
use hyper::body::Incoming;
use pinfold_api::{Code, paths};

use super::call::{Seen, call};
use super::target::part;
use crate::audit;
use crate::clock::random_alphanumeric;
use crate::cors;
use crate::layers::{self, CLIENT_CLOSED};
use crate::permit::METHOD_LIST;
use crate::problem::Refusal;
use crate::session::{Caller, Peer};
use crate::state::AppState;

/// Whether a request is for the proxy.
pub fn takes(request: &Request<Incoming>) -> bool {
    part(request.uri().path()).is_some()
}

/// Answers it.
pub async fn answer(
    state: &AppState,
    request: Request<Incoming>,
    peer: Peer,
) -> Response<axum::body::Body> {
    let origin = cors::origin(state, request.headers());
    let asked = request.method().clone();
    let address = peer.client;
    let mut seen = Seen { peer, key: None, caller: None, connection: None };
    let method = layers::name_of(request.method());
    let mut watched = Watched { state, method, started: Instant::now(), status: CLIENT_CLOSED };
    let preflight = cors::preflight(state, &asked, request.headers());
    let outcome = if let Some(permission) = preflight.filter(|_| state.hosts.allow(&request)) {
        Ok(permission)
    } else {
        caught(pin!(call(state, request, &mut seen))).await
    };
    let mut response = match outcome {
        Ok(response) => response,
        Err(refusal) => {
            let subject = seen.connection.map(|id| id.to_string());
            let with_key = |key| Caller::with_key(state, key, Some(address));
            let caller = seen.caller.or_else(|| seen.key.map(with_key));
            let caller = caller.as_ref();
            Box::pin(audit::refused_call(state, caller, address, &asked, subject, &refusal)).await;
            let id = random_alphanumeric::<20>();
            let code = refusal.code().as_str();
            let mut response = layers::refuse(state, refusal, &id);
            if code == Code::MethodNotAllowed.as_str() {
                response.headers_mut().insert(ALLOW, HeaderValue::from_static(METHOD_LIST));
            }
            let status = response.status().as_u16();
            let milliseconds =
                u64::try_from(watched.started.elapsed().as_millis()).unwrap_or(u64::MAX);
            let route = paths::CONNECTION_PROXY;
            tracing::info!(request_id = id, method, route, status, code, milliseconds, "answered");
            response
        }
    };
    watched.status = response.status().as_u16();
    if let Some(origin) = origin {
        cors::expose(response.headers_mut(), origin);
    }
    response
}

/// A call that panics is a fault of ours, and an answer all the same.
async fn caught<T>(
    mut calling: Pin<&mut impl Future<Output = Result<T, Refusal>>>,
) -> Result<T, Refusal> {
    std::future::poll_fn(|cx| {
        match catch_unwind(AssertUnwindSafe(|| calling.as_mut().poll(cx))) {
            Ok(poll) => poll,
            // Its text went to the log by the panic hook.
            Err(_) => Poll::Ready(Err(Refusal::new(Code::Internal))),
        }
    })
    .await
}

/// Counts the call when it is dropped: also that of a caller who went away.
struct Watched<'a> {
    state: &'a AppState,
    method: &'static str,
    started: Instant,
    status: u16,
}

impl Drop for Watched<'_> {
    fn drop(&mut self) {
        self.state.metrics.passed(self.method, self.status, self.started.elapsed());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size_of_what<A, B, C, F>(_: fn(A, B, C) -> F) -> usize {
        size_of::<F>()
    }

    /// hyper keeps room for it as long as a caller's connection is open.
    #[test]
    fn a_call_is_small() {
        let size = size_of_what::<&'static AppState, Request<Incoming>, Peer, _>(answer);
        assert!(size <= 4096, "{size}");
    }
}
