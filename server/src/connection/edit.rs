//! Edit: name, group and app, by version.

use pinfold_api::{AppChoice, AppKind, Code, ConnectionChange};

use super::text;
use crate::authorization::App;
use crate::permit;
use crate::problem::Refusal;
use crate::session::Caller;
use crate::state::AppState;
use crate::store::{AppColumns, ConnectionRow, Edit};

/// Changes a version of a connection. A change of nothing makes no version.
pub async fn edit(
    state: &AppState,
    caller: &Caller,
    row: ConnectionRow,
    wanted: ConnectionChange,
) -> Result<ConnectionRow, Refusal> {
    let group = wanted.group.map(|group| text::group(group.as_deref().unwrap_or_default()));
    let allow = wanted.allow.map(|allow| allow.map(|it| permit::checked("allow.", it)).transpose());
    let group = group.transpose()?.map(|group| Some(group).filter(|group| !group.is_empty()));
    let app = match wanted.app {
        Some(choice) => Some(move_to(state, caller, &row, choice).await?),
        None => None,
    };
    let name = wanted.name.as_deref().map(text::name).transpose()?;
    let edit = Edit {
        name: name.filter(|name| *name != row.name),
        group: group.filter(|group| *group != row.group),
        allow: allow.transpose()?.filter(|allow| *allow != row.allow),
        app: app.filter(|app| {
            app.kind != row.app_kind || app.id != row.app_id || app.consumer_key != row.consumer_key
        }),
        token: None,
    };
    let Edit { name: None, group: None, app: None, allow: None, token: None } = edit else {
        let by = caller.author(state.clock.now());
        let which = (&*row.workspace, &*row.id, row.version);
        let edited = state.store.edit_connection(which, &edit, &by).await?;
        return Ok(edited.ok_or(Code::VersionStale)?.row);
    };
    Ok(row)
}

/// The columns of another app. A token goes on working only under the consumer key it was granted
/// to.
async fn move_to(
    state: &AppState,
    caller: &Caller,
    row: &ConnectionRow,
    choice: AppChoice,
) -> Result<AppColumns, Refusal> {
    if choice.kind == AppKind::Own {
        return Err(Refusal::field(
            "app.kind",
            "Keys are typed when an account authorizes. Repair the connection with them, or save \
             the app first and choose that.",
        ));
    }
    let app = App::choose(state, caller, choice).await?;
    if row.access_token.is_some() && app.keys.id != row.consumer_key {
        return Err(Refusal::new(Code::AppDiffers).at("app"));
    }
    Ok(columns(state, row, &app))
}

/// An app as a connection keeps it.
pub(super) fn columns(state: &AppState, row: &ConnectionRow, app: &App) -> AppColumns {
    AppColumns {
        kind: app.kind,
        id: app.id.clone(),
        consumer_secret_sealed: app.seal(state, row.place("consumer_secret")),
        consumer_key: app.keys.id.clone(),
    }
}
