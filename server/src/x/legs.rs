//! The calls of the flow: request token, authorize page, access token, revoke, and who is this.
//!
//! Shapes and quirks as X's documentation and recorded answers have them. A form body arrives as
//! `text/html`, so the content type is not asked.

use std::collections::HashMap;

use hyper::Method;
use pinfold_api::{AccessLevel, Account, RequestedAccess};
use secrecy::SecretString;
use serde::Deserialize;
use url::{Url, form_urlencoded};

use super::dialect;
use super::doctor::{Sign, Step};
use super::http::{Answer, Call};
use super::sign::Leg;
use super::{Failure, KeyPair, X};

/// What a grant came with.
pub struct Granted {
    /// The access token and access secret.
    pub token: KeyPair,
    /// Whose they are: free, no billed call is needed. `None` when X did not say, which it always
    /// should.
    pub account: Option<Account>,
    /// What they may do, when X tells.
    pub access_level: Option<AccessLevel>,
}

/// What X says of a token pair.
pub struct Verified {
    /// Whose it is.
    pub account: Account,
    /// What it may do, when X tells.
    pub access_level: Option<AccessLevel>,
}

/// How X's authorize page should open.
#[derive(Clone, Copy, Debug, Default)]
pub struct Authorize<'a> {
    /// Ask for the password even when somebody is signed in.
    pub force_login: bool,
    /// Prefills the sign-in form.
    pub screen_name: Option<&'a str>,
}

impl X {
    /// `POST /oauth/request_token` (RFC 5849 §2.1) for the PIN flow.
    ///
    /// Refused unless `oauth_callback_confirmed` is exactly `true`: without it the provider speaks
    /// OAuth 1.0, which session fixation breaks (advisory 2009.1, CVE-2026-72887).
    pub async fn request_token(
        &self,
        app: &KeyPair,
        access: Option<RequestedAccess>,
    ) -> Result<KeyPair, Failure> {
        let form = access.map(|access| {
            let word = match access {
                RequestedAccess::Read => "read",
                RequestedAccess::Write => "write",
            };
            ("x_auth_access_type".to_owned(), word.to_owned())
        });
        let call = Call {
            method: Method::POST,
            path: "/oauth/request_token",
            form: form.into_iter().collect(),
            leg: Leg::Callback("oob"),
            app,
            token: None,
        };
        let answer = self.send_twice(Step::RequestToken, &call).await?;
        let mut fields = success_form(Step::RequestToken, &answer)?;
        let confirmed = fields.remove("oauth_callback_confirmed");
        let unusable = |sign| dialect::unusable(Step::RequestToken, &answer, sign);
        let pair = token_pair(&mut fields).ok_or_else(|| unusable(Sign::Unusable))?;
        if confirmed.as_deref() != Some("true") {
            return Err(unusable(Sign::Unconfirmed));
        }
        Ok(pair)
    }

    /// The page where the account owner consents: `GET /oauth/authorize`, never `authenticate`.
    pub fn authorize_url(&self, request_token: &str, how: Authorize<'_>) -> Url {
        let mut url = self.base.clone();
        url.set_path("/oauth/authorize");
        url.query_pairs_mut().append_pair("oauth_token", request_token);
        if how.force_login {
            url.query_pairs_mut().append_pair("force_login", "true");
        }
        if let Some(screen_name) = how.screen_name {
            url.query_pairs_mut().append_pair("screen_name", screen_name);
        }
        url
    }

    /// `POST /oauth/access_token` (RFC 5849 §2.3): the PIN for a token pair.
    pub async fn access_token(
        &self,
        app: &KeyPair,
        request_token: &KeyPair,
        pin: &str,
    ) -> Result<Granted, Failure> {
        let call = Call {
            method: Method::POST,
            path: "/oauth/access_token",
            form: Vec::new(),
            leg: Leg::Verifier(pin),
            app,
            token: Some(request_token),
        };
        let answer = self.send(&call).await?;
        let mut fields = success_form(Step::AccessToken, &answer)?;
        let account = fields
            .remove("user_id")
            .zip(fields.remove("screen_name"))
            .and_then(|(user_id, screen_name)| account(user_id, screen_name));
        token_pair(&mut fields)
            .map(|token| Granted { token, account, access_level: access_level(&answer) })
            .ok_or_else(|| dialect::unusable(Step::AccessToken, &answer, Sign::Unusable))
    }

    /// `POST /1.1/oauth/invalidate_token.json`: the token is dead from here on. A token that X no
    /// longer knows is as dead, so that is no failure.
    pub async fn invalidate_token(&self, app: &KeyPair, token: &KeyPair) -> Result<(), Failure> {
        #[derive(Deserialize)]
        struct Invalidated {
            access_token: String,
        }
        let call = Call {
            method: Method::POST,
            path: "/1.1/oauth/invalidate_token.json",
            form: Vec::new(),
            leg: Leg::None,
            app,
            token: Some(token),
        };
        let answer = self.send_twice(Step::Api, &call).await?;
        if answer.status.is_success() {
            // Only X's own word that this token is gone counts.
            return match serde_json::from_slice::<Invalidated>(&answer.body) {
                Ok(gone) if gone.access_token == token.id => Ok(()),
                _ => Err(dialect::unusable(Step::Api, &answer, Sign::Unusable)),
            };
        }
        let failure = dialect::refusal(Step::Api, &answer);
        let already_dead = failure.answer.as_ref().is_some_and(|x| x.code == Some(89));
        if already_dead { Ok(()) } else { Err(failure) }
    }

    /// `GET /2/users/me`: whose token pair is this? A billed call.
    pub async fn verify(&self, app: &KeyPair, token: &KeyPair) -> Result<Verified, Failure> {
        #[derive(Deserialize)]
        struct Me {
            data: User,
        }
        #[derive(Deserialize)]
        struct User {
            id: String,
            username: String,
        }
        let call = Call {
            method: Method::GET,
            path: "/2/users/me",
            form: Vec::new(),
            leg: Leg::None,
            app,
            token: Some(token),
        };
        let answer = self.send_twice(Step::Api, &call).await?;
        if !answer.status.is_success() {
            return Err(dialect::refusal(Step::Api, &answer));
        }
        serde_json::from_slice(&answer.body)
            .ok()
            .and_then(|Me { data }| account(data.id, data.username))
            .map(|account| Verified { account, access_level: access_level(&answer) })
            .ok_or_else(|| dialect::unusable(Step::Api, &answer, Sign::Unusable))
    }
}

/// The fields of a successful answer's form body; an error is never parsed as a form.
fn success_form(step: Step, answer: &Answer) -> Result<HashMap<String, String>, Failure> {
    if answer.status.is_success() {
        Ok(form_urlencoded::parse(&answer.body).into_owned().collect())
    } else {
        Err(dialect::refusal(step, answer))
    }
}

fn token_pair(fields: &mut HashMap<String, String>) -> Option<KeyPair> {
    let filled = |field: Option<String>| field.filter(|text| !text.is_empty());
    let id = filled(fields.remove("oauth_token"))?;
    let secret = filled(fields.remove("oauth_token_secret"))?;
    Some(KeyPair::new(id, SecretString::from(secret)))
}

/// X's ids are strings of 1–19 digits; anything else is not X's dialect.
fn account(user_id: String, screen_name: String) -> Option<Account> {
    let id_fits = (1..=19).contains(&user_id.len()) && user_id.bytes().all(|b| b.is_ascii_digit());
    (id_fits && !screen_name.is_empty()).then_some(Account { user_id, screen_name })
}

fn access_level(answer: &Answer) -> Option<AccessLevel> {
    AccessLevel::from_x(answer.headers.get("x-access-level")?.to_str().ok()?)
}
