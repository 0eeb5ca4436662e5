//! `/session`: sign in, who am I, sign out.

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Response};
use pinfold_api::{Action, Code, Limits, Problem, RegisteredApp, Role, Session, SignIn, paths};

use super::{Peer, Problems};
use crate::audit::Who;
use crate::authorization::{self, PIN_SECONDS, hint};
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
        (status = 401, description = "Refused", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many tries", body = Problem, content_type = "application/problem+json"),
        Problems,
    ),
    security(()),
)]
pub async fn post(
    State(state): State<AppState>,
    Extension(Peer(peer)): Extension<Peer>,
    Json(entry): Json<SignIn>,
) -> Result<Response, Refusal> {
    let now = state.clock.now();
    let token = Token::generate();
    let started = SessionRow {
        id: state.clock.new_id().to_string(),
        workspace: DEFAULT_WORKSPACE.to_owned(),
        role: Role::Operator,
        expires_at: now + SESSION_MILLIS,
    };
    let audited = |how| {
        let who = Who::nobody(Some(peer.ip()));
        state.entry_by(who, Action::SignIn).saying(how)
    };
    let session = match (entry.access_key, entry.link) {
        (Some(key), None) => {
            state.limits.access_key(peer.ip())?;
            if !is_access_key(&state, key.expose().trim()) {
                return Err(Code::SignInRefused.into());
            }
            state
                .store
                .insert_session(&started, &token.hash(), now, audited("by access key"))
                .await?;
            started
        }
        (None, Some(link)) => {
            let link = link.expose().trim();
            let link = link.rsplit_once("#link=").map_or(link, |(_, token)| token);
            let entry = audited("by link");
            let session =
                state.store.use_link(&hash(link), started, &token.hash(), now, entry).await?;
            session.ok_or(Code::SignInRefused)?
        }
        _ => {
            return Err(Refusal::new(Code::InvalidRequest)
                .at("access_key")
                .because("Send either access_key or link."));
        }
    };
    let role = session.role;
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
        (status = 401, description = "Not signed in", body = Problem, content_type = "application/problem+json"),
        Problems,
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
        clock_skew_seconds: state.x.clock_skew(),
    })
}

/// Sign out: the session is over on the server, not only in this browser, and what it left open is
/// cancelled.
#[utoipa::path(
    delete,
    path = paths::SESSION,
    tag = "session",
    responses((status = 204, description = "Signed out"),
        Problems,
    ),
)]
pub async fn delete(State(state): State<AppState>, caller: Caller) -> Result<Response, Refusal> {
    authorization::abandon(&state, &caller).await?;
    let entry = state.entry(&caller, Action::SignOut);
    state.store.delete_session(&caller.workspace, &caller.session_id, &entry).await?;
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, state.cookie.clear())]).into_response())
}
