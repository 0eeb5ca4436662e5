//! The few API calls that show a connection at work: who am I, and posts.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::signed::Signed;
use crate::dialect::{self, Refused, with};
use crate::misbehave::Mode;
use crate::provider::Provider;
use crate::verify::Signer;
use crate::world::{Account, Permission, Post};

/// `GET /2/users/me`. Fields beyond the default ones are not imitated.
pub(crate) async fn me(
    State(provider): State<Arc<Provider>>,
    signed: Signed,
) -> Result<Response, Refused> {
    let caller = Caller::of(&provider, &signed, "GET /2/users/me", 75)?;
    let Account { user_id, name, screen_name, .. } = caller.account;
    let body = json!({ "data": { "id": user_id, "name": name, "username": screen_name } });
    Ok(caller.answer(StatusCode::OK, &body))
}

/// `POST /2/tweets`.
pub(crate) async fn publish(
    State(provider): State<Arc<Provider>>,
    signed: Signed,
) -> Result<Response, Refused> {
    #[derive(Deserialize)]
    struct Draft {
        text: String,
    }

    let caller = Caller::of(&provider, &signed, "POST /2/tweets", 100)?;
    caller.may_write()?;
    let draft = serde_json::from_slice(&signed.body).ok();
    let Some(Draft { text }) = draft.filter(|draft: &Draft| !draft.text.trim().is_empty()) else {
        return Err(dialect::invalid_request().into());
    };
    let millis = provider.clock.millis();
    let post = provider.change(|world| world.publish(caller.account, &text, millis));
    let post = post.map_err(|_| {
        let detail = "You are not allowed to create a Tweet with duplicate content.";
        dialect::problem(StatusCode::FORBIDDEN, "", "Forbidden", detail)
    })?;
    Ok(caller.answer(StatusCode::CREATED, &json!({ "data": shape(&post) })))
}

/// `GET /2/tweets/{id}`. As at X, a tweet that is not there is a 200 with errors.
pub(crate) async fn read(
    State(provider): State<Arc<Provider>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, Refused> {
    let caller = Caller::of(&provider, &signed, "GET /2/tweets/:id", 900)?;
    let post = provider.with(|inner| inner.world.post(&id).cloned());
    let body = match post {
        Some(post) => json!({ "data": shape(&post) }),
        None => json!({ "errors": [{
            "title": "Not Found Error", "detail": format!("Could not find tweet with id: [{id}]."),
            "type": "https://api.x.com/2/problems/resource-not-found", "parameter": "id",
            "resource_type": "tweet", "resource_id": &id, "value": &id,
        }] }),
    };
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

fn shape(post: &Post) -> Value {
    json!({ "id": post.id, "text": post.text, "edit_history_tweet_ids": [post.id] })
}

/// Whom an access token speaks for, and what X tells about it in every answer.
struct Caller {
    account: &'static Account,
    level: Permission,
    limits: [(&'static str, String); 3],
}

impl Caller {
    fn of(
        provider: &Provider,
        signed: &Signed,
        call: &'static str,
        limit: u64,
    ) -> Result<Self, Refused> {
        signed.verify(provider, Signer::AccessToken)?;
        let now = provider.clock.seconds();
        provider.with(|inner| {
            // Revoked by another request since the signature was verified, at worst.
            let gone = || dialect::refusal(call, crate::verify::Refusal::Token);
            let token = inner.world.access_token(signed.token()).ok_or_else(gone)?;
            let account = token.account().ok_or_else(gone)?;
            let told = signed.is_told_to(Mode::ReadOnly);
            let level = if told { Permission::Read } else { token.level };
            let (left, reset) = inner.meter.count(signed.token(), call, limit, now);
            let limits = [
                ("x-rate-limit-limit", limit.to_string()),
                ("x-rate-limit-remaining", left.to_string()),
                ("x-rate-limit-reset", reset.to_string()),
            ];
            Ok(Self { account, level, limits })
        })
    }

    fn may_write(&self) -> Result<(), Refused> {
        if self.level > Permission::Read {
            Ok(())
        } else {
            Err(self.mark(dialect::read_only()).into())
        }
    }

    fn answer(&self, status: StatusCode, body: &Value) -> Response {
        self.mark(dialect::data(status, body))
    }

    fn mark(&self, response: Response) -> Response {
        let response = with(response, "x-access-level", self.level.as_str());
        self.limits.iter().fold(response, |response, (name, value)| with(response, name, value))
    }
}
