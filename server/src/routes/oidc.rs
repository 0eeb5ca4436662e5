//! `/session/oidc`: to the provider of OpenID Connect, and back. Browsers go there by themselves, so
//! the answers are ways on and no documents.

use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::{HeaderMap, HeaderValue, LOCATION, SET_COOKIE};
use axum::response::{IntoResponse as _, Response};
use pinfold_api::Code;
use pinfold_api::paths::pages;
use serde::Deserialize;

use super::Peer;
use crate::oidc::{self, Begun, FLOW_SECONDS, Finished, Returned};
use crate::problem::Refusal;
use crate::session::SESSION_MILLIS;
use crate::state::AppState;

/// Whose page somebody signs in to.
#[derive(Debug, Default, Deserialize)]
pub struct For {
    /// Elsewhere, as configuration names it; none: our own.
    page: Option<String>,
}

/// Sends a browser to the provider.
pub async fn begin(
    State(state): State<AppState>,
    Extension(peer): Extension<Peer>,
    asked: Result<Query<For>, QueryRejection>,
) -> Result<Response, Refusal> {
    if state.oidc.is_none() {
        return Err(Code::NotFound.into());
    }
    state.limits.provider(peer.client).await?;
    let Ok(Query(For { page })) = asked else {
        return Ok(back(None, &Code::ForeignOrigin.into(), &[]));
    };
    Ok(match oidc::begin(&state, page.as_deref()).await {
        Ok(Begun { url, cookie }) => {
            to(url.as_str(), &[state.cookie.set_flow(&cookie, FLOW_SECONDS)])
        }
        Err(refusal) => back(None, &refusal, &[]),
    })
}

/// Takes a browser back from the provider: with a session, or to the page that says why not.
pub async fn callback(
    State(state): State<AppState>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    returned: Result<Query<Returned>, QueryRejection>,
) -> Result<Response, Refusal> {
    if state.oidc.is_none() {
        return Err(Code::NotFound.into());
    }
    let forget = state.cookie.set_flow("", 0);
    let returned = returned.map(|Query(returned)| returned).unwrap_or_default();
    let flow = state.cookie.read_flow(&headers);
    let Finished { page, token } = oidc::finish(&state, peer, flow, returned).await;
    Ok(match (token, page) {
        (Ok(token), None) => {
            let session = state.cookie.set(&token, SESSION_MILLIS / 1000);
            to(pages::HOME, &[session, forget])
        }
        (Ok(link), Some(page)) => to(&format!("{page}#link={}", link.expose()), &[forget]),
        (Err(refusal), page) => back(page.as_deref(), &refusal, &[forget]),
    })
}

/// The sign-in page knows the words.
fn back(page: Option<&str>, refusal: &Refusal, cookies: &[HeaderValue]) -> Response {
    let page = page.unwrap_or(pages::SIGN_IN);
    to(&format!("{page}#error={}", refusal.code().as_str()), cookies)
}

fn to(url: &str, cookies: &[HeaderValue]) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    if let Ok(url) = HeaderValue::try_from(url) {
        headers.insert(LOCATION, url);
    }
    for cookie in cookies {
        headers.append(SET_COOKIE, cookie.clone());
    }
    response
}
