//! The outbox: what webhooks are told, written by the change that it tells of, and each attempt.

use pinfold_api::{
    DeliveryState, HealthState, WebhookConnection, WebhookData, WebhookEvent, WebhookMessage,
    WebhookSession,
};

use super::db::{Connection, Row, query};
use super::{ConnectionRow, Result, Store, as_word, word};
use crate::clock::{Millis, random_alphanumeric, rfc3339};

/// A message to one webhook.
#[derive(Clone, Debug)]
pub struct DeliveryRow {
    /// Its `webhook-id`.
    pub id: String,
    /// What it tells.
    pub event: WebhookEvent,
    /// Of which connection.
    pub connection_id: String,
    /// JSON, as it is sent.
    pub body: String,
    /// Where it stands.
    pub state: DeliveryState,
    /// How often it was sent.
    pub attempts: i64,
    /// When it is sent next.
    pub next_at: Millis,
    /// When it happened.
    pub created_at: Millis,
}

/// A message whose turn it is, and where it goes.
#[derive(Clone, Debug)]
pub struct DueDelivery {
    /// The message.
    pub message: DeliveryRow,
    /// The tenant.
    pub workspace: String,
    /// Whose message.
    pub webhook_id: String,
    /// Where it is posted.
    pub url: String,
    /// What signs it.
    pub secret_sealed: Vec<u8>,
}

/// One time that a message was sent.
#[derive(Clone, Debug)]
pub struct AttemptRow {
    /// When.
    pub at: Millis,
    /// For how long.
    pub milliseconds: i64,
    /// What the answer was.
    pub status: Option<u16>,
    /// Why there was none.
    pub error: Option<String>,
}

impl DeliveryRow {
    fn read(row: &Row) -> std::result::Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            event: word(row.try_get("event")?)?,
            connection_id: row.try_get("connection_id")?,
            body: row.try_get("body")?,
            state: word(row.try_get("state")?)?,
            attempts: row.try_get("attempts")?,
            next_at: row.try_get("next_at")?,
            created_at: row.try_get("created_at")?,
        })
    }
}

impl AttemptRow {
    fn read(row: &Row) -> std::result::Result<Self, sqlx::Error> {
        let status: Option<i64> = row.try_get("status")?;
        Ok(Self {
            at: row.try_get("at")?,
            milliseconds: row.try_get("milliseconds")?,
            status: status.and_then(|status| u16::try_from(status).ok()),
            error: row.try_get("error")?,
        })
    }
}

impl Store {
    /// Messages whose turn it is, at most so many of each workspace: those that were never sent before
    /// those that failed.
    pub async fn due_deliveries(&self, now: Millis, of_each: i64) -> Result<Vec<DueDelivery>> {
        let rows = query(
            "SELECT d.*, w.url, w.secret_sealed FROM (
                 SELECT id, row_number() OVER (PARTITION BY workspace ORDER BY attempts, next_at) AS turn
                 FROM deliveries WHERE state = 'waiting' AND next_at <= $1
             ) ranked
             JOIN deliveries d ON d.id = ranked.id JOIN webhooks w ON w.id = d.webhook_id
             WHERE ranked.turn <= $2 ORDER BY d.attempts, d.next_at",
        )
        .bind(now)
        .bind(of_each)
        .fetch_all(&self.pool)
        .await?;
        let read = rows.iter().map(|row| {
            Ok(DueDelivery {
                message: DeliveryRow::read(row)?,
                workspace: row.try_get("workspace")?,
                webhook_id: row.try_get("webhook_id")?,
                url: row.try_get("url")?,
                secret_sealed: row.try_get("secret_sealed")?,
            })
        });
        read.collect::<std::result::Result<_, sqlx::Error>>().map_err(Into::into)
    }

    /// Takes a message for oneself until then. False when somebody else was faster.
    pub async fn take_delivery(&self, message: &DeliveryRow, until: Millis) -> Result<bool> {
        let done = query(
            "UPDATE deliveries SET next_at = $1
             WHERE id = $2 AND state = 'waiting' AND next_at = $3",
        )
        .bind(until)
        .bind(&message.id)
        .bind(message.next_at)
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Writes down an attempt, and where the message stands after it.
    pub async fn note_attempt(
        &self,
        message: &DeliveryRow,
        attempt: &AttemptRow,
        state: DeliveryState,
        next_at: Millis,
    ) -> Result<()> {
        let mut change = self.pool.change().await?;
        let done = query(
            "UPDATE deliveries SET state = $1, attempts = attempts + 1, next_at = $2 WHERE id = $3
             RETURNING attempts",
        )
        .bind(as_word(&state))
        .bind(next_at)
        .bind(&message.id)
        .fetch_optional(&mut *change)
        .await?;
        // The webhook may have been deleted meanwhile, and its messages with it.
        let Some(done) = done else { return Ok(()) };
        query(
            "INSERT INTO delivery_attempts (delivery_id, number, at, milliseconds, status, error)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(&message.id)
        .bind(done.try_get::<i64, _>(0)?)
        .bind(attempt.at)
        .bind(attempt.milliseconds)
        .bind(attempt.status.map(i64::from))
        .bind(&attempt.error)
        .execute(&mut *change)
        .await?;
        change.commit().await?;
        Ok(())
    }

    /// The newest messages to a webhook, each with its attempts.
    pub async fn deliveries(
        &self,
        workspace: &str,
        webhook_id: &str,
        limit: i64,
    ) -> Result<Vec<(DeliveryRow, Vec<AttemptRow>)>> {
        let rows = query(
            "SELECT * FROM deliveries WHERE workspace = $1 AND webhook_id = $2
             ORDER BY created_at DESC, id DESC LIMIT $3",
        )
        .bind(workspace)
        .bind(webhook_id)
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        let mut found = Vec::with_capacity(rows.len());
        for row in &rows {
            let message = DeliveryRow::read(row)?;
            let attempts =
                query("SELECT * FROM delivery_attempts WHERE delivery_id = $1 ORDER BY number")
                    .bind(&message.id)
                    .fetch_all(&self.pool)
                    .await?;
            let attempts = attempts.iter().map(AttemptRow::read);
            found.push((message, attempts.collect::<std::result::Result<_, _>>()?));
        }
        Ok(found)
    }

    /// Forgets what was delivered or given up, and is older than that.
    pub async fn forget_deliveries(&self, before: Millis) -> Result<()> {
        query("DELETE FROM deliveries WHERE state <> 'waiting' AND created_at < $1")
            .bind(before)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

/// Whether somebody has to do something about it.
pub(super) const fn is_broken(health: HealthState) -> bool {
    matches!(health, HealthState::NeedsRepair | HealthState::AppSuspended | HealthState::NoCredits)
}

/// Part of every change that webhooks are told of: a message for each of the workspace.
pub(super) async fn tell(
    change: &mut Connection,
    event: WebhookEvent,
    row: &ConnectionRow,
    handoff: Option<&str>,
    at: Millis,
) -> Result<()> {
    let webhooks = query("SELECT id FROM webhooks WHERE workspace = $1")
        .bind(&row.workspace)
        .fetch_all(&mut *change)
        .await?;
    if webhooks.is_empty() {
        return Ok(());
    }
    let body = message(change, event, row, handoff, at).await?;
    let body =
        serde_json::to_string(&body).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
    for webhook in &webhooks {
        query(
            "INSERT INTO deliveries (id, workspace, webhook_id, event, connection_id, body, state,
                 attempts, next_at, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, 'waiting', 0, $7, $7)",
        )
        .bind(format!("msg_{}", random_alphanumeric::<27>()))
        .bind(&row.workspace)
        .bind(webhook.try_get::<&str, _>(0)?)
        .bind(as_word(&event))
        .bind(&row.id)
        .bind(&body)
        .bind(at)
        .execute(&mut *change)
        .await?;
    }
    Ok(())
}

/// The same when a change broke what worked before.
pub(super) async fn tell_if_broken(
    change: &mut Connection,
    before: HealthState,
    row: &ConnectionRow,
    at: Millis,
) -> Result<()> {
    if is_broken(before) || !is_broken(row.health) {
        return Ok(());
    }
    tell(change, WebhookEvent::Broken, row, None, at).await
}

async fn message(
    change: &mut Connection,
    event: WebhookEvent,
    row: &ConnectionRow,
    handoff: Option<&str>,
    at: Millis,
) -> Result<WebhookMessage> {
    let session = match handoff {
        None => None,
        Some(id) => query("SELECT id, subject FROM handoffs WHERE id = $1")
            .bind(id)
            .fetch_optional(change)
            .await?
            .map(|row| {
                Ok::<_, sqlx::Error>(WebhookSession {
                    id: row.try_get("id")?,
                    subject: row.try_get("subject")?,
                })
            })
            .transpose()?,
    };
    Ok(WebhookMessage {
        event,
        timestamp: rfc3339(at),
        data: WebhookData {
            workspace: row.workspace.clone(),
            connection: WebhookConnection {
                id: row.id.clone(),
                name: row.name.clone(),
                group: row.group.clone(),
                account: row.account.clone(),
                access_level: row.access_level,
                health: row.health,
                version: row.version,
            },
            session,
        },
    })
}
