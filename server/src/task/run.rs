//! The fourteen tasks: what each asks of X, in which order.

use pinfold_api::{
    Code, Endpoint, POST_MICROS, POST_READ_MICROS, POST_WITH_URL_MICROS, Page, TaskSpec,
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
const TOO_MANY_PAGES: &str =
    "X named more pages than are read at once, with too little on them. Ask for fewer entries.";

/// Runs a task; answers X's `data`.
pub(super) async fn run(desk: &mut Desk, task: &TaskSpec, input: &Input) -> Result<Value, Refusal> {
    let (first, price) = (&task.endpoints[0], task.price_micros);
    match task.name {
        "tweet" => post(desk, first, input, json!({ "text": input.text("text") })).await,
        "reply" => reply(desk, first, input).await,
        "get-tweet" => {
            let id = own_tweet(desk, input).await?;
            let ask = Ask::of(first, &[("tweet_id", &id)], price).with([TWEET_FIELDS]);
            desk.ask(ask.about("tweet_id")).await.map(data)
        }
        "delete-tweet" => {
            let id = own_tweet(desk, input).await?;
            let ask = Ask::of(first, &[("tweet_id", &id)], price);
            desk.ask(ask.about("tweet_id")).await.map(data)
        }
        "like" | "retweet" => {
            let tweet = input.text("tweet_id").to_owned();
            toggle(desk, task, input, ("tweet_id", "tweet_id"), &tweet).await
        }
        "follow" => {
            let user = user(desk, input).await?;
            toggle(desk, task, input, ("user", "target_user_id"), &user).await
        }
        "search" => {
            let extra = vec![("query", input.text("query")), TWEET_FIELDS];
            List::of(first, price, "query", extra).fetch(desk, &[], input.count()).await
        }
        "timeline" => timeline(desk, task, input).await,
        "mentions" => {
            let own = desk.own_id()?;
            let list = List::of(first, price, "", vec![TWEET_FIELDS]);
            list.fetch(desk, &[("own", &own)], input.count()).await
        }
        "messages" => {
            let list = List::of(first, price, "", vec![MESSAGE_FIELDS]);
            list.fetch(desk, &[], input.count()).await
        }
        "send-message" => {
            let user = user(desk, input).await?;
            let ask = Ask::of(first, &[("user", &user)], price);
            let ask = ask.sends(json!({ "text": input.text("text") }));
            desk.ask(ask.about("user")).await.map(data)
        }
        "friends" | "followers" => {
            let user = user(desk, input).await?;
            let list = List::of(first, price, "user", Vec::new());
            list.fetch(desk, &[("user", &user)], input.count()).await
        }
        other => unreachable!("{other} is in the table and not here"),
    }
}

/// X's answer without its wrapping.
fn data(mut answer: Value) -> Value {
    answer.get_mut("data").map(Value::take).unwrap_or_default()
}

/// A post; with a URL only after its price was confirmed.
async fn post(
    desk: &mut Desk,
    endpoint: &Endpoint,
    input: &Input,
    body: Value,
) -> Result<Value, Refusal> {
    let has_url = input.has_url();
    if has_url && !input.flag("confirm_price") && !desk.previews() {
        return Err(Refusal::new(Code::PriceUnconfirmed).at("confirm_price"));
    }
    let price = if has_url { POST_WITH_URL_MICROS } else { POST_MICROS };
    desk.ask(Ask::of(endpoint, &[], price).sends(body)).await.map(data)
}

async fn reply(desk: &mut Desk, endpoint: &Endpoint, input: &Input) -> Result<Value, Refusal> {
    let id = match input.text("tweet_id") {
        "0" => {
            let path = format!("/2/users/{}/mentions", desk.own_id()?);
            latest(desk, path, "Nobody has mentioned this account yet. Name the tweet.").await?
        }
        id => id.to_owned(),
    };
    let body = json!({ "text": input.text("text"), "reply": { "in_reply_to_tweet_id": id } });
    post(desk, endpoint, input, body).await
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

/// Does something to a thing, which we and X name so, or takes it back.
async fn toggle(
    desk: &mut Desk,
    task: &TaskSpec,
    input: &Input,
    (ours, theirs): (&'static str, &str),
    id: &str,
) -> Result<Value, Refusal> {
    let own = desk.own_id()?;
    let undoes = input.flag("undo");
    let endpoint = &task.endpoints[usize::from(undoes)];
    let ask = Ask::of(endpoint, &[("own", &own), (ours, id)], task.price_micros);
    let ask = if undoes { ask } else { ask.sends(json!({ theirs: id })) };
    desk.ask(ask.about(ours)).await.map(data)
}

async fn timeline(desk: &mut Desk, task: &TaskSpec, input: &Input) -> Result<Value, Refusal> {
    let of_user = input.text("kind") == "user";
    if !of_user && input.user().is_some() {
        return Err(Refusal::field(
            "user",
            "X shows the home timeline of the connection's own account only. Ask for kind user.",
        ));
    }
    let endpoint = &task.endpoints[usize::from(of_user)];
    let whose = user(desk, input).await?;
    let list = List::of(endpoint, task.price_micros, "user", vec![TWEET_FIELDS]);
    list.fetch(desk, &[("own", &whose), ("user", &whose)], input.count()).await
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
    endpoint: &'a Endpoint,
    page: Page,
    /// What X bills for each entry.
    each: u64,
    /// The field that says whose it is.
    about: &'static str,
    extra: Vec<(&'static str, &'a str)>,
}

impl<'a> List<'a> {
    fn of(
        endpoint: &'a Endpoint,
        each: u64,
        about: &'static str,
        extra: Vec<(&'static str, &'a str)>,
    ) -> Self {
        let page = endpoint.page.expect("the table says how a list comes");
        Self { endpoint, page, each, about, extra }
    }

    /// Pages until so many are there, or X has no more. An empty page may have a next one.
    async fn fetch(
        self,
        desk: &mut Desk,
        names: &[(&str, &str)],
        count: u32,
    ) -> Result<Value, Refusal> {
        if desk.previews() {
            return self.plan(desk, names, count).await;
        }
        let (count, mut entries, mut next) = (count as usize, Vec::new(), None);
        for _ in 0..MOST_PAGES {
            let missing = u32::try_from(count - entries.len()).unwrap_or(u32::MAX);
            let mut answer = match desk.ask(self.ask(names, missing, next.as_deref())).await {
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
                _ if next.is_some() => {
                    desk.break_off(Code::XUnintelligible.into());
                    break;
                }
                _ => return Err(Code::XUnintelligible.into()),
            };
            let unused = u64::from(self.size(missing)).saturating_sub(page.len() as u64);
            desk.save(self.each * unused);
            entries.extend(page);
            next = cursor;
            if entries.len() >= count || next.is_none() {
                next = None;
                break;
            }
        }
        if next.is_some() && !desk.is_broken_off() {
            desk.break_off(Refusal::new(Code::XRefused).because(TOO_MANY_PAGES));
        }
        entries.truncate(count);
        Ok(Value::Array(entries))
    }

    /// The pages that there are when each is full.
    async fn plan(
        &self,
        desk: &mut Desk,
        names: &[(&str, &str)],
        count: u32,
    ) -> Result<Value, Refusal> {
        let (mut missing, mut next) = (count, None);
        while missing > 0 {
            let _ = desk.ask(self.ask(names, missing, next)).await?;
            missing = missing.saturating_sub(self.size(missing));
            next = Some("{next_token}");
        }
        Ok(Value::Null)
    }

    /// How many X is asked for when so many are missing.
    fn size(&self, missing: u32) -> u32 {
        missing.clamp(self.page.least, self.page.most)
    }

    fn ask(&self, names: &[(&str, &str)], missing: u32, next: Option<&str>) -> Ask {
        let size = self.size(missing);
        let ask = Ask::of(self.endpoint, names, self.each * u64::from(size))
            .about(self.about)
            .with(self.extra.iter().copied())
            .with([("max_results", size.to_string().as_str())]);
        match next {
            Some(next) => ask.with([(self.page.cursor, next)]),
            None => ask,
        }
    }
}
