//! Workspaces: tenants of one server, who see nothing of each other.
//!
//! Whoever operates the default workspace makes the others, and holds none of their keys: an access
//! key is shown once, to whoever asked for it. What is in a workspace only its own operators see.

mod change;
mod create;
mod delete;
mod registered;

use pinfold_api::{Code, RegisteredApp, Workspace, WorkspaceLimits};

use crate::audit::{Entry, Who};
use crate::authorization::hint;
use crate::clock::rfc3339;
use crate::problem::Refusal;
use crate::session::Caller;
use crate::state::AppState;
use crate::store::{DEFAULT_WORKSPACE, WorkspaceRow};

pub use change::{change, new_key};
pub use create::create;
pub use delete::delete;
pub use registered::Registered;

/// What the access key of a workspace begins with, so that it is looked for in the right place.
pub const PREFIX: &str = "pinfold_workspace_";

/// Refuses who is no operator of the default workspace.
fn may_make(caller: &Caller) -> Result<(), Refusal> {
    if caller.workspace == DEFAULT_WORKSPACE {
        return Ok(());
    }
    Err(Refusal::new(Code::Forbidden)
        .because("An operator of the default workspace does that. Ask whoever runs this server."))
}

/// The workspaces that a caller may know of.
pub async fn list(state: &AppState, caller: &Caller) -> Result<Vec<Workspace>, Refusal> {
    let rows = if may_make(caller).is_ok() {
        state.store.workspaces().await?
    } else {
        state.store.workspace(&caller.workspace).await?.into_iter().collect()
    };
    Ok(rows.into_iter().map(|row| answer(state, row)).collect())
}

/// One of them.
pub async fn find(state: &AppState, caller: &Caller, id: &str) -> Result<WorkspaceRow, Refusal> {
    let known = may_make(caller).is_ok() || caller.workspace == id;
    let row = if known { state.store.workspace(id).await? } else { None };
    row.ok_or_else(|| Code::NotFound.into())
}

/// As the contract shows it.
pub fn answer(state: &AppState, row: WorkspaceRow) -> Workspace {
    let registered_app = if row.id == DEFAULT_WORKSPACE {
        state.registered_app.as_ref().map(|app| (state.app_name.clone(), hint(&app.id)))
    } else {
        row.app.map(|app| (app.name, hint(&app.consumer_key)))
    };
    let limit = |limit: Option<i64>| limit.map(|most| u32::try_from(most).unwrap_or(u32::MAX));
    Workspace {
        registered_app: registered_app
            .map(|(name, consumer_key_hint)| RegisteredApp { name, consumer_key_hint }),
        limits: WorkspaceLimits {
            connections: limit(row.most_connections),
            authorizations_per_hour: limit(row.authorizations_per_hour),
        },
        created_at: rfc3339(row.created_at),
        access_key_set_at: row.access_key_at.map(rfc3339),
        id: row.id,
        name: row.name,
    }
}

/// What is written down of a change: in the log of whoever made it, and in that of the workspace.
fn entries(caller: &Caller, id: &str, entry: Entry) -> Vec<Entry> {
    if caller.workspace == id {
        return vec![entry];
    }
    let theirs = entry.clone().by(|_| Who::server(id));
    vec![entry, theirs]
}

/// Refuses one connection too many before X is asked for it. The change that adds it has the last
/// word.
pub async fn may_add(state: &AppState, workspace: &str) -> Result<(), Refusal> {
    if state.store.has_room(workspace).await? { Ok(()) } else { Err(Code::WorkspaceFull.into()) }
}

/// Refuses a Get PIN that the workspace's limits do not allow. Of two at the same moment both may
/// pass where only one should: this guards X's patience and no secret.
pub async fn may_begin(state: &AppState, workspace: &str, repairs: bool) -> Result<(), Refusal> {
    let now = state.clock.now();
    if let Some(next) = state.store.next_authorization(workspace, now).await? {
        let seconds = u64::try_from((next - now).max(0) / 1000).unwrap_or(0) + 1;
        return Err(Refusal::new(Code::TooManyRequests).retry_after(seconds).because(
            "This workspace began as many authorizations in the last hour as it may. Wait for \
             `retry_after` seconds, then try again.",
        ));
    }
    if repairs { Ok(()) } else { may_add(state, workspace).await }
}
