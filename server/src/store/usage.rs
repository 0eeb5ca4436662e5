//! What signed calls taught, written in batches: health, last use, access level, counts, spending.
//!
//! By a connection of its own, which [`super::Changes`] does not watch: none of this is what caches
//! keep, so a busy proxy does not empty them every second.

use pinfold_api::{AccessLevel, HealthState};
use tokio::sync::Mutex;

use super::db::{Connection, Pool, query};
use super::{ConnectionRow, Result, Store, as_word, deliveries, word};
use crate::clock::Millis;

/// What the calls of a moment taught about one connection.
#[derive(Clone, Debug)]
pub struct Learned {
    /// The tenant.
    pub workspace: String,
    /// The connection.
    pub connection_id: String,
    /// The token they were signed with: what they teach about another one is nothing.
    pub access_token: String,
    /// The last of them.
    pub used_at: Millis,
    /// The last that X accepted.
    pub success_at: Option<Millis>,
    /// What X said that it grants.
    pub access_level: Option<AccessLevel>,
    /// The state they leave it in, and when that began.
    pub health: Option<(HealthState, Millis)>,
    /// That state leaves *read only* as it is: reading proves nothing about writing.
    pub by_reading: bool,
    /// The code of the last problem, when one came after the last success.
    pub last_error: Option<&'static str>,
}

/// What a key did through one connection.
#[derive(Clone, Debug)]
pub struct Used {
    /// The tenant.
    pub workspace: String,
    /// The connection.
    pub connection_id: String,
    /// The key.
    pub key_id: String,
    /// How many calls more.
    pub calls: u64,
    /// The last of them.
    pub used_at: Millis,
}

/// What a key's calls cost in one day.
#[derive(Clone, Debug)]
pub struct Spent {
    /// The tenant.
    pub workspace: String,
    /// The key.
    pub key_id: String,
    /// Days since 1970, UTC.
    pub day: i64,
    /// Millionths of a dollar, all of that day.
    pub micros: u64,
}

/// All that happened since the batch before.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// By connection.
    pub learned: Vec<Learned>,
    /// By key and connection.
    pub used: Vec<Used>,
    /// By key.
    pub spent: Vec<Spent>,
}

/// The unwatched way to the database: a single connection where there is a watched one.
#[derive(Debug)]
pub(super) struct Unwatched {
    pub(super) pool: Pool,
    /// Changes when any other connection of any process has written.
    data_version: Mutex<i64>,
}

impl Unwatched {
    pub(super) fn new(pool: Pool) -> Self {
        Self { pool, data_version: Mutex::new(-1) }
    }
}

impl Store {
    /// Notices what other programs wrote to the same file, such as `pinfold import`: what is kept
    /// in memory is too old then. Where other programs always write, nothing is kept.
    pub async fn look_for_foreign_changes(&self) -> Result<()> {
        if self.pool.is_shared() {
            return Ok(());
        }
        let mut known = self.unwatched.data_version.lock().await;
        let version = query("PRAGMA data_version").fetch_one(&self.unwatched.pool).await?;
        let version: i64 = version.try_get(0)?;
        if *known != version {
            *known = version;
            self.changes.advance();
        }
        Ok(())
    }

    /// Writes a batch, all or nothing.
    pub async fn write_batch(&self, batch: &Batch) -> Result<()> {
        let mut change = self.unwatched.pool.change().await?;
        for learned in &batch.learned {
            learn(&mut change, learned).await?;
        }
        for used in &batch.used {
            count(&mut change, used).await?;
        }
        for spent in &batch.spent {
            query(
                "UPDATE task_keys SET spent_day = $1, spent_micros = $2
                 WHERE workspace = $3 AND id = $4 AND spent_day <= $5",
            )
            .bind(spent.day)
            .bind(i64::try_from(spent.micros).unwrap_or(i64::MAX))
            .bind(&spent.workspace)
            .bind(&spent.key_id)
            .bind(spent.day)
            .execute(&mut *change)
            .await?;
        }
        change.commit().await?;
        Ok(())
    }
}

async fn learn(change: &mut Connection, learned: &Learned) -> Result<()> {
    let (health, since) = learned.health.unzip();
    let token = (&*learned.workspace, &*learned.connection_id, &*learned.access_token);
    let before = health_before(change, token, health).await?;
    let health = health.map(|health| as_word(&health));
    query(
        "UPDATE connections SET
             last_used_at = NULLIF(MAX(COALESCE(last_used_at, 0), $1), 0),
             last_success_at = COALESCE($2, last_success_at),
             access_level = COALESCE($3, access_level),
             health_since = CASE WHEN $4 IS NULL OR health = $4 OR ($5 AND health = 'read_only')
                 THEN health_since ELSE $6 END,
             health = CASE WHEN $4 IS NULL OR ($5 AND health = 'read_only')
                 THEN health ELSE $4 END,
             last_error = CASE WHEN $7 IS NOT NULL THEN $7
                 WHEN $4 = 'ok' AND NOT ($5 AND health = 'read_only') THEN NULL
                 ELSE last_error END
         WHERE workspace = $8 AND id = $9 AND access_token = $10",
    )
    .bind(learned.used_at)
    .bind(learned.success_at)
    .bind(learned.access_level.map(AccessLevel::as_str))
    .bind(health)
    .bind(learned.by_reading)
    .bind(since)
    .bind(learned.last_error)
    .bind(&learned.workspace)
    .bind(&learned.connection_id)
    .bind(&learned.access_token)
    .execute(&mut *change)
    .await?;
    let Some(before) = before else { return Ok(()) };
    let row = query("SELECT * FROM connections WHERE workspace = $1 AND id = $2")
        .bind(&learned.workspace)
        .bind(&learned.connection_id)
        .fetch_one(&mut *change)
        .await?;
    let at = since.unwrap_or(learned.used_at);
    deliveries::tell_if_broken(change, before, &ConnectionRow::read(&row)?, at).await
}

/// How a connection was before something may break it: only then webhooks have to know.
async fn health_before(
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

async fn count(change: &mut Connection, used: &Used) -> Result<()> {
    query(
        "UPDATE usages SET calls = calls + $1, last_used_at = MAX(COALESCE(last_used_at, 0), $2)
         WHERE workspace = $3 AND connection_id = $4 AND key_id = $5",
    )
    .bind(i64::try_from(used.calls).unwrap_or(i64::MAX))
    .bind(used.used_at)
    .bind(&used.workspace)
    .bind(&used.connection_id)
    .bind(&used.key_id)
    .execute(change)
    .await?;
    Ok(())
}
