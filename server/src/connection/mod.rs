//! A connection: made from an authorization or a pasted pair, edited, cloned, repaired and gone back
//! to by version, deleted with a truthful revoke.

mod bulk;
mod copy;
mod create;
mod delete;
mod edit;
mod naming;
mod repair;
mod revert;
mod test;
mod text;

use std::collections::{HashMap, HashSet};

use pinfold_api::{AppRef, Code, Connection, Health, HealthState, TaskAccess, task_access};

use crate::authorization::{App, Kept, hint};
use crate::clock::rfc3339;
use crate::problem::Refusal;
use crate::seal::{KeyRing, Place};
use crate::state::AppState;
use crate::store::{AppRow, ConnectionRow};
use crate::workspace::Registered;
use crate::x::KeyPair;

pub use bulk::bulk;
pub use copy::clone;
pub(crate) use create::starts_with_user_id;
pub use create::{Created, create};
pub use delete::delete;
pub use edit::edit;
pub use repair::Repaired;
pub use revert::revert;
pub use test::test;
pub(crate) use text::one_line;
pub use text::{GROUP_CHARS, NAME_CHARS};
pub(crate) use text::{group as group_text, name as name_text, name_with_number};

/// Connections as the contract shows them: with the names of their saved apps.
pub async fn answers(
    state: &AppState,
    workspace: &str,
    rows: Vec<ConnectionRow>,
) -> Result<Vec<Connection>, Refusal> {
    let apps: HashSet<_> = rows.iter().filter_map(|row| row.app_id.clone()).collect();
    let apps = state.store.app_names(workspace, &apps).await?;
    Ok(rows.into_iter().map(|row| row.answer(&state.seal, &apps)).collect())
}

impl ConnectionRow {
    pub(crate) fn place(&self, field: &'static str) -> Place<'_> {
        Place { workspace: &self.workspace, record: &self.id, field }
    }

    /// The app that its token belongs to, with its secret.
    pub async fn app(&self, state: &AppState) -> Result<App, Refusal> {
        App::restore(state, self.kept_app()).await
    }

    /// The same with the saved app that it names, or the registered app, read before.
    pub fn app_with(
        &self,
        state: &AppState,
        saved: Option<&AppRow>,
        registered: Option<&Registered>,
    ) -> Result<App, Refusal> {
        App::restore_with(state, self.kept_app(), saved, registered)
    }

    fn kept_app(&self) -> Kept<'_> {
        Kept {
            workspace: &self.workspace,
            record: &self.id,
            kind: self.app_kind,
            id: self.app_id.as_deref(),
            consumer_key: &self.consumer_key,
            sealed: self.consumer_secret_sealed.as_deref(),
        }
    }

    /// The access token and its secret; without them the connection needs repair.
    pub fn access_pair(&self, state: &AppState) -> Result<KeyPair, Refusal> {
        let pair = self.access_token.as_ref().zip(self.access_secret_sealed.as_ref());
        let (token, sealed) = pair.ok_or(Code::NeedsRepair)?;
        let secret = state.seal.open(self.place("access_secret"), sealed)?;
        Ok(KeyPair::new(token, secret))
    }

    /// Whether the ring lacks the key of one of its secrets: told by the envelopes' headers, which
    /// is cheap enough for every row of a list.
    fn cannot_decrypt(&self, ring: &KeyRing) -> bool {
        let mut sealed = self.consumer_secret_sealed.iter().chain(&self.access_secret_sealed);
        sealed.any(|sealed| !ring.knows(sealed))
    }

    /// Without a token that can be read it can run none, and a narrowed one only those that it names.
    fn tasks(&self, health: HealthState) -> Vec<TaskAccess> {
        let mut tasks = task_access(self.access_level);
        if let Some(allow) = &self.allow {
            for task in tasks.iter_mut().filter(|task| !allow.tasks.contains(&task.task)) {
                task.allowed = false;
                task.reason = Some("the connection is narrowed to others".to_owned());
            }
        }
        let none = if self.access_secret_sealed.is_none() {
            Some("there is no token: repair the connection")
        } else if health == HealthState::CannotDecrypt {
            Some("its secrets cannot be decrypted: repair the connection")
        } else {
            None
        };
        if let Some(reason) = none {
            for task in &mut tasks {
                task.allowed = false;
                task.reason = Some(reason.to_owned());
            }
        }
        tasks
    }

    fn health(&self, ring: &KeyRing) -> Health {
        let locked = self.cannot_decrypt(ring);
        Health {
            state: if locked { HealthState::CannotDecrypt } else { self.health },
            since: rfc3339(self.health_since),
            last_success: self.last_success_at.map(rfc3339),
            last_error: self.last_error.clone(),
        }
    }

    /// As the contract shows it.
    fn answer(self, ring: &KeyRing, apps: &HashMap<String, String>) -> Connection {
        let health = self.health(ring);
        let tasks = self.tasks(health.state);
        Connection {
            app: AppRef {
                kind: self.app_kind,
                name: self.app_id.as_ref().and_then(|id| apps.get(id)).cloned(),
                id: self.app_id,
                consumer_key_hint: hint(&self.consumer_key),
            },
            health,
            tasks,
            created_at: rfc3339(self.created_at),
            updated_at: rfc3339(self.updated_at),
            last_used_at: self.last_used_at.map(rfc3339),
            id: self.id,
            workspace: self.workspace,
            name: self.name,
            group: self.group,
            account: self.account,
            access_token: self.access_token,
            access_secret_set: self.access_secret_sealed.is_some(),
            access_level: self.access_level,
            allow: self.allow,
            version: self.version,
            old_token: None,
        }
    }
}
