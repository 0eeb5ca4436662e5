//! Task keys: made by an operator, shown once, and good for exactly what they name.
//!
//! A key is 256 random bits behind a prefix, so its SHA-256 is all that has to be kept. What it may
//! do is decided here; everything that asks for another role refuses it.

mod allowance;
mod create;
mod holders;
mod shares;

use std::sync::Arc;

use hyper::Method;
use pinfold_api::{Code, Key, Usage, UsageKind};
use uuid::Uuid;

use crate::clock::{Millis, rfc3339};
use crate::permit::Permit;
use crate::problem::Refusal;
use crate::proxy::Target;
use crate::store::{TaskKeyRow, UsageRow};
use shares::{Share, Shares};

pub use allowance::{Allowances, Micros, day_of};
pub use create::{create, dollars};
pub use holders::Holders;

/// What a task key begins with: known at a glance, by people and by scanners of leaked secrets.
pub const PREFIX: &str = "pinfold_key_";

/// A task key, read and ready to decide.
#[derive(Clone, Debug)]
pub struct TaskKey {
    /// Its id.
    pub id: Uuid,
    /// The tenant.
    pub workspace: String,
    /// Sorted.
    connections: Vec<Uuid>,
    permit: Permit,
    /// When it ends.
    pub expires_at: Option<Millis>,
    /// Calls a minute.
    pub per_minute: Option<u32>,
    /// What a UTC day's calls may cost.
    pub per_day: Option<Micros>,
    /// The day that `spent` is of, when it was read.
    spent_day: i64,
    spent: Micros,
    share: Share,
    workspace_share: Share,
    /// SHA-256 of its text.
    hash: [u8; 32],
}

impl TaskKey {
    /// Reads it from the store.
    fn read(row: TaskKeyRow, hash: [u8; 32], shares: &Shares) -> Result<Self, Refusal> {
        let unreadable = || {
            tracing::error!(id = row.id, "a task key in the store cannot be read");
            Refusal::new(Code::Internal)
        };
        let id = |text: &String| Uuid::parse_str(text).map_err(|_| unreadable());
        let mut connections = row.connections.iter().map(id).collect::<Result<Vec<_>, _>>()?;
        connections.sort_unstable();
        let own = id(&row.id)?;
        Ok(Self {
            share: shares.of_key(own),
            workspace_share: shares.of_workspace(&row.workspace),
            hash,
            id: own,
            connections,
            permit: Permit::read(row.tasks, &row.paths).ok_or_else(unreadable)?,
            workspace: row.workspace,
            expires_at: row.expires_at,
            per_minute: row.per_minute,
            per_day: row.per_day_micros,
            spent_day: row.spent_day,
            spent: row.spent_micros,
        })
    }

    /// Whether it names a connection. One that it does not name does not exist for it.
    pub fn names(&self, connection: Uuid) -> Result<(), Refusal> {
        self.connections.binary_search(&connection).map(|_| ()).map_err(|_| Code::NotFound.into())
    }

    /// Whether it may send this through the proxy.
    pub fn may_send(&self, method: &Method, target: Target<'_>) -> Result<(), Refusal> {
        let covered = self.permit.sends(method, target);
        if covered { Ok(()) } else { Err(Code::OutsideKey.into()) }
    }

    /// Whether it may run a task.
    pub fn may_run(&self, task: &str) -> Result<(), Refusal> {
        if self.permit.runs(task) { Ok(()) } else { Err(Code::OutsideKey.into()) }
    }

    #[cfg(test)]
    fn for_tests() -> Self {
        Self {
            id: Uuid::nil(),
            workspace: "w".into(),
            connections: vec![],
            permit: Permit::default(),
            expires_at: None,
            per_minute: None,
            per_day: None,
            spent_day: 0,
            spent: 0,
            share: Shares::default().of_key(Uuid::nil()),
            workspace_share: Shares::default().of_workspace("w"),
            hash: [0; 32],
        }
    }
}

/// A key, where one was brought.
pub type Held = Option<Arc<TaskKey>>;

impl TaskKeyRow {
    /// As the contract shows it, at this time.
    pub fn answer(self, holders: &Holders, now: Millis) -> Key {
        let counted = Uuid::parse_str(&self.id).ok().and_then(|id| holders.spent(id, now));
        let stored = if self.spent_day == day_of(now) { self.spent_micros } else { 0 };
        Key {
            spent_today_usd: self.per_day_micros.map(|_| dollars(counted.unwrap_or(stored))),
            per_day_usd: self.per_day_micros.map(dollars),
            expires_at: self.expires_at.map(rfc3339),
            created_at: rfc3339(self.created_at),
            last_used_at: self.last_used_at.map(rfc3339),
            id: self.id,
            workspace: self.workspace,
            name: self.name,
            connections: self.connections,
            tasks: self.tasks,
            paths: self.paths,
            per_minute: self.per_minute,
            calls: self.calls,
        }
    }
}

impl UsageRow {
    /// As the contract shows it.
    pub fn answer(self) -> Usage {
        Usage {
            kind: UsageKind::Key,
            id: self.key_id,
            name: self.name,
            tasks: self.tasks,
            calls: self.calls,
            last_used_at: self.last_used_at.map(rfc3339),
        }
    }
}
