//! Lists: timelines, mentions, search, people, messages. All of them come in pages.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::api::shape;
use super::caller::Caller;
use super::signed::Signed;
use super::social::user;
use crate::bill::Item;
use crate::dialect::{self, Refused};
use crate::provider::Provider;
use crate::world::{Message, Post, made_at, person};

type Shared = State<Arc<Provider>>;

/// What page tokens look like: nothing that a client could make up.
const TOKEN: &str = "7140dibdnow9c7btw";

/// `GET /2/users/{id}/tweets`.
pub(crate) async fn posted(
    State(provider): Shared,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, Refused> {
    let caller = Caller::of(&provider, &signed, "GET /2/users/:id/tweets", 900)?;
    let posts = provider.with(|inner| inner.world.posts(|post| post.author_id == id));
    page(&provider, &caller, &signed, &POSTS, &posts, shape)
}

/// `GET /2/users/{id}/mentions`.
pub(crate) async fn mentions(
    State(provider): Shared,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, Refused> {
    let caller = Caller::of(&provider, &signed, "GET /2/users/:id/mentions", 300)?;
    caller.is(&id)?;
    let posts = provider.with(|inner| inner.world.posts(|post| post.mentions(caller.account)));
    page(&provider, &caller, &signed, &POSTS, &posts, shape)
}

/// `GET /2/users/{id}/timelines/reverse_chronological`: the home timeline, of oneself only.
pub(crate) async fn home(
    State(provider): Shared,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, Refused> {
    let call = "GET /2/users/:id/timelines/reverse_chronological";
    let caller = Caller::of(&provider, &signed, call, 180)?;
    caller.is(&id)?;
    let posts = provider.with(|inner| inner.world.home(caller.account));
    page(&provider, &caller, &signed, &HOME, &posts, shape)
}

/// `GET /2/tweets/search/recent`: all words of the query, and `from:name`. Not only of seven days,
/// for the crowd posted what it posted.
pub(crate) async fn search(State(provider): Shared, signed: Signed) -> Result<Response, Refused> {
    let caller = Caller::of(&provider, &signed, "GET /2/tweets/search/recent", 300)?;
    let query = signed.parameter("query").to_lowercase();
    if query.trim().is_empty() || query.chars().count() > 512 {
        return Err(dialect::invalid_request().into());
    }
    let says = |post: &Post| {
        let text = post.text.to_lowercase();
        query.split_whitespace().all(|word| match word.strip_prefix("from:") {
            Some(name) => person(&post.author_id)
                .is_some_and(|author| author.screen_name.eq_ignore_ascii_case(name)),
            None => text.contains(word),
        })
    };
    let posts = provider.with(|inner| inner.world.posts(says));
    page(&provider, &caller, &signed, &SEARCH, &posts, shape)
}

/// `GET /2/users/{id}/following`.
pub(crate) async fn friends(
    State(provider): Shared,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, Refused> {
    let caller = Caller::of(&provider, &signed, "GET /2/users/:id/following", 300)?;
    if person(&id).is_none() {
        return Ok(caller.answer(StatusCode::OK, &dialect::absent("user", "id", &id)));
    }
    let people = provider.with(|inner| inner.world.friends(&id));
    page(&provider, &caller, &signed, &PEOPLE, &people, user)
}

/// `GET /2/users/{id}/followers`.
pub(crate) async fn followers(
    State(provider): Shared,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, Refused> {
    let caller = Caller::of(&provider, &signed, "GET /2/users/:id/followers", 300)?;
    if person(&id).is_none() {
        return Ok(caller.answer(StatusCode::OK, &dialect::absent("user", "id", &id)));
    }
    let people = provider.with(|inner| inner.world.followers(&id));
    page(&provider, &caller, &signed, &PEOPLE, &people, user)
}

/// `GET /2/dm_events`.
pub(crate) async fn messages(State(provider): Shared, signed: Signed) -> Result<Response, Refused> {
    let caller = Caller::of(&provider, &signed, "GET /2/dm_events", 15)?;
    caller.may_message()?;
    let messages = provider.with(|inner| inner.world.messages(caller.account));
    let shape = |message: &Message| {
        json!({
            "id": message.id, "event_type": "MessageCreate", "text": message.text,
            "sender_id": message.from, "created_at": made_at(&message.id),
        })
    };
    page(&provider, &caller, &signed, &MESSAGES, &messages, shape)
}

/// How a list comes.
struct Pages {
    /// The fewest, the usual and the most entries that a page may have.
    sizes: [usize; 3],
    cursor: &'static str,
    /// What each entry is billed as.
    item: Item,
}

const POSTS: Pages =
    Pages { sizes: [5, 10, 100], cursor: "pagination_token", item: Item::PostRead };
const HOME: Pages = Pages { sizes: [1, 100, 100], ..POSTS };
const SEARCH: Pages = Pages { sizes: [10, 10, 100], cursor: "next_token", ..POSTS };
const PEOPLE: Pages = Pages { sizes: [1, 100, 1000], item: Item::UserRead, ..POSTS };
const MESSAGES: Pages = Pages { sizes: [1, 100, 100], item: Item::MessageRead, ..POSTS };

fn page<T>(
    provider: &Provider,
    caller: &Caller,
    signed: &Signed,
    pages: &Pages,
    all: &[T],
    shape: impl Fn(&T) -> Value,
) -> Result<Response, Refused> {
    let [least, usual, most] = pages.sizes;
    let size = match signed.parameter("max_results") {
        "" => Some(usual),
        text => text.parse().ok().filter(|size| (least..=most).contains(size)),
    };
    let start = match signed.parameter(pages.cursor) {
        "" => Some(0),
        token => token
            .strip_prefix(TOKEN)
            .and_then(|place| usize::from_str_radix(place, 16).ok())
            .filter(|start| *start <= all.len()),
    };
    let (Some(size), Some(start)) = (size, start) else {
        return Err(dialect::invalid_request().into());
    };
    let end = all.len().min(start + size);
    let mut meta = json!({ "result_count": end - start });
    if end < all.len() {
        meta["next_token"] = format!("{TOKEN}{end:x}").into();
    }
    let mut body = json!({ "meta": meta });
    if end > start {
        body["data"] = all[start..end].iter().map(shape).collect();
    }
    provider.bill_read(pages.item, &body);
    Ok(caller.answer(StatusCode::OK, &body))
}
