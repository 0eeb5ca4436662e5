//! `/apps`: the app vault.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::{ETAG, HeaderMap, LOCATION};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json as Answer};
use pinfold_api::{
    Action, App, AppChange, AppList, AppTest, Code, NewApp, Problem, Revert, VersionPage, paths,
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::connections::{check_version, etag};
use super::versions::{PageParameters, page};
use super::{Id, Peer, Problems};
use crate::apps;
use crate::authorization;
use crate::body::Json;
use crate::clock::canonical_id;
use crate::problem::Refusal;
use crate::session::{Caller, Operator};
use crate::state::AppState;
use crate::store::{AppRow, VersionKind};

/// `DELETE /apps/{id}?…`
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeleteParameters {
    /// The saved app that takes its place: another one with the same consumer key.
    replacement: Option<String>,
}

/// The saved apps.
#[utoipa::path(
    get,
    path = paths::APPS,
    tag = "apps",
    responses((status = 200, description = "All of them, by name", body = AppList), Problems),
)]
pub async fn list(
    State(state): State<AppState>,
    Operator(caller): Operator,
) -> Result<Answer<AppList>, Refusal> {
    let rows = state.store.apps(&caller.workspace).await?;
    let items = rows.into_iter().map(|(row, connections)| row.answer(connections)).collect();
    Ok(Answer(AppList { items }))
}

/// Saves an app. Its secret is written, never read.
#[utoipa::path(
    post,
    path = paths::APPS,
    tag = "apps",
    request_body = NewApp,
    responses(
        (status = 201, description = "Saved", body = App),
        (status = 409, description = "The name is taken", body = Problem, content_type = "application/problem+json"),
        Problems,
    ),
)]
pub async fn post(
    State(state): State<AppState>,
    Operator(caller): Operator,
    Json(wanted): Json<NewApp>,
) -> Result<Response, Refusal> {
    let row = apps::save(&state, &caller, wanted).await?;
    let location = paths::with_id(paths::APP, &row.id);
    Ok((StatusCode::CREATED, [(LOCATION, location)], versioned(row, 0)).into_response())
}

/// One app.
#[utoipa::path(
    get,
    path = paths::APP,
    tag = "apps",
    params(("id" = String, Path, description = "UUIDv7")),
    responses((status = 200, description = "Its version is in the ETag", body = App), Problems),
)]
pub async fn get(
    State(state): State<AppState>,
    Operator(caller): Operator,
    Id(id): Id,
) -> Result<Response, Refusal> {
    let row = find(&state, &caller, &id).await?;
    answer(&state, row).await
}

/// Rename, rotate the secret, or change what it may ask for.
#[utoipa::path(
    patch,
    path = paths::APP,
    tag = "apps",
    params(
        ("id" = String, Path, description = "UUIDv7"),
        ("If-Match" = Option<String>, Header, description = "The ETag that the edit was made from"),
    ),
    request_body = AppChange,
    responses(
        (status = 200, description = "All its connections sign with the new secret from now on", body = App),
        (status = 409, description = "The name is taken, or another key while it is in use", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "Somebody else changed it", body = Problem, content_type = "application/problem+json"),
        Problems,
    ),
)]
pub async fn patch(
    State(state): State<AppState>,
    Operator(caller): Operator,
    Id(id): Id,
    headers: HeaderMap,
    Json(wanted): Json<AppChange>,
) -> Result<Response, Refusal> {
    let row = find(&state, &caller, &id).await?;
    check_version(&headers, row.version)?;
    let row = apps::change(&state, &caller, row, wanted).await?;
    answer(&state, row).await
}

/// Deletes an app that nothing uses, or puts another one in its place.
#[utoipa::path(
    delete,
    path = paths::APP,
    tag = "apps",
    params(
        ("id" = String, Path, description = "UUIDv7"),
        DeleteParameters,
        ("If-Match" = Option<String>, Header, description = "Delete only this version"),
    ),
    responses(
        (status = 204, description = "Deleted"),
        (status = 409, description = "It is in use", body = Problem, content_type = "application/problem+json"),
        Problems,
    ),
)]
pub async fn delete(
    State(state): State<AppState>,
    Operator(caller): Operator,
    Id(id): Id,
    parameters: Result<Query<DeleteParameters>, QueryRejection>,
    headers: HeaderMap,
) -> Result<StatusCode, Refusal> {
    let row = find(&state, &caller, &id).await?;
    let Query(parameters) = parameters.map_err(|_| {
        Refusal::new(Code::InvalidRequest)
            .because("The query holds an unknown name. See /openapi.json.")
    })?;
    check_version(&headers, row.version)?;
    // What is no UUID is nobody's id, and so fits no app.
    let replacement = parameters.replacement.map(|id| canonical_id(&id).unwrap_or_default());
    apps::delete(&state, &caller, &row, replacement.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Does X accept the app's keys? Free.
#[utoipa::path(
    post,
    path = paths::APP_TEST,
    tag = "apps",
    params(("id" = String, Path, description = "UUIDv7")),
    responses((status = 200, description = "What X said", body = AppTest), Problems),
)]
pub async fn post_test(
    State(state): State<AppState>,
    Operator(caller): Operator,
    Extension(peer): Extension<Peer>,
    Id(id): Id,
) -> Result<Answer<AppTest>, Refusal> {
    let row = find(&state, &caller, &id).await?;
    state.limits.start(&caller, peer.client).await?;
    let app = authorization::App::saved(&state, &row)?;
    state.write_read(state.entry(&caller, Action::AppTest).on(&row.id)).await?;
    Ok(Answer(apps::test(&state, &app).await))
}

/// Does X accept the keys of the server's registered app? Free.
#[utoipa::path(
    post,
    path = paths::REGISTERED_APP_TEST,
    tag = "apps",
    responses((status = 200, description = "What X said", body = AppTest), Problems),
)]
pub async fn post_registered_test(
    State(state): State<AppState>,
    Operator(caller): Operator,
    Extension(peer): Extension<Peer>,
) -> Result<Answer<AppTest>, Refusal> {
    state.limits.start(&caller, peer.client).await?;
    let app = authorization::App::registered(&state, &caller.workspace).await?;
    let entry = state.entry(&caller, Action::AppTest).saying("the registered app");
    state.write_read(entry).await?;
    Ok(Answer(apps::test(&state, &app).await))
}

/// What an app was, also a deleted one. Secrets are not kept.
#[utoipa::path(
    get,
    path = paths::APP_VERSIONS,
    tag = "apps",
    params(("id" = String, Path, description = "UUIDv7"), PageParameters),
    responses((status = 200, description = "The newest first", body = VersionPage), Problems),
)]
pub async fn get_versions(
    State(state): State<AppState>,
    Operator(caller): Operator,
    Id(id): Id,
    parameters: Result<Query<PageParameters>, QueryRejection>,
) -> Result<Answer<VersionPage>, Refusal> {
    let page = page(&state, &caller.workspace, VersionKind::App, &id, parameters).await?;
    let known = !page.items.is_empty() || state.store.app(&caller.workspace, &id).await?.is_some();
    if known { Ok(Answer(page)) } else { Err(Code::NotFound.into()) }
}

/// Back to the name and access of a version. A deleted app does not come back: its secret is gone.
#[utoipa::path(
    post,
    path = paths::APP_REVERT,
    tag = "apps",
    params(
        ("id" = String, Path, description = "UUIDv7"),
        ("If-Match" = Option<String>, Header, description = "Only when this is the present version"),
    ),
    request_body = Revert,
    responses(
        (status = 200, body = App),
        (status = 409, description = "The name is taken, or it had another key", body = Problem, content_type = "application/problem+json"),
        Problems,
    ),
)]
pub async fn post_revert(
    State(state): State<AppState>,
    Operator(caller): Operator,
    Id(id): Id,
    headers: HeaderMap,
    Json(wanted): Json<Revert>,
) -> Result<Response, Refusal> {
    let row = find(&state, &caller, &id).await?;
    check_version(&headers, row.version)?;
    let row = apps::revert(&state, &caller, row, &wanted).await?;
    answer(&state, row).await
}

async fn find(state: &AppState, caller: &Caller, id: &str) -> Result<AppRow, Refusal> {
    state.store.app(&caller.workspace, id).await?.ok_or_else(|| Code::NotFound.into())
}

async fn answer(state: &AppState, row: AppRow) -> Result<Response, Refusal> {
    let connections = state.store.connections_of_app(&row.workspace, &row.id).await?;
    Ok(versioned(row, connections))
}

fn versioned(row: AppRow, connections: i64) -> Response {
    ([(ETAG, etag(row.version))], Answer(row.answer(connections))).into_response()
}
