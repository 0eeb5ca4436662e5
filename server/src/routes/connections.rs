//! `/connections`: OK, read, edit, clone, test, delete and revoke.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{ETAG, HeaderMap, HeaderValue, IF_MATCH, LOCATION};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json as Answer};
use pinfold_api::{
    Action, Cancelled, Code, Connection, ConnectionChange, ConnectionTest, NewClone, NewConnection,
    NewConnectionTest, Problem, paths,
};
use uuid::Uuid;

use super::{Id, Peer, Problems};
use crate::body::Json;
use crate::connection::{self, Created};
use crate::problem::Refusal;
use crate::session::{Caller, Connector, Operator};
use crate::state::AppState;
use crate::store::ConnectionRow;

/// OK: saves an authenticated authorization, or a pasted pair after X vouched for it.
#[utoipa::path(
    post,
    path = paths::CONNECTIONS,
    tag = "connections",
    request_body = NewConnection,
    responses(
        (status = 200, description = "Repaired, or saved before", body = Connection),
        (status = 201, description = "Saved", body = Connection),
        (status = 409, description = "The name is taken, nothing was authenticated, or another account was", body = Problem, content_type = "application/problem+json"),
        Problems,
    ),
)]
pub async fn post(
    State(state): State<AppState>,
    Connector(caller): Connector,
    Extension(peer): Extension<Peer>,
    Json(wanted): Json<NewConnection>,
) -> Result<Response, Refusal> {
    if wanted.authorization_id.is_none() {
        // A pasted pair is verified by a call that X bills.
        state.limits.start(&caller, peer.client).await?;
    }
    Ok(match connection::create(&state, &caller, wanted).await? {
        Created::Now(row) => created(&state, *row).await?,
        Created::Before(row) => versioned(&state, *row, None).await?,
        Created::Repaired(repaired) => versioned(&state, repaired.row, repaired.old_token).await?,
    })
}

/// One connection.
#[utoipa::path(
    get,
    path = paths::CONNECTION,
    tag = "connections",
    params(("id" = String, Path, description = "UUIDv7")),
    responses(
        (status = 200, description = "Its version is in the ETag", body = Connection),
        Problems,
    ),
)]
pub async fn get(
    State(state): State<AppState>,
    Operator(caller): Operator,
    Id(id): Id,
) -> Result<Response, Refusal> {
    versioned(&state, find(&state, &caller, &id).await?, None).await
}

/// Edit name, group or app.
#[utoipa::path(
    patch,
    path = paths::CONNECTION,
    tag = "connections",
    params(
        ("id" = String, Path, description = "UUIDv7"),
        ("If-Match" = Option<String>, Header, description = "The ETag that the edit was made from"),
    ),
    request_body = ConnectionChange,
    responses(
        (status = 200, body = Connection), (status = 409, description = "The name is taken, or the token belongs to another app", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "Somebody else changed it", body = Problem, content_type = "application/problem+json"),
        Problems,
    ),
)]
pub async fn patch(
    State(state): State<AppState>,
    Operator(caller): Operator,
    Id(id): Id,
    headers: HeaderMap,
    Json(wanted): Json<ConnectionChange>,
) -> Result<Response, Refusal> {
    let row = find(&state, &caller, &id).await?;
    check_version(&headers, row.version)?;
    let edited = connection::edit(&state, &caller, row, wanted).await?;
    versioned(&state, edited, None).await
}

/// Clone: the settings once more, and no token.
#[utoipa::path(
    post,
    path = paths::CONNECTION_CLONE,
    tag = "connections",
    params(("id" = String, Path, description = "UUIDv7")),
    request_body = NewClone,
    responses(
        (status = 201, description = "It needs an account: repair it", body = Connection),
        (status = 409, description = "The name is taken", body = Problem, content_type = "application/problem+json"),
        Problems,
    ),
)]
pub async fn post_clone(
    State(state): State<AppState>,
    Operator(caller): Operator,
    Id(id): Id,
    Json(wanted): Json<NewClone>,
) -> Result<Response, Refusal> {
    let row = find(&state, &caller, &id).await?;
    created(&state, connection::clone(&state, &caller, &row, wanted).await?).await
}

/// Does it work? Free from what is known; a live test is one call that X bills.
#[utoipa::path(
    post,
    path = paths::CONNECTION_TEST,
    tag = "connections",
    params(("id" = String, Path, description = "UUIDv7")),
    request_body = NewConnectionTest,
    responses((status = 200, body = ConnectionTest), Problems),
)]
pub async fn post_test(
    State(state): State<AppState>,
    Operator(caller): Operator,
    Extension(peer): Extension<Peer>,
    Id(id): Id,
    Json(wanted): Json<NewConnectionTest>,
) -> Result<Answer<ConnectionTest>, Refusal> {
    // What is known includes the call before this one.
    state.ledger.catch_up(&state).await;
    let row = find(&state, &caller, &id).await?;
    let id = Uuid::parse_str(&id).map_err(|_| Code::NotFound)?;
    let account = state.accounts.find(&state, &caller.workspace, id).await?;
    let live = wanted.live == Some(true);
    if live {
        state.limits.start(&caller, peer.client).await?;
        // X bills it.
        state.write_read(state.entry(&caller, Action::ConnectionTest).on(&row.id)).await?;
    }
    connection::test(&state, account, row, live).await.map(Answer)
}

/// Delete and revoke.
#[utoipa::path(
    delete,
    path = paths::CONNECTION,
    tag = "connections",
    params(
        ("id" = String, Path, description = "UUIDv7"),
        ("If-Match" = Option<String>, Header, description = "Delete only this version"),
    ),
    responses(
        (status = 200, description = "Deleted; whether X confirmed the revoke", body = Cancelled),
        Problems,
    ),
)]
pub async fn delete(
    State(state): State<AppState>,
    Operator(caller): Operator,
    Id(id): Id,
    headers: HeaderMap,
) -> Result<Answer<Cancelled>, Refusal> {
    let row = find(&state, &caller, &id).await?;
    check_version(&headers, row.version)?;
    connection::delete(&state, &caller, &row).await.map(Answer)
}

pub(super) async fn find(
    state: &AppState,
    caller: &Caller,
    id: &str,
) -> Result<ConnectionRow, Refusal> {
    let row = state.store.connection(&caller.workspace, id).await?;
    row.ok_or_else(|| Code::NotFound.into())
}

async fn created(state: &AppState, row: ConnectionRow) -> Result<Response, Refusal> {
    let location = paths::with_id(paths::CONNECTION, &row.id);
    let answer = versioned(state, row, None).await?;
    Ok((StatusCode::CREATED, [(LOCATION, location)], answer).into_response())
}

/// A connection with its version, and what became of the token that it let go of.
pub(super) async fn versioned(
    state: &AppState,
    row: ConnectionRow,
    old_token: Option<Cancelled>,
) -> Result<Response, Refusal> {
    let etag = HeaderValue::try_from(etag(row.version)).expect("digits and quotes fit a header");
    let workspace = row.workspace.clone();
    let answer = connection::answers(state, &workspace, vec![row]).await?;
    let answer = answer.into_iter().next().map(|answer| Connection { old_token, ..answer });
    Ok(([(ETAG, etag)], Answer(answer)).into_response())
}

pub(super) fn etag(version: i64) -> String {
    format!("\"{version}\"")
}

/// RFC 9110 §13.1.1; the `version` itself, without its quotes, is understood as well. Without the header
/// the change applies to whatever is there now.
pub(super) fn check_version(headers: &HeaderMap, version: i64) -> Result<(), Refusal> {
    let Some(wanted) = headers.get(IF_MATCH) else { return Ok(()) };
    let (tag, number) = (etag(version), version.to_string());
    let fits = |given: &str| given == "*" || given == tag || given == number;
    let matches = wanted.to_str().is_ok_and(|list| list.split(',').map(str::trim).any(fits));
    if matches { Ok(()) } else { Err(Code::VersionStale.into()) }
}
