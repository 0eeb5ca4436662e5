//! What a call costs at X, by its list of August 2026, in millionths of a dollar: never less than
//! the bill, as far as the list says. What the list does not name costs what the dearest does.

use hyper::Method;
use pinfold_api::{
    MESSAGE_MICROS as MESSAGE, POST_MICROS as POST, POST_READ_MICROS as POST_READ,
    POST_WITH_URL_MICROS as POST_WITH_URL, USER_READ_MICROS as USER_READ,
};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::Target;
use crate::task_key::Micros;

/// What a list answers when it is not told how many: the most that any of them does by itself.
const USUAL: u64 = 100;

/// Mentions of one post, or its edits: none has more but a group's message.
const OF_A_LIST: u64 = 50;

/// Whether a call is priced by its text.
pub fn depends_on_text(method: &Method, target: Target<'_>) -> bool {
    *method == Method::POST && matches!(target.as_str(), "/2/tweets" | "/1.1/statuses/update.json")
}

/// A post.
pub const fn of_post(has_url: bool) -> Micros {
    if has_url { POST_WITH_URL } else { POST }
}

/// Any other call.
pub fn of(method: &Method, target: Target<'_>, query: &[(String, String)]) -> Micros {
    let mut segments = target.segments();
    let root = segments.next().unwrap_or_default();
    let kind = segments.next().unwrap_or_default();
    let rest: Vec<&str> = segments.collect();
    if !matches!(*method, Method::GET | Method::HEAD) {
        return of_change(method, kind, &rest);
    }
    // How many a call asks for is read from the one parameter that X reads it from: another one
    // must not make the call look cheap.
    let page = if root == "2" { "max_results" } else { "count" };
    let (each, many) = match (kind, rest.as_slice()) {
        ("users", ["me"] | ["by", "username", _]) | ("account", ["verify_credentials.json"]) => {
            (USER_READ, 1)
        }
        ("users", []) => (USER_READ, listed(query, "ids")),
        ("users", ["by"]) => (USER_READ, listed(query, "usernames")),
        ("tweets", []) => (POST_READ, listed(query, "ids")),
        ("users", [id]) if is_id(id) => (USER_READ, 1),
        ("tweets", [id]) if is_id(id) => (POST_READ, 1),
        ("users", ["search"] | [_, "following" | "followers" | "blocking" | "muting"]) => {
            (USER_READ, counted(query, page))
        }
        ("tweets", ["search", _] | [_, "quote_tweets"])
        | (
            "users",
            [_, "tweets" | "mentions" | "liked_tweets" | "bookmarks"]
            | [_, "timelines", "reverse_chronological"],
        ) => (POST_READ, counted(query, page)),
        ("dm_events" | "dm_conversations", _) => (MESSAGE, counted(query, page)),
        // Of what the list does not name nobody knows where it says how many.
        _ => (MESSAGE, counted(query, page).max(USUAL)),
    };
    each.saturating_mul(many).saturating_add(expansions(query, many))
}

/// X's ids are digits.
fn is_id(segment: &str) -> bool {
    segment.bytes().all(|byte| byte.is_ascii_digit())
}

fn of_change(method: &Method, kind: &str, rest: &[&str]) -> Micros {
    match (kind, rest) {
        _ if *method == Method::DELETE => POST,
        ("dm_conversations", _) => MESSAGE,
        (
            "users",
            [_, "likes" | "retweets" | "following" | "bookmarks" | "muting" | "blocking"],
        ) => POST,
        _ => POST_WITH_URL,
    }
}

fn named<'a>(query: &'a [(String, String)], name: &str) -> Option<&'a str> {
    query.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
}

/// The things that a list in the query names.
fn listed(query: &[(String, String)], name: &str) -> u64 {
    named(query, name).map_or(USUAL, |list| list.split(',').count() as u64)
}

/// The size of a page, when the query says it.
fn counted(query: &[(String, String)], name: &str) -> u64 {
    let size = named(query, name).and_then(|text| text.parse().ok());
    size.filter(|size| *size > 0).unwrap_or(USUAL)
}

/// An expansion brings users and posts along, each billed as if read by itself. Some bring a list of
/// them with each thing.
fn expansions(query: &[(String, String)], many: u64) -> Micros {
    const LISTS: [&str; 5] =
        ["mentions", "referenced_tweets", "edit_history", "attachments", "participant_ids"];
    let wanted = named(query, "expansions").unwrap_or_default();
    let each = wanted
        .split(',')
        .filter(|name| !name.is_empty())
        .map(|name| if LISTS.iter().any(|list| name.contains(list)) { OF_A_LIST } else { 1 });
    USER_READ.saturating_mul(each.sum()).saturating_mul(many)
}

/// Whether X may bill a JSON post as one with a URL. What cannot be read may.
pub fn json_may_hold_url(json: &[u8]) -> bool {
    serde_json::from_slice::<Suspicion>(json).map_or(true, |found| found.0)
}

/// Whether a text may hold what X takes for a URL, bare domains too: a dot with something before it
/// and a letter after, or a scheme. X composes letters first (NFC), so anything may be before it.
pub fn may_hold_url(text: &str) -> bool {
    let is_dot = |letter: char| matches!(letter, '.' | '\u{3002}' | '\u{FF0E}' | '\u{FF61}');
    let mut before = None;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let dot = is_dot(letter);
        let joined = before.is_some_and(|before: char| !before.is_whitespace() && !is_dot(before))
            && letters.peek().is_some_and(|next| next.is_alphabetic());
        if dot && joined {
            return true;
        }
        before = Some(letter);
    }
    text.contains("://")
}

/// Looks at every text of a JSON document, also at those of names that occur twice: nobody knows
/// which of them X reads.
struct Suspicion(bool);

impl<'de> Deserialize<'de> for Suspicion {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_any(Look).map(Self)
    }
}

struct Look;

impl<'de> Visitor<'de> for Look {
    type Value = bool;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_str<E>(self, text: &str) -> Result<bool, E> {
        Ok(may_hold_url(text))
    }

    fn visit_bool<E>(self, _: bool) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_i64<E>(self, _: i64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_u64<E>(self, _: u64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_f64<E>(self, _: f64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<bool, A::Error> {
        let mut found = false;
        while let Some(Suspicion(inside)) = list.next_element()? {
            found |= inside;
        }
        Ok(found)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        let mut found = false;
        while let Some((name, Suspicion(inside))) = map.next_entry::<String, _>()? {
            // A quoted post is a link to it, and a card is one to anywhere.
            found |= inside || matches!(name.as_str(), "quote_tweet_id" | "card_uri");
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::needless_pass_by_value, reason = "a table of calls reads better so")]
    fn price(method: Method, path: &str, query: &str) -> Micros {
        let query = super::super::parameters::decode(query.as_bytes(), "query").expect("a query");
        of(&method, Target::parse(path).expect("a path"), &query)
    }

    #[test]
    fn the_list_of_prices() {
        assert_eq!(price(Method::GET, "/2/users/me", ""), 10_000);
        assert_eq!(price(Method::GET, "/2/users/by/username/brief", ""), 10_000);
        assert_eq!(price(Method::GET, "/2/users", "ids=1,2,3"), 30_000);
        assert_eq!(price(Method::GET, "/2/tweets/17", ""), 5_000);
        assert_eq!(price(Method::GET, "/2/tweets", "ids=1,2"), 10_000);
        assert_eq!(price(Method::GET, "/2/tweets/search/recent", "max_results=10"), 50_000);
        assert_eq!(price(Method::GET, "/2/users/7/followers", ""), 1_000_000);
        assert_eq!(price(Method::GET, "/2/dm_events", "max_results=2"), 30_000);
        assert_eq!(price(Method::GET, "/2/tweets/17", "expansions=author_id"), 15_000);
        let mentions = "ids=1,2&expansions=author_id,entities.mentions.username";
        assert_eq!(price(Method::GET, "/2/tweets", mentions), 1_030_000);
        let unlisted = "user_id=1,2,3&count=1";
        assert_eq!(price(Method::GET, "/1.1/users/lookup.json", unlisted), 1_500_000);
        assert_eq!(price(Method::POST, "/2/users/7/likes", ""), 15_000);
        assert_eq!(price(Method::DELETE, "/2/tweets/17", ""), 15_000);
        // What X does not read there makes nothing cheaper.
        assert_eq!(price(Method::GET, "/2/tweets/search/recent", "ids=1&count=1"), 500_000);
        assert_eq!(price(Method::GET, "/2/tweets/search/recent", "max_results=0"), 500_000);
        assert_eq!(price(Method::POST, "/2/something/new", ""), 200_000);
    }

    #[test]
    fn a_post_that_may_hold_a_url_is_dear() {
        for text in [
            "see https://a.example/b",
            "see a.example",
            "t.co/x",
            "bücher.example",
            "www.a.b",
            "a。example",
            "cafe\u{301}.example",
        ] {
            assert!(may_hold_url(text), "{text}");
        }
        for text in ["hello", "Yes. No", "3.5 stars", "wait...", "", "."] {
            assert!(!may_hold_url(text), "{text}");
        }
        for json in [
            r#"{"text":"see a\u002eexample"}"#,
            r#"{"text":"a.example","text":"b"}"#,
            r#"{"text":"b","text":"a.example"}"#,
            r#"{"text":"b","quote_tweet_id":"1"}"#,
            r#"{"text":"b","direct_message_deep_link":"https://x.com"}"#,
            r#"{"text":"b"} trailing"#,
            "{",
            "",
        ] {
            assert!(json_may_hold_url(json.as_bytes()), "{json}");
        }
        let plain = r#"{"text":"b","reply":{"in_reply_to_tweet_id":"1"},"n":[1,2.5,null,true]}"#;
        assert!(!json_may_hold_url(plain.as_bytes()));
    }
}
