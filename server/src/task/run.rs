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

/// However many of them are empty.
const MOST_PAGES: u32 = 10;

/// Runs a task; answers X's `data`.
pub(super) async fn run(desk: &mut Desk, task: &TaskSpec, input: &Input) -> Result<Value, Refusal> {
    match task.name {
        "tweet" => post(desk, input, json!({ "text": input.text("text") })).await,
        "reply" => reply(desk, input).await,
        "get-tweet" => {
            let id = own_tweet(desk, input).await?;
            let ask = Ask::get(format!("/2/tweets/{id}"), POST_READ_MICROS).with([TWEET_FIELDS]);
            desk.ask(ask.about("tweet_id")).await.map(data)
        }
        "delete-tweet" => {
            let id = own_tweet(desk, input).await?;
            let ask = Ask::change(Method::DELETE, format!("/2/tweets/{id}"), None);
            desk.ask(ask.about("tweet_id")).await.map(data)
        }
        "like" | "retweet" => {
            let what = if task.name == "like" { "likes" } else { "retweets" };
            let tweet = input.text("tweet_id").to_owned();
            toggle(desk, input, what, ("tweet_id", "tweet_id"), tweet).await
        }
        "follow" => {
            let user = user(desk, input).await?;
            toggle(desk, input, "following", ("target_user_id", "user"), user).await
        }
        "search" => {
            let list = List {
                path: "/2/tweets/search/recent".into(),
                page: 10..=100,
                cursor: "next_token",
                each: POST_READ_MICROS,
                about: "query",
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
                about: "",
                extra: vec![MESSAGE_FIELDS],
            };
            list.fetch(desk, input.count()).await
        }
        "send-message" => {
            let user = user(desk, input).await?;
            let path = format!("/2/dm_conversations/with/{user}/messages");
            let body = json!({ "text": input.text("text") });
            let ask = Ask::change(Method::POST, path, Some(body)).costs(MESSAGE_MICROS);
            desk.ask(ask.about("user")).await.map(data)
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

/// Does something to a thing, which X and we name so, or takes it back.
async fn toggle(
    desk: &mut Desk,
    input: &Input,
    what: &str,
    (theirs, ours): (&str, &'static str),
    id: String,
) -> Result<Value, Refusal> {
    let path = format!("/2/users/{}/{what}", desk.own_id()?);
    let ask = if input.flag("undo") {
        Ask::change(Method::DELETE, format!("{path}/{id}"), None)
    } else {
        Ask::change(Method::POST, path, Some(json!({ theirs: id })))
    };
    desk.ask(ask.about(ours)).await.map(data)
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
        about: "user",
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
    let ask = Ask::get(format!("/2/users/by/username/{name}"), USER_READ_MICROS);
    let answer = desk.ask(ask.about("user")).await?;
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
    /// The field that says whose it is.
    about: &'static str,
    extra: Vec<(&'static str, &'a str)>,
}

impl List<'_> {
    fn of_tweets(path: String, least: u32) -> Self {
        let (page, cursor) = (least..=100, "pagination_token");
        let extra = vec![TWEET_FIELDS];
        Self { path, page, cursor, each: POST_READ_MICROS, about: "user", extra }
    }

    /// Pages until so many are there, or X has no more. An empty page may have a next one.
    async fn fetch(self, desk: &mut Desk, count: u32) -> Result<Value, Refusal> {
        if desk.previews() {
            return self.plan(desk, count).await;
        }
        let (count, mut entries, mut next) = (count as usize, Vec::new(), None);
        for _ in 0..MOST_PAGES {
            let missing = u32::try_from(count - entries.len()).unwrap_or(u32::MAX);
            let mut answer = match desk.ask(self.page(missing, next.as_deref())).await {
                Ok(answer) => answer,
                Err(refusal) if next.is_some() => {
                    desk.break_off(refusal);
                    break;
                }
                Err(refusal) => return Err(refusal),
            };
            let cursor = answer.pointer("/meta/next_token").and_then(Value::as_str);
            let cursor = cursor.map(str::to_owned).filter(|cursor| next.as_ref() != Some(cursor));
            let is_empty = answer.pointer("/meta/result_count").and_then(Value::as_u64) == Some(0);
            let page = match data(answer.take()) {
                Value::Array(page) => page,
                Value::Null if is_empty => Vec::new(),
                _ => return Err(Code::XUnintelligible.into()),
            };
            let unused = u64::from(self.size(missing)).saturating_sub(page.len() as u64);
            desk.save(self.each * unused);
            entries.extend(page);
            next = cursor;
            if entries.len() >= count || next.is_none() {
                break;
            }
        }
        entries.truncate(count);
        Ok(Value::Array(entries))
    }

    /// The pages that there are when each is full.
    async fn plan(&self, desk: &mut Desk, count: u32) -> Result<Value, Refusal> {
        let (mut missing, mut next) = (count, None);
        while missing > 0 {
            let _ = desk.ask(self.page(missing, next)).await?;
            missing = missing.saturating_sub(self.size(missing));
            next = Some("{next_token}");
        }
        Ok(Value::Null)
    }

    /// How many X is asked for when so many are missing.
    fn size(&self, missing: u32) -> u32 {
        missing.clamp(*self.page.start(), *self.page.end())
    }

    fn page(&self, missing: u32, next: Option<&str>) -> Ask {
        let size = self.size(missing);
        let ask = Ask::get(self.path.clone(), self.each * u64::from(size))
            .about(self.about)
            .with(self.extra.iter().copied())
            .with([("max_results", size.to_string().as_str())]);
        match next {
            Some(next) => ask.with([(self.cursor, next)]),
            None => ask,
        }
    }
}
