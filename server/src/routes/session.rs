//! `/session`: sign in, who am I, sign out.

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Response};
use pinfold_api::{Code, Limits, Problem, RegisteredApp, Role, Session, SignIn, paths};

use super::Peer;
use crate::authorization::{PIN_SECONDS, hint};
use crate::body::Json;
use crate::clock::rfc3339;
use crate::connection::{GROUP_CHARS, NAME_CHARS};
use crate::problem::Refusal;
use crate::session::{Caller, SESSION_MILLIS, Token, hash, is_access_key};
use crate::state::AppState;
use crate::store::{DEFAULT_WORKSPACE, SessionRow};

/// Sign in with the access key or a one-time link.
#[utoipa::path(
    post,
    path = paths::SESSION,
    tag = "session",
    request_body = SignIn,
    responses(
        (status = 204, description = "Signed in; the cookie is set"),
        (status = 401, description = "Refused", body = Problem),
        (status = 429, description = "Too many tries", body = Problem),
    ),
    security(()),
)]
pub async fn post(
    State(state): State<AppState>,
    Extension(Peer(peer)): Extension<Peer>,
    Json(entry): Json<SignIn>,
) -> Result<Response, Refusal> {
    state.limits.sign_in(peer.ip())?;
    let now = state.clock.now();
    let (workspace, role) = match (entry.access_key, entry.link) {
        (Some(key), None) => {
            if !is_access_key(&state, key.expose().trim()) {
                return Err(Code::SignInRefused.into());
            }
            (DEFAULT_WORKSPACE.to_owned(), Role::Operator)
        }
        (None, Some(link)) => {
            let link = link.expose().trim();
            let token = link.rsplit_once("#link=").map_or(link, |(_, token)| token);
            state.store.use_link(&hash(token), now).await?.ok_or(Code::SignInRefused)?
        }
        _ => {
            return Err(Refusal::new(Code::InvalidRequest)
                .at("access_key")
                .because("Send either access_key or link."));
        }
    };
    let token = Token::generate();
    let expires_at = now + SESSION_MILLIS;
    let session = SessionRow { id: state.clock.new_id().to_string(), workspace, role, expires_at };
    state.store.insert_session(&session, &token.hash(), now).await?;
    tracing::info!(session = session.id, workspace = session.workspace, ?role, "signed in");
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, state.cookie.set(&token))]).into_response())
}

/// Who am I, and what can this server do?
#[utoipa::path(
    get,
    path = paths::SESSION,
    tag = "session",
    responses(
        (status = 200, body = Session),
        (status = 401, description = "Not signed in", body = Problem),
    ),
)]
pub async fn get(State(state): State<AppState>, caller: Caller) -> axum::Json<Session> {
    let registered_app = state.registered_app.as_ref().map(|app| RegisteredApp {
        name: state.app_name.clone(),
        consumer_key_hint: hint(&app.id),
    });
    axum::Json(Session {
        role: caller.role,
        workspace: caller.workspace,
        expires_at: caller.expires_at.map(rfc3339),
        provider: state.provider.clone(),
        registered_app,
        limits: Limits {
            name_chars: NAME_CHARS,
            group_chars: GROUP_CHARS,
            authorization_seconds: PIN_SECONDS,
        },
    })
}

/// Sign out: the session is over on the server, not only in this browser.
#[utoipa::path(
    delete,
    path = paths::SESSION,
    tag = "session",
    responses((status = 204, description = "Signed out"), (status = 401, body = Problem)),
)]
pub async fn delete(State(state): State<AppState>, caller: Caller) -> Result<Response, Refusal> {
    state.store.delete_session(&caller.workspace, &caller.session_id).await?;
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, state.cookie.clear())]).into_response())
}
