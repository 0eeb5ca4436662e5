//! Webhooks, each with the secret that signs its messages.

use super::db::{Row, query};
use super::{Result, Store, audit};
use crate::audit::Entry;
use crate::clock::Millis;

/// A webhook.
#[derive(Clone, Debug)]
pub struct WebhookRow {
    /// `UUIDv7`.
    pub id: String,
    /// The tenant.
    pub workspace: String,
    /// Where messages are posted.
    pub url: String,
    /// What signs them.
    pub secret_sealed: Vec<u8>,
    /// When it was made.
    pub created_at: Millis,
}

impl WebhookRow {
    fn read(row: &Row) -> std::result::Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            workspace: row.try_get("workspace")?,
            url: row.try_get("url")?,
            secret_sealed: row.try_get("secret_sealed")?,
            created_at: row.try_get("created_at")?,
        })
    }
}

impl Store {
    /// Keeps a webhook. False when the workspace has so many already.
    pub async fn insert_webhook(&self, row: &WebhookRow, most: i64, entry: &Entry) -> Result<bool> {
        let mut change = self.pool.change().await?;
        let counted = query("SELECT count(*) FROM webhooks WHERE workspace = $1")
            .bind(&row.workspace)
            .fetch_one(&mut *change)
            .await?;
        if counted.try_get::<i64, _>(0)? >= most {
            return Ok(false);
        }
        query(
            "INSERT INTO webhooks (id, workspace, url, secret_sealed, created_at)
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(&row.id)
        .bind(&row.workspace)
        .bind(&row.url)
        .bind(&row.secret_sealed)
        .bind(row.created_at)
        .execute(&mut *change)
        .await?;
        audit::append(&mut change, entry).await?;
        change.commit().await?;
        Ok(true)
    }

    /// The webhooks of a workspace, the oldest first.
    pub async fn webhooks(&self, workspace: &str) -> Result<Vec<WebhookRow>> {
        let rows = query("SELECT * FROM webhooks WHERE workspace = $1 ORDER BY created_at, id")
            .bind(workspace)
            .fetch_all(&self.pool)
            .await?;
        let read = rows.iter().map(WebhookRow::read);
        read.collect::<std::result::Result<_, _>>().map_err(Into::into)
    }

    /// One webhook of a workspace.
    pub async fn webhook(&self, workspace: &str, id: &str) -> Result<Option<WebhookRow>> {
        let row = query("SELECT * FROM webhooks WHERE workspace = $1 AND id = $2")
            .bind(workspace)
            .bind(id)
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(WebhookRow::read).transpose().map_err(Into::into)
    }

    /// Deletes a webhook with all that waits for it. False when there is none.
    pub async fn delete_webhook(&self, workspace: &str, id: &str, entry: &Entry) -> Result<bool> {
        let sql = "DELETE FROM webhooks WHERE workspace = $1 AND id = $2";
        self.delete_and_note(sql, (workspace, id), entry).await
    }
}
