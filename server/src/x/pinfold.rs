//! Asks a running Pinfold, for commands beside it. Not X, but it is the network all the same.

use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use hyper::{Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::Url;

/// Longer than any task takes: a list may be many pages.
const ANSWER_TIMEOUT: Duration = Duration::from_mins(5);
/// A server that runs on this machine answers in no time.
const LOOK: Duration = Duration::from_secs(2);
const ANSWER_CAP: usize = 16 * 1024 * 1024;

/// A running server, and the right to ask it.
pub struct Pinfold {
    base: Url,
    bearer: HeaderValue,
    http: super::http::Client,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The key cannot stand in a header.
    #[error("the key holds what no key does; copy it again")]
    Key,
    /// A key would go over the network in the clear.
    #[error("--server (PINFOLD_SERVER): http is for loopback only; name it with https")]
    Clear,
    /// Nobody answers there.
    #[error("no Pinfold answers at {0}; start it, or name another with --server")]
    Silent(String),
    /// Somebody else answers there.
    #[error("what answers at {0} is no Pinfold")]
    Foreign(String),
}

/// Whether anything speaks HTTP at this address; nobody waits long to hear.
pub async fn answers(base: &Url) -> bool {
    let Ok(url) = base.as_str().parse() else { return false };
    let mut request = hyper::Request::new(Full::default());
    *request.method_mut() = Method::HEAD;
    *request.uri_mut() = url;
    let asked = super::http::client().request(request);
    matches!(tokio::time::timeout(LOOK, asked).await, Ok(Ok(_)))
}

impl Pinfold {
    /// The server at `base`, asked with the access key or a task key.
    pub fn new(base: Url, key: &SecretString) -> Result<Self, AskError> {
        if base.scheme() != "https" && !crate::config::is_loopback(&base) {
            return Err(AskError::Clear);
        }
        let bearer = format!("Bearer {}", key.expose_secret().trim());
        let mut bearer = HeaderValue::try_from(bearer).map_err(|_| AskError::Key)?;
        bearer.set_sensitive(true);
        Ok(Self { base, bearer, http: super::http::client() })
    }

    /// Asks; answers status and JSON, whatever they are.
    pub async fn ask(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<(StatusCode, Value), AskError> {
        let foreign = || AskError::Foreign(self.base.to_string());
        let mut url = self.base.clone();
        url.set_path(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let text = body.map(Value::to_string).unwrap_or_default();
        let mut request = hyper::Request::new(Full::from(text));
        *request.method_mut() = method;
        *request.uri_mut() = url.as_str().parse().map_err(|_| foreign())?;
        request.headers_mut().insert(AUTHORIZATION, self.bearer.clone());
        if body.is_some() {
            let json = HeaderValue::from_static("application/json");
            request.headers_mut().insert(CONTENT_TYPE, json);
        }
        let answer = tokio::time::timeout(ANSWER_TIMEOUT, async {
            let (head, body) = self.http.request(request).await?.into_parts();
            let body = Limited::new(body, ANSWER_CAP).collect().await?.to_bytes();
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>((head.status, body))
        });
        let Ok(Ok((status, body))) = answer.await else {
            return Err(AskError::Silent(self.base.to_string()));
        };
        serde_json::from_slice(&body).map(|json| (status, json)).map_err(|_| foreign())
    }
}
