//! Unsigned requests to hosts that configuration names: the provider of OpenID Connect. Not X, but it
//! is the network all the same.

use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::header::{HeaderValue, USER_AGENT};
use hyper::{Request, Response};
use url::Url;

use crate::config::is_loopback;

const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
const ANSWER_CAP: usize = 512 * 1024;

/// A way to such hosts: capped in size and time, no redirects.
pub struct Fetch(super::http::Client);

/// There was no whole answer.
#[derive(Debug, thiserror::Error)]
#[error("no answer")]
pub struct NoAnswer;

impl Default for Fetch {
    fn default() -> Self {
        Self(super::http::client())
    }
}

impl Fetch {
    /// Sends a request; answers what came back, whatever its status.
    pub async fn fetch(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, NoAnswer> {
        // Codes and secrets go along.
        let clear = request.uri().scheme_str() != Some("https");
        let url = Url::parse(&request.uri().to_string()).map_err(|_| NoAnswer)?;
        if clear && !is_loopback(&url) {
            return Err(NoAnswer);
        }
        let mut request = request.map(|body| Full::from(hyper::body::Bytes::from(body)));
        let agent = HeaderValue::from_static(concat!("pinfold/", env!("CARGO_PKG_VERSION")));
        request.headers_mut().insert(USER_AGENT, agent);
        let answer = tokio::time::timeout(ANSWER_TIMEOUT, async {
            let (head, body) = self.0.request(request).await?.into_parts();
            let body = Limited::new(body, ANSWER_CAP).collect().await?.to_bytes();
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(Response::from_parts(
                head,
                body.to_vec(),
            ))
        });
        match answer.await {
            Ok(Ok(answer)) => Ok(answer),
            _ => Err(NoAnswer),
        }
    }
}
