//! Where a task asks X: by the same way as the signing proxy, so that each request is signed, paid
//! for and noted as any other. Or only shows what it would ask.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue};
use http_body_util::{BodyExt as _, Limited};
use hyper::Method;
use pinfold_api::{Code, Endpoint, PlannedRequest, paths};
use serde_json::Value;
use smallvec::smallvec;

use super::Incomplete;
use crate::authorization::hint;
use crate::clock::Millis;
use crate::problem::Refusal;
use crate::proxy::{Account, PERHAPS, Sent, not_passed};
use crate::state::AppState;
use crate::task_key::Held;
use crate::x::Failure;
use crate::x::pass::{Call, OutBody, Payload};

/// No page of a list is larger.
const ANSWER_CAP: usize = 4 * 1024 * 1024;
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// One request to X.
#[derive(Debug)]
pub(super) struct Ask {
    method: Method,
    path: String,
    query: Vec<(String, String)>,
    body: Option<Value>,
    /// What X bills at most, in millionths of a dollar.
    price: u64,
    /// The field that says what it is about.
    about: &'static str,
}

impl Ask {
    /// Reads something.
    pub(super) fn get(path: String, price: u64) -> Self {
        Self { method: Method::GET, path, query: Vec::new(), body: None, price, about: "" }
    }

    /// An operation of X's, with what the braces in its path stand for.
    ///
    /// # Panics
    /// When the table of tasks names a method that is none.
    pub(super) fn of(endpoint: &Endpoint, names: &[(&str, &str)], price: u64) -> Self {
        let method = endpoint.method.parse().expect("a method");
        let fill = |path: String, (name, value): &(&str, &str)| {
            path.replace(&format!("{{{name}}}"), value)
        };
        let path = names.iter().fold(endpoint.path.to_owned(), fill);
        Self { method, path, query: Vec::new(), body: None, price, about: "" }
    }

    /// Which sends this.
    pub(super) fn sends(self, body: Value) -> Self {
        Self { body: Some(body), ..self }
    }

    /// About what a field names.
    pub(super) fn about(self, field: &'static str) -> Self {
        Self { about: field, ..self }
    }

    /// With more of a query.
    pub(super) fn with<'a>(mut self, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        self.query.extend(pairs.into_iter().map(owned));
        self
    }
}

/// Why X did nothing and said so in a success, in its own words.
fn absent(answer: &Value, failure: &Failure, about: &str) -> Refusal {
    let words = match about {
        "tweet_id" => "X knows no such tweet, or this account may not see it.",
        "user" => "X knows no such user, or this account may not see it.",
        _ => "X did not find what was asked for, or this account may not see it.",
    };
    let kind = answer["errors"][0]["type"].as_str().unwrap_or_default();
    let hidden = ["/resource-not-found", "/not-authorized-for-resource"];
    let refusal = if hidden.iter().any(|word| kind.ends_with(word)) {
        Refusal::new(Code::NotFound).because(words)
    } else {
        Refusal::new(Code::XRefused)
    };
    let refusal = refusal.with_x(failure.answer.clone());
    if about.is_empty() { refusal } else { refusal.at(about) }
}

/// One run of a task, with its connection. It is gone through twice: first to see what it would ask, and
/// then, unless that is all that was wanted, to ask it.
pub(super) struct Desk {
    state: AppState,
    account: Arc<Account>,
    key: Held,
    /// Nothing is sent, and this is what would be.
    plan: Option<Vec<PlannedRequest>>,
    /// What X bills at most for what was sent so far.
    spent: u64,
    /// What it bills at most for the whole run: taken off the key's caps before anything is sent.
    budget: u64,
    /// When that was.
    taken: Option<Millis>,
    incomplete: Option<Incomplete>,
}

impl Desk {
    pub(super) fn open(
        state: &AppState,
        account: Arc<Account>,
        key: Held,
    ) -> Result<Self, Refusal> {
        account.fits(state)?;
        account.signer(state)?;
        let (state, plan) = (state.clone(), Some(Vec::new()));
        Ok(Self { state, account, key, plan, spent: 0, budget: 0, taken: None, incomplete: None })
    }

    /// From here on requests are sent, for as much as was planned.
    pub(super) fn begin(&mut self) {
        self.plan = None;
        self.budget = std::mem::take(&mut self.spent);
    }

    /// What was not spent goes back to the key.
    pub(super) async fn settle(&self) {
        if let (Some(key), Some(taken)) = (&self.key, self.taken) {
            let rest = self.budget.saturating_sub(self.spent);
            self.state.holders.give_back(&self.state.store, key, rest, taken).await;
        }
    }

    /// X bills less than was thought.
    pub(super) fn save(&mut self, price: u64) {
        self.spent = self.spent.saturating_sub(price);
    }

    /// Whether nothing is sent.
    pub(super) fn previews(&self) -> bool {
        self.plan.is_some()
    }

    /// The connection's own user id.
    pub(super) fn own_id(&self) -> Result<String, Refusal> {
        let account = self.account.row.account.as_ref().ok_or(Code::NeedsRepair)?;
        Ok(account.user_id.clone())
    }

    /// A user's id, when it was looked up before.
    pub(super) fn known_user(&self, name: &str) -> Option<String> {
        self.state.user_ids.find(name)
    }

    /// Keeps a user's id.
    pub(super) fn learn_user(&self, name: &str, id: &str) {
        self.state.user_ids.learn(name, id);
    }

    /// Whether a list ended before its end.
    pub(super) fn is_broken_off(&self) -> bool {
        self.incomplete.is_some()
    }

    /// A list ends here, because of this.
    pub(super) fn break_off(&mut self, refusal: Refusal) {
        let problem = refusal.into_problem("");
        self.incomplete = Some(Incomplete { code: problem.code, detail: problem.detail });
    }

    /// What the requests cost at most, why there are not more, and what a preview showed.
    pub(super) fn close(self) -> (u64, Option<Incomplete>, Vec<PlannedRequest>) {
        (self.spent, self.incomplete, self.plan.unwrap_or_default())
    }

    /// Asks X; answers what it said, as JSON. A preview answers nothing.
    pub(super) async fn ask(&mut self, ask: Ask) -> Result<Value, Refusal> {
        if self.plan.is_some() {
            self.spent += ask.price;
            let planned = self.planned(&ask);
            self.plan.get_or_insert_default().push(planned);
            return Ok(Value::Null);
        }
        let (state, now) = (&self.state, self.state.clock.now());
        let (workspace, key) = (&self.account.row.workspace, self.key.as_deref());
        let room = state.holders.room(workspace, key).await?;
        if let (Some(key), None) = (key, self.taken) {
            state.holders.take(&state.store, key, self.budget, now).await?;
            self.taken = Some(now);
        }
        let reading = ask.method == Method::GET;
        let sent = Sent::begin(state, Arc::clone(&self.account), self.key.clone(), reading);
        let payload = ask.body.as_ref().map_or(Payload::Empty, |body| Payload::Other {
            content_type: Some(JSON),
            body: OutBody::full(body.to_string().into()),
        });
        let call = Call {
            method: &ask.method,
            path: &ask.path,
            query: &ask.query,
            payload,
            accept: smallvec![JSON],
            room,
            signer: self.account.signer(state)?,
        };
        let answer = match state.x.pass(call, &mut HeaderMap::new()).await {
            Ok(answer) => answer,
            Err(error) => {
                if error.sent_nothing() {
                    sent.take_back();
                } else {
                    self.spent += ask.price;
                }
                return Err(not_passed(error, &ask.query));
            }
        };
        self.spent += ask.price;
        let (evidence, status) = (answer.evidence.clone(), answer.status);
        let body = Limited::new(sent.hear(answer.evidence, answer.body), ANSWER_CAP);
        let lost = |code| {
            let refusal = Refusal::new(code);
            if reading {
                return refusal;
            }
            refusal.because(format!("X took the call, and its answer cannot be read. {PERHAPS}"))
        };
        let body = body.collect().await.map_err(|_| lost(Code::XUnreachable))?.to_bytes();
        if !status.is_success() {
            return Err(evidence.failure(&body).into());
        }
        let answer: Value =
            serde_json::from_slice(&body).map_err(|_| lost(Code::XUnintelligible))?;
        // As at X, what is not there is a 200 with errors.
        if answer.get("data").is_none() && answer.get("errors").is_some() {
            return Err(absent(&answer, &evidence.failure(&body), ask.about));
        }
        Ok(answer)
    }

    fn planned(&self, ask: &Ask) -> PlannedRequest {
        let row = &self.account.row;
        let query =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&ask.query).finish();
        let target =
            if query.is_empty() { ask.path.clone() } else { format!("{}?{query}", ask.path) };
        let authorization = format!(
            "OAuth oauth_consumer_key=\"{}\", oauth_nonce=\"…\", oauth_signature=\"(made on the \
             server)\", oauth_signature_method=\"HMAC-SHA1\", oauth_timestamp=\"…\", \
             oauth_token=\"{}\", oauth_version=\"1.0\"",
            hint(&row.consumer_key),
            row.access_token.as_deref().unwrap_or_default(),
        );
        let proxy = paths::with_id(paths::CONNECTION_PROXY, &row.id);
        let proxy = proxy.trim_end_matches("/{path}");
        let mut curl = format!(
            "curl -X {} -H \"Authorization: Bearer $PINFOLD_KEY\" '{}{proxy}{}'",
            ask.method,
            self.state.hosts.public_url(),
            target.replace('\'', "%27"),
        );
        let body = ask.body.as_ref().map(Value::to_string);
        if let Some(body) = &body {
            curl += " -H 'Content-Type: application/json' -d '";
            curl += &body.replace('\'', "'\\''");
            curl += "'";
        }
        PlannedRequest {
            method: ask.method.to_string(),
            url: format!("{}{target}", self.state.x.base()),
            authorization,
            body,
            curl,
        }
    }
}
