//! Reading what is only shown: of each item the few members that a page tells, in words.

use pinfold_api::{Code, HealthState};

use super::Json;
use super::read::{code, health_state, number, text, truth};
use crate::words;

/// `GET /connections/groups`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Groups {
    /// Each group and how many it has; `None` for those in none.
    pub items: Vec<(Option<String>, usize)>,
    /// All that match.
    pub total: usize,
}

/// Reads them.
pub fn groups<J: Json>(json: &J) -> Option<Groups> {
    let count = |json: &J| Some((text(json, "group"), number(json, "count")?));
    let items = json.get("items")?.items()?;
    Some(Groups {
        items: items.iter().map(count).collect::<Option<_>>()?,
        total: number(json, "total")?,
    })
}

/// What became of one connection of many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fate {
    /// Which.
    pub id: String,
    /// Not done: why.
    pub refused: Option<Code>,
    /// Deleted: whether X confirmed that the token is dead.
    pub revoked: bool,
    /// If not: why.
    pub reason: Option<String>,
}

/// Reads the answer to `POST /connections/bulk`.
pub fn fates<J: Json>(json: &J) -> Option<Vec<Fate>> {
    let fate = |json: &J| {
        Some(Fate {
            id: text(json, "id")?,
            refused: (!truth(json, "done")?).then(|| code(json)),
            revoked: truth(json, "revoked").unwrap_or_default(),
            reason: text(json, "reason"),
        })
    };
    json.get("results")?.items()?.iter().map(fate).collect()
}

/// A line that is only read: a version, a user of a connection, a deleted one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// What it is.
    pub what: String,
    /// More about it.
    pub about: String,
    /// RFC 3339; `None`: never.
    pub at: Option<String>,
    /// Its id, if it has one.
    pub id: String,
    /// Its version, if it has one.
    pub version: i64,
}

/// Reads what is in `GET /connections/{id}/versions`.
pub fn version(json: &impl Json) -> Option<Told> {
    let version: i64 = number(json, "version")?;
    let mut what = words::capital(&text(json, "action")?);
    for (index, change) in json.get("changes")?.items()?.iter().enumerate() {
        let [field, from, to] =
            ["field", "from", "to"].map(|it| text(change, it).unwrap_or_default());
        what += if index == 0 { ": " } else { ", " };
        what += &words::change(&field, &from, &to);
    }
    let role = text(&json.get("who")?, "role")?;
    let about = words::fill(words::VERSION_BY, &[&version.to_string(), &role]);
    Some(Told { what, about, at: text(json, "at"), version, ..Told::default() })
}

/// Reads what is in `GET /connections/{id}/usages`.
pub fn usage(json: &impl Json) -> Option<Told> {
    let calls: i64 = number(json, "calls")?;
    Some(Told {
        what: text(json, "name")?,
        about: words::fill(words::CALLS, &[&calls.to_string()]),
        at: text(json, "last_used_at"),
        ..Told::default()
    })
}

/// Reads what is in `GET /deleted`.
pub fn deleted(json: &impl Json) -> Option<Told> {
    let name = text(json, "screen_name").map(|it| words::at(&it));
    Some(Told {
        what: text(json, "name")?,
        about: name.unwrap_or_default(),
        at: text(json, "deleted_at"),
        id: text(json, "id")?,
        version: number(json, "version")?,
    })
}

/// Reads the answer to `POST /connections/{id}/test`: the verdict, and what is wrong, what shows it
/// and what to do, if anything is wrong.
pub fn checkup(json: &impl Json) -> Option<(HealthState, Option<[String; 3]>)> {
    let told = json
        .get("diagnosis")
        .and_then(|it| Some([text(&it, "cause")?, text(&it, "proof")?, text(&it, "next")?]));
    Some((health_state(&json.get("health")?)?, told))
}
