//! What one does to others: like, retweet, follow, write to.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::caller::Caller;
use super::signed::Signed;
use crate::bill::Item;
use crate::dialect::{self, Refused};
use crate::provider::Provider;
use crate::world::{Mark, Person, person, person_named};

type Shared = State<Arc<Provider>>;

/// `GET /2/users/by/username/{name}`.
pub(crate) async fn by_name(
    State(provider): Shared,
    Path(name): Path<String>,
    signed: Signed,
) -> Result<Response, Refused> {
    let caller = Caller::of(&provider, &signed, "GET /2/users/by/username/:username", 900)?;
    let body = match person_named(&name) {
        Some(person) => json!({ "data": user(&person) }),
        None => dialect::absent("user", "username", &name),
    };
    provider.bill_read(Item::UserRead, &body);
    Ok(caller.answer(StatusCode::OK, &body))
}

/// A user as X shows it.
pub(super) fn user(person: &Person) -> Value {
    json!({ "id": person.user_id, "name": person.name, "username": person.screen_name })
}

/// `POST /2/users/{id}/likes`.
pub(crate) async fn like(
    state: Shared,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, Refused> {
    let post = body::<Marked>(&signed)?.tweet_id;
    mark(&state, &signed, &id, &post, Mark::Like, true)
}

/// `DELETE /2/users/{id}/likes/{post}`.
pub(crate) async fn unlike(
    state: Shared,
    Path((id, post)): Path<(String, String)>,
    signed: Signed,
) -> Result<Response, Refused> {
    mark(&state, &signed, &id, &post, Mark::Like, false)
}

/// `POST /2/users/{id}/retweets`.
pub(crate) async fn retweet(
    state: Shared,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, Refused> {
    let post = body::<Marked>(&signed)?.tweet_id;
    mark(&state, &signed, &id, &post, Mark::Retweet, true)
}

/// `DELETE /2/users/{id}/retweets/{post}`.
pub(crate) async fn unretweet(
    state: Shared,
    Path((id, post)): Path<(String, String)>,
    signed: Signed,
) -> Result<Response, Refused> {
    mark(&state, &signed, &id, &post, Mark::Retweet, false)
}

#[derive(Deserialize)]
struct Marked {
    tweet_id: String,
}

fn mark(
    provider: &Provider,
    signed: &Signed,
    id: &str,
    post: &str,
    mark: Mark,
    on: bool,
) -> Result<Response, Refused> {
    let (call, word) = match (mark, on) {
        (Mark::Like, true) => ("POST /2/users/:id/likes", "liked"),
        (Mark::Like, false) => ("DELETE /2/users/:id/likes/:tweet_id", "liked"),
        (Mark::Retweet, true) => ("POST /2/users/:id/retweets", "retweeted"),
        (Mark::Retweet, false) => ("DELETE /2/users/:id/retweets/:tweet_id", "retweeted"),
    };
    let caller = Caller::of(provider, signed, call, 50)?;
    caller.may_write()?;
    caller.is(id)?;
    if !provider.change(|world| world.mark(mark, caller.account, post, on)) {
        return Ok(caller.answer(StatusCode::OK, &dialect::absent("tweet", "tweet_id", post)));
    }
    Ok(caller.answer(StatusCode::OK, &json!({ "data": { word: on } })))
}

/// `POST /2/users/{id}/following`.
pub(crate) async fn follow(
    State(provider): Shared,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, Refused> {
    #[derive(Deserialize)]
    struct Followed {
        target_user_id: String,
    }
    let caller = Caller::of(&provider, &signed, "POST /2/users/:id/following", 50)?;
    caller.may_write()?;
    caller.is(&id)?;
    let followed = body::<Followed>(&signed)?.target_user_id;
    if followed == id {
        let detail = "You cannot follow yourself.";
        return Err(dialect::problem(StatusCode::FORBIDDEN, "", "Forbidden", detail).into());
    }
    if person(&followed).is_none() {
        let body = dialect::absent("user", "target_user_id", &followed);
        return Ok(caller.answer(StatusCode::OK, &body));
    }
    provider.change(|world| world.follow(caller.account, &followed, true));
    let body = json!({ "data": { "following": true, "pending_follow": false } });
    Ok(caller.answer(StatusCode::OK, &body))
}

/// `DELETE /2/users/{id}/following/{user}`.
pub(crate) async fn unfollow(
    State(provider): Shared,
    Path((id, followed)): Path<(String, String)>,
    signed: Signed,
) -> Result<Response, Refused> {
    let call = "DELETE /2/users/:source_user_id/following/:target_user_id";
    let caller = Caller::of(&provider, &signed, call, 50)?;
    caller.may_write()?;
    caller.is(&id)?;
    if person(&followed).is_some() {
        provider.change(|world| world.follow(caller.account, &followed, false));
    }
    Ok(caller.answer(StatusCode::OK, &json!({ "data": { "following": false } })))
}

/// `POST /2/dm_conversations/with/{user}/messages`.
pub(crate) async fn message(
    State(provider): Shared,
    Path(to): Path<String>,
    signed: Signed,
) -> Result<Response, Refused> {
    #[derive(Deserialize)]
    struct Text {
        text: String,
    }
    let call = "POST /2/dm_conversations/with/:participant_id/messages";
    let caller = Caller::of(&provider, &signed, call, 15)?;
    caller.may_message()?;
    let Text { text } = body(&signed)?;
    if text.trim().is_empty() || person(&to).is_none() {
        return Err(dialect::invalid_request().into());
    }
    let millis = provider.clock.millis();
    let message = provider.change(|world| world.send(caller.account, &to, &text, millis));
    provider.bill(Item::Message);
    let conversation = format!("{}-{to}", caller.account.user_id);
    let body = json!({ "data": { "dm_conversation_id": conversation, "dm_event_id": message.id } });
    Ok(caller.answer(StatusCode::CREATED, &body))
}

fn body<T: for<'de> Deserialize<'de>>(signed: &Signed) -> Result<T, Refused> {
    serde_json::from_slice(&signed.body).map_err(|_| dialect::invalid_request().into())
}
