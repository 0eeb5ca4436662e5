//! `/healthz`, `/readyz`, `/metrics`, for those who run it.

use axum::Extension;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::header::{CONTENT_TYPE, HOST};
use axum::response::{IntoResponse, Response};
use pinfold_api::{Code, Problem, paths};
use url::Url;

use super::{Peer, Problems};
use crate::config::is_loopback;
use crate::metrics::MEDIA_TYPE;
use crate::problem::Refusal;
use crate::session::Operator;
use crate::state::AppState;
use crate::store::DEFAULT_WORKSPACE;

/// The process is alive.
#[utoipa::path(get, path = paths::HEALTHZ, tag = "status", security(()),
    responses((status = 200, description = "ok", body = String, content_type = "text/plain")))]
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// The process can do its work.
#[utoipa::path(get, path = paths::READYZ, tag = "status", security(()),
    responses(
        (status = 200, description = "ready", body = String, content_type = "text/plain"),
        (status = 503, description = "The store does not answer", body = Problem, content_type = "application/problem+json"),
        Problems,
    ))]
pub async fn readyz(State(state): State<AppState>) -> Result<&'static str, Refusal> {
    state.store.ping().await?;
    Ok("ready\n")
}

/// What is counted, for an operator or from loopback.
#[utoipa::path(get, path = paths::METRICS, tag = "status",
    responses(
        (status = 200, description = "OpenMetrics text, which Prometheus reads", body = String, content_type = "application/openmetrics-text"),
        Problems,
    ))]
pub async fn metrics(
    State(state): State<AppState>,
    Extension(peer): Extension<Peer>,
    request: Request,
) -> Result<Response, Refusal> {
    let (mut parts, _) = request.into_parts();
    // A reverse proxy on this machine also comes from loopback; it asks for the public host, or says
    // for whom it asks.
    let proxied = ["via", "forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip"]
        .iter()
        .any(|name| parts.headers.contains_key(*name));
    let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let local = Url::parse(&format!("http://{host}/")).is_ok_and(|url| is_loopback(&url));
    if proxied || !local || !peer.neighbour.is_loopback() {
        let Operator(caller) = Operator::from_request_parts(&mut parts, &state).await?;
        // They count the calls of all tenants.
        if caller.workspace != DEFAULT_WORKSPACE {
            return Err(Code::Forbidden.into());
        }
    }
    let text = state.metrics.text();
    Ok(([(CONTENT_TYPE, MEDIA_TYPE)], text).into_response())
}
