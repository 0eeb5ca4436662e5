//! Pages on other origins: those that configuration lists may read the answers of the API, with a
//! bearer and never with a cookie.
//!
//! No answer says `access-control-allow-credentials`, so a browser neither sends cookies along nor
//! shows an answer that was asked for with them. A page that is not listed gets no word of any of
//! this.

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, ALLOW,
    HeaderMap, HeaderValue, ORIGIN, VARY,
};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use pinfold_api::paths;

use crate::api;
use crate::permit::METHOD_LIST;
use crate::problem::Refusal;
use crate::state::AppState;

/// What a page may send, besides what any page may.
const REQUEST_HEADERS: HeaderValue =
    HeaderValue::from_static("authorization, content-type, if-match");
/// What a page may read, besides what any page may.
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "pinfold-error, x-request-id, retry-after, etag, location, date, x-rate-limit-limit, \
     x-rate-limit-remaining, x-rate-limit-reset, x-access-level, x-transaction-id",
);
/// Seconds for which a browser need not ask again.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

/// Adds to the API's answers what a listed page needs, and answers its questions beforehand. A
/// method that a path does not have is refused with those that it has (RFC 9110 §15.5.6).
pub async fn open(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let open = path.starts_with(paths::API) || path == paths::OPENAPI;
    let origin = origin(&state, request.headers()).filter(|_| open);
    let asks = is_preflight(request.method(), request.headers());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let mut response = next.run(request).await;
    if response.status() == StatusCode::METHOD_NOT_ALLOWED
        && let Some(methods) = route.and_then(|route| api::allowed(route.as_str()))
        && let Ok(methods) = HeaderValue::try_from(methods)
    {
        response.headers_mut().insert(ALLOW, methods);
    }
    let Some(origin) = origin else { return response };
    // The router refuses OPTIONS everywhere.
    if asks && let Some(methods) = response.headers().get(ALLOW).cloned() {
        response.extensions_mut().remove::<Refusal>();
        *response.status_mut() = StatusCode::NO_CONTENT;
        permit(response.headers_mut(), methods);
    }
    expose(response.headers_mut(), origin);
    response
}

/// The answer to a question that the signing proxy's lane was asked beforehand.
pub fn preflight(state: &AppState, method: &Method, headers: &HeaderMap) -> Option<Response> {
    const METHODS: HeaderValue = HeaderValue::from_static(METHOD_LIST);
    if !is_preflight(method, headers) {
        return None;
    }
    state.origins.page(headers)?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.headers_mut().insert(ALLOW, METHODS);
    permit(response.headers_mut(), METHODS);
    Some(response)
}

/// The listed origin that a request comes from, as it is written into the answer.
pub fn origin(state: &AppState, headers: &HeaderMap) -> Option<HeaderValue> {
    state.origins.page(headers)?;
    headers.get(ORIGIN).cloned()
}

/// Lets the page read the answer.
pub fn expose(headers: &mut HeaderMap, origin: HeaderValue) {
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    headers.append(VARY, HeaderValue::from_static("origin"));
}

fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
    method == Method::OPTIONS && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

fn permit(headers: &mut HeaderMap, methods: HeaderValue) {
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, methods);
    headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS);
    headers.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE);
}
