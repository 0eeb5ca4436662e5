//! Clone: the settings once more. Never a second copy of a live token.

use pinfold_api::{Code, HealthState, NewClone, VersionAction};

use super::text;
use crate::problem::Refusal;
use crate::session::Caller;
use crate::state::AppState;
use crate::store::{ConnectionRow, StoreError};

/// How many copies of one connection get a name by themselves.
const NUMBERED: u32 = 100;

/// Makes a connection with the app and group of another one, and no account yet.
pub async fn clone(
    state: &AppState,
    caller: &Caller,
    row: &ConnectionRow,
    wanted: NewClone,
) -> Result<ConnectionRow, Refusal> {
    let given = wanted.name.as_deref().map(text::name).transpose()?;
    let mut copy = without_token(state, row).await?;
    let by = caller.author(copy.created_at);
    if let Some(name) = given {
        copy.name = name;
        state.store.insert_connection(&copy, &by, VersionAction::Cloned).await?;
        return Ok(copy);
    }
    for number in 1..=NUMBERED {
        copy.name = text::name_of_copy(&row.name, number);
        if state.store.name_is_taken(&copy.workspace, &copy.name).await? {
            continue;
        }
        match state.store.insert_connection(&copy, &by, VersionAction::Cloned).await {
            // Somebody took it in between.
            Err(StoreError::NameTaken) => {}
            inserted => return Ok(inserted.map(|()| copy)?),
        }
    }
    Err(Refusal::new(Code::NameTaken).at("name"))
}

async fn without_token(state: &AppState, row: &ConnectionRow) -> Result<ConnectionRow, Refusal> {
    let now = state.clock.now();
    let mut copy = ConnectionRow {
        id: state.clock.new_id().to_string(),
        account: None,
        access_token: None,
        access_secret_sealed: None,
        access_level: None,
        health: HealthState::NeedsRepair,
        health_since: now,
        last_success_at: None,
        last_error: None,
        version: 1,
        created_at: now,
        updated_at: now,
        last_used_at: None,
        consumer_secret_sealed: None,
        ..row.clone()
    };
    if row.consumer_secret_sealed.is_some() {
        // What is sealed to one connection opens at no other.
        copy.consumer_secret_sealed =
            row.app(state).await?.seal(state, copy.place("consumer_secret"));
    }
    Ok(copy)
}
