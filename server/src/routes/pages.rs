//! Everything else: the front end's files and pages, or a problem.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::ACCEPT;
use axum::response::{IntoResponse, Response};
use pinfold_api::Code;
use pinfold_api::paths::{self, pages};

use crate::problem::Refusal;
use crate::state::AppState;

/// A file, a page of the front end, or "not found": in a browser's window the page that says so.
pub async fn fallback(State(state): State<AppState>, request: Request) -> Response {
    let (path, headers) = (request.uri().path(), request.headers());
    let answer = |is_page| state.assets.answer(request.method(), path, headers, is_page);
    if let Some(found) = answer(is_page(path)) {
        return found;
    }
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_seen = accept.contains("text/html") && !path.starts_with(paths::API);
    match answer(true).filter(|_| is_seen) {
        Some(page) => (StatusCode::NOT_FOUND, page).into_response(),
        None => Refusal::new(Code::NotFound).into_response(),
    }
}

/// A known path with another method.
pub async fn method_not_allowed() -> Refusal {
    Code::MethodNotAllowed.into()
}

/// Paths that the front end itself understands.
fn is_page(path: &str) -> bool {
    let path = path.strip_suffix('/').filter(|rest| !rest.is_empty()).unwrap_or(path);
    let connection = pages::CONNECTION.trim_end_matches("{id}");
    let whole = [
        pages::HOME,
        pages::SIGN_IN,
        pages::CONNECT,
        pages::CONNECTIONS,
        pages::APPS,
        pages::ACTIVITY,
        pages::MOVE,
        pages::KEYS,
        pages::LINKS,
        pages::WEBHOOKS,
    ];
    whole.contains(&path)
        || path.strip_prefix(connection).is_some_and(|id| !id.is_empty() && !id.contains('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_pages_and_nothing_else_is() {
        for page in [
            "/",
            "/sign-in",
            "/connect",
            "/connections",
            "/connections/",
            "/connections/new",
            "/connections/1",
            "/apps",
            "/move",
            "/keys",
        ] {
            assert!(is_page(page), "{page}");
        }
        for other in ["/api/v1/x", "/connections/1/x", "/connectionsx", "/index.html", ""] {
            assert!(!is_page(other), "{other}");
        }
    }
}
