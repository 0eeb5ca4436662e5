//! The fourteen tasks: what each asks of X, in which order.

use hyper::Method;
use pinfold_api::{
    Code, MESSAGE_MICROS, POST_MICROS, POST_READ_MICROS, POST_WITH_URL_MICROS, TaskSpec,
    USER_READ_MICROS,
};
use serde_json::{Value, json};

use super::desk::{Ask, Desk};
use super::input::{Input, User};
use crate::problem::Refusal;

const TWEET_FIELDS: (&str, &str) = ("tweet.fields", "author_id,created_at");
const MESSAGE_FIELDS: (&str, &str) = ("dm_event.fields", "id,event_type,text,sender_id,created_at");

/// Runs a task; answers X's `data`.
pub(super) async fn run(desk: &mut Desk, task: &TaskSpec, input: &Input) -> Result<Value, Refusal> {
    match task.name {
        "tweet" => post(desk, input, json!({ "text": input.text("text") })).await,
        "reply" => reply(desk, input).await,
        "get-tweet" => {
            let id = own_tweet(desk, input).await?;
            let ask = Ask::get(format!("/2/tweets/{id}"), POST_READ_MICROS).with([TWEET_FIELDS]);
            let answer = desk.ask(ask).await?;
            // As at X, a tweet that is not there is a 200 with errors.
            if answer.get("data").is_none() && !desk.previews() {
                return Err(Refusal::new(Code::NotFound)
                    .at("tweet_id")
                    .because("X knows no such tweet, or this account may not see it."));
            }
            Ok(data(answer))
        }
        "delete-tweet" => {
            let id = own_tweet(desk, input).await?;
            let ask = Ask::change(Method::DELETE, format!("/2/tweets/{id}"), None);
            desk.ask(ask).await.map(data)
        }
        "like" => toggle(desk, input, "likes", "tweet_id", input.text("tweet_id").to_owned()).await,
        "retweet" => {
            toggle(desk, input, "retweets", "tweet_id", input.text("tweet_id").to_owned()).await
        }
        "follow" => {
            let user = user(desk, input).await?;
            toggle(desk, input, "following", "target_user_id", user).await
        }
        "search" => {
            let list = List {
                path: "/2/tweets/search/recent".into(),
                page: 10..=100,
                cursor: "next_token",
                each: POST_READ_MICROS,
                extra: vec![("query", input.text("query")), TWEET_FIELDS],
            };
            list.fetch(desk, input.count()).await
        }
        "timeline" => timeline(desk, input).await,
        "mentions" => {
            let path = format!("/2/users/{}/mentions", desk.own_id()?);
            List::of_tweets(path, 5).fetch(desk, input.count()).await
        }
        "messages" => {
            let list = List {
                path: "/2/dm_events".into(),
                page: 1..=100,
                cursor: "pagination_token",
                each: MESSAGE_MICROS,
                extra: vec![MESSAGE_FIELDS],
            };
            list.fetch(desk, input.count()).await
        }
        "send-message" => {
            let user = user(desk, input).await?;
            let path = format!("/2/dm_conversations/with/{user}/messages");
            let body = json!({ "text": input.text("text") });
            let ask = Ask::change(Method::POST, path, Some(body)).costs(MESSAGE_MICROS);
            desk.ask(ask).await.map(data)
        }
        "friends" => people(desk, input, "following").await,
        "followers" => people(desk, input, "followers").await,
        other => unreachable!("{other} is in the table and not here"),
    }
}

/// X's answer without its wrapping.
fn data(mut answer: Value) -> Value {
    answer.get_mut("data").map(Value::take).unwrap_or_default()
}

/// A post; with a URL only after its price was confirmed.
async fn post(desk: &mut Desk, input: &Input, body: Value) -> Result<Value, Refusal> {
    let has_url = input.has_url();
    if has_url && !input.flag("confirm_price") && !desk.previews() {
        return Err(Refusal::new(Code::PriceUnconfirmed).at("confirm_price"));
    }
    let price = if has_url { POST_WITH_URL_MICROS } else { POST_MICROS };
    let ask = Ask::change(Method::POST, "/2/tweets".into(), Some(body)).costs(price);
    desk.ask(ask).await.map(data)
}

async fn reply(desk: &mut Desk, input: &Input) -> Result<Value, Refusal> {
    let id = match input.text("tweet_id") {
        "0" => {
            let path = format!("/2/users/{}/mentions", desk.own_id()?);
            latest(desk, path, "Nobody has mentioned this account yet. Name the tweet.").await?
        }
        id => id.to_owned(),
    };
    let body = json!({ "text": input.text("text"), "reply": { "in_reply_to_tweet_id": id } });
    post(desk, input, body).await
}

/// The tweet that was named, or the account's latest.
async fn own_tweet(desk: &mut Desk, input: &Input) -> Result<String, Refusal> {
    match input.text("tweet_id") {
        "0" => {
            let path = format!("/2/users/{}/tweets", desk.own_id()?);
            latest(desk, path, "This account has no tweet yet. Name one.").await
        }
        id => Ok(id.to_owned()),
    }
}

/// The first tweet of a list. Five is the least that X answers.
async fn latest(desk: &mut Desk, path: String, none: &str) -> Result<String, Refusal> {
    let ask = Ask::get(path, 5 * POST_READ_MICROS).with([("max_results", "5")]);
    let answer = desk.ask(ask).await?;
    if desk.previews() {
        return Ok("{latest}".to_owned());
    }
    let id = answer.pointer("/data/0/id").and_then(Value::as_str).filter(|id| is_id(id));
    id.map(str::to_owned).ok_or_else(|| Refusal::new(Code::NotFound).at("tweet_id").because(none))
}

/// Does something to a thing, or takes it back.
async fn toggle(
    desk: &mut Desk,
    input: &Input,
    what: &str,
    field: &str,
    id: String,
) -> Result<Value, Refusal> {
    let path = format!("/2/users/{}/{what}", desk.own_id()?);
    let ask = if input.flag("undo") {
        Ask::change(Method::DELETE, format!("{path}/{id}"), None)
    } else {
        Ask::change(Method::POST, path, Some(json!({ field: id })))
    };
    desk.ask(ask).await.map(data)
}

async fn timeline(desk: &mut Desk, input: &Input) -> Result<Value, Refusal> {
    let list = if input.text("kind") == "user" {
        List::of_tweets(format!("/2/users/{}/tweets", user(desk, input).await?), 5)
    } else if input.user().is_some() {
        return Err(Refusal::field(
            "user",
            "X shows the home timeline of the connection's own account only. Ask for kind user.",
        ));
    } else {
        let path = format!("/2/users/{}/timelines/reverse_chronological", desk.own_id()?);
        List::of_tweets(path, 1)
    };
    list.fetch(desk, input.count()).await
}

async fn people(desk: &mut Desk, input: &Input, which: &str) -> Result<Value, Refusal> {
    let list = List {
        path: format!("/2/users/{}/{which}", user(desk, input).await?),
        page: 1..=1000,
        cursor: "pagination_token",
        each: USER_READ_MICROS,
        extra: Vec::new(),
    };
    list.fetch(desk, input.count()).await
}

/// The id of the user that was named, or the connection's own.
async fn user(desk: &mut Desk, input: &Input) -> Result<String, Refusal> {
    let name = match input.user() {
        None => return desk.own_id(),
        Some(User::Id(id)) => return Ok(id),
        Some(User::Name(name)) => name,
    };
    if let Some(id) = desk.known_user(&name) {
        return Ok(id);
    }
    let answer =
        desk.ask(Ask::get(format!("/2/users/by/username/{name}"), USER_READ_MICROS)).await?;
    if desk.previews() {
        return Ok(format!("{{id of @{name}}}"));
    }
    let id = answer.pointer("/data/id").and_then(Value::as_str).filter(|id| is_id(id));
    let id = id.ok_or_else(|| {
        Refusal::new(Code::NotFound).at("user").because(format!("X knows no user @{name}."))
    })?;
    desk.learn_user(&name, id);
    Ok(id.to_owned())
}

/// Only digits of X's ever become part of a path.
fn is_id(text: &str) -> bool {
    (1..=19).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A list that comes in pages.
struct List<'a> {
    path: String,
    /// The fewest and the most entries that X lets a page have.
    page: std::ops::RangeInclusive<u32>,
    /// The parameter that names the next page.
    cursor: &'static str,
    /// What X bills for each entry.
    each: u64,
    extra: Vec<(&'static str, &'a str)>,
}

impl List<'_> {
    fn of_tweets(path: String, least: u32) -> Self {
        let (page, cursor) = (least..=100, "pagination_token");
        Self { path, page, cursor, each: POST_READ_MICROS, extra: vec![TWEET_FIELDS] }
    }

    /// Pages until so many are there, or X has no more.
    async fn fetch(self, desk: &mut Desk, count: u32) -> Result<Value, Refusal> {
        let (count, mut entries) = (count as usize, Vec::new());
        let mut next: Option<String> = None;
        loop {
            let missing = u32::try_from(count - entries.len()).unwrap_or(u32::MAX);
            let size = missing.clamp(*self.page.start(), *self.page.end());
            let mut ask = Ask::get(self.path.clone(), self.each * u64::from(size))
                .with(self.extra.iter().copied())
                .with([("max_results", size.to_string().as_str())]);
            if let Some(next) = &next {
                ask = ask.with([(self.cursor, next.as_str())]);
            }
            let mut answer = desk.ask(ask).await?;
            let cursor = answer.pointer("/meta/next_token").and_then(Value::as_str);
            next = cursor.map(str::to_owned);
            let Value::Array(page) = data(answer.take()) else { break };
            if page.is_empty() {
                break;
            }
            entries.extend(page);
            if entries.len() >= count || next.is_none() {
                break;
            }
        }
        entries.truncate(count);
        Ok(Value::Array(entries))
    }
}
