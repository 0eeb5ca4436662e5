//! One call: built, sent, aborted when nobody waits for it any more, and its errors made values.

use std::pin::Pin;

use gloo_net::http::{Method, RequestBuilder};
use web_sys::AbortController;

use crate::browser::Parsed;
use crate::failure::Failure;
use crate::routes;
use crate::wire;

/// A call that is still to be sent.
pub(super) struct Call {
    request: RequestBuilder,
    body: Option<String>,
}

impl Call {
    pub(super) fn new(method: Method, path: &str) -> Self {
        Self { request: RequestBuilder::new(path).method(method), body: None }
    }

    /// A call about the one thing that fills the `{id}` of a path.
    pub(super) fn about(method: Method, path: &str, id: &str) -> Self {
        Self::new(method, &routes::with_id(path, id))
    }

    pub(super) fn body(mut self, json: String) -> Self {
        self.request = self.request.header("content-type", "application/json");
        self.body = Some(json);
        self
    }

    pub(super) fn query(mut self, name: &str, value: Option<&str>) -> Self {
        if let Some(value) = value {
            self.request = self.request.query([(name, value)]);
        }
        self
    }

    pub(super) fn if_match(mut self, version: i64) -> Self {
        self.request = self.request.header("if-match", &format!("\"{version}\""));
        self
    }

    /// The answer, when it is a good one. Dropping the future aborts the request. Boxed, so that
    /// the waiting is written once and not into every function of the client.
    pub(super) fn send(self) -> Pin<Box<dyn Future<Output = Result<Parsed, Failure>>>> {
        Box::pin(async move {
            let abort = AbortOnDrop(AbortController::new().map_err(|_| Failure::Unreachable)?);
            let request = self.request.abort_signal(Some(&abort.0.signal()));
            let request = match self.body {
                Some(body) => request.body(body),
                None => request.build(),
            };
            let request = request.map_err(|_| Failure::Unreachable)?;
            let response = request.send().await.map_err(|_| Failure::Unreachable)?;
            let text = response.text().await.map_err(|_| Failure::Unreachable)?;
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
}

struct AbortOnDrop(AbortController);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        // After the answer has come this does nothing.
        self.0.abort();
    }
}
