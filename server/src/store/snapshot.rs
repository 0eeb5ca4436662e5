//! What a version keeps of a connection: everything that can be gone back to, and no secret.

use pinfold_api::{AccessLevel, Account, Allow, AppKind, VersionAction, VersionChange};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::db::Connection;
use super::versions::{record_baseline, record_version};
use super::{Author, ConnectionRow, Result, VersionKind, VersionRow, as_word, differences};
use crate::authorization::hint;
use crate::clock::Millis;

/// A connection without its secrets and without what calls teach about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "columns of the connections, described there")]
pub struct Snapshot {
    pub provider: String,
    pub name: String,
    pub group: Option<String>,
    pub account: Option<Account>,
    pub app_kind: AppKind,
    #[serde(default)]
    pub app_id: Option<String>,
    pub consumer_key: String,
    pub access_token: Option<String>,
    pub access_level: Option<AccessLevel>,
    #[serde(default)]
    pub allow: Option<Allow>,
    pub created_at: Millis,
    pub last_used_at: Option<Millis>,
}

impl ConnectionRow {
    /// As [`Snapshot::identity`].
    pub fn identity(&self) -> Option<(&str, &str, &str)> {
        let account = self.account.as_ref()?;
        Some((&self.provider, &account.user_id, &self.consumer_key))
    }
}

impl Snapshot {
    fn of(row: &ConnectionRow) -> Self {
        Self {
            provider: row.provider.clone(),
            name: row.name.clone(),
            group: row.group.clone(),
            account: row.account.clone(),
            app_kind: row.app_kind,
            app_id: row.app_id.clone(),
            consumer_key: row.consumer_key.clone(),
            access_token: row.access_token.clone(),
            access_level: row.access_level,
            allow: row.allow.clone(),
            created_at: row.created_at,
            last_used_at: row.last_used_at,
        }
    }

    /// Reads the snapshot of a connection's version back.
    pub fn read(version: &VersionRow) -> Result<Self> {
        let read = serde_json::from_value(version.snapshot.clone());
        Ok(read.map_err(|error| sqlx::Error::Decode(Box::new(error)))?)
    }

    /// Whose token pair it would hold: X gives one for each app and account.
    pub fn identity(&self) -> Option<(&str, &str, &str)> {
        let account = self.account.as_ref()?;
        Some((&self.provider, &account.user_id, &self.consumer_key))
    }

    /// Its fields as text to be shown.
    fn shown(&self) -> [(&'static str, Option<String>); 7] {
        let app = format!("{} {}", as_word(&self.app_kind), hint(&self.consumer_key));
        [
            ("name", Some(self.name.clone())),
            ("group", self.group.clone()),
            ("account", self.account.as_ref().map(|account| format!("@{}", account.screen_name))),
            ("app", Some(app)),
            ("access_token", self.access_token.clone()),
            ("access_level", self.access_level.map(|level| level.as_str().to_owned())),
            ("allow", self.allow.as_ref().map(|it| [&*it.tasks, &it.paths].concat().join(", "))),
        ]
    }

    fn to_json(&self) -> Result<Value> {
        Ok(serde_json::to_value(self).map_err(|error| sqlx::Error::Encode(Box::new(error)))?)
    }
}

/// Writes the version that an insertion makes. What was deleted and comes back is compared with how
/// it was last.
pub(super) async fn record_insertion(
    change: &mut Connection,
    last: Option<&VersionRow>,
    row: &ConnectionRow,
    by: &Author,
    action: VersionAction,
) -> Result<()> {
    let now = Snapshot::of(row);
    let changes = match last {
        None => differences(&[], &now.shown()),
        Some(last) => differences(&Snapshot::read(last)?.shown(), &now.shown()),
    };
    record_version(change, &version_row(row, by, action, changes, &now)?).await
}

/// Writes the version that a change makes, and the one before it when nobody has.
pub(super) async fn record_change(
    change: &mut Connection,
    before: &ConnectionRow,
    after: &ConnectionRow,
    by: &Author,
    action: VersionAction,
) -> Result<()> {
    let (then, now) = (Snapshot::of(before), Snapshot::of(after));
    let made = Author {
        role: by.role,
        session_id: None,
        at: before.updated_at,
        handoff: None,
        audit: None,
    };
    let fields = differences(&[], &then.shown());
    let baseline = version_row(before, &made, VersionAction::Created, fields, &then)?;
    record_baseline(change, &baseline).await?;
    let changes = differences(&then.shown(), &now.shown());
    record_version(change, &version_row(after, by, action, changes, &now)?).await
}

/// Writes the version that a deletion makes: how the connection was last.
pub(super) async fn record_deletion(
    change: &mut Connection,
    row: &ConnectionRow,
    by: &Author,
) -> Result<()> {
    let gone = ConnectionRow { version: row.version + 1, ..row.clone() };
    record_change(change, row, &gone, by, VersionAction::Deleted).await
}

fn version_row(
    row: &ConnectionRow,
    by: &Author,
    action: VersionAction,
    changes: Vec<VersionChange>,
    snapshot: &Snapshot,
) -> Result<VersionRow> {
    Ok(VersionRow {
        workspace: row.workspace.clone(),
        kind: VersionKind::Connection,
        record: row.id.clone(),
        version: row.version,
        by: by.clone(),
        action,
        changes,
        snapshot: snapshot.to_json()?,
    })
}
