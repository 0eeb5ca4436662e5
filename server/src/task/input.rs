//! What a caller gives a task: a JSON object, read by the task's definition. Every refusal names the
//! field.

use pinfold_api::{Code, FieldKind, FieldSpec, TaskSpec};
use serde_json::{Map, Value};

use super::weight::{MOST, weigh};
use crate::problem::Refusal;

/// The fields of one run, each of its kind. What may be left out and was is missing.
#[derive(Clone, Debug, Default)]
pub struct Input {
    fields: Map<String, Value>,
    /// Whether its tweet holds a URL.
    has_url: bool,
}

/// A user, as callers name one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum User {
    /// X's number of it.
    Id(String),
    /// Its screen name, without `@`.
    Name(String),
}

impl Input {
    /// Reads what was given for a task.
    pub fn read(task: &TaskSpec, given: &Map<String, Value>) -> Result<Self, Refusal> {
        if let Some(unknown) =
            given.keys().find(|name| !task.fields.iter().any(|f| f.name == **name))
        {
            let known: Vec<_> = task.fields.iter().map(|field| field.name).collect();
            return Err(Refusal::new(Code::InvalidRequest)
                .at(unknown)
                .because(format!("This task takes {}.", known.join(", "))));
        }
        let mut input = Self::default();
        for field in task.fields {
            match given.get(field.name).filter(|value| !is_left_out(value)) {
                Some(value) => {
                    let value = read(field, value, &mut input.has_url)?;
                    input.fields.insert(field.name.to_owned(), value);
                }
                None if field.required => {
                    return Err(Refusal::new(Code::InvalidRequest)
                        .at(field.name)
                        .because(format!("This field is missing. {}", field.hint)));
                }
                None => {}
            }
        }
        Ok(input)
    }

    /// Whether X bills its tweet as one with a URL.
    pub fn has_url(&self) -> bool {
        self.has_url
    }

    /// A text, or nothing.
    pub fn text(&self, name: &str) -> &str {
        self.fields.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// A flag; no when left out.
    pub fn flag(&self, name: &str) -> bool {
        self.fields.get(name).and_then(Value::as_bool).unwrap_or_default()
    }

    /// How many entries; 20 when left out.
    pub fn count(&self) -> u32 {
        let count = self.fields.get("count").and_then(Value::as_u64).unwrap_or(20);
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    /// A user; `None` is the connection's own account.
    pub fn user(&self) -> Option<User> {
        let text = self.text("user");
        match text.strip_prefix('@') {
            Some(name) => Some(User::Name(name.to_owned())),
            None if text.is_empty() => None,
            None => Some(User::Id(text.to_owned())),
        }
    }
}

fn is_left_out(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(str::is_empty)
}

fn read(field: &FieldSpec, value: &Value, has_url: &mut bool) -> Result<Value, Refusal> {
    let refuse = |detail: String| Err(Refusal::field(field.name, detail));
    let text = || {
        value
            .as_str()
            .ok_or_else(|| Refusal::field(field.name, format!("A text, please. {}", field.hint)))
    };
    match field.kind {
        FieldKind::Tweet => {
            let weight = weigh(text()?);
            if weight.length > MOST {
                return refuse(format!(
                    "X counts {} of {MOST}. Shorten it by {}.",
                    weight.length,
                    weight.length - MOST
                ));
            }
            if !weight.valid {
                let words = "X takes no empty text and no control characters, and nobody can count a \
                             URL with dozens of brackets in it.";
                return refuse(words.to_owned());
            }
            *has_url = weight.urls > 0;
        }
        FieldKind::Text(most) => {
            let count = text()?.chars().count();
            if count > most as usize || text()?.trim().is_empty() {
                return refuse(format!("1 to {most} characters, please; this has {count}."));
            }
        }
        FieldKind::TweetId | FieldKind::TweetIdOrLatest => {
            let id = digits(value);
            let latest = field.kind == FieldKind::TweetIdOrLatest;
            return match id {
                Some(id) if latest || id != "0" => Ok(id.into()),
                _ => refuse(format!("A tweet's id is 1 to 19 digits. {}", field.hint)),
            };
        }
        FieldKind::User => {
            if let Some(id) = digits(value) {
                return Ok(id.into());
            }
            // Kept with its `@`: a screen name may be digits only.
            let name = value.as_str().unwrap_or_default().trim().trim_start_matches('@');
            let fits = (1..=50).contains(&name.len())
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            return if fits {
                Ok(format!("@{name}").into())
            } else {
                refuse(field.hint.to_owned())
            };
        }
        FieldKind::Choice(words) => {
            if !words.contains(&text()?) {
                return refuse(format!("One of {}.", words.join(", ")));
            }
        }
        FieldKind::Count(most) => {
            let count = digits(value).and_then(|text| text.parse::<u32>().ok());
            return match count.filter(|count| (1..=most).contains(count)) {
                Some(count) => Ok(count.into()),
                None => refuse(format!("A number from 1 to {most}.")),
            };
        }
        FieldKind::Flag if !value.is_boolean() => {
            return refuse("Either true or false.".to_owned());
        }
        FieldKind::Flag => {}
    }
    Ok(value.clone())
}

/// A number, as JSON's or as text; X's ids are too long for the numbers of many programs.
fn digits(value: &Value) -> Option<String> {
    let text = match value {
        Value::Number(number) => number.as_u64()?.to_string(),
        Value::String(text) => text.trim().to_owned(),
        _ => return None,
    };
    let fits = (1..=19).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let id = text.trim_start_matches('0');
    fits.then(|| if id.is_empty() { "0".to_owned() } else { id.to_owned() })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read_for(task: &str, given: &Value) -> Result<Input, Refusal> {
        let task = pinfold_api::task(task).expect("a task");
        Input::read(task, given.as_object().expect("an object"))
    }

    #[test]
    fn every_wrong_field_is_named() {
        for (task, given, field) in [
            ("tweet", json!({}), "text"),
            ("tweet", json!({ "text": "a".repeat(281) }), "text"),
            ("tweet", json!({ "text": 7 }), "text"),
            ("tweet", json!({ "text": "a", "confirm_price": "yes" }), "confirm_price"),
            ("tweet", json!({ "text": "a", "txet": "b" }), "txet"),
            ("like", json!({ "tweet_id": "0" }), "tweet_id"),
            ("like", json!({ "tweet_id": "12a" }), "tweet_id"),
            ("get-tweet", json!({ "tweet_id": "12345678901234567890" }), "tweet_id"),
            ("follow", json!({ "user": "../me" }), "user"),
            ("timeline", json!({ "kind": "other" }), "kind"),
            ("followers", json!({ "count": 201 }), "count"),
            ("followers", json!({ "count": 0 }), "count"),
        ] {
            let refusal = read_for(task, &given).expect_err("must refuse");
            assert_eq!(refusal.into_problem("r").field.as_deref(), Some(field), "{task} {given}");
        }
    }

    #[test]
    fn numbers_come_as_numbers_or_as_texts() {
        let input = read_for("get-tweet", &json!({ "tweet_id": 0 })).expect("reads");
        assert_eq!(input.text("tweet_id"), "0");
        let input =
            read_for("followers", &json!({ "user": "@brief", "count": "7" })).expect("reads");
        assert_eq!((input.user(), input.count()), (Some(User::Name("brief".into())), 7));
        let input = read_for("follow", &json!({ "user": 12 })).expect("reads");
        assert_eq!(input.user(), Some(User::Id("12".into())));
    }
}
