//! `/oauth/authorize`: the second leg, in the browser of the account owner.

use std::sync::Arc;

use axum::Form;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use url::Url;
use url::form_urlencoded;

use crate::misbehave::{Misbehaviour, Mode, Step};
use crate::pages::Visit;
use crate::provider::Provider;
use crate::world::{ACCOUNTS, Callback, account};

#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    oauth_token: String,
    force_login: Option<String>,
    screen_name: Option<String>,
}

/// The consent page.
pub(crate) async fn ask(
    State(provider): State<Arc<Provider>>,
    Query(asked): Query<Asked>,
) -> Response {
    let visit = Visit {
        token: &asked.oauth_token,
        chosen: asked.screen_name.as_deref().and_then(account).unwrap_or(&ACCOUNTS[0]),
        force_login: asked.force_login.is_some_and(|force| force == "true"),
    };
    let now = provider.clock.seconds();
    provider.with(|inner| match inner.world.consent(visit.token, now) {
        Some(consent) => provider.pages.consent(&visit, &consent, inner.orders.list()),
        None => provider.pages.dead(),
    })
}

#[derive(Deserialize)]
pub(crate) struct Decided {
    oauth_token: String,
    screen_name: Option<String>,
    decision: Decision,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Decision {
    Authorize,
    Cancel,
}

/// The account owner's answer: a PIN, a way back to the app, or nothing.
pub(crate) async fn decide(
    State(provider): State<Arc<Provider>>,
    Form(decided): Form<Decided>,
) -> Response {
    let token = decided.oauth_token.as_str();
    let now = provider.clock.seconds();
    let asking =
        provider.with(|inner| inner.world.consent(token, now).map(|consent| consent.app.clone()));
    let Some(app) = asking else { return provider.pages.dead() };
    match decided.decision {
        Decision::Cancel => match provider.change(|world| world.deny(token)) {
            Some(Callback::Url(address)) => send_back(&address, &[("denied", token)]),
            _ => provider.pages.denied(&app.name),
        },
        Decision::Authorize => {
            let Some(account) = decided.screen_name.as_deref().and_then(account) else {
                return back_to_consent(token);
            };
            match provider.change(|world| world.approve(token, account, now)) {
                Some((Callback::OutOfBand, pin)) => provider.pages.pin(&app, account, pin.expose()),
                Some((Callback::Url(address), verifier)) => {
                    let granted = [("oauth_token", token), ("oauth_verifier", verifier.expose())];
                    send_back(&address, &granted)
                }
                None => provider.pages.dead(),
            }
        }
    }
}

/// To the callback, which a signed request named.
fn send_back(callback: &str, pairs: &[(&str, &str)]) -> Response {
    match Url::parse(callback) {
        Ok(mut url) => {
            url.query_pairs_mut().extend_pairs(pairs);
            Redirect::to(url.as_str()).into_response()
        }
        Err(_) => crate::dialect::not_found(),
    }
}

#[derive(Deserialize)]
pub(crate) struct Order {
    oauth_token: String,
    act: Act,
    mode: Mode,
    times: u32,
}

#[derive(PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Act {
    Misbehave,
    Behave,
}

/// The fold-out of the consent page. Its live request token is what a foreign page cannot know.
pub(crate) async fn misbehave(
    State(provider): State<Arc<Provider>>,
    Form(order): Form<Order>,
) -> Response {
    let Order { oauth_token, act, mode, times } = order;
    let misbehaviour = Misbehaviour { mode, step: Step::Any, times, seconds: None };
    let now = provider.clock.seconds();
    provider.with(|inner| {
        if inner.world.consent(&oauth_token, now).is_none() {
            return provider.pages.dead();
        }
        if act == Act::Behave {
            inner.orders.clear();
        } else if misbehaviour.check().is_ok() {
            inner.orders.add(misbehaviour);
        }
        back_to_consent(&oauth_token)
    })
}

fn back_to_consent(token: &str) -> Response {
    let query =
        form_urlencoded::Serializer::new(String::new()).append_pair("oauth_token", token).finish();
    Redirect::to(&format!("/oauth/authorize?{query}")).into_response()
}
