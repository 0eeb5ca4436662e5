//! Get PIN: a request token, kept, and the address to open.

use pinfold_api::{Action, AuthorizationState, Code, NewAuthorization};

use super::{App, wait_from};
use crate::apps;
use crate::clock::canonical_id;
use crate::handoff;
use crate::problem::Refusal;
use crate::seal::Place;
use crate::session::Caller;
use crate::state::AppState;
use crate::store::{Ask, AuthorizationRow, ConnectionRow};
use crate::workspace;

/// A screen name at X: 1–15 of `[A-Za-z0-9_]`; some old ones are a little longer.
const SCREEN_NAME_CAP: usize = 20;

/// Begins an authorization. An older one of the session that still waits for its PIN is cancelled:
/// the newest is live. A grant that waits for OK, in another tab perhaps, is left alone.
pub async fn begin(
    state: &AppState,
    caller: &Caller,
    wanted: NewAuthorization,
) -> Result<AuthorizationRow, Refusal> {
    let wanted = handoff::narrow(caller, wanted)?;
    let prefill = wanted.screen_name.as_deref().map(screen_name).transpose()?;
    let repairs = match &wanted.connection_id {
        Some(id) => Some(to_repair(state, caller, id).await?),
        None => None,
    };
    workspace::may_begin(state, &caller.workspace, repairs.is_some()).await?;
    let chosen = match &caller.handoff {
        Some(handoff) => handoff::app(state, handoff, wanted.app, repairs.as_ref()).await?,
        None => wanted.app,
    };
    let app = match (chosen, &repairs) {
        (Some(choice), _) => App::choose(state, caller, choice).await?,
        (None, Some(connection)) => connection.app(state).await?,
        (None, None) => {
            let missing = Refusal::new(Code::InvalidRequest).at("app");
            return Err(missing.because("This field is missing. Add it."));
        }
    };
    // A repair is for the same account: X's form names it.
    let account = repairs.as_ref().and_then(|connection| connection.account.clone());
    let ask = Ask {
        access: app.ask(wanted.access)?,
        force_login: wanted.force_login.unwrap_or(false),
        screen_name: prefill.or_else(|| account.map(|account| account.screen_name)),
    };
    let mut row = request(state, &caller.workspace, &caller.session_id, &app, ask).await?;
    row.connection_id = repairs.map(|connection| connection.id);
    let by = caller.author(row.created_at);
    let entry = state.entry(caller, Action::AuthorizationBegin).on(&row.id);
    let entry = match &row.connection_id {
        Some(id) => entry.saying(format!("to repair {id}")),
        None => entry,
    };
    let app = app.unsaved.as_deref();
    let inserted = state.store.insert_authorization(&row, app, &by, &entry).await;
    inserted.map_err(apps::at_save_as)?;
    Ok(row)
}

/// The connection that is to be repaired.
async fn to_repair(state: &AppState, caller: &Caller, id: &str) -> Result<ConnectionRow, Refusal> {
    let not_found = || Refusal::new(Code::NotFound).at("connection_id");
    let id = canonical_id(id).ok_or_else(not_found)?;
    state.store.connection(&caller.workspace, &id).await?.ok_or_else(not_found)
}

/// Asks X for a request token.
pub(super) async fn request(
    state: &AppState,
    workspace: &str,
    session_id: &str,
    app: &App,
    ask: Ask,
) -> Result<AuthorizationRow, Refusal> {
    let pair = state.x.request_token(&app.keys, ask.access).await?;
    let now = state.clock.now();
    let id = state.clock.new_id().to_string();
    let place = |field| Place { workspace, record: &id, field };
    Ok(AuthorizationRow {
        workspace: workspace.to_owned(),
        session_id: session_id.to_owned(),
        provider: state.x.base().to_owned(),
        state: AuthorizationState::AwaitingPin,
        app_kind: app.kind,
        app_id: app.id.clone(),
        consumer_key: app.keys.id.clone(),
        consumer_secret_sealed: app.seal(state, place("consumer_secret")),
        ask,
        request_secret_sealed: Some(state.seal.seal(place("request_secret"), &pair.secret)),
        request_token: pair.id,
        leased_until: 0,
        may_be_granted: false,
        account: None,
        access_token: None,
        access_secret_sealed: None,
        access_level: None,
        connection_id: None,
        created_at: now,
        expires_at: wait_from(now),
        id: id.clone(),
    })
}

fn screen_name(text: &str) -> Result<String, Refusal> {
    let name = text.trim().trim_start_matches('@');
    let fits = (1..=SCREEN_NAME_CAP).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if fits {
        Ok(name.to_owned())
    } else {
        Err(Refusal::field("screen_name", "A screen name has letters, digits and _ only."))
    }
}
