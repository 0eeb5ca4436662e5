//! Everything else: the front end's files and pages, or a problem.

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use pinfold_api::Code;
use pinfold_api::paths::pages;

use crate::problem::Refusal;
use crate::state::AppState;

/// A file, a page of the front end, or "not found".
pub async fn fallback(State(state): State<AppState>, request: Request) -> Response {
    let path = request.uri().path();
    state
        .assets
        .answer(request.method(), path, request.headers(), is_page(path))
        .unwrap_or_else(|| Refusal::new(Code::NotFound).into_response())
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
