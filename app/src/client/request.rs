//! One call: sent, aborted when nobody waits for it any more, and its errors made values. The only
//! `gloo-net`.

use std::cell::Cell;
use std::pin::Pin;

use gloo_net::http::{Request, Response};
use pinfold_api::paths;
use wasm_bindgen::JsValue;
use web_sys::{AbortController, Headers, RequestCredentials, RequestInit};

use crate::browser::{self, Parsed};
use crate::failure::Failure;
use crate::wire;

thread_local! {
    static SENDING: Cell<usize> = const { Cell::new(0) };
}

/// Whether a call that changes something has no answer yet.
pub(crate) fn is_sending() -> bool {
    SENDING.get() > 0
}

/// Counted while it lives.
struct Sending;

impl Sending {
    fn new() -> Self {
        SENDING.set(SENDING.get() + 1);
        Self
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        SENDING.set(SENDING.get() - 1);
    }
}

/// A call that is still to be sent.
#[derive(Clone)]
pub(super) struct Call {
    method: &'static str,
    pub(super) path: String,
    pub(super) if_match: Option<i64>,
    pub(super) body: Option<String>,
    /// A file is asked for, not JSON to be read.
    pub(super) accept: Option<&'static str>,
}

impl Call {
    pub(super) fn new(method: &'static str, path: &str) -> Self {
        Self { method, path: path.to_owned(), if_match: None, body: None, accept: None }
    }

    /// A call about the one thing that fills the `{id}` of a path.
    pub(super) fn about(method: &'static str, path: &str, id: &str) -> Self {
        Self::new(method, &paths::with_id(path, id))
    }

    pub(super) fn body(self, json: String) -> Self {
        Self { body: Some(json), ..self }
    }

    pub(super) fn query(mut self, name: &str, value: Option<&str>) -> Self {
        if let Some(value) = value {
            let sign = if self.path.contains('?') { '&' } else { '?' };
            self.path = format!("{}{sign}{name}={}", self.path, browser::encoded(value));
        }
        self
    }

    pub(super) fn if_match(self, version: i64) -> Self {
        Self { if_match: Some(version), ..self }
    }

    /// The answer, when it is a good one. Dropping the future aborts the request. Boxed, so that
    /// the waiting is written once and not into every function of the client.
    pub(super) fn send(self) -> Pin<Box<dyn Future<Output = Result<Parsed, Failure>>>> {
        Box::pin(async move {
            let is_file = self.accept.is_some();
            let _sending = (self.method != "GET").then(Sending::new);
            // Whatever the browser throws: there was no answer.
            let answer = self.fetch().await;
            let (response, text) = answer.map_err(|_| Failure::Unreachable)?;
            if is_file && response.ok() {
                return Ok(Parsed::of(&text));
            }
            let parsed = Parsed::parse(&text);
            if response.ok() {
                return Ok(parsed);
            }
            Err(match wire::problem(&parsed) {
                Some(problem) => Failure::Answered(Box::new(problem)),
                None => Failure::Unintelligible(response.status()),
            })
        })
    }

    /// `gloo-net`'s own builder would bring headers and queries that are never read: 0.9 KB of Wasm.
    async fn fetch(self) -> Result<(Response, String), gloo_net::Error> {
        let abort = AbortOnDrop(AbortController::new().ok());
        let response = self.request(&abort).map_err(thrown)?.send().await?;
        let text = response.text().await?;
        Ok((response, text))
    }

    fn request(self, abort: &AbortOnDrop) -> Result<Request, JsValue> {
        let headers = Headers::new()?;
        let init = RequestInit::new();
        init.set_method(self.method);
        init.set_signal(abort.0.as_ref().map(AbortController::signal).as_ref());
        if let Some(json) = &self.body {
            headers.set("content-type", "application/json")?;
            init.set_body_opt_str(Some(json));
        }
        // In a portal's page there are no cookies, and none are wanted.
        if browser::frame::is_framed() {
            init.set_credentials(RequestCredentials::Omit);
        }
        if let Some(token) = browser::frame::token().or_else(browser::session_token) {
            headers.set("authorization", &["Bearer ", &token].concat())?;
        }
        if let Some(kind) = self.accept {
            headers.set("accept", kind)?;
        }
        if let Some(version) = self.if_match {
            headers.set("if-match", &format!("\"{version}\""))?;
        }
        init.set_headers_headers(&headers);
        let url = browser::server() + &self.path;
        web_sys::Request::new_with_str_and_init(&url, &init).map(Request::from)
    }
}

/// Whatever the browser throws: there was no answer.
fn thrown(_: JsValue) -> gloo_net::Error {
    gloo_net::Error::GlooError(String::new())
}

struct AbortOnDrop(Option<AbortController>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        // After the answer has come this does nothing.
        if let Some(controller) = &self.0 {
            controller.abort();
        }
    }
}
