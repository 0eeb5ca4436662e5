//! `/workspaces`: tenants, made and looked after.

use axum::Json as Answer;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use pinfold_api::{
    Code, NewWorkspace, Problem, Workspace, WorkspaceChange, WorkspaceKey, WorkspaceList, paths,
};

use super::Problems;
use crate::body::Json;
use crate::clock::canonical_id;
use crate::problem::Refusal;
use crate::session::Operator;
use crate::state::AppState;
use crate::workspace;

/// Make a workspace. Only by an operator of the default workspace; the access key is shown this once.
#[utoipa::path(
    post,
    path = paths::WORKSPACES,
    tag = "workspaces",
    request_body = NewWorkspace,
    responses(
        (status = 201, description = "The workspace, and its access key, shown once", body = WorkspaceKey),
        (status = 422, description = "A field cannot be accepted", body = Problem, content_type = "application/problem+json"),
        Problems,
    ),
)]
pub async fn post(
    State(state): State<AppState>,
    Operator(caller): Operator,
    Json(wanted): Json<NewWorkspace>,
) -> Result<(StatusCode, Answer<WorkspaceKey>), Refusal> {
    let made = workspace::create(&state, &caller, wanted).await?;
    Ok((StatusCode::CREATED, Answer(made)))
}

/// All workspaces for an operator of the default one; for any other operator their own.
#[utoipa::path(
    get,
    path = paths::WORKSPACES,
    tag = "workspaces",
    responses((status = 200, body = WorkspaceList), Problems),
)]
pub async fn list(
    State(state): State<AppState>,
    Operator(caller): Operator,
) -> Result<Answer<WorkspaceList>, Refusal> {
    Ok(Answer(WorkspaceList { items: workspace::list(&state, &caller).await? }))
}

/// One workspace.
#[utoipa::path(
    get,
    path = paths::WORKSPACE,
    tag = "workspaces",
    params(("id" = String, Path, description = "UUIDv7, or `default`")),
    responses((status = 200, body = Workspace), Problems),
)]
pub async fn get(
    State(state): State<AppState>,
    Operator(caller): Operator,
    WorkspaceId(id): WorkspaceId,
) -> Result<Answer<Workspace>, Refusal> {
    let row = workspace::find(&state, &caller, &id).await?;
    Ok(Answer(workspace::answer(&state, row)))
}

/// Change the name or the registered app; limits only by an operator of the default workspace.
#[utoipa::path(
    patch,
    path = paths::WORKSPACE,
    tag = "workspaces",
    params(("id" = String, Path, description = "UUIDv7")),
    request_body = WorkspaceChange,
    responses(
        (status = 200, body = Workspace),
        (status = 409, description = "The registered app is in use", body = Problem, content_type = "application/problem+json"),
        Problems,
    ),
)]
pub async fn patch(
    State(state): State<AppState>,
    Operator(caller): Operator,
    WorkspaceId(id): WorkspaceId,
    Json(wanted): Json<WorkspaceChange>,
) -> Result<Answer<Workspace>, Refusal> {
    Ok(Answer(workspace::change(&state, &caller, &id, wanted).await?))
}

/// Delete an empty workspace, with its saved apps, task keys, webhooks, links and sessions. Only by an
/// operator of the default workspace; its log stays.
#[utoipa::path(
    delete,
    path = paths::WORKSPACE,
    tag = "workspaces",
    params(("id" = String, Path, description = "UUIDv7")),
    responses(
        (status = 204, description = "It is gone, and its access key with it"),
        (status = 409, description = "It holds connections, or tokens to be revoked", body = Problem, content_type = "application/problem+json"),
        Problems,
    ),
)]
pub async fn delete(
    State(state): State<AppState>,
    Operator(caller): Operator,
    WorkspaceId(id): WorkspaceId,
) -> Result<StatusCode, Refusal> {
    workspace::delete(&state, &caller, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Another access key: the old one is dead with the answer, and operators' sessions end, except for
/// the asker's.
#[utoipa::path(
    post,
    path = paths::WORKSPACE_KEY,
    tag = "workspaces",
    params(("id" = String, Path, description = "UUIDv7")),
    responses((status = 200, description = "The key, shown once", body = WorkspaceKey), Problems),
)]
pub async fn post_key(
    State(state): State<AppState>,
    Operator(caller): Operator,
    WorkspaceId(id): WorkspaceId,
) -> Result<Answer<WorkspaceKey>, Refusal> {
    Ok(Answer(workspace::new_key(&state, &caller, &id).await?))
}

/// The `{id}` of a path as the store spells it; the default one's is a word.
pub struct WorkspaceId(String);

impl<S: Send + Sync> FromRequestParts<S> for WorkspaceId {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let Ok(Path(text)) = Path::<String>::from_request_parts(parts, state).await else {
            return Err(Code::NotFound.into());
        };
        Ok(Self(canonical_id(&text).unwrap_or(text)))
    }
}
