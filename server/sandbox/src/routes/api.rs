//! The few API calls that show a connection at work: who am I, and posts.

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
use crate::weight::is_too_long;
use crate::world::{Account, Post};

/// `GET /2/users/me`. Fields beyond the default ones are not imitated.
pub(crate) async fn me(
    State(provider): State<Arc<Provider>>,
    signed: Signed,
) -> Result<Response, Refused> {
    let caller = Caller::of(&provider, &signed, "GET /2/users/me", 75)?;
    let Account { user_id, name, screen_name, .. } = caller.account;
    let body = json!({ "data": { "id": user_id, "name": name, "username": screen_name } });
    provider.bill_read(Item::UserRead, &body);
    Ok(caller.answer(StatusCode::OK, &body))
}

/// `GET /1.1/account/verify_credentials.json`, which today's plans do not include.
pub(crate) async fn verify_credentials(
    State(provider): State<Arc<Provider>>,
    signed: Signed,
) -> Result<Response, Refused> {
    let route = "GET /1.1/account/verify_credentials";
    let _caller = Caller::of(&provider, &signed, route, 75)?;
    Err(dialect::access_tier().into())
}

/// `POST /2/tweets`.
pub(crate) async fn publish(
    State(provider): State<Arc<Provider>>,
    signed: Signed,
) -> Result<Response, Refused> {
    #[derive(Deserialize)]
    struct Draft {
        text: String,
        reply: Option<Reply>,
    }

    #[derive(Deserialize)]
    struct Reply {
        in_reply_to_tweet_id: String,
    }

    let caller = Caller::of(&provider, &signed, "POST /2/tweets", 100)?;
    caller.may_write()?;
    let draft = serde_json::from_slice(&signed.body).ok();
    let Some(Draft { text, reply }) = draft.filter(|draft: &Draft| !draft.text.trim().is_empty())
    else {
        return Err(dialect::invalid_request().into());
    };
    let forbidden = |detail| dialect::problem(StatusCode::FORBIDDEN, "", "Forbidden", detail);
    if is_too_long(&text) {
        return Err(forbidden("Your Tweet text is too long.").into());
    }
    if let Some(Reply { in_reply_to_tweet_id: id }) = reply {
        let own = &caller.account.user_id;
        let post = provider.with(|inner| inner.world.post(&id));
        if !post.is_some_and(|post| post.mentions(caller.account) || post.author_id == *own) {
            // As X answers self-service apps.
            return Err(forbidden("You can only reply to those who mentioned you.").into());
        }
    }
    let millis = provider.clock.millis();
    let post = provider.change(|world| world.publish(caller.account, &text, millis));
    let twice = "You are not allowed to create a Tweet with duplicate content.";
    let post = post.map_err(|_| forbidden(twice))?;
    provider.bill(Item::of_post(&text));
    Ok(caller.answer(StatusCode::CREATED, &json!({ "data": shape(&post) })))
}

/// `GET /2/tweets/{id}`. As at X, a tweet that is not there is a 200 with errors.
pub(crate) async fn read(
    State(provider): State<Arc<Provider>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, Refused> {
    let caller = Caller::of(&provider, &signed, "GET /2/tweets/:id", 900)?;
    let post = provider.with(|inner| inner.world.post(&id));
    let body = match post {
        Some(post) => json!({ "data": shape(&post) }),
        None => dialect::absent("tweet", "id", &id),
    };
    provider.bill_read(Item::PostRead, &body);
    Ok(caller.answer(StatusCode::OK, &body))
}

/// `DELETE /2/tweets/{id}`, of one's own.
pub(crate) async fn delete(
    State(provider): State<Arc<Provider>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, Refused> {
    let caller = Caller::of(&provider, &signed, "DELETE /2/tweets/:id", 50)?;
    caller.may_write()?;
    let deleted = provider.change(|world| world.unpublish(caller.account, &id));
    Ok(caller.answer(StatusCode::OK, &json!({ "data": { "deleted": deleted } })))
}

/// A post as X shows it. Which fields were asked for makes no difference here.
pub(crate) fn shape(post: &Post) -> Value {
    json!({
        "id": post.id, "text": post.text, "author_id": post.author_id,
        "created_at": post.created_at(), "edit_history_tweet_ids": [post.id],
    })
}
