//! What happens to every request, from the outside in: a request id, a log line and a metric, the
//! Host, the Origin, and the headers that tell the browser what a page may do.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use pinfold_api::{Code, paths};
use tracing::{Instrument as _, Span};

use crate::clock::random_alphanumeric;
use crate::problem::Refusal;
use crate::state::AppState;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Holds the code of a problem, and is on nothing else.
const ERROR: HeaderName = HeaderName::from_static("pinfold-error");

/// What no page of ours asks a browser for.
pub(crate) const PERMISSIONS: &str = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";

/// Names, counts and logs a request, and writes a refusal out as a problem document. What is
/// logged: method, route, status, time. Never: path, query, headers, bodies.
pub async fn observe(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let id = random_alphanumeric::<20>();
    let span = tracing::info_span!("request", request_id = id);
    let mut watched = Watched::begin(state, &request, span.clone());
    let mut response = next.run(request).instrument(span).await;
    if let Some(refusal) = response.extensions_mut().remove::<Refusal>() {
        watched.code = Some(refusal.code().as_str());
        response = write_problem(response, refusal, &id);
    }
    watched.status = response.status().as_u16();
    if let Ok(id) = HeaderValue::try_from(id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// A request that is being answered. It is logged and counted when it is dropped: that happens to
/// one whose client went away as well, and what it changed must not go unseen.
struct Watched {
    state: AppState,
    started: Instant,
    span: Span,
    method: &'static str,
    route: String,
    status: u16,
    code: Option<&'static str>,
}

/// What nginx writes for a client that closed its connection.
pub(crate) const CLIENT_CLOSED: u16 = 499;

impl Watched {
    fn begin(state: AppState, request: &Request, span: Span) -> Self {
        let route = request.extensions().get::<MatchedPath>();
        Self {
            state,
            started: Instant::now(),
            span,
            method: name_of(request.method()),
            route: route.map_or("(none)", MatchedPath::as_str).to_owned(),
            status: CLIENT_CLOSED,
            code: None,
        }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let _entered = self.span.enter();
        let Self { method, route, status, code, .. } = &*self;
        let elapsed = self.started.elapsed();
        self.state.metrics.answered(method, route.clone().into(), *status, elapsed);
        let milliseconds = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        tracing::info!(method, route, status, code, milliseconds, "answered");
    }
}

/// A caller may invent methods, but not labels.
pub(crate) fn name_of(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

fn write_problem(response: Response, refusal: Refusal, id: &str) -> Response {
    let (mut head, _) = response.into_parts();
    let problem = refusal.into_problem(id);
    // By it, a caller of the proxy knows our answers from X's.
    head.headers.insert(ERROR, HeaderValue::from_static(problem.code.as_str()));
    if let Some(seconds) = problem.retry_after {
        head.headers.insert(header::RETRY_AFTER, seconds.into());
    }
    if problem.status == StatusCode::UNAUTHORIZED {
        head.headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    head.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    head.headers.remove(header::CONTENT_LENGTH);
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    Response::from_parts(head, body.into())
}

/// A refusal written out with all that an answer of ours has, outside of the layers.
pub(crate) fn refuse(state: &AppState, refusal: Refusal, id: &str) -> Response {
    let mut response = write_problem(refusal.clone().into_response(), refusal, id);
    response.extensions_mut().clear();
    add_protection(state, &mut response);
    if let Ok(id) = HeaderValue::try_from(id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// Refuses requests that were meant for another host, and changes asked for by foreign pages.
pub async fn guard(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if !state.hosts.allow(&request) {
        return Refusal::new(Code::ForeignHost).into_response();
    }
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    // A listed page signs in with what it has, and gets a bearer.
    let signs_in = request.method() == Method::POST
        && request.uri().path() == paths::SESSION
        && state.origins.page(request.headers()).is_some();
    if !safe && !signs_in && !state.origins.allow(request.headers()) {
        return Refusal::new(Code::ForeignOrigin).into_response();
    }
    next.run(request).await
}

/// Adds the headers that tell the browser what a page of ours may do.
pub async fn protect(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    add_protection(&state, &mut response);
    response
}

fn add_protection(state: &AppState, response: &mut Response) {
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "no-referrer");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("permissions-policy"), PERMISSIONS);
    if state.https {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=63072000");
    }
    let resource_policy = HeaderName::from_static("cross-origin-resource-policy");
    if !headers.contains_key(&resource_policy) {
        headers.insert(resource_policy, HeaderValue::from_static("same-origin"));
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    headers.insert(header::CONTENT_SECURITY_POLICY, state.assets.csp().clone());
}

/// A handler that panicked.
pub fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    // The panic's own text went to the log by the panic hook.
    Refusal::new(Code::Internal).into_response()
}
