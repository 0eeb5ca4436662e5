//! One call: built, sent, aborted when nobody waits for it any more, and its errors made values.

use gloo_net::http::{Method, RequestBuilder};
use pinfold_api::{Problem, paths};
use serde::Serialize;
use serde::de::DeserializeOwned;
use web_sys::AbortController;

use crate::failure::Failure;

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
        Self::new(method, &paths::with_id(path, id))
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

    /// The body of a good answer. Dropping the future aborts the request.
    pub(super) async fn send(self) -> Result<String, Failure> {
        let abort = AbortOnDrop(AbortController::new().map_err(|_| Failure::Unreachable)?);
        let request = self.request.abort_signal(Some(&abort.0.signal()));
        let request = match self.body {
            Some(body) => request.body(body),
            None => request.build(),
        };
        let response =
            request.map_err(|_| Failure::Unreachable)?.send().await.map_err(|_| Failure::Unreachable)?;
        let text = response.text().await.map_err(|_| Failure::Unreachable)?;
        if response.ok() {
            return Ok(text);
        }
        Err(match serde_json::from_str::<Problem>(&text) {
            Ok(problem) => Failure::Answered(Box::new(problem)),
            Err(_) => Failure::Unintelligible(response.status()),
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

pub(super) fn encode<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("shapes of the API have string keys only")
}

pub(super) fn decode<T: DeserializeOwned>(text: &str) -> Result<T, Failure> {
    serde_json::from_str(text).map_err(|_| Failure::Unintelligible(200))
}
