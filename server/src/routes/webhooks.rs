//! `/webhooks`: where a portal's back end hears of connections.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use pinfold_api::{
    Action, Code, CreatedWebhook, DeliveryList, NewWebhook, Problem, WebhookEvent, WebhookList,
    paths,
};
use serde_json::json;

use super::{Id, Problems};
use crate::body::Json;
use crate::problem::Refusal;
use crate::session::Operator;
use crate::state::AppState;
use crate::store::{WebhookRow, word_of};
use crate::webhook;

/// Have messages about the workspace's connections posted to a URL. The secret that signs them is
/// shown this once.
#[utoipa::path(
    post,
    path = paths::WEBHOOKS,
    tag = "webhooks",
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

/// The `webhooks` of `/openapi.json` (`OpenAPI` 3.1): what is posted to a portal's back end, by event.
pub fn messages() -> serde_json::Value {
    const EVENTS: [(WebhookEvent, &str); 4] = [
        (WebhookEvent::Created, "There is a new connection"),
        (WebhookEvent::Repaired, "A connection was connected again, in place"),
        (WebhookEvent::Broken, "X does not accept a connection any more, or it lost its token"),
        (WebhookEvent::Deleted, "A connection is gone"),
    ];
    let header = |name: &str, description: &str| {
        json!({ "name": name, "in": "header", "required": true, "description": description,
                "schema": { "type": "string" } })
    };
    let headers = [
        header("webhook-id", "The same each time that a message is sent"),
        header("webhook-timestamp", "Seconds since the Unix epoch: when it was sent"),
        header(
            "webhook-signature",
            "`v1,` and base64 of HMAC-SHA256 over id, timestamp and body, with dots between them",
        ),
    ];
    let messages = EVENTS.map(|(event, summary)| {
        let post = json!({
            "tags": ["webhooks"],
            "summary": summary,
            "security": [],
            "parameters": headers,
            "requestBody": { "required": true, "content": { "application/json": {
                "schema": { "$ref": "#/components/schemas/WebhookMessage" },
            } } },
            "responses": {
                "2XX": { "description": "Taken" },
                "default": { "description": "Not taken; it is sent again later" },
            },
        });
        (word_of(&event), json!({ "post": post }))
    });
    serde_json::Value::Object(messages.into_iter().collect())
}
