//! A new task key: every field is checked before anything is kept.

use pinfold_api::{Action, Allow, Code, CreatedKey, NewKey};

use super::{Micros, PREFIX};
use crate::clock::{Millis, canonical_id, millis, random_alphanumeric};
use crate::connection::one_line;
use crate::permit::{self, distinct};
use crate::problem::Refusal;
use crate::session::{Caller, hash};
use crate::state::AppState;
use crate::store::TaskKeyRow;

/// Characters of a name.
const NAME_CHARS: u32 = 100;
/// More connections than this want keys of their own.
const CONNECTIONS: usize = 1000;
const PER_MINUTE: u32 = 100_000;
const PER_DAY_USD: f64 = 100_000.0;

/// Makes a key. Its text is in the answer and nowhere else.
pub async fn create(
    state: &AppState,
    caller: &Caller,
    wanted: NewKey,
) -> Result<CreatedKey, Refusal> {
    let now = state.clock.now();
    let allow = permit::checked("", Allow { tasks: wanted.tasks, paths: wanted.paths })?;
    let row = TaskKeyRow {
        id: state.clock.new_id().to_string(),
        workspace: caller.workspace.clone(),
        name: name(&wanted.name)?,
        connections: connections(&wanted.connections)?,
        tasks: allow.tasks,
        paths: allow.paths,
        expires_at: wanted.expires_at.map(|text| expiry(&text, now)).transpose()?,
        per_minute: wanted.per_minute.map(per_minute).transpose()?,
        per_day_micros: wanted.per_day_usd.map(per_day).transpose()?,
        spent_day: 0,
        spent_micros: 0,
        calls: 0,
        created_at: now,
        last_used_at: None,
    };
    let entry = state.entry(caller, Action::KeyCreate).on(&row.id).saying(&row.name);
    let key = format!("{PREFIX}{}", random_alphanumeric::<43>());
    if let Err(at) = state.store.insert_task_key(&row, &hash(&key), &entry).await? {
        return Err(Refusal::new(Code::NotFound)
            .at(format!("connections[{at}]"))
            .because("There is no such connection in this workspace."));
    }
    Ok(CreatedKey { key, details: row.answer(&state.holders, now) })
}

fn name(text: &str) -> Result<String, Refusal> {
    let name = one_line("name", text, NAME_CHARS)?;
    if name.is_empty() {
        return Err(Refusal::field("name", "The name is empty. Say who will use the key."));
    }
    Ok(name)
}

fn connections(ids: &[String]) -> Result<Vec<String>, Refusal> {
    if ids.is_empty() || ids.len() > CONNECTIONS {
        return Err(Refusal::field("connections", format!("Name 1 to {CONNECTIONS} connections.")));
    }
    let canonical = ids.iter().enumerate().map(|(at, id)| {
        canonical_id(id).ok_or_else(|| {
            Refusal::field(format!("connections[{at}]"), "This is not the id of a connection.")
        })
    });
    Ok(distinct(canonical.collect::<Result<_, _>>()?))
}

fn expiry(text: &str, now: Millis) -> Result<Millis, Refusal> {
    let at = millis(text).ok_or_else(|| {
        Refusal::field("expires_at", "Write a time as in 2027-01-31T12:00:00Z (RFC 3339).")
    })?;
    if at <= now {
        return Err(Refusal::field("expires_at", "This time is over. Name one to come."));
    }
    Ok(at)
}

fn per_minute(times: u32) -> Result<u32, Refusal> {
    if (1..=PER_MINUTE).contains(&times) {
        Ok(times)
    } else {
        Err(Refusal::field("per_minute", format!("Allow 1 to {PER_MINUTE} calls a minute.")))
    }
}

fn per_day(usd: f64) -> Result<Micros, Refusal> {
    if !usd.is_finite() || !(0.001..=PER_DAY_USD).contains(&usd) {
        return Err(Refusal::field(
            "per_day_usd",
            format!("Allow 0.001 to {PER_DAY_USD} dollars a day."),
        ));
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked to be positive and below 10^11"
    )]
    Ok((usd * 1_000_000.0).round() as Micros)
}

/// Millionths, for people.
pub fn dollars(micros: Micros) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "below 2^52 for any sum that a cap allows")]
    let micros = micros as f64;
    micros / 1_000_000.0
}
