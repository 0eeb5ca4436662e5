//! What somebody may ask for who connects by a hand-off: this connection, this access, this app.

use pinfold_api::{AppChoice, AppKind, Code, NewAuthorization, RequestedAccess, Role};

use crate::clock::canonical_id;
use crate::problem::Refusal;
use crate::session::Caller;
use crate::state::AppState;
use crate::store::{ConnectionRow, HandoffRow};
use crate::workspace::Registered;

fn forbidden(field: &str) -> Refusal {
    Refusal::new(Code::Forbidden).at(field)
}

/// Keeps a Get PIN to what its caller was given. A connector without a hand-off makes connections
/// and repairs none: whoever repairs could put another account in its place.
pub(crate) fn narrow(
    caller: &Caller,
    mut wanted: NewAuthorization,
) -> Result<NewAuthorization, Refusal> {
    let Some(handoff) = &caller.handoff else {
        if caller.role != Role::Operator && wanted.connection_id.is_some() {
            return Err(forbidden("connection_id"));
        }
        return Ok(wanted);
    };
    caller.may_go_on()?;
    if let Some(asked) = &wanted.connection_id
        && canonical_id(asked) != handoff.connection_id
    {
        return Err(forbidden("connection_id"));
    }
    wanted.connection_id.clone_from(&handoff.connection_id);
    if handoff.access == Some(RequestedAccess::Read)
        && wanted.access == Some(RequestedAccess::Write)
    {
        return Err(forbidden("access"));
    }
    wanted.access = wanted.access.or(handoff.access);
    Ok(wanted)
}

/// The app that asks: the hand-off's, that of the connection that it repairs, or else one that the
/// owner brings. The vault is not theirs.
pub(crate) async fn app(
    state: &AppState,
    handoff: &HandoffRow,
    given: Option<AppChoice>,
    repairs: Option<&ConnectionRow>,
) -> Result<Option<AppChoice>, Refusal> {
    let fixed = match (&handoff.app_id, repairs) {
        (Some(id), _) => Some((AppKind::Saved, Some(id))),
        (None, Some(row)) => Some((row.app_kind, row.app_id.as_ref())),
        (None, None) => None,
    };
    if let Some((kind, id)) = fixed {
        let same = |choice: &AppChoice| {
            let given = choice.id.as_deref().and_then(canonical_id);
            choice.kind == kind && kind != AppKind::Own && given.as_ref() == id
        };
        if given.as_ref().is_some_and(|choice| !same(choice)) {
            return Err(forbidden("app"));
        }
        return Ok(handoff.app_id.as_ref().map(|id| AppChoice {
            kind: AppKind::Saved,
            id: Some(id.clone()),
            ..AppChoice::default()
        }));
    }
    match given {
        None => {
            let registered = Registered::of(state, &handoff.workspace).await?;
            Ok(registered.map(|_| AppChoice::default()))
        }
        Some(choice) if choice.kind == AppKind::Saved => Err(forbidden("app.id")),
        Some(choice) if choice.save_as.is_some() => Err(forbidden("app.save_as")),
        choice => Ok(choice),
    }
}

/// A repair by a hand-off changes the token and nothing else.
pub(crate) fn words_of_repair(caller: &Caller, replace: bool, as_new: bool) -> Result<(), Refusal> {
    match &caller.handoff {
        Some(_) if replace => Err(forbidden("replace")),
        Some(_) if as_new => Err(forbidden("as_new")),
        _ => Ok(()),
    }
}
