//! Back to a version, also of what was deleted: with its id, and with its token only while X was not
//! asked to revoke that.

use pinfold_api::{Account, AppChoice, AppKind, Cancelled, Code, Revert};

use super::edit::columns;
use super::text;
use crate::authorization::App;
use crate::problem::Refusal;
use crate::revocation::revoke;
use crate::session::Caller;
use crate::state::AppState;
use crate::store::{AppColumns, ConnectionRow, Reversion, Snapshot, VersionKind};

/// A connection as it was, and what became of the token that it let go of.
pub struct Reverted {
    /// As it is now.
    pub row: ConnectionRow,
    /// `None`: it keeps its token, or had none.
    pub old_token: Option<Cancelled>,
}

/// Goes back to a version. `present` is the connection as the caller saw it; `None`: it is deleted.
pub async fn revert(
    state: &AppState,
    caller: &Caller,
    (id, present): (&str, Option<ConnectionRow>),
    wanted: Revert,
) -> Result<Reverted, Refusal> {
    let found = state
        .store
        .version(&caller.workspace, VersionKind::Connection, id, wanted.version)
        .await?
        .ok_or_else(|| Refusal::new(Code::NotFound).at("version"))?;
    let target = Snapshot::read(&found)?;
    let name = match &wanted.name {
        Some(name) => text::name(name)?,
        None => target.name.clone(),
    };
    let by = caller.author(state.clock.now());
    let back =
        Reversion { workspace: &caller.workspace, id, target: &target, name: &name, by: &by };
    // Nobody asks X to revoke a token while it is decided whether it comes back.
    let deciding = state.grants.share(&state.store).await?;
    let Some(row) = present else {
        let restored = state.store.restore_connection(&back).await?;
        return restored
            .map(|row| Reverted { row, old_token: None })
            .ok_or_else(|| Code::VersionStale.into());
    };
    let take_token = takes_token(&row, &target);
    if take_token && row.access_token.is_some() && wanted.replace != Some(true) {
        return Err(let_go_first(&row, &target));
    }
    let app = if take_token { None } else { same_app(state, caller, &row, &target).await };
    let reverted = state
        .store
        .revert_connection(&back, row.version, take_token, app)
        .await?
        .ok_or(Code::VersionStale)?;
    drop(deciding);
    let old_token = match &reverted.let_go {
        Some(let_go) => Some(revoke(state, let_go).await),
        None => None,
    };
    Ok(Reverted { row: reverted.row, old_token })
}

/// Whether account, app and token go back too. A token that already is of that account and app
/// stays, and so does one where the version had no account at all: only Delete lets go for nothing.
fn takes_token(row: &ConnectionRow, target: &Snapshot) -> bool {
    let Some(identity) = target.identity() else { return false };
    row.access_token.is_none() || row.identity() != Some(identity)
}

fn let_go_first(row: &ConnectionRow, target: &Snapshot) -> Refusal {
    let account = |account: Option<&Account>| {
        account.map_or_else(|| "nobody".to_owned(), |account| format!("@{}", account.screen_name))
    };
    let (now, then) = (account(row.account.as_ref()), account(target.account.as_ref()));
    let code = if now == then { Code::AppDiffers } else { Code::AccountDiffers };
    let what =
        if now == then { "authorized with another app".to_owned() } else { format!("{then}'s") };
    Refusal::new(code).because(format!(
        "In that version the connection was {what}. Going back lets go of the token it has now, and \
         it may need repair. Send `replace` to do so."
    ))
}

/// The app of then, when the token of now works under it and its secret is still to be had.
async fn same_app(
    state: &AppState,
    caller: &Caller,
    row: &ConnectionRow,
    target: &Snapshot,
) -> Option<AppColumns> {
    let moved = target.app_kind != row.app_kind || target.app_id != row.app_id;
    let works = row.access_token.is_none() || target.consumer_key == row.consumer_key;
    if !moved || !works || target.app_kind == AppKind::Own {
        return None;
    }
    let choice =
        AppChoice { kind: target.app_kind, id: target.app_id.clone(), ..AppChoice::default() };
    let app = App::choose(state, caller, choice).await.ok()?;
    (app.keys.id == target.consumer_key).then(|| columns(state, row, &app))
}
