//! Task keys, by the hash of the key; the key itself is never stored.

use super::db::{QueryBuilder, Row, query};
use super::{Result, Store, audit};
use crate::audit::Entry;
use crate::clock::Millis;

/// A task key as it lies in the store.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "columns of migrations/0007_task_keys.sql, described there")]
pub struct TaskKeyRow {
    pub id: String,
    pub workspace: String,
    pub name: String,
    /// The ids of the connections it names.
    pub connections: Vec<String>,
    pub tasks: Vec<String>,
    pub paths: Vec<String>,
    pub expires_at: Option<Millis>,
    pub per_minute: Option<u32>,
    pub per_day_micros: Option<u64>,
    pub spent_day: i64,
    pub spent_micros: u64,
    /// Calls through all of its connections.
    pub calls: u64,
    pub created_at: Millis,
    pub last_used_at: Option<Millis>,
}

/// A key that may use a connection, and how much it did.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "columns of migrations/0007_task_keys.sql, described there")]
pub struct UsageRow {
    pub key_id: String,
    pub name: String,
    pub tasks: Vec<String>,
    pub calls: u64,
    pub last_used_at: Option<Millis>,
}

/// Keys with their connections as a JSON list.
macro_rules! select_keys {
    ($which:literal) => {
        concat!(
            "SELECT k.*,
                 (SELECT json_group_array(connection_id) FROM usages WHERE key_id = k.id)
                     AS connections,
                 (SELECT CAST(COALESCE(SUM(calls), 0) AS BIGINT) FROM usages WHERE key_id = k.id) AS calls,
                 (SELECT MAX(last_used_at) FROM usages WHERE key_id = k.id) AS last_used_at
             FROM task_keys k WHERE ",
            $which
        )
    };
}

fn list(json: &str) -> std::result::Result<Vec<String>, sqlx::Error> {
    serde_json::from_str(json).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

/// Counts are never negative: every writer adds.
fn count(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

impl TaskKeyRow {
    fn read(row: &Row) -> std::result::Result<Self, sqlx::Error> {
        let per_minute: Option<i64> = row.try_get("per_minute")?;
        Ok(Self {
            id: row.try_get("id")?,
            workspace: row.try_get("workspace")?,
            name: row.try_get("name")?,
            connections: list(row.try_get("connections")?)?,
            tasks: list(row.try_get("tasks")?)?,
            paths: list(row.try_get("paths")?)?,
            expires_at: row.try_get("expires_at")?,
            per_minute: per_minute.map(|times| u32::try_from(times).unwrap_or(0)),
            per_day_micros: row.try_get::<Option<i64>, _>("per_day_micros")?.map(count),
            spent_day: row.try_get("spent_day")?,
            spent_micros: count(row.try_get("spent_micros")?),
            calls: count(row.try_get("calls")?),
            created_at: row.try_get("created_at")?,
            last_used_at: row.try_get("last_used_at")?,
        })
    }
}

impl UsageRow {
    fn read(row: &Row) -> std::result::Result<Self, sqlx::Error> {
        Ok(Self {
            key_id: row.try_get("id")?,
            name: row.try_get("name")?,
            tasks: list(row.try_get("tasks")?)?,
            calls: count(row.try_get("calls")?),
            last_used_at: row.try_get("last_used_at")?,
        })
    }
}

impl Store {
    /// Keeps a key with the connections it names. `Err` inside: the first of them that the
    /// workspace does not have; then nothing is kept.
    pub async fn insert_task_key(
        &self,
        row: &TaskKeyRow,
        key_hash: &[u8],
        entry: &Entry,
    ) -> Result<std::result::Result<(), usize>> {
        let as_list = |words: &[String]| serde_json::to_string(words).unwrap_or_default();
        let mut change = self.pool.change().await?;
        query(
            "INSERT INTO task_keys (id, key_hash, workspace, name, tasks, paths, expires_at,
                 per_minute, per_day_micros, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(&row.id)
        .bind(key_hash)
        .bind(&row.workspace)
        .bind(&row.name)
        .bind(as_list(&row.tasks))
        .bind(as_list(&row.paths))
        .bind(row.expires_at)
        .bind(row.per_minute)
        .bind(row.per_day_micros.map(|micros| i64::try_from(micros).unwrap_or(i64::MAX)))
        .bind(row.created_at)
        .execute(&mut *change)
        .await?;
        for (at, connection) in row.connections.iter().enumerate() {
            let named = query(
                "INSERT INTO usages (workspace, connection_id, key_id)
                 SELECT workspace, id, $1 FROM connections WHERE workspace = $2 AND id = $3",
            )
            .bind(&row.id)
            .bind(&row.workspace)
            .bind(connection)
            .execute(&mut *change)
            .await?;
            if named.rows_affected() == 0 {
                return Ok(Err(at));
            }
        }
        audit::append(&mut change, entry).await?;
        change.commit().await?;
        Ok(Ok(()))
    }

    /// The key of a hash, ended or not.
    pub async fn task_key_of(&self, key_hash: &[u8]) -> Result<Option<TaskKeyRow>> {
        let row = query(select_keys!("k.key_hash = $1"))
            .bind(key_hash)
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(TaskKeyRow::read).transpose().map_err(Into::into)
    }

    /// A workspace's keys, the newest first.
    pub async fn task_keys(&self, workspace: &str) -> Result<Vec<TaskKeyRow>> {
        let rows = query(select_keys!("k.workspace = $1 ORDER BY k.created_at DESC, k.id DESC"))
            .bind(workspace)
            .fetch_all(&self.pool)
            .await?;
        let rows: std::result::Result<_, _> = rows.iter().map(TaskKeyRow::read).collect();
        rows.map_err(Into::into)
    }

    /// Forgets a key for good; true when there was one.
    pub async fn delete_task_key(&self, workspace: &str, id: &str, entry: &Entry) -> Result<bool> {
        let sql = "DELETE FROM task_keys WHERE workspace = $1 AND id = $2";
        self.delete_and_note(sql, (workspace, id), entry).await
    }

    /// The keys that may use any of these connections, the newest first, each with what it did
    /// through all of them.
    pub async fn usages(&self, workspace: &str, connections: &[String]) -> Result<Vec<UsageRow>> {
        let mut sql = QueryBuilder::new(
            "SELECT k.id, k.name, k.tasks, u.calls, u.last_used_at
             FROM usages u JOIN task_keys k ON k.id = u.key_id WHERE u.workspace = ",
        );
        sql.push_bind(workspace).push(" AND u.connection_id IN (").push_list(connections);
        sql.push(") ORDER BY k.created_at DESC, k.id DESC");
        let mut all: Vec<UsageRow> = Vec::new();
        for row in sql.build().fetch_all(&self.pool).await? {
            let row = UsageRow::read(&row)?;
            match all.last_mut().filter(|last| last.key_id == row.key_id) {
                Some(last) => {
                    last.calls += row.calls;
                    last.last_used_at = last.last_used_at.max(row.last_used_at);
                }
                None => all.push(row),
            }
        }
        Ok(all)
    }
}
