//! Names and groups: trimmed, one line, not too long.

use pinfold_api::ConnectionChange;

use crate::problem::Refusal;

/// Characters of a name.
pub const NAME_CHARS: u32 = 100;
/// Characters of a group.
pub const GROUP_CHARS: u32 = 100;

/// A name that can be saved.
pub(super) fn name(text: &str) -> Result<String, Refusal> {
    let name = one_line("name", text, NAME_CHARS)?;
    if name.is_empty() {
        return Err(Refusal::field("name", "The name is empty. Give the connection a name."));
    }
    Ok(name)
}

/// A group that can be saved; empty means none.
pub(super) fn group(text: &str) -> Result<String, Refusal> {
    one_line("group", text, GROUP_CHARS)
}

/// A change whose texts can be saved.
pub fn change(wanted: &ConnectionChange) -> Result<ConnectionChange, Refusal> {
    Ok(ConnectionChange {
        name: wanted.name.as_deref().map(name).transpose()?,
        group: wanted.group.as_deref().map(group).transpose()?,
    })
}

fn one_line(field: &str, text: &str, cap: u32) -> Result<String, Refusal> {
    let text = text.trim();
    if text.chars().any(char::is_control) {
        return Err(Refusal::field(field, "No line breaks or control characters, please."));
    }
    if text.chars().count() > cap as usize {
        return Err(Refusal::field(field, format!("At most {cap} characters. Shorten it.")));
    }
    Ok(text.to_owned())
}
