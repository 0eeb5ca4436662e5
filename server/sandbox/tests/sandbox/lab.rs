//! A sandbox with a clock that only moves when told to, and verbs for what tests do with it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use pinfold_sandbox::{Clock, Options, Sandbox};
use reqwest::header::HeaderMap;
use reqwest::{Client, Method, redirect};
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::signer::Call;

/// A token and its secret, or a consumer key and its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) token: String,
    pub(crate) secret: String,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) async fn of(response: reqwest::Response) -> reqwest::Result<Self> {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Self { status, headers, bytes: response.bytes().await?.to_vec() })
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.bytes.clone()).expect("text")
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).expect("JSON")
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    /// A value of a form body.
    pub(crate) fn form(&self, name: &str) -> Option<String> {
        let mut pairs = form_urlencoded::parse(&self.bytes);
        pairs.find(|pair| pair.0 == name).map(|pair| pair.1.into_owned())
    }

    pub(crate) fn pair(&self) -> Pair {
        let value = |name| self.form(name).unwrap_or_else(|| panic!("{name} in {}", self.text()));
        Pair { token: value("oauth_token"), secret: value("oauth_token_secret") }
    }

    /// The status with X's numeric code.
    pub(crate) fn code(&self) -> (u16, i64) {
        (self.status, self.json()["errors"][0]["code"].as_i64().unwrap_or_default())
    }

    /// The status with the words of a plain sentence.
    pub(crate) fn sentence(&self) -> (u16, String) {
        assert_eq!(self.header("content-type"), "text/html;charset=utf-8");
        let text = self.text();
        let reason = text.strip_prefix("Error processing your OAuth request: ");
        (self.status, reason.unwrap_or(&text).to_owned())
    }

    /// The last segment of a v2 problem's type, with its status.
    pub(crate) fn problem(&self) -> (u16, String) {
        let kind = self.json()["type"].as_str().unwrap_or_default().to_owned();
        (self.status, kind.rsplit('/').next().unwrap_or_default().to_owned())
    }
}

/// The sandbox under test.
pub(crate) struct Lab {
    pub(crate) sandbox: Sandbox,
    pub(crate) http: Client,
    now: Arc<AtomicU64>,
}

impl Lab {
    pub(crate) async fn start() -> Self {
        Self::start_with(Options::default()).await
    }

    pub(crate) async fn start_with(options: Options) -> Self {
        let now = Arc::new(AtomicU64::new(1_800_000_000));
        let hand = Arc::clone(&now);
        let read = move || UNIX_EPOCH + Duration::from_secs(hand.load(Ordering::Relaxed));
        let sandbox = Sandbox::start(Options { clock: Clock::new(read), ..options }).await;
        let http = Client::builder().redirect(redirect::Policy::none()).no_proxy().build();
        Self { sandbox: sandbox.expect("starts"), http: http.expect("a client"), now }
    }

    pub(crate) fn now(&self) -> u64 {
        self.now.load(Ordering::Relaxed)
    }

    /// Lets this many seconds pass.
    pub(crate) fn pass(&self, seconds: u64) {
        self.now.fetch_add(seconds, Ordering::Relaxed);
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.sandbox.url().as_str().trim_end_matches('/'))
    }

    pub(crate) fn get(&self, path: &str) -> Call<'_> {
        Call::new(self, Method::GET, path)
    }

    pub(crate) fn post(&self, path: &str) -> Call<'_> {
        Call::new(self, Method::POST, path)
    }

    pub(crate) fn delete(&self, path: &str) -> Call<'_> {
        Call::new(self, Method::DELETE, path)
    }

    /// The first leg.
    pub(crate) fn ask(&self) -> Call<'_> {
        self.post("/oauth/request_token").oauth("oauth_callback", "oob")
    }

    /// The third leg.
    pub(crate) fn exchange(&self, request: &Pair, pin: &str) -> Call<'_> {
        self.post("/oauth/access_token").token(request).oauth("oauth_verifier", pin)
    }

    pub(crate) fn me(&self, access: &Pair) -> Call<'_> {
        self.get("/2/users/me").token(access)
    }

    pub(crate) fn tweet(&self, access: &Pair, text: &str) -> Call<'_> {
        let body = json!({ "text": text }).to_string();
        self.post("/2/tweets").token(access).json(&body)
    }

    pub(crate) fn revoke(&self, access: &Pair) -> Call<'_> {
        self.post("/1.1/oauth/invalidate_token.json").token(access)
    }

    pub(crate) async fn request_token(&self) -> Pair {
        self.ask().send().await.pair()
    }

    /// The second leg, without a browser.
    pub(crate) async fn consent(&self, request: &Pair, screen_name: &str) -> String {
        let body = json!({ "oauth_token": request.token, "screen_name": screen_name });
        let answer = self.control("/sandbox/authorize", &body).await;
        answer.json()["pin"].as_str().expect("a PIN").to_owned()
    }

    /// All three legs.
    pub(crate) async fn connect(&self, screen_name: &str) -> Pair {
        let request = self.request_token().await;
        let pin = self.consent(&request, screen_name).await;
        self.exchange(&request, &pin).send().await.pair()
    }

    pub(crate) async fn control(&self, path: &str, body: &Value) -> Answer {
        let request = self.http.post(self.url(path)).json(body);
        Answer::of(request.send().await.expect("an answer")).await.expect("a body")
    }

    pub(crate) async fn misbehave(&self, order: Value) {
        let answer = self.control("/sandbox/misbehave", &order).await;
        assert_eq!(answer.status, 204, "{}", answer.text());
    }

    pub(crate) async fn another_app(&self, permission: &str) -> Pair {
        let body = json!({ "name": "Second <app>", "permission": permission });
        let app = self.control("/sandbox/apps", &body).await.json();
        let text = |name: &str| app[name].as_str().expect("text").to_owned();
        Pair { token: text("consumer_key"), secret: text("consumer_secret") }
    }

    /// A page, as a browser asks for it.
    pub(crate) async fn page(&self, path: &str) -> Answer {
        let request = self.http.get(self.url(path));
        Answer::of(request.send().await.expect("an answer")).await.expect("a body")
    }

    /// A form, as a browser sends it.
    pub(crate) async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self
            .http
            .post(self.url(path))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", self.url(""))
            .header("sec-fetch-site", "same-origin")
            .body(form);
        Answer::of(request.send().await.expect("an answer")).await.expect("a body")
    }

    pub(crate) async fn state(&self) -> Value {
        self.page("/sandbox/state").await.json()
    }
}
