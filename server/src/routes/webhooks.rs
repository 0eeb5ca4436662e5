//! `/webhooks`: where a portal's back end hears of connections.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use pinfold_api::{
    Action, Code, CreatedWebhook, DeliveryList, NewWebhook, Problem, WebhookList, paths,
};

use super::{Id, Problems};
use crate::body::Json;
use crate::problem::Refusal;
use crate::session::Operator;
use crate::state::AppState;
use crate::store::WebhookRow;
use crate::webhook;

/// Have messages about the workspace's connections posted to a URL. The secret that signs them is
/// shown this once.
#[utoipa::path(
    post,
    path = paths::WEBHOOKS,
    tag = "webhooks",
    operation_id = "create_webhook",
    request_body = NewWebhook,
    responses(
        (status = 201, description = "The webhook, and its secret, shown once", body = CreatedWebhook),
        (status = 422, description = "The URL cannot be accepted", body = Problem, content_type = "application/problem+json"),
        Problems,
    ),
)]
pub async fn post(
    State(state): State<AppState>,
    Operator(caller): Operator,
    Json(wanted): Json<NewWebhook>,
) -> Result<(StatusCode, Answer<CreatedWebhook>), Refusal> {
    let created = webhook::create(&state, &caller, wanted).await?;
    Ok((StatusCode::CREATED, Answer(created)))
}

/// The webhooks of the workspace.
#[utoipa::path(
    get,
    path = paths::WEBHOOKS,
    tag = "webhooks",
    operation_id = "list_webhooks",
    responses((status = 200, body = WebhookList), Problems),
)]
pub async fn list(
    State(state): State<AppState>,
    Operator(caller): Operator,
) -> Result<Answer<WebhookList>, Refusal> {
    let rows = state.store.webhooks(&caller.workspace).await?;
    Ok(Answer(WebhookList { items: rows.into_iter().map(WebhookRow::answer).collect() }))
}

/// Delete a webhook, and all that it was not told yet.
#[utoipa::path(
    delete,
    path = paths::WEBHOOK,
    tag = "webhooks",
    operation_id = "delete_webhook",
    params(("id" = String, Path, description = "UUIDv7")),
    responses((status = 204, description = "Deleted"), Problems),
)]
pub async fn delete(
    State(state): State<AppState>,
    Operator(caller): Operator,
    Id(id): Id,
) -> Result<StatusCode, Refusal> {
    let entry = state.entry(&caller, Action::WebhookDelete).on(&id);
    if state.store.delete_webhook(&caller.workspace, &id, &entry).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Code::NotFound.into())
    }
}

/// What a webhook was told lately, and how each attempt went.
#[utoipa::path(
    get,
    path = paths::WEBHOOK_DELIVERIES,
    tag = "webhooks",
    operation_id = "list_deliveries",
    params(("id" = String, Path, description = "UUIDv7")),
    responses((status = 200, body = DeliveryList), Problems),
)]
pub async fn deliveries(
    State(state): State<AppState>,
    Operator(caller): Operator,
    Id(id): Id,
) -> Result<Answer<DeliveryList>, Refusal> {
    Ok(Answer(DeliveryList { items: webhook::deliveries(&state, &caller, &id).await? }))
}
