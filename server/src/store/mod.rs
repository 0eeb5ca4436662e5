//! The only SQL. Every call on a tenant's things takes the workspace, so that another workspace's
//! id finds nothing.
//!
//! A file of SQLite with `synchronous=FULL` and a write-ahead log, or a PostgreSQL that many work with
//! ([`db`]): what was acknowledged is on the disk. Each change is one transaction. Secrets come in and
//! go out sealed; this room has no key.

mod app_changes;
mod apps;
mod audit;
mod authorizations;
mod changes;
mod connections;
mod copy;
mod db;
mod deliveries;
mod edits;
mod handoffs;
mod imports;
mod listing;
mod many;
mod migrate;
mod reverts;
mod revocations;
mod sealed;
mod seed;
mod sessions;
mod snapshot;
mod task_keys;
mod usage;
mod versions;
mod webhooks;
mod workspace_end;
mod workspaces;

use std::path::Path;
use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretString};
use sqlx::PgPool;

use self::db::{Pool, query};
use crate::clock::Millis;

pub use app_changes::{AppChanged, AppEdit, SecretCopy};
pub use apps::{AppRow, AppSnapshot};
pub use audit::{AuditFilter, AuditHead, AuditRow};
pub use authorizations::{Ask, AuthorizationRow, Grant};
pub use changes::Changes;
pub use connections::ConnectionRow;
pub use deliveries::{AttemptRow, DeliveryRow, DueDelivery};
pub use edits::{AppColumns, Edit, Edited, TokenColumns};
pub use handoffs::{BrowserSession, HandoffRow, Opened};
pub use imports::ImportStep;
pub(crate) use listing::lower;
pub use listing::{Column, Cursor, Groups, ListQuery, Page, Sort};
pub use many::Turn;
pub use reverts::Reversion;
pub use revocations::{Holder, Revocation};
pub use sealed::{SealedColumn, SealedValue};
pub use sessions::SessionRow;
pub use snapshot::Snapshot;
pub use task_keys::{TaskKeyRow, UsageRow};
pub use usage::{Batch, Learned, Spent, Used};
pub use versions::{Author, DeletedCursor, VersionKind, VersionRow, differences};
pub use webhooks::WebhookRow;
pub use workspace_end::WorkspaceDeleted;
pub use workspaces::{RegisteredAppRow, WorkspaceChanged, WorkspaceEdit, WorkspaceRow};

/// The workspace that exists from the start.
pub const DEFAULT_WORKSPACE: &str = "default";

/// The store of one Pinfold.
#[derive(Clone, Debug)]
pub struct Store {
    pool: Pool,
    changes: Changes,
    unwatched: Arc<usage::Unwatched>,
    /// Where several Pinfolds work: a way to wait for each other that keeps nobody from working.
    turns: Option<PgPool>,
    presence: Arc<many::Presence>,
    /// Held while changed connections are taken into the postings.
    listing: Arc<tokio::sync::Mutex<()>>,
}

/// What can go wrong with a change.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another connection of the workspace has the name.
    #[error("the name is taken")]
    NameTaken,
    /// Another app of the workspace has the name.
    #[error("the app's name is taken")]
    AppNameTaken,
    /// The saved app that it refers to was deleted meanwhile.
    #[error("the saved app is gone")]
    AppGone,
    /// The hand-off made its one connection already, or was revoked.
    #[error("the hand-off is done")]
    HandoffDone,
    /// The workspace holds as many connections as it may.
    #[error("the workspace is full")]
    WorkspaceFull,
    /// The database itself failed.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

type Result<T> = std::result::Result<T, StoreError>;

impl Store {
    /// Opens the file, creates it when missing, and brings its tables up to date.
    pub async fn open(file: &Path, now: Millis) -> Result<Self> {
        let changes = Changes::default();
        let (pool, unwatched) = db::sqlite(file, &changes).await?;
        Self::ready(pool, unwatched, None, changes, now).await
    }

    /// Opens a database of PostgreSQL, and brings its tables up to date.
    pub async fn connect(url: &SecretString, now: Millis) -> Result<Self> {
        let (pool, turns) = db::postgres(url.expose_secret()).await?;
        Self::ready(pool.clone(), pool, Some(turns), Changes::of_many_programs(), now).await
    }

    async fn ready(
        pool: Pool,
        unwatched: Pool,
        turns: Option<PgPool>,
        changes: Changes,
        now: Millis,
    ) -> Result<Self> {
        migrate::run(&pool).await?;
        let unwatched = Arc::new(usage::Unwatched::new(unwatched));
        let presence = Arc::default();
        let listing = Arc::default();
        let store = Self { pool, changes, unwatched, turns, presence, listing };
        store.ensure_workspace(DEFAULT_WORKSPACE, now).await?;
        Ok(store)
    }

    /// Makes a workspace unless it is there.
    pub async fn ensure_workspace(&self, id: &str, now: Millis) -> Result<()> {
        query(
            "INSERT INTO workspaces (id, created_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING",
        )
        .bind(id)
        .bind(now)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Answers when the database does.
    pub async fn ping(&self) -> Result<()> {
        query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }

    /// Reads a note about the installation itself.
    pub async fn meta(&self, name: &str) -> Result<Option<Vec<u8>>> {
        let row = query("SELECT value FROM meta WHERE name = $1")
            .bind(name)
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }

    /// Writes a note about the installation itself unless it is there; answers what is there now.
    pub async fn begin_meta(&self, name: &str, value: &[u8]) -> Result<Vec<u8>> {
        query("INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING")
            .bind(name)
            .bind(value)
            .execute(&self.pool)
            .await?;
        Ok(self.meta(name).await?.unwrap_or_default())
    }

    /// Writes notes about the installation itself, all or none.
    pub async fn set_meta(&self, notes: &[(&str, &[u8])]) -> Result<()> {
        let mut change = self.pool.change().await?;
        for (name, value) in notes {
            query(
                "INSERT INTO meta (name, value) VALUES ($1, $2)
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            )
            .bind(*name)
            .bind(*value)
            .execute(&mut change)
            .await?;
        }
        Ok(change.commit().await?)
    }

    /// Tells when what was read may be old.
    pub fn changes(&self) -> &Changes {
        &self.changes
    }

    /// Closes every connection, so that the write-ahead log is folded in.
    pub async fn close(&self) {
        self.leave().await;
        if let Some(turns) = &self.turns {
            turns.close().await;
        }
        self.unwatched.pool.close().await;
        self.pool.close().await;
    }
}

/// Reads a word of the contract (`awaiting_pin`, `registered`, …) back from a column.
fn word<T: serde::de::DeserializeOwned>(text: &str) -> std::result::Result<T, sqlx::Error> {
    use serde::de::IntoDeserializer as _;
    use serde::de::value::{Error, StrDeserializer};
    let deserializer: StrDeserializer<'_, Error> = text.into_deserializer();
    T::deserialize(deserializer).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

/// The word of the contract for something that is one word there.
pub(crate) fn word_of<T: serde::Serialize>(value: &T) -> String {
    as_word(value)
}

/// The word of the contract for a column.
fn as_word<T: serde::Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        other => unreachable!("the contract's enums are words, not {other:?}"),
    }
}

#[cfg(test)]
impl Store {
    /// An empty store: a file of the folder, or, when the tests are run on `PostgreSQL`, a database
    /// there.
    pub(crate) async fn for_tests() -> (tempfile::TempDir, Self) {
        let folder = tempfile::tempdir().expect("a folder");
        let store = if pinfold_test_postgres::asked_for() {
            Self::connect(&pinfold_test_postgres::database().into(), 0).await
        } else {
            Self::open(&folder.path().join("pinfold.db"), 0).await
        };
        (folder, store.expect("a store"))
    }
}
