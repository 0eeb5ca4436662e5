//! `/sandbox/*`: what X does not have. Tests and scripts look in, consent and stir up trouble here.
//!
//! Whatever changes something takes `application/json` only, which no foreign page can send.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::misbehave::Misbehaviour;
use crate::provider::Provider;
use crate::world::{ACCOUNTS, App, Permission, Standing, account};

/// `GET /sandbox/state`. Holds no secret.
pub(crate) async fn state(State(provider): State<Arc<Provider>>) -> Json<Value> {
    let accounts: Vec<Value> = ACCOUNTS.iter().map(describe_account).collect();
    provider.with(|inner| {
        let apps: Vec<Value> = inner.world.apps().iter().map(describe_app).collect();
        let [request_tokens, access_tokens, posts] = inner.world.counts();
        let (billed, credit) = inner.bill.dollars();
        Json(json!({
            "accounts": accounts,
            "apps": apps,
            "request_tokens": request_tokens,
            "access_tokens": access_tokens,
            "posts": posts,
            "misbehaviours": inner.orders.list(),
            "requests": inner.requests,
            "billed_usd": billed,
            "credit_usd": credit,
        }))
    })
}

fn describe_account(account: &crate::world::Account) -> Value {
    let standing = match account.standing {
        Standing::Good => "good",
        Standing::Locked => "locked",
        Standing::Suspended => "suspended",
    };
    json!({
        "user_id": account.user_id, "screen_name": account.screen_name, "name": account.name,
        "most": account.most, "standing": standing,
    })
}

fn describe_app(app: &App) -> Value {
    json!({ "name": app.name, "consumer_key": app.consumer_key, "permission": app.permission })
}

/// `POST /sandbox/misbehave`.
pub(crate) async fn misbehave(
    State(provider): State<Arc<Provider>>,
    Json(order): Json<Misbehaviour>,
) -> Response {
    if let Err(why) = order.check() {
        return refuse(StatusCode::BAD_REQUEST, why);
    }
    if provider.with(|inner| inner.orders.add(order)) {
        StatusCode::NO_CONTENT.into_response()
    } else {
        refuse(StatusCode::CONFLICT, "too many misbehaviours wait already")
    }
}

/// `DELETE /sandbox/misbehave`: behave again.
pub(crate) async fn behave(State(provider): State<Arc<Provider>>) -> StatusCode {
    provider.with(|inner| inner.orders.clear());
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
pub(crate) struct Consent {
    oauth_token: String,
    screen_name: String,
}

/// `POST /sandbox/authorize`: consents without a browser, and tells the PIN.
pub(crate) async fn authorize(
    State(provider): State<Arc<Provider>>,
    Json(consent): Json<Consent>,
) -> Response {
    let Some(account) = account(&consent.screen_name) else {
        return refuse(StatusCode::NOT_FOUND, "screen_name: no such account");
    };
    let now = provider.clock.seconds();
    match provider.change(|world| world.approve(&consent.oauth_token, account, now)) {
        Some((_, verifier)) => Json(json!({ "pin": verifier.expose() })).into_response(),
        None => {
            refuse(StatusCode::NOT_FOUND, "oauth_token: no such request token, or not any more")
        }
    }
}

#[derive(Deserialize)]
pub(crate) struct AppChange {
    consumer_key: Option<String>,
    permission: Permission,
}

/// `POST /sandbox/app`: changes what an app may do, the first one unless another is named.
pub(crate) async fn change_app(
    State(provider): State<Arc<Provider>>,
    Json(change): Json<AppChange>,
) -> Response {
    let AppChange { consumer_key, permission } = change;
    let changed = provider.change(|world| {
        world.set_permission(consumer_key.as_deref(), permission).map(describe_app)
    });
    match changed {
        Some(app) => Json(app).into_response(),
        None => refuse(StatusCode::NOT_FOUND, "consumer_key: no such app"),
    }
}

#[derive(Deserialize)]
pub(crate) struct NewApp {
    name: Option<String>,
    permission: Option<Permission>,
}

/// `POST /sandbox/apps`: registers a further app. The only answer with a secret, told once.
pub(crate) async fn add_app(
    State(provider): State<Arc<Provider>>,
    Json(wanted): Json<NewApp>,
) -> Response {
    let name = wanted.name.unwrap_or_else(|| "Another app".to_owned());
    let permission = wanted.permission.unwrap_or(Permission::ReadWrite);
    let Some(app) = provider.change(|world| world.add_app(name, permission)) else {
        return refuse(StatusCode::CONFLICT, "there are too many apps already");
    };
    let body = json!({
        "name": app.name,
        "consumer_key": app.consumer_key,
        "consumer_secret": app.consumer_secret.expose(),
        "permission": app.permission,
    });
    (StatusCode::CREATED, Json(body)).into_response()
}

#[derive(Deserialize)]
pub(crate) struct Limits {
    times: u64,
}

/// `POST /sandbox/limits`: so many times what X allows, 1 to 1000; what was used is forgotten.
pub(crate) async fn change_limits(
    State(provider): State<Arc<Provider>>,
    Json(Limits { times }): Json<Limits>,
) -> Response {
    if !(1..=1000).contains(&times) {
        return refuse(StatusCode::BAD_REQUEST, "times: a number from 1 to 1000");
    }
    provider.with(|inner| inner.meter.allow(times));
    StatusCode::NO_CONTENT.into_response()
}

#[derive(Deserialize)]
pub(crate) struct Credit {
    usd: Option<f64>,
}

/// `POST /sandbox/credit`: so many dollars to pay X's bill with, or null for as many as it takes; what was
/// billed is forgotten. Once they are used up, X answers 402.
pub(crate) async fn change_credit(
    State(provider): State<Arc<Provider>>,
    Json(Credit { usd }): Json<Credit>,
) -> StatusCode {
    provider.with(|inner| inner.bill.pay(usd));
    StatusCode::NO_CONTENT
}

fn refuse(status: StatusCode, why: &str) -> Response {
    (status, Json(json!({ "error": why }))).into_response()
}
