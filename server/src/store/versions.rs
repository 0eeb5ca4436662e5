//! Versions: what every change of a connection or app leaves behind, in the same transaction.
//!
//! A version outlives what it is of, and holds no secret: not even a sealed one.

use pinfold_api::{Action, Role, VersionAction, VersionChange, Who};
use serde_json::Value;

use super::db::{AssertSqlSafe, Connection, Row, query};
use super::{Result, Store, as_word, audit, word};
use crate::audit::Entry;
use crate::clock::Millis;

/// What has versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VersionKind {
    /// A connection.
    Connection,
    /// A saved app.
    App,
}

impl VersionKind {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Connection => "connection",
            Self::App => "app",
        }
    }

    /// What the audit log calls a change of it.
    const fn audited(self, action: VersionAction) -> Action {
        match (self, action) {
            (Self::Connection, VersionAction::Created) => Action::ConnectionCreate,
            (Self::Connection, VersionAction::Cloned) => Action::ConnectionClone,
            (Self::Connection, VersionAction::Imported) => Action::ConnectionImport,
            (Self::Connection, VersionAction::Edited | VersionAction::Rotated) => {
                Action::ConnectionEdit
            }
            (Self::Connection, VersionAction::Repaired) => Action::ConnectionRepair,
            (Self::Connection, VersionAction::Reverted) => Action::ConnectionRevert,
            (Self::Connection, VersionAction::Deleted) => Action::ConnectionDelete,
            (Self::Connection, VersionAction::Restored) => Action::ConnectionRestore,
            (Self::App, VersionAction::Created | VersionAction::Cloned) => Action::AppCreate,
            (Self::App, VersionAction::Imported) => Action::AppImport,
            (Self::App, VersionAction::Edited | VersionAction::Repaired) => Action::AppEdit,
            (Self::App, VersionAction::Rotated) => Action::AppRotate,
            (Self::App, VersionAction::Reverted) => Action::AppRevert,
            (Self::App, VersionAction::Deleted) => Action::AppDelete,
            (Self::App, VersionAction::Restored) => Action::AppRestore,
        }
    }
}

/// Who changes something, and when: goes along with every change.
#[derive(Clone, Debug)]
pub struct Author {
    /// What the session may do.
    pub role: Role,
    /// The session; `None` for what has none.
    pub session_id: Option<String>,
    /// Now.
    pub at: Millis,
    /// The hand-off that is spent on it, when somebody connects by one.
    pub handoff: Option<String>,
    /// What the audit log says with each version; `None` for an author who was read back.
    pub audit: Option<Entry>,
}

/// A version as it lies in the store.
#[derive(Clone, Debug)]
pub struct VersionRow {
    /// The tenant.
    pub workspace: String,
    /// Of what.
    pub kind: VersionKind,
    /// Its id.
    pub record: String,
    /// Counts from 1, and goes on counting when what was deleted comes back.
    pub version: i64,
    /// By whom, and when.
    pub by: Author,
    /// What was done.
    pub action: VersionAction,
    /// Which fields that changed, as text to be shown.
    pub changes: Vec<VersionChange>,
    /// All of it after the change, secrets apart; for a deletion: before it.
    pub snapshot: Value,
}

/// A place in the list of what was deleted: when, and the id.
pub type DeletedCursor = (Millis, String);

impl Author {
    /// As the contract shows it.
    pub fn who(&self) -> Who {
        Who { role: self.role, session_id: self.session_id.clone(), address: None }
    }
}

impl VersionRow {
    fn read(row: &Row) -> std::result::Result<Self, sqlx::Error> {
        Ok(Self {
            workspace: row.try_get("workspace")?,
            kind: match row.try_get("kind")? {
                "app" => VersionKind::App,
                _ => VersionKind::Connection,
            },
            record: row.try_get("record")?,
            version: row.try_get("version")?,
            by: Author {
                role: word(row.try_get("role")?)?,
                session_id: row.try_get("session_id")?,
                at: row.try_get("at")?,
                handoff: None,
                audit: None,
            },
            action: word(row.try_get("action")?)?,
            changes: json(row.try_get("changes")?)?,
            snapshot: json(row.try_get("snapshot")?)?,
        })
    }

    /// The entry of this version: which of the two, its name, and the fields that changed.
    fn tell(&self, entry: &Entry) -> Entry {
        let name = self.snapshot.get("name").and_then(Value::as_str).unwrap_or_default();
        let words = match self.action {
            VersionAction::Edited | VersionAction::Reverted | VersionAction::Restored => {
                let fields: Vec<_> =
                    self.changes.iter().map(|change| change.field.as_str()).collect();
                format!("{name:?}: {}", fields.join(", "))
            }
            _ => format!("{name:?}"),
        };
        entry.clone().doing(self.kind.audited(self.action)).on(&self.record).saying(words)
    }

    fn read_all(rows: &[Row]) -> Result<Vec<Self>> {
        let read = rows.iter().map(Self::read);
        read.collect::<std::result::Result<_, _>>().map_err(Into::into)
    }
}

/// Compares fields, as text to be shown, in the order of `after`.
pub fn differences(
    before: &[(&'static str, Option<String>)],
    after: &[(&'static str, Option<String>)],
) -> Vec<VersionChange> {
    let value_before = |field| before.iter().find(|(name, _)| *name == field)?.1.clone();
    after
        .iter()
        .map(|(field, to)| (*field, value_before(*field), to.clone()))
        .filter(|(_, from, to)| from != to)
        .map(|(field, from, to)| VersionChange { field: field.to_owned(), from, to })
        .collect()
}

impl Store {
    /// Some of a record's versions, the newest first: those before `cursor`, a version.
    pub async fn versions(
        &self,
        workspace: &str,
        kind: VersionKind,
        record: &str,
        cursor: Option<i64>,
        limit: u32,
    ) -> Result<Vec<VersionRow>> {
        let rows = query(
            "SELECT * FROM versions
             WHERE workspace = $1 AND kind = $2 AND record = $3 AND version < $4
             ORDER BY version DESC LIMIT $5",
        )
        .bind(workspace)
        .bind(kind.as_str())
        .bind(record)
        .bind(cursor.unwrap_or(i64::MAX))
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        VersionRow::read_all(&rows)
    }

    /// One version of a record.
    pub async fn version(
        &self,
        workspace: &str,
        kind: VersionKind,
        record: &str,
        version: i64,
    ) -> Result<Option<VersionRow>> {
        let row = query(
            "SELECT * FROM versions
             WHERE workspace = $1 AND kind = $2 AND record = $3 AND version = $4",
        )
        .bind(workspace)
        .bind(kind.as_str())
        .bind(record)
        .bind(version)
        .fetch_optional(&self.pool)
        .await?;
        row.as_ref().map(VersionRow::read).transpose().map_err(Into::into)
    }

    /// The last versions of what is deleted, the latest deletion first.
    pub async fn deleted(
        &self,
        workspace: &str,
        kind: VersionKind,
        cursor: Option<&DeletedCursor>,
        limit: u32,
    ) -> Result<Vec<VersionRow>> {
        let (at, record) = cursor.map_or((i64::MAX, ""), |(at, record)| (*at, record));
        let rows = query(
            "SELECT * FROM versions AS gone
             WHERE workspace = $1 AND kind = $2 AND action = 'deleted' AND (at, record) < ($3, $4)
               AND NOT EXISTS (SELECT 1 FROM versions AS later
                               WHERE later.workspace = gone.workspace AND later.kind = gone.kind
                                 AND later.record = gone.record AND later.version > gone.version)
             ORDER BY at DESC, record DESC LIMIT $5",
        )
        .bind(workspace)
        .bind(kind.as_str())
        .bind(at)
        .bind(record)
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        VersionRow::read_all(&rows)
    }
}

/// Part of every change of what has versions; the entry in the audit log comes with it.
pub(super) async fn record_version(change: &mut Connection, row: &VersionRow) -> Result<()> {
    insert(change, row, "").await?;
    match &row.by.audit {
        Some(entry) => audit::append(change, &row.tell(entry)).await,
        None => Ok(()),
    }
}

/// Keeps how something was before its first change that left a version: what was made before there
/// were versions, or in bulk. Does nothing when that version is there.
pub(super) async fn record_baseline(change: &mut Connection, row: &VersionRow) -> Result<()> {
    insert(change, row, "ON CONFLICT DO NOTHING").await
}

/// A record's last version; `None` when it never was.
pub(super) async fn last_version(
    change: &mut Connection,
    workspace: &str,
    kind: VersionKind,
    record: &str,
) -> Result<Option<VersionRow>> {
    let row = query(
        "SELECT * FROM versions WHERE workspace = $1 AND kind = $2 AND record = $3
         ORDER BY version DESC LIMIT 1",
    )
    .bind(workspace)
    .bind(kind.as_str())
    .bind(record)
    .fetch_optional(change)
    .await?;
    row.as_ref().map(VersionRow::read).transpose().map_err(Into::into)
}

async fn insert(change: &mut Connection, row: &VersionRow, otherwise: &str) -> Result<()> {
    let changes = serde_json::to_string(&row.changes)
        .map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
    query(AssertSqlSafe(format!(
        "INSERT INTO versions (workspace, kind, record, version, at, role, session_id, action,
             changes, snapshot)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) {otherwise}"
    )))
    .bind(&row.workspace)
    .bind(row.kind.as_str())
    .bind(&row.record)
    .bind(row.version)
    .bind(row.by.at)
    .bind(as_word(&row.by.role))
    .bind(&row.by.session_id)
    .bind(as_word(&row.action))
    .bind(changes)
    .bind(row.snapshot.to_string())
    .execute(change)
    .await?;
    Ok(())
}

pub(super) fn json<T: serde::de::DeserializeOwned>(
    text: &str,
) -> std::result::Result<T, sqlx::Error> {
    serde_json::from_str(text).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}
