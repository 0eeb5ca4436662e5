//! The app vault: X apps that are saved once and used by many connections. A secret goes in and
//! signs; it never comes out.

mod change;
pub mod command;
mod delete;
mod test;

use pinfold_api::{Code, NewApp, RequestedAccess, Role};
use secrecy::SecretString;

use crate::authorization::{hint, key_pair};
use crate::clock::rfc3339;
use crate::connection::{NAME_CHARS, one_line};
use crate::problem::Refusal;
use crate::seal::Place;
use crate::session::Caller;
use crate::state::AppState;
use crate::store::{AppRow, StoreError};
use crate::x::KeyPair;

pub use change::{change, revert};
pub use delete::{copies_of, delete};
pub use test::test;

/// Where the secret of a saved app lies.
pub fn place<'a>(workspace: &'a str, id: &'a str) -> Place<'a> {
    Place { workspace, record: id, field: "consumer_secret" }
}

impl AppRow {
    /// As the contract shows it.
    pub fn answer(self, connections: i64) -> pinfold_api::App {
        pinfold_api::App {
            consumer_key_hint: hint(&self.consumer_key),
            created_at: rfc3339(self.created_at),
            updated_at: rfc3339(self.updated_at),
            secret_set_at: rfc3339(self.secret_set_at),
            id: self.id,
            workspace: self.workspace,
            name: self.name,
            access: self.access,
            connections,
            version: self.version,
        }
    }
}

/// Saves an app.
pub async fn save(state: &AppState, caller: &Caller, wanted: NewApp) -> Result<AppRow, Refusal> {
    let name = name("name", &wanted.name)?;
    let secret = SecretString::from(wanted.consumer_secret.into_exposed());
    let keys = key_pair("", Some(&wanted.consumer_key), Some(&secret))?;
    let row = assemble(state, caller, name, &keys, wanted.access);
    state.store.insert_app(&row, &caller.author(row.created_at)).await?;
    Ok(row)
}

/// The app of `save_as`: it is saved in one change with what X made of its keys.
pub async fn unsaved(
    state: &AppState,
    caller: &Caller,
    save_as: &str,
    keys: &KeyPair,
) -> Result<AppRow, Refusal> {
    if caller.role != Role::Operator {
        return Err(Refusal::new(Code::Forbidden).at("app.save_as"));
    }
    let name = name("app.save_as", save_as)?;
    if state.store.app_name_is_taken(&caller.workspace, &name).await? {
        return Err(at_save_as(StoreError::AppNameTaken));
    }
    Ok(assemble(state, caller, name, keys, None))
}

/// What went wrong with an app that was to be saved on the way.
pub fn at_save_as(error: StoreError) -> Refusal {
    let taken = matches!(error, StoreError::AppNameTaken);
    let refusal = Refusal::from(error);
    if taken { refusal.at("app.save_as") } else { refusal }
}

fn assemble(
    state: &AppState,
    caller: &Caller,
    name: String,
    keys: &KeyPair,
    access: Option<RequestedAccess>,
) -> AppRow {
    let (now, id) = (state.clock.now(), state.clock.new_id().to_string());
    AppRow {
        workspace: caller.workspace.clone(),
        name,
        consumer_key: keys.id.clone(),
        consumer_secret_sealed: state.seal.seal(place(&caller.workspace, &id), &keys.secret),
        access,
        version: 1,
        created_at: now,
        updated_at: now,
        secret_set_at: now,
        id,
    }
}

pub(crate) fn name(field: &str, text: &str) -> Result<String, Refusal> {
    let name = one_line(field, text, NAME_CHARS)?;
    if name.is_empty() {
        return Err(Refusal::field(field, "The name is empty. Give the app a name."));
    }
    Ok(name)
}
