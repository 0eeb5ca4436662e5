//! `/authorizations`: Get PIN, resume, Authenticate PIN, Cancel.

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json as Answer};
use pinfold_api::{Authorization, Cancelled, Code, NewAuthorization, PinEntry, Problem, paths};

use super::{Id, Peer, Problems};
use crate::authorization;
use crate::body::Json;
use crate::problem::Refusal;
use crate::session::{Caller, Connector};
use crate::state::AppState;
use crate::store::AuthorizationRow;

/// Get PIN: asks X for a request token.
#[utoipa::path(
    post,
    path = paths::AUTHORIZATIONS,
    tag = "authorizations",
    request_body = NewAuthorization,
    responses(
        (status = 201, description = "Open `authorize_url`, then send the PIN", body = Authorization),
        (status = 422, description = "X refused the app", body = Problem, content_type = "application/problem+json"),
        Problems,
    ),
)]
pub async fn post(
    State(state): State<AppState>,
    Connector(caller): Connector,
    Extension(peer): Extension<Peer>,
    Json(wanted): Json<NewAuthorization>,
) -> Result<(StatusCode, Answer<Authorization>), Refusal> {
    state.limits.start(&caller, peer.client).await?;
    let row = authorization::begin(&state, &caller, wanted).await?;
    Ok((StatusCode::CREATED, Answer(row.answer(&state))))
}

/// Where an authorization stands, after a reload.
#[utoipa::path(
    get,
    path = paths::AUTHORIZATION,
    tag = "authorizations",
    params(("id" = String, Path, description = "UUIDv7")),
    responses(
        (status = 200, body = Authorization),
        (status = 404, description = "None of this session", body = Problem, content_type = "application/problem+json"),
        Problems,
    ),
)]
pub async fn get(
    State(state): State<AppState>,
    Connector(caller): Connector,
    Id(id): Id,
) -> Result<Answer<Authorization>, Refusal> {
    Ok(Answer(find(&state, &caller, &id).await?.answer_to(&state, &caller).await?))
}

/// Cancel: leaves nothing behind, here or at X.
#[utoipa::path(
    delete,
    path = paths::AUTHORIZATION,
    tag = "authorizations",
    params(("id" = String, Path, description = "UUIDv7")),
    responses(
        (status = 200, description = "What became of the grant", body = Cancelled),
        Problems,
    ),
)]
pub async fn delete(
    State(state): State<AppState>,
    Connector(caller): Connector,
    Id(id): Id,
) -> Result<Answer<Cancelled>, Refusal> {
    let row = find(&state, &caller, &id).await?;
    authorization::cancel(&state, &caller, row).await.map(Answer)
}

/// Authenticate PIN.
#[utoipa::path(
    post,
    path = paths::AUTHORIZATION_PIN,
    tag = "authorizations",
    params(("id" = String, Path, description = "UUIDv7")),
    request_body = PinEntry,
    responses(
        (status = 200, description = "Granted", body = Authorization),
        (status = 410, description = "Too late; `next` holds a fresh authorization", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Wrong PIN; `next` holds a fresh authorization", body = Problem, content_type = "application/problem+json"),
        Problems,
    ),
)]
pub async fn post_pin(
    State(state): State<AppState>,
    Connector(caller): Connector,
    Extension(peer): Extension<Peer>,
    Id(id): Id,
    Json(entry): Json<PinEntry>,
) -> Result<Answer<Authorization>, Refusal> {
    state.limits.pin(&caller, peer.client).await?;
    let row = find(&state, &caller, &id).await?;
    let granted = authorization::authenticate(&state, &caller, row, &entry).await?;
    Ok(Answer(granted.answer_to(&state, &caller).await?))
}

async fn find(state: &AppState, caller: &Caller, id: &str) -> Result<AuthorizationRow, Refusal> {
    let row = state.store.authorization(&caller.workspace, &caller.session_id, id).await?;
    row.ok_or_else(|| Code::NotFound.into())
}
