//! Names and groups: trimmed, one line, not too long.

use pinfold_api::Account;

use crate::problem::Refusal;

/// Characters of a name.
pub const NAME_CHARS: u32 = 100;
/// Characters of a group.
pub const GROUP_CHARS: u32 = 100;

/// A name that can be saved.
pub(crate) fn name(text: &str) -> Result<String, Refusal> {
    let name = one_line("name", text, NAME_CHARS)?;
    if name.is_empty() {
        return Err(Refusal::field("name", "The name is empty. Give the connection a name."));
    }
    Ok(name)
}

/// The name that an account's connection gets by itself: its screen name, or its number when that
/// could not be saved.
pub(super) fn name_of(account: &Account) -> String {
    name(&account.screen_name).unwrap_or_else(|_| account.user_id.clone())
}

/// The name that a copy gets by itself: "X copy", "X copy 2"…, the name shortened where it must be.
pub(super) fn name_of_copy(name: &str, number: u32) -> String {
    let ending = if number == 1 { " copy".to_owned() } else { format!(" copy {number}") };
    let room = NAME_CHARS as usize - ending.chars().count();
    let start: String = name.chars().take(room).collect();
    format!("{}{ending}", start.trim_end())
}

/// A name with a number, shortened where it must be.
pub(crate) fn name_with_number(name: &str, number: u32) -> String {
    let ending = format!(" {number}");
    let start: String = name.chars().take(NAME_CHARS as usize - ending.len()).collect();
    format!("{}{ending}", start.trim_end())
}

/// A group that can be saved; empty means none.
pub(crate) fn group(text: &str) -> Result<String, Refusal> {
    one_line("group", text, GROUP_CHARS)
}

/// Text of one visible line.
pub(crate) fn one_line(field: &str, text: &str, cap: u32) -> Result<String, Refusal> {
    let text = text.trim();
    if text.chars().any(|letter| letter.is_control() || overrides_direction(letter)) {
        return Err(Refusal::field(field, "No line breaks or control characters, please."));
    }
    if !text.is_empty() && !text.chars().any(is_visible) {
        return Err(Refusal::field(field, "There is nothing to see. Use letters or digits."));
    }
    if text.chars().count() > cap as usize {
        return Err(Refusal::field(field, format!("At most {cap} characters. Shorten it.")));
    }
    Ok(text.to_owned())
}

/// What makes text read in another order than it is stored: embeddings, overrides and isolates
/// (Unicode annex 9). The marks that right-to-left names need are none of these.
const fn overrides_direction(letter: char) -> bool {
    matches!(letter, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

fn is_visible(letter: char) -> bool {
    let zero_width =
        matches!(letter, '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}');
    !letter.is_whitespace() && !zero_width
}
