//! `/session`: sign in, who am I, sign out.

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{HeaderMap, SET_COOKIE};
use axum::response::{IntoResponse, Response};
use pinfold_api::{
    Action, Code, Limits, OidcWay, Problem, Role, Session, SignIn, SignInWays, SignedIn, paths,
};

use super::{Peer, Problems};
use crate::audit::{Entry, Who};
use crate::authorization::{self, WAIT_SECONDS};
use crate::body::Json;
use crate::clock::rfc3339;
use crate::connection::{GROUP_CHARS, NAME_CHARS};
use crate::handoff::TOKEN_MILLIS;
use crate::oidc::Oidc;
use crate::problem::Refusal;
use crate::session::{Caller, SESSION_MILLIS, Token, bearer, hash, workspace_of};
use crate::state::AppState;
use crate::store::{DEFAULT_WORKSPACE, Opened, SessionRow};
use crate::workspace::Registered;

/// Sign in with the access key or a one-time link.
#[utoipa::path(
    post,
    path = paths::SESSION,
    tag = "session",
    request_body = SignIn,
    responses(
        (status = 200, description = "Signed in from a page on another, allowed origin: no cookie is set", body = SignedIn),
        (status = 204, description = "Signed in; the cookie is set"),
        (status = 401, description = "Refused", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many tries", body = Problem, content_type = "application/problem+json"),
        Problems,
    ),
    security(()),
)]
pub async fn post(
    State(state): State<AppState>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    Json(entry): Json<SignIn>,
) -> Result<Response, Refusal> {
    let now = state.clock.now();
    let token = Token::generate();
    let mut started = SessionRow {
        id: state.clock.new_id().to_string(),
        workspace: DEFAULT_WORKSPACE.to_owned(),
        role: Role::Operator,
        expires_at: now + SESSION_MILLIS,
    };
    let audited = |how| {
        let who = Who::nobody(Some(peer.client));
        state.entry_by(who, Action::SignIn).saying(how)
    };
    let session = match (entry.access_key, entry.link) {
        (Some(key), None) => {
            state.limits.access_key(peer.client).await?;
            let workspace = workspace_of(&state, key.expose().trim()).await?;
            started.workspace = workspace.ok_or(Code::SignInRefused)?;
            state
                .store
                .insert_session(&started, &token.hash(), now, audited("by access key"))
                .await?;
            started
        }
        (None, Some(link)) => {
            let link = link.expose().trim();
            let link = link.rsplit_once("#link=").map_or(link, |(_, token)| token);
            match open(&state, &hash(link), started, &token, audited).await? {
                Ok(session) => session,
                // Whoever opened it opens it again, and goes on.
                Err(handoff) => return again(&state, peer, &headers, &handoff).await,
            }
        }
        _ => {
            return Err(Refusal::new(Code::InvalidRequest)
                .at("access_key")
                .because("Send either access_key or link."));
        }
    };
    let role = session.role;
    tracing::info!(session = session.id, workspace = session.workspace, ?role, "signed in");
    if state.origins.page(&headers).is_some() {
        let expires_at = rfc3339(session.expires_at);
        let signed_in = SignedIn { token: token.expose().to_owned(), expires_at };
        return Ok(axum::Json(signed_in).into_response());
    }
    let seconds = (session.expires_at - now) / 1000;
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, state.cookie.set(&token, seconds))]).into_response())
}

/// A link that was opened before: fine for its own session, and for no other.
async fn again(
    state: &AppState,
    peer: Peer,
    headers: &HeaderMap,
    handoff: &str,
) -> Result<Response, Refusal> {
    let caller = Caller::find(headers, Some(peer), state).await;
    let caller = caller.map_err(|refusal| match refusal.code() {
        Code::Unauthenticated => Code::LinkUsed.into(),
        _ => refusal,
    })?;
    if caller.handoff.as_ref().is_none_or(|own| own.id != handoff) {
        return Err(Code::LinkUsed.into());
    }
    match (bearer(headers), caller.expires_at) {
        (Some(token), Some(end)) => {
            let signed_in = SignedIn { token: token.to_owned(), expires_at: rfc3339(end) };
            Ok(axum::Json(signed_in).into_response())
        }
        _ => Ok(StatusCode::NO_CONTENT.into_response()),
    }
}

/// A link of either kind: one that signs in whoever asked for it here, or a hand-off. `Err`: that
/// hand-off's was opened before.
async fn open(
    state: &AppState,
    link: &[u8],
    started: SessionRow,
    token: &Token,
    audited: impl Fn(&'static str) -> Entry,
) -> Result<Result<SessionRow, String>, Refusal> {
    let now = state.clock.now();
    let (store, entry) = (&state.store, audited("by link"));
    if let Some(session) = store.use_link(link, started.clone(), &token.hash(), now, entry).await? {
        return Ok(Ok(session));
    }
    let started = SessionRow { expires_at: now + TOKEN_MILLIS, ..started };
    let entry = audited("by hand-off link");
    match store.open_handoff(link, started, &token.hash(), now, entry).await? {
        Opened::Session(session) => Ok(Ok(session)),
        Opened::Used(handoff) => Ok(Err(handoff)),
        Opened::Over => Err(Code::LinkExpired.into()),
        Opened::Unknown => Err(Code::SignInRefused.into()),
    }
}

/// How can one sign in here, besides by access key or link?
#[utoipa::path(
    get,
    path = paths::SIGN_IN,
    tag = "session",
    responses((status = 200, body = SignInWays), Problems),
    security(()),
)]
pub async fn ways(State(state): State<AppState>, headers: HeaderMap) -> axum::Json<SignInWays> {
    let elsewhere = state.origins.page(&headers);
    let leads_back = |oidc: &&Oidc| elsewhere.is_none_or(|origin| oidc.serves(origin));
    let oidc = state.oidc.as_ref().filter(leads_back);
    let oidc = oidc.map(|it| OidcWay { name: it.name().to_owned(), url: paths::OIDC.to_owned() });
    axum::Json(SignInWays { oidc })
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
pub async fn get(
    State(state): State<AppState>,
    caller: Caller,
) -> Result<axum::Json<Session>, Refusal> {
    let handoff = match &caller.handoff {
        Some(handoff) => Some(Box::new(handoff.answer(&state).await?)),
        None => None,
    };
    let registered_app = Registered::of(&state, &caller.workspace).await?;
    Ok(axum::Json(Session {
        role: caller.role,
        workspace: caller.workspace,
        expires_at: caller.expires_at.map(rfc3339),
        provider: state.provider.clone(),
        registered_app: registered_app.map(|app| app.answer()),
        limits: Limits {
            name_chars: NAME_CHARS,
            group_chars: GROUP_CHARS,
            authorization_seconds: WAIT_SECONDS,
        },
        clock_skew_seconds: state.x.clock_skew(),
        handoff,
    }))
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
