//! The end of a workspace: whatever is left in it goes, but for the log.

use super::db::query;
use super::{Result, Store, audit};
use crate::audit::Entry;

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkspaceDeleted {
    /// It is no more.
    Done,
    /// There is no such workspace.
    Gone,
    /// It holds connections, grants that nobody saved yet, or tokens that wait to be revoked.
    InUse,
}

/// What a workspace holds, whatever refers to something else before that. The rest goes along by
/// reference: usages with their keys, messages with their webhooks.
const HELD: [&str; 13] = [
    "DELETE FROM sessions WHERE workspace = $1",
    "DELETE FROM links WHERE workspace = $1",
    "DELETE FROM handoffs WHERE workspace = $1",
    "DELETE FROM authorizations WHERE workspace = $1",
    "DELETE FROM apps WHERE workspace = $1",
    "DELETE FROM task_keys WHERE workspace = $1",
    "DELETE FROM webhooks WHERE workspace = $1",
    "DELETE FROM registered_apps WHERE workspace = $1",
    "DELETE FROM versions WHERE workspace = $1",
    "DELETE FROM connection_groups WHERE workspace = $1",
    "DELETE FROM postings WHERE workspace = $1",
    "DELETE FROM unlisted WHERE workspace = $1",
    "DELETE FROM workspaces WHERE id = $1",
];

impl Store {
    /// Deletes a workspace in which no token is left.
    pub async fn delete_workspace(&self, id: &str, entries: &[Entry]) -> Result<WorkspaceDeleted> {
        let mut change = self.pool.change().await?;
        let token = query(
            "SELECT 1 FROM connections WHERE workspace = $1
             UNION ALL SELECT 1 FROM authorizations
             WHERE workspace = $1 AND state IN ('awaiting_pin', 'authenticated')
             UNION ALL SELECT 1 FROM revocations WHERE workspace = $1
             LIMIT 1",
        );
        if token.bind(id).fetch_optional(&mut *change).await?.is_some() {
            return Ok(WorkspaceDeleted::InUse);
        }
        let mut last = 0;
        for held in HELD {
            last = query(held).bind(id).execute(&mut *change).await?.rows_affected();
        }
        if last == 0 {
            return Ok(WorkspaceDeleted::Gone);
        }
        for entry in entries {
            audit::append(&mut change, entry).await?;
        }
        change.commit().await?;
        Ok(WorkspaceDeleted::Done)
    }
}
