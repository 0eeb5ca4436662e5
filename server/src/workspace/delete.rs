//! The end of a workspace.

use pinfold_api::{Action, Code};

use super::change::configured_elsewhere;
use super::{entries, find, may_make};
use crate::problem::Refusal;
use crate::session::Caller;
use crate::state::AppState;
use crate::store::WorkspaceDeleted;

/// Deletes an empty workspace with all that is left in it. Whoever may do that sees nothing of what is
/// in a workspace, so its connections are its own operator's to delete: their tokens are revoked then.
pub async fn delete(state: &AppState, caller: &Caller, id: &str) -> Result<(), Refusal> {
    let row = find(state, caller, id).await?;
    may_make(caller)?;
    configured_elsewhere(id)?;
    if state.people.workspaces().any(|workspace| workspace == id) {
        return Err(Refusal::new(Code::Forbidden).because(
            "People of pinfold.toml are let into this workspace. Take them out there and restart \
             first: the server does not start with people of a workspace that is gone.",
        ));
    }
    // What X grants at this moment has to find the workspace, or is remembered before it goes.
    let _nobody_is_granted = state.grants.take(&state.store).await?;
    let entry = state.entry(caller, Action::WorkspaceDelete).on(id).saying(row.name);
    match state.store.delete_workspace(id, &entries(caller, id, entry)).await? {
        WorkspaceDeleted::Done => Ok(()),
        WorkspaceDeleted::Gone => Err(Code::NotFound.into()),
        WorkspaceDeleted::InUse => Err(Code::WorkspaceInUse.into()),
    }
}
