//! Webhooks: a portal's back end hears of what becomes of connections.

use serde::{Deserialize, Serialize};

use crate::{AccessLevel, Account, HealthState};

/// `POST /webhooks`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewWebhook {
    /// Where messages are posted: https, at a public address. Others the server has to be told of
    /// (`--webhook-allow`).
    pub url: String,
}

/// A webhook, as every later answer shows it: without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Webhook {
    /// `UUIDv7`.
    pub id: String,
    /// The tenant it belongs to.
    pub workspace: String,
    /// Where messages are posted.
    pub url: String,
    /// RFC 3339 UTC.
    pub created_at: String,
}

/// The answer to `POST /webhooks`, and the only one that holds the secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedWebhook {
    /// `whsec_` and base64 of 32 bytes, which sign each message. Shown once.
    pub secret: String,
    /// The rest, as later answers show it.
    #[serde(flatten)]
    pub details: Webhook,
}

impl std::fmt::Debug for CreatedWebhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreatedWebhook").field("details", &self.details).finish_non_exhaustive()
    }
}

/// `GET /webhooks`: all of the workspace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookList {
    /// The oldest first.
    pub items: Vec<Webhook>,
}

/// What a message tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum WebhookEvent {
    /// There is a new one: connected, cloned, imported or brought back.
    #[serde(rename = "connection.created")]
    Created,
    /// It was connected again, in place.
    #[serde(rename = "connection.repaired")]
    Repaired,
    /// X does not accept it any more, or it lost its token: `health` says how.
    #[serde(rename = "connection.broken")]
    Broken,
    /// It is gone.
    #[serde(rename = "connection.deleted")]
    Deleted,
}

/// The body of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookMessage {
    /// What happened.
    #[serde(rename = "type")]
    pub event: WebhookEvent,
    /// RFC 3339 UTC: when it happened. `webhook-timestamp` is when it was sent.
    pub timestamp: String,
    /// To what.
    pub data: WebhookData,
}

/// What a message is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookData {
    /// The tenant.
    pub workspace: String,
    /// The connection, as it was then.
    pub connection: WebhookConnection,
    /// The portal's session, or the link, that it was made or repaired with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<WebhookSession>,
}

/// A connection as a message shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookConnection {
    /// `UUIDv7`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its group.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub group: Option<String>,
    /// Whose it is; null: it was never connected.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub account: Option<Account>,
    /// What it may do.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub access_level: Option<AccessLevel>,
    /// How it is.
    pub health: HealthState,
    /// Counts changes from 1: of two messages the one with the higher is the later.
    pub version: i64,
}

/// Where a connection came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookSession {
    /// The `id` that `POST /sessions` answered.
    pub id: String,
    /// As it was minted.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub subject: Option<String>,
}

/// Where a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum DeliveryState {
    /// It is sent, or sent again, at `next_attempt_at`.
    Waiting,
    /// It was answered with 2xx.
    Delivered,
    /// It was tried often enough.
    GivenUp,
}

/// A message, and how often it was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Delivery {
    /// Its `webhook-id`.
    pub id: String,
    /// What it tells.
    pub event: WebhookEvent,
    /// Of which connection.
    pub connection_id: String,
    /// Where it stands.
    pub state: DeliveryState,
    /// Each time it was sent, the first one first.
    pub attempts: Vec<DeliveryAttempt>,
    /// RFC 3339 UTC.
    pub created_at: String,
    /// RFC 3339 UTC; null when it is not sent again.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub next_attempt_at: Option<String>,
}

/// One time that a message was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeliveryAttempt {
    /// RFC 3339 UTC.
    pub at: String,
    /// How long it took.
    pub milliseconds: i64,
    /// The answer's HTTP status; null: there was none.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub status: Option<u16>,
    /// Why there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// `GET /webhooks/{id}/deliveries`: the newest 50, of the last week.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeliveryList {
    /// The newest first.
    pub items: Vec<Delivery>,
}
