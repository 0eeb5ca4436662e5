//! Changes of a workspace: its name, its registered app, its limits, its access key.

use pinfold_api::{Action, Code, Workspace, WorkspaceChange, WorkspaceKey};

use super::Registered;
use super::create::{access_key, limits, name, registered_app};
use super::{answer, entries, find, may_make};
use crate::apps::copies_of;
use crate::problem::Refusal;
use crate::session::{Caller, hash};
use crate::state::AppState;
use crate::store::{DEFAULT_WORKSPACE, WorkspaceChanged, WorkspaceEdit};

/// Changes what is given. Limits are not the tenant's own to change.
pub async fn change(
    state: &AppState,
    caller: &Caller,
    id: &str,
    wanted: WorkspaceChange,
) -> Result<Workspace, Refusal> {
    let row = find(state, caller, id).await?;
    configured_elsewhere(id)?;
    if wanted.limits.is_some() {
        may_make(caller).map_err(|refusal| refusal.at("limits"))?;
    }
    let mut edit = WorkspaceEdit {
        name: wanted.name.map(|text| name("name", &text)).transpose()?,
        limits: wanted.limits.map(limits).transpose()?,
        app: match wanted.registered_app {
            None => None,
            Some(None) => Some(None),
            Some(Some(app)) => Some(Some(registered_app(state, &row.id, app)?)),
        },
        copies: Vec::new(),
    };
    let changed = [
        edit.name.as_ref().map(|_| "name"),
        edit.limits.as_ref().map(|_| "limits"),
        edit.app.as_ref().map(|_| "registered app"),
    ];
    let changed = changed.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let entry = state.entry(caller, Action::WorkspaceEdit).on(id).saying(changed);
    let entries = entries(caller, id, entry);
    loop {
        return match state.store.change_workspace(id, edit.clone(), &entries).await? {
            WorkspaceChanged::Done(row) => Ok(answer(state, *row)),
            WorkspaceChanged::Gone => Err(Code::NotFound.into()),
            WorkspaceChanged::Uncopied(revocations) => {
                let old = Registered::keys_of(state, id).await?.ok_or(Code::NoRegisteredApp)?;
                edit.copies.extend(copies_of(state, &old.secret, &revocations));
                continue;
            }
            WorkspaceChanged::AppInUse => {
                Err(Refusal::new(Code::AppInUse).at("registered_app").because(
                    "Connections, or people connecting, use the registered app with its present \
                     key. Move them to another app or delete them first; a new secret of the same \
                     key is taken at any time.",
                ))
            }
        };
    }
}

/// Puts a new access key in the place of the old one, which is dead with the answer, as are the
/// sessions that browsers got by it. The caller's own session stays.
pub async fn new_key(state: &AppState, caller: &Caller, id: &str) -> Result<WorkspaceKey, Refusal> {
    let mut row = find(state, caller, id).await?;
    configured_elsewhere(id)?;
    let (now, access_key) = (state.clock.now(), access_key());
    let entry = state.entry(caller, Action::WorkspaceRekey).on(id);
    let entries = entries(caller, id, entry);
    let hash = hash(&access_key);
    if !state.store.set_access_key(id, &hash, now, &caller.session_id, &entries).await? {
        return Err(Code::NotFound.into());
    }
    row.access_key_at = Some(now);
    Ok(WorkspaceKey { access_key, details: answer(state, row) })
}

/// Access key and registered app of the default workspace come from flags, variables and files.
pub(super) fn configured_elsewhere(id: &str) -> Result<(), Refusal> {
    if id != DEFAULT_WORKSPACE {
        return Ok(());
    }
    Err(Refusal::new(Code::Forbidden).because(
        "The default workspace is set up where the server is started: see `pinfold serve --help`.",
    ))
}
