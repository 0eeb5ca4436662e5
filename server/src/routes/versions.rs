//! `/connections/{id}/versions`, `…/revert` and `/deleted`: what was, and back to it.

use axum::Json as Answer;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header::HeaderMap;
use axum::response::Response;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use pinfold_api::{
    Code, Connection, DeletedConnection, DeletedPage, Problem, Revert, Version, VersionPage, paths,
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::connections::{check_version, versioned};
use super::{Id, Problems};
use crate::body::Json;
use crate::clock::rfc3339;
use crate::connection;
use crate::problem::Refusal;
use crate::session::Operator;
use crate::state::AppState;
use crate::store::{DeletedCursor, Snapshot, VersionKind, VersionRow};

const PAGE: u32 = 50;

/// `?cursor=`
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageParameters {
    /// `next` of the page before.
    cursor: Option<String>,
}

/// What a connection was, also a deleted one.
#[utoipa::path(
    get,
    path = paths::CONNECTION_VERSIONS,
    tag = "versions",
    params(("id" = String, Path, description = "UUIDv7"), PageParameters),
    responses((status = 200, description = "The newest first", body = VersionPage), Problems),
)]
pub async fn get_of_connection(
    State(state): State<AppState>,
    Operator(caller): Operator,
    Id(id): Id,
    parameters: Result<Query<PageParameters>, QueryRejection>,
) -> Result<Answer<VersionPage>, Refusal> {
    let page = page(&state, &caller.workspace, VersionKind::Connection, &id, parameters).await?;
    let known =
        !page.items.is_empty() || state.store.connection(&caller.workspace, &id).await?.is_some();
    if known { Ok(Answer(page)) } else { Err(Code::NotFound.into()) }
}

/// Back to a version; a deleted connection comes back with its id.
#[utoipa::path(
    post,
    path = paths::CONNECTION_REVERT,
    tag = "versions",
    params(
        ("id" = String, Path, description = "UUIDv7"),
        ("If-Match" = Option<String>, Header, description = "Only when this is the present version"),
    ),
    request_body = Revert,
    responses(
        (status = 200, description = "As it is now; without a token it needs repair", body = Connection),
        (status = 409, description = "The name is taken, or a token would be let go", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "Somebody else changed it", body = Problem, content_type = "application/problem+json"),
        Problems,
    ),
)]
pub async fn revert_connection(
    State(state): State<AppState>,
    Operator(caller): Operator,
    Id(id): Id,
    headers: HeaderMap,
    Json(wanted): Json<Revert>,
) -> Result<Response, Refusal> {
    let present = state.store.connection(&caller.workspace, &id).await?;
    let last = state
        .store
        .versions(&caller.workspace, VersionKind::Connection, &id, None, 1)
        .await?
        .first()
        .map(|last| last.version);
    let version = present.as_ref().map(|row| row.version).or(last).ok_or(Code::NotFound)?;
    check_version(&headers, version)?;
    let reverted = connection::revert(&state, &caller, (&id, present), wanted).await?;
    versioned(&state, reverted.row, reverted.old_token).await
}

/// Deleted connections, which can be brought back.
#[utoipa::path(
    get,
    path = paths::DELETED,
    tag = "versions",
    params(PageParameters),
    responses((status = 200, description = "The latest deletion first", body = DeletedPage), Problems),
)]
pub async fn get_deleted(
    State(state): State<AppState>,
    Operator(caller): Operator,
    parameters: Result<Query<PageParameters>, QueryRejection>,
) -> Result<Answer<DeletedPage>, Refusal> {
    let cursor = cursor(parameters)?
        .map(|text| read_deleted_cursor(&text).ok_or_else(bad_cursor))
        .transpose()?;
    let kind = VersionKind::Connection;
    let mut rows = state.store.deleted(&caller.workspace, kind, cursor.as_ref(), PAGE + 1).await?;
    let more = rows.len() > PAGE as usize;
    rows.truncate(PAGE as usize);
    let next = rows.last().filter(|_| more).map(write_deleted_cursor);
    let items = rows.iter().map(deleted).collect::<Result<_, Refusal>>()?;
    Ok(Answer(DeletedPage { items, next }))
}

/// One page of the versions of a connection or app, empty when there are none.
pub(super) async fn page(
    state: &AppState,
    workspace: &str,
    kind: VersionKind,
    record: &str,
    parameters: Result<Query<PageParameters>, QueryRejection>,
) -> Result<VersionPage, Refusal> {
    let before = cursor(parameters)?
        .map(|text| text.parse::<i64>().map_err(|_| bad_cursor()))
        .transpose()?;
    let mut rows = state.store.versions(workspace, kind, record, before, PAGE + 1).await?;
    let more = rows.len() > PAGE as usize;
    rows.truncate(PAGE as usize);
    let next = rows.last().filter(|_| more).map(|last| last.version.to_string());
    Ok(VersionPage { items: rows.into_iter().map(version).collect(), next })
}

fn version(row: VersionRow) -> Version {
    Version {
        version: row.version,
        at: rfc3339(row.by.at),
        who: row.by.who(),
        action: row.action,
        changes: row.changes,
    }
}

fn deleted(row: &VersionRow) -> Result<DeletedConnection, Refusal> {
    let snapshot = Snapshot::read(row)?;
    Ok(DeletedConnection {
        id: row.record.clone(),
        name: snapshot.name,
        screen_name: snapshot.account.map(|account| account.screen_name),
        deleted_at: rfc3339(row.by.at),
        version: row.version,
        who: row.by.who(),
    })
}

fn cursor(
    parameters: Result<Query<PageParameters>, QueryRejection>,
) -> Result<Option<String>, Refusal> {
    let Query(parameters) = parameters.map_err(|_| {
        Refusal::new(Code::InvalidRequest)
            .because("The query holds an unknown name or a wrong value. See /openapi.json.")
    })?;
    Ok(parameters.cursor.filter(|text| !text.is_empty()))
}

fn bad_cursor() -> Refusal {
    Refusal::field("cursor", "Take the cursor from `next` of the page before.")
}

fn write_deleted_cursor(row: &VersionRow) -> String {
    let cursor: DeletedCursor = (row.by.at, row.record.clone());
    BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(&cursor).unwrap_or_default())
}

fn read_deleted_cursor(text: &str) -> Option<DeletedCursor> {
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}
