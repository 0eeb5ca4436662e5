//! What is read where it is shown, member by member: a task and its fields, a request, a key. A type
//! for each, with all that makes and drops it, would be 3 KB of the program.

use super::Json;

/// A text; empty when there is none.
#[inline(never)]
pub fn said(json: &impl Json, name: &str) -> String {
    json.get(name).and_then(|it| it.text()).unwrap_or_default()
}

/// The items of a list; none when there is no list.
#[inline(never)]
pub fn all<J: Json>(json: &J, name: &str) -> Vec<J> {
    json.get(name).and_then(|it| it.items()).unwrap_or_default()
}

/// Whether it says yes.
pub fn holds(json: &impl Json, name: &str) -> bool {
    json.get(name).and_then(|it| it.truth()) == Some(true)
}

/// A number; none when there is none.
#[inline(never)]
pub fn amount(json: &impl Json, name: &str) -> Option<f64> {
    json.get(name)?.amount()
}
