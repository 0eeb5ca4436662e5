//! What one call of X taught about a connection. No change of the connection: it makes no version.

use pinfold_api::{AccessLevel, HealthState};

use super::db::{Connection, query};
use super::{ConnectionRow, Result, Store, as_word, deliveries, word};
use crate::clock::Millis;

/// What was learned.
#[derive(Clone, Debug)]
pub struct Lesson<'a> {
    /// The token it was learned with: it says nothing about another one.
    pub access_token: &'a str,
    /// When.
    pub at: Millis,
    /// How it is now; `None`: the answer says nothing about that.
    pub health: Option<HealthState>,
    /// What X grants, when it told.
    pub access_level: Option<AccessLevel>,
    /// The code of the problem; `None`: X accepted the call.
    pub error: Option<&'a str>,
}

impl Store {
    /// Notes what a reading call taught; reading proves nothing about writing, so *read only* stays
    /// through a success. `None` when the connection is gone or has another token by now.
    pub async fn learn(
        &self,
        workspace: &str,
        id: &str,
        lesson: &Lesson<'_>,
    ) -> Result<Option<ConnectionRow>> {
        let health = lesson.health.as_ref().map(as_word);
        let success_at = lesson.error.is_none().then_some(lesson.at);
        let mut change = self.pool.change().await?;
        let token = (workspace, id, lesson.access_token);
        let before = health_before(&mut change, token, lesson.health).await?;
        let row = query(
            "UPDATE connections SET
                 health_since = CASE
                     WHEN $1 IS NULL OR health = $1 OR ($1 = 'ok' AND health = 'read_only')
                     THEN health_since ELSE $2 END,
                 health = CASE
                     WHEN $1 IS NULL OR ($1 = 'ok' AND health = 'read_only')
                     THEN health ELSE $1 END,
                 last_used_at = $2,
                 last_success_at = ifnull($3, last_success_at),
                 last_error = $4,
                 access_level = ifnull($5, access_level)
             WHERE workspace = $6 AND id = $7 AND access_token = $8
             RETURNING *",
        )
        .bind(health)
        .bind(lesson.at)
        .bind(success_at)
        .bind(lesson.error)
        .bind(lesson.access_level.map(AccessLevel::as_str))
        .bind(workspace)
        .bind(id)
        .bind(lesson.access_token)
        .fetch_optional(&mut *change)
        .await?;
        let row = row.as_ref().map(ConnectionRow::read).transpose()?;
        if let Some((before, row)) = before.zip(row.as_ref()) {
            deliveries::tell_if_broken(&mut change, before, row, lesson.at).await?;
        }
        change.commit().await?;
        Ok(row)
    }
}

/// How a connection was before something may break it: only then webhooks have to know.
pub(super) async fn health_before(
    change: &mut Connection,
    (workspace, id, access_token): (&str, &str, &str),
    health: Option<HealthState>,
) -> Result<Option<HealthState>> {
    if !health.is_some_and(deliveries::is_broken) {
        return Ok(None);
    }
    let row = query(
        "SELECT health FROM connections WHERE workspace = $1 AND id = $2 AND access_token = $3",
    )
    .bind(workspace)
    .bind(id)
    .bind(access_token)
    .fetch_optional(change)
    .await?;
    row.map(|row| word(row.try_get(0)?)).transpose().map_err(Into::into)
}
