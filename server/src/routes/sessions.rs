//! `/sessions`: connector sessions and hand-off links, minted, listed, revoked.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use pinfold_api::{
    Action, Code, LiveSession, MintedSession, NewSession, Problem, SessionList, paths,
};

use super::{Id, Problems};
use crate::body::Json;
use crate::handoff;
use crate::problem::Refusal;
use crate::session::Operator;
use crate::state::AppState;
use crate::store::{BrowserSession, HandoffRow};

/// Give the right to make or repair one connection to somebody.
#[utoipa::path(
    post,
    path = paths::SESSIONS,
    tag = "sessions",
    request_body = NewSession,
    responses(
        (status = 201, description = "Token and link, shown once", body = MintedSession),
        (status = 422, description = "A field cannot be accepted", body = Problem, content_type = "application/problem+json"),
        Problems,
    ),
)]
pub async fn post(
    State(state): State<AppState>,
    Operator(caller): Operator,
    Json(wanted): Json<NewSession>,
) -> Result<(StatusCode, Answer<MintedSession>), Refusal> {
    let minted = handoff::mint(&state, &caller, wanted).await?;
    Ok((StatusCode::CREATED, Answer(minted)))
}

/// What is live in the workspace: browsers, portals' sessions and links, the newest first.
#[utoipa::path(
    get,
    path = paths::SESSIONS,
    tag = "sessions",
    responses((status = 200, body = SessionList), Problems),
)]
pub async fn list(
    State(state): State<AppState>,
    Operator(caller): Operator,
) -> Result<Answer<SessionList>, Refusal> {
    let now = state.clock.now();
    let handoffs = state.store.handoffs(&caller.workspace, now).await?;
    let browsers = state.store.browser_sessions(&caller.workspace, now).await?;
    let listed = |(row, name): (HandoffRow, Option<String>)| row.listed(name, &caller);
    let handoffs = handoffs.into_iter().map(listed);
    let browsers = browsers.into_iter().map(|row: BrowserSession| row.listed(&caller));
    let mut items: Vec<LiveSession> = handoffs.chain(browsers).collect();
    // Ids are made in the order of time.
    items.sort_by(|one, other| other.id.cmp(&one.id));
    items.truncate(500);
    Ok(Answer(SessionList { items }))
}

/// Revoke one: from the answer on, nobody can use it.
#[utoipa::path(
    delete,
    path = paths::SESSION_OF,
    tag = "sessions",
    params(("id" = String, Path, description = "UUIDv7")),
    responses((status = 204, description = "Revoked"), Problems),
)]
pub async fn delete(
    State(state): State<AppState>,
    Operator(caller): Operator,
    Id(id): Id,
) -> Result<StatusCode, Refusal> {
    let entry = state.entry(&caller, Action::SessionRevoke).on(&id);
    let now = state.clock.now();
    if !state.store.revoke_session(&caller.workspace, &id, now, &entry).await? {
        return Err(Code::NotFound.into());
    }
    crate::authorization::abandon_all(&state, &caller, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
