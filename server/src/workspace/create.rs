//! A new workspace, and what may stand in one.

use pinfold_api::{Action, NewRegisteredApp, NewWorkspace, WorkspaceKey, WorkspaceLimits};
use secrecy::SecretString;

use super::{PREFIX, answer, entries, may_make};
use crate::authorization::key_pair;
use crate::clock::random_alphanumeric;
use crate::connection::{NAME_CHARS, one_line};
use crate::problem::Refusal;
use crate::seal::Place;
use crate::session::{Caller, hash};
use crate::state::AppState;
use crate::store::{RegisteredAppRow, WorkspaceRow};

/// More than this is as good as no limit.
const MOST: u32 = 10_000_000;

/// Makes a workspace. Its access key is in the answer and nowhere else.
pub async fn create(
    state: &AppState,
    caller: &Caller,
    wanted: NewWorkspace,
) -> Result<WorkspaceKey, Refusal> {
    may_make(caller)?;
    let (now, id) = (state.clock.now(), state.clock.new_id().to_string());
    let (most_connections, authorizations_per_hour) = limits(wanted.limits.unwrap_or_default())?;
    let row = WorkspaceRow {
        name: name("name", &wanted.name)?,
        most_connections,
        authorizations_per_hour,
        created_at: now,
        access_key_at: Some(now),
        app: wanted.registered_app.map(|app| registered_app(state, &id, app)).transpose()?,
        id,
    };
    let access_key = access_key();
    let entry = state.entry(caller, Action::WorkspaceCreate).on(&row.id).saying(&row.name);
    let entries = entries(caller, &row.id, entry);
    state.store.insert_workspace(&row, &hash(&access_key), &entries).await?;
    Ok(WorkspaceKey { access_key, details: answer(state, row) })
}

pub(super) fn access_key() -> String {
    format!("{PREFIX}{}", random_alphanumeric::<43>())
}

pub(super) fn name(field: &str, text: &str) -> Result<String, Refusal> {
    let name = one_line(field, text, NAME_CHARS)?;
    if name.is_empty() {
        return Err(Refusal::field(field, "The name is empty. Choose one."));
    }
    Ok(name)
}

/// Both limits as the store keeps them.
pub(super) fn limits(wanted: WorkspaceLimits) -> Result<(Option<i64>, Option<i64>), Refusal> {
    let check = |field: &str, limit: Option<u32>| match limit {
        Some(limit) if !(1..=MOST).contains(&limit) => {
            Err(Refusal::field(field, format!("Say 1 to {MOST}, or null for no limit.")))
        }
        limit => Ok(limit.map(i64::from)),
    };
    Ok((
        check("limits.connections", wanted.connections)?,
        check("limits.authorizations_per_hour", wanted.authorizations_per_hour)?,
    ))
}

/// The registered app of a workspace, sealed.
pub(super) fn registered_app(
    state: &AppState,
    workspace: &str,
    wanted: NewRegisteredApp,
) -> Result<RegisteredAppRow, Refusal> {
    let name = name("registered_app.name", &wanted.name)?;
    let secret = SecretString::from(wanted.consumer_secret.into_exposed());
    let keys = key_pair("registered_app.", Some(&wanted.consumer_key), Some(&secret))?;
    let id = state.clock.new_id().to_string();
    let place = Place { workspace, record: &id, field: "consumer_secret" };
    Ok(RegisteredAppRow {
        consumer_secret_sealed: state.seal.seal(place, &keys.secret),
        workspace: workspace.to_owned(),
        name,
        consumer_key: keys.id,
        updated_at: state.clock.now(),
        id,
    })
}
