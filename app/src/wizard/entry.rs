//! What a person typed or pasted: made into what X wants, and doubted when it cannot be right.
//! It never blocks what only looks unusual: other providers have keys of other shapes.

use std::ops::{Index, IndexMut};

use pinfold_api::Code;

use crate::failure::Failure;

/// How many digits X's PINs have.
pub const PIN_DIGITS: usize = 7;

/// A field of the dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// *Main settings*.
    Name,
    /// *Main settings*.
    Group,
    /// Own app.
    ConsumerKey,
    /// Own app.
    ConsumerSecret,
    /// Own app: the name it is saved under.
    SaveAs,
    /// What X showed.
    Pin,
    /// Pasted pair.
    AccessToken,
    /// Pasted pair.
    AccessSecret,
}

impl Field {
    /// What a failure is about.
    pub fn of(failure: &Failure) -> Option<Self> {
        let problem = failure.problem()?;
        let field = problem.field.as_deref().and_then(Self::from_api);
        field.or((problem.code == Code::NameTaken).then_some(Self::Name))
    }

    /// Reads the `field` of a problem document, as in `app.consumer_key`.
    pub fn from_api(path: &str) -> Option<Self> {
        Some(match path.rsplit_once('.').map_or(path, |(_, name)| name) {
            "name" => Self::Name,
            "group" => Self::Group,
            "consumer_key" => Self::ConsumerKey,
            "consumer_secret" => Self::ConsumerSecret,
            "save_as" => Self::SaveAs,
            "pin" => Self::Pin,
            "access_token" => Self::AccessToken,
            "access_secret" => Self::AccessSecret,
            _ => return None,
        })
    }
}

/// The text of every field. It has no `Debug`: some of it is secret.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Entries([String; 8]);

impl Index<Field> for Entries {
    type Output = String;
    fn index(&self, field: Field) -> &String {
        &self.0[field as usize]
    }
}

impl IndexMut<Field> for Entries {
    fn index_mut(&mut self, field: Field) -> &mut String {
        &mut self.0[field as usize]
    }
}

/// What is doubtful about an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// Nothing was entered. It cannot be sent.
    Missing,
    /// No key has spaces or such characters. It cannot be sent.
    Characters,
    /// Key and secret stand in each other's place.
    Swapped,
    /// Not the usual number of characters: this many. It may be sent.
    Length(usize),
    /// An access token begins with the account's number and a dash. It may be sent.
    NoUserId,
    /// A PIN of this many digits. It may be sent when the person insists.
    PinLength(usize),
    /// A PIN with something else than digits. The same.
    PinCharacters,
}

/// A PIN without the spaces, dashes and full-width digits that people type and paste.
pub fn pin(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '‐'..='―' | '−' | '－' | '\u{200b}'))
        .map(|c| match c {
            '０'..='９' => char::from(b'0' + u8::try_from(c as u32 - '０' as u32).unwrap_or(0)),
            _ => c,
        })
        .collect()
}

/// What is doubtful about a normalised PIN.
pub fn doubt_pin(pin: &str) -> Option<Doubt> {
    if pin.is_empty() {
        Some(Doubt::Missing)
    } else if !pin.bytes().all(|byte| byte.is_ascii_digit()) {
        Some(Doubt::PinCharacters)
    } else if pin.len() != PIN_DIGITS {
        Some(Doubt::PinLength(pin.len()))
    } else {
        None
    }
}

/// A key, token or secret without what a careless copy brings along.
pub fn key(text: &str) -> &str {
    text.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, '"' | '\'' | '\u{200b}' | '\u{feff}')
    })
}

/// Why a key, token or secret cannot be sent.
pub fn refuse_key(text: &str) -> Option<Doubt> {
    match key(text) {
        "" => Some(Doubt::Missing),
        text if !text.bytes().all(|byte| byte.is_ascii_graphic()) => Some(Doubt::Characters),
        _ => None,
    }
}

/// What looks unusual about a field, given its partner. Empty fields are not doubted.
pub fn doubt(entries: &Entries, field: Field) -> Option<Doubt> {
    let text = key(&entries[field]);
    if text.is_empty() {
        return None;
    }
    match field {
        Field::ConsumerKey | Field::ConsumerSecret | Field::AccessToken | Field::AccessSecret => {
            if let Some(doubt) = refuse_key(text) {
                return Some(doubt);
            }
        }
        Field::Name | Field::Group | Field::SaveAs | Field::Pin => return None,
    }
    match field {
        Field::ConsumerKey => {
            if text.len() >= 40 && key(&entries[Field::ConsumerSecret]).len() <= 30 {
                Some(Doubt::Swapped)
            } else {
                unusual(text.len(), 15..=35)
            }
        }
        Field::ConsumerSecret => unusual(text.len(), 35..=60),
        Field::AccessToken if !begins_with_user_id(text) => {
            if begins_with_user_id(key(&entries[Field::AccessSecret])) {
                Some(Doubt::Swapped)
            } else {
                Some(Doubt::NoUserId)
            }
        }
        _ => None,
    }
}

fn unusual(len: usize, usual: std::ops::RangeInclusive<usize>) -> Option<Doubt> {
    (!usual.contains(&len)).then_some(Doubt::Length(len))
}

fn begins_with_user_id(token: &str) -> bool {
    token.split_once('-').is_some_and(|(id, rest)| {
        !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()) && !rest.is_empty()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(pairs: &[(Field, &str)]) -> Entries {
        let mut entries = Entries::default();
        for (field, text) in pairs {
            entries[*field] = (*text).to_owned();
        }
        entries
    }

    #[test]
    fn a_pin_is_read_as_people_write_it() {
        for text in ["0123456", " 012 3456\n", "012-34-56", "０１２３４５６", "012\u{2013}3456"]
        {
            assert_eq!(pin(text), "0123456", "{text:?}");
        }
    }

    #[test]
    fn only_a_pin_of_seven_digits_is_beyond_doubt() {
        assert_eq!(doubt_pin("0123456"), None);
        assert_eq!(doubt_pin("12345"), Some(Doubt::PinLength(5)));
        assert_eq!(doubt_pin("12345678"), Some(Doubt::PinLength(8)));
        assert_eq!(doubt_pin("O123456"), Some(Doubt::PinCharacters));
        assert_eq!(doubt_pin(""), Some(Doubt::Missing));
    }

    #[test]
    fn a_careless_copy_is_trimmed() {
        assert_eq!(key(" \"abc\"\n"), "abc");
        assert_eq!(refuse_key("ab c"), Some(Doubt::Characters));
        assert_eq!(refuse_key("  "), Some(Doubt::Missing));
        assert_eq!(refuse_key(" abc "), None);
    }

    #[test]
    fn a_swap_of_key_and_secret_is_noticed() {
        let (key, secret) = ("k".repeat(25), "s".repeat(50));
        let right = entries(&[(Field::ConsumerKey, &key), (Field::ConsumerSecret, &secret)]);
        assert_eq!(doubt(&right, Field::ConsumerKey), None);
        assert_eq!(doubt(&right, Field::ConsumerSecret), None);
        let wrong = entries(&[(Field::ConsumerKey, &secret), (Field::ConsumerSecret, &key)]);
        assert_eq!(doubt(&wrong, Field::ConsumerKey), Some(Doubt::Swapped));
    }

    #[test]
    fn a_swap_of_token_and_secret_is_noticed() {
        let pair = [(Field::AccessToken, "secret"), (Field::AccessSecret, "9007199-token")];
        assert_eq!(doubt(&entries(&pair), Field::AccessToken), Some(Doubt::Swapped));
        let alone = entries(&[(Field::AccessToken, "secret")]);
        assert_eq!(doubt(&alone, Field::AccessToken), Some(Doubt::NoUserId));
        let right = entries(&[(Field::AccessToken, "9007199-token")]);
        assert_eq!(doubt(&right, Field::AccessToken), None);
    }

    #[test]
    fn unusual_keys_are_doubted_but_may_be_sent() {
        let short = entries(&[(Field::ConsumerKey, "dpf43f3p2l4k3l03")]);
        assert_eq!(doubt(&short, Field::ConsumerKey), None);
        let shorter = entries(&[(Field::ConsumerKey, "key")]);
        assert_eq!(doubt(&shorter, Field::ConsumerKey), Some(Doubt::Length(3)));
        assert_eq!(refuse_key("key"), None);
    }
}
