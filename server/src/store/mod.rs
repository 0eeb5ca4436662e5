//! The only SQL. Every call on a tenant's things takes the workspace, so that another workspace's
//! id finds nothing.
//!
//! SQLite with `synchronous=FULL` and a write-ahead log: what was acknowledged is on the disk. Each
//! change is one transaction. Secrets come in and go out sealed; this room has no key.

mod app_changes;
mod apps;
mod audit;
mod authorizations;
mod changes;
mod connections;
mod deliveries;
mod edits;
mod handoffs;
mod imports;
mod lessons;
mod listing;
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
mod workspaces;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Row as _, SqlitePool};

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
pub use lessons::Lesson;
use listing::lower;
pub use listing::{Column, Cursor, Groups, ListQuery, Page, Sort};
pub use reverts::Reversion;
pub use revocations::Revocation;
pub use sealed::{SealedColumn, SealedValue};
pub use sessions::SessionRow;
pub use snapshot::Snapshot;
pub use task_keys::{TaskKeyRow, UsageRow};
pub use usage::{Batch, Learned, Spent, Used};
pub use versions::{Author, DeletedCursor, VersionKind, VersionRow, differences};
pub use webhooks::WebhookRow;
pub use workspaces::{RegisteredAppRow, WorkspaceChanged, WorkspaceEdit, WorkspaceRow};

/// The workspace that exists from the start.
pub const DEFAULT_WORKSPACE: &str = "default";

/// The store of one Pinfold.
#[derive(Clone, Debug)]
pub struct Store {
    pool: SqlitePool,
    changes: Changes,
    unwatched: Arc<usage::Unwatched>,
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
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            // What is wiped is overwritten.
            .pragma("secure_delete", "ON")
            .busy_timeout(Duration::from_secs(5));
        let changes = Changes::default();
        let (watching, settling) = (changes.clone(), changes.clone());
        let unwatched = Arc::new(usage::Unwatched::new(options.clone()));
        let pool = SqlitePoolOptions::new()
            .after_connect(move |connection, _| {
                let changes = watching.clone();
                Box::pin(async move { changes.watch(connection).await })
            })
            .after_release(move |connection, _| {
                let changes = settling.clone();
                Box::pin(async move { changes.settle(connection).await.map(|()| true) })
            })
            .min_connections(1)
            .max_connections(4)
            .acquire_timeout(Duration::from_secs(5))
            .connect_with(options)
            .await?;
        migrate::run(&pool).await?;
        let store = Self { pool, changes, unwatched, listing: Arc::default() };
        store.ensure_workspace(DEFAULT_WORKSPACE, now).await?;
        Ok(store)
    }

    /// Makes a workspace unless it is there.
    pub async fn ensure_workspace(&self, id: &str, now: Millis) -> Result<()> {
        sqlx::query(
            "INSERT INTO workspaces (id, created_at) VALUES (?, ?) ON CONFLICT (id) DO NOTHING",
        )
        .bind(id)
        .bind(now)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Answers when the database does.
    pub async fn ping(&self) -> Result<()> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }

    /// Reads a note about the installation itself.
    pub async fn meta(&self, name: &str) -> Result<Option<Vec<u8>>> {
        let row = sqlx::query("SELECT value FROM meta WHERE name = ?")
            .bind(name)
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.map(|row| row.get(0)))
    }

    /// Writes a note about the installation itself.
    pub async fn set_meta(&self, name: &str, value: &[u8]) -> Result<()> {
        sqlx::query(
            "INSERT INTO meta (name, value) VALUES (?, ?)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )
        .bind(name)
        .bind(value)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Tells when what was read may be old.
    pub fn changes(&self) -> &Changes {
        &self.changes
    }

    /// Closes every connection, so that the write-ahead log is folded in.
    pub async fn close(&self) {
        self.unwatched.close().await;
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
