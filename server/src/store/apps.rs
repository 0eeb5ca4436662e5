//! Saved apps: read here, changed in `app_changes`.

use std::collections::{HashMap, HashSet};

use pinfold_api::{RequestedAccess, VersionAction, VersionChange};
use serde::{Deserialize, Serialize};

use super::db::{Connection, On, QueryBuilder, Row, query};
use super::listing::lower;
use super::versions::record_version;
use super::{
    Author, Result, Store, StoreError, VersionKind, VersionRow, as_word, differences, word,
};
use crate::authorization::hint;
use crate::clock::Millis;

/// A saved app as it lies in the store.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "columns of migrations/0004_apps.sql, described there")]
pub struct AppRow {
    pub id: String,
    pub workspace: String,
    pub name: String,
    pub consumer_key: String,
    pub consumer_secret_sealed: Vec<u8>,
    pub access: Option<RequestedAccess>,
    pub version: i64,
    pub created_at: Millis,
    pub updated_at: Millis,
    pub secret_set_at: Millis,
}

/// What a version keeps of an app: everything but its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppSnapshot {
    /// Its name.
    pub name: String,
    /// Its key.
    pub consumer_key: String,
    /// The most that is asked for.
    pub access: Option<RequestedAccess>,
}

impl AppRow {
    pub(super) fn read(row: &Row) -> std::result::Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            workspace: row.try_get("workspace")?,
            name: row.try_get("name")?,
            consumer_key: row.try_get("consumer_key")?,
            consumer_secret_sealed: row.try_get("consumer_secret_sealed")?,
            access: row.try_get::<Option<&str>, _>("access")?.map(word).transpose()?,
            version: row.try_get("version")?,
            created_at: row.try_get("created_at")?,
            updated_at: row.try_get("updated_at")?,
            secret_set_at: row.try_get("secret_set_at")?,
        })
    }

    pub(super) fn snapshot(&self) -> AppSnapshot {
        AppSnapshot {
            name: self.name.clone(),
            consumer_key: self.consumer_key.clone(),
            access: self.access,
        }
    }
}

impl AppSnapshot {
    /// Reads the snapshot of an app's version back.
    pub fn read(version: &VersionRow) -> Result<Self> {
        let read = serde_json::from_value(version.snapshot.clone());
        Ok(read.map_err(|error| sqlx::Error::Decode(Box::new(error)))?)
    }

    /// Its fields as text to be shown.
    fn shown(&self) -> [(&'static str, Option<String>); 3] {
        [
            ("name", Some(self.name.clone())),
            ("consumer_key", Some(hint(&self.consumer_key))),
            ("access", self.access.as_ref().map(as_word)),
        ]
    }
}

impl Store {
    /// Saves a new app.
    pub async fn insert_app(&self, row: &AppRow, by: &Author) -> Result<()> {
        let mut change = self.pool.change().await?;
        insert(&mut change, row, by).await?;
        change.commit().await?;
        Ok(())
    }

    /// One app of a workspace.
    pub async fn app(&self, workspace: &str, id: &str) -> Result<Option<AppRow>> {
        find(&self.pool, workspace, id).await
    }

    /// The apps of a workspace by name, each with the number of its connections.
    pub async fn apps(&self, workspace: &str) -> Result<Vec<(AppRow, i64)>> {
        let rows = query(
            "SELECT *, (SELECT count(*) FROM connections WHERE app_id = apps.id) AS connections
             FROM apps WHERE workspace = $1 ORDER BY name_key",
        )
        .bind(workspace)
        .fetch_all(&self.pool)
        .await?;
        let read = rows.iter().map(|row| Ok((AppRow::read(row)?, row.try_get("connections")?)));
        read.collect::<std::result::Result<_, sqlx::Error>>().map_err(Into::into)
    }

    /// What these are called, by id.
    pub async fn app_names(
        &self,
        workspace: &str,
        ids: &HashSet<String>,
    ) -> Result<HashMap<String, String>> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let mut sql = QueryBuilder::new("SELECT id, name FROM apps WHERE workspace = ");
        sql.push_bind(workspace).push(" AND id IN (").push_list(ids).push(")");
        let rows = sql.build().fetch_all(&self.pool).await?;
        let read = rows.iter().map(|row| Ok((row.try_get("id")?, row.try_get("name")?)));
        read.collect::<std::result::Result<_, sqlx::Error>>().map_err(Into::into)
    }

    /// A saved app with a consumer key.
    pub async fn app_with_key(
        &self,
        workspace: &str,
        consumer_key: &str,
    ) -> Result<Option<AppRow>> {
        let row = query(
            "SELECT * FROM apps WHERE workspace = $1 AND consumer_key = $2
             ORDER BY name_key LIMIT 1",
        )
        .bind(workspace)
        .bind(consumer_key)
        .fetch_optional(&self.pool)
        .await?;
        row.as_ref().map(AppRow::read).transpose().map_err(Into::into)
    }

    /// How many connections use an app.
    pub async fn connections_of_app(&self, workspace: &str, id: &str) -> Result<i64> {
        let row = query("SELECT count(*) FROM connections WHERE workspace = $1 AND app_id = $2")
            .bind(workspace)
            .bind(id)
            .fetch_one(&self.pool)
            .await?;
        Ok(row.try_get(0)?)
    }

    /// Whether an app of the workspace has this name.
    pub async fn app_name_is_taken(&self, workspace: &str, name: &str) -> Result<bool> {
        let found = query("SELECT 1 FROM apps WHERE workspace = $1 AND name_key = $2")
            .bind(workspace)
            .bind(lower(name))
            .fetch_optional(&self.pool)
            .await?;
        Ok(found.is_some())
    }
}

pub(super) async fn find<'c>(
    on: impl Into<On<'c>>,
    workspace: &str,
    id: &str,
) -> Result<Option<AppRow>> {
    let row = query("SELECT * FROM apps WHERE workspace = $1 AND id = $2")
        .bind(workspace)
        .bind(id)
        .fetch_optional(on)
        .await?;
    row.as_ref().map(AppRow::read).transpose().map_err(Into::into)
}

/// Part of every change that saves an app.
pub(super) async fn insert(change: &mut Connection, row: &AppRow, by: &Author) -> Result<()> {
    query(
        "INSERT INTO apps (id, workspace, name, name_key, consumer_key, consumer_secret_sealed,
             access, version, created_at, updated_at, secret_set_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(&row.id)
    .bind(&row.workspace)
    .bind(&row.name)
    .bind(lower(&row.name))
    .bind(&row.consumer_key)
    .bind(&row.consumer_secret_sealed)
    .bind(row.access.as_ref().map(as_word))
    .bind(row.version)
    .bind(row.created_at)
    .bind(row.updated_at)
    .bind(row.secret_set_at)
    .execute(&mut *change)
    .await
    .map_err(name_taken)?;
    let changes = differences(&[], &row.snapshot().shown());
    record(change, row, by, VersionAction::Created, changes).await
}

/// The version that a change makes. A new secret is told, and neither is shown.
pub(super) async fn record_change(
    change: &mut Connection,
    before: &AppRow,
    after: &AppRow,
    by: &Author,
    action: VersionAction,
) -> Result<()> {
    let mut changes = differences(&before.snapshot().shown(), &after.snapshot().shown());
    if before.consumer_secret_sealed != after.consumer_secret_sealed {
        let field = "consumer_secret".to_owned();
        changes.push(VersionChange { field, from: None, to: None });
    }
    record(change, after, by, action, changes).await
}

async fn record(
    change: &mut Connection,
    row: &AppRow,
    by: &Author,
    action: VersionAction,
    changes: Vec<VersionChange>,
) -> Result<()> {
    let snapshot = serde_json::to_value(row.snapshot())
        .map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
    let version = VersionRow {
        workspace: row.workspace.clone(),
        kind: VersionKind::App,
        record: row.id.clone(),
        version: row.version,
        by: by.clone(),
        action,
        changes,
        snapshot,
    };
    record_version(change, &version).await
}

pub(super) fn name_taken(error: sqlx::Error) -> StoreError {
    match &error {
        sqlx::Error::Database(database) if database.is_unique_violation() => {
            StoreError::AppNameTaken
        }
        _ => StoreError::Database(error),
    }
}
