//! `/keys`: task keys; and what uses a connection.

use axum::Json as Answer;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::{HeaderValue, LOCATION};
use axum::response::{IntoResponse, Response};
use pinfold_api::{Action, Code, CreatedKey, KeyList, NewKey, UsageList, paths};

use serde::Deserialize;
use utoipa::IntoParams;

use super::{Id, Problems};
use crate::body::Json;
use crate::clock::canonical_id;
use crate::problem::Refusal;
use crate::session::Operator;
use crate::state::AppState;
use crate::store::UsageRow;
use crate::task_key;

/// Connections of which it is asked at once what uses them.
const MOST_USED: usize = 500;

/// Make a key. Its text is shown this once.
#[utoipa::path(
    post,
    path = paths::KEYS,
    tag = "keys",
    request_body = NewKey,
    responses(
        (status = 201, description = "The key, shown once", body = CreatedKey),
        Problems,
    ),
)]
pub async fn post(
    State(state): State<AppState>,
    Operator(caller): Operator,
    Json(wanted): Json<NewKey>,
) -> Result<Response, Refusal> {
    let created = task_key::create(&state, &caller, wanted).await?;
    let location = HeaderValue::try_from(paths::with_id(paths::KEY, &created.details.id))
        .expect("an id fits a header");
    Ok((StatusCode::CREATED, [(LOCATION, location)], Answer(created)).into_response())
}

/// The keys that were not revoked, the newest first.
#[utoipa::path(
    get,
    path = paths::KEYS,
    tag = "keys",
    responses((status = 200, body = KeyList), Problems),
)]
pub async fn list(
    State(state): State<AppState>,
    Operator(caller): Operator,
) -> Result<Answer<KeyList>, Refusal> {
    state.ledger.catch_up(&state).await;
    let now = state.clock.now();
    let rows = state.store.task_keys(&caller.workspace).await?;
    let items = rows.into_iter().map(|row| row.answer(&state.holders, now)).collect();
    Ok(Answer(KeyList { items }))
}

/// Revoke a key: from the answer on, nobody can use it.
#[utoipa::path(
    delete,
    path = paths::KEY,
    tag = "keys",
    params(("id" = String, Path, description = "UUIDv7")),
    responses((status = 204, description = "Revoked"), Problems),
)]
pub async fn delete(
    State(state): State<AppState>,
    Operator(caller): Operator,
    Id(id): Id,
) -> Result<StatusCode, Refusal> {
    let entry = state.entry(&caller, Action::KeyDelete).on(&id);
    if state.store.delete_task_key(&caller.workspace, &id, &entry).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Code::NotFound.into())
    }
}

/// What uses a connection.
#[utoipa::path(
    get,
    path = paths::CONNECTION_USAGES,
    tag = "connections",
    params(("id" = String, Path, description = "UUIDv7")),
    responses((status = 200, body = UsageList), Problems),
)]
pub async fn usages(
    State(state): State<AppState>,
    Operator(caller): Operator,
    Id(id): Id,
) -> Result<Answer<UsageList>, Refusal> {
    state.ledger.catch_up(&state).await;
    if state.store.connection(&caller.workspace, &id).await?.is_none() {
        return Err(Code::NotFound.into());
    }
    let rows = state.store.usages(&caller.workspace, &[id]).await?;
    Ok(Answer(UsageList { items: rows.into_iter().map(UsageRow::answer).collect() }))
}

/// `GET /usages?…`
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UsageParameters {
    /// Ids with commas between them, 500 at most. Those that are not here are used by nothing.
    #[serde(default)]
    connections: String,
}

/// What uses any of several connections.
#[utoipa::path(
    get,
    path = paths::USAGES,
    tag = "connections",
    params(UsageParameters),
    responses((status = 200, body = UsageList), Problems),
)]
pub async fn usages_of_many(
    State(state): State<AppState>,
    Operator(caller): Operator,
    parameters: Result<Query<UsageParameters>, QueryRejection>,
) -> Result<Answer<UsageList>, Refusal> {
    let Query(UsageParameters { connections }) = parameters.map_err(|_| {
        Refusal::new(Code::InvalidRequest)
            .because("The query holds an unknown name or a wrong value. See /openapi.json.")
    })?;
    let ids: Vec<_> = connections.split(',').filter_map(canonical_id).collect();
    if ids.len() > MOST_USED {
        return Err(Refusal::field(
            "connections",
            format!("Name at most {MOST_USED} connections."),
        ));
    }
    if ids.is_empty() {
        return Ok(Answer(UsageList::default()));
    }
    state.ledger.catch_up(&state).await;
    let rows = state.store.usages(&caller.workspace, &ids).await?;
    Ok(Answer(UsageList { items: rows.into_iter().map(UsageRow::answer).collect() }))
}
