//! One signed request, one answer: capped in size and time, no redirects, nothing decompressed.

use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use hyper::{Method, StatusCode};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use pinfold_api::Code;
use url::form_urlencoded;

use super::doctor::{Sign, Step};
use super::sign::{self, Address, KeyPair, Leg, Moment, Signer};
use super::{Failure, X, dialect};
use crate::clock::Millis;

pub(super) type Client =
    hyper_util::client::legacy::Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const ANSWER_TIMEOUT: Duration = Duration::from_secs(20);
/// X's answers on these calls are a few hundred bytes.
const ANSWER_CAP: usize = 256 * 1024;

pub(super) fn client() -> Client {
    hyper_util::client::legacy::Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(Duration::from_secs(30))
        .build(connector())
}

/// The way to the provider's host: TCP, and TLS when configuration says https.
pub(super) fn connector() -> HttpsConnector<HttpConnector> {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_connect_timeout(Some(CONNECT_TIMEOUT));
    tcp.set_nodelay(true);
    // Plain http passes only because configuration allows it for loopback addresses alone.
    HttpsConnectorBuilder::new()
        .with_webpki_roots()
        .https_or_http()
        .enable_http1()
        .wrap_connector(tcp)
}

/// What is asked of X.
pub(super) struct Call<'a> {
    pub(super) method: Method,
    pub(super) path: &'static str,
    /// A form body, which is signed.
    pub(super) form: Vec<(String, String)>,
    pub(super) leg: Leg<'a>,
    pub(super) app: &'a KeyPair,
    pub(super) token: Option<&'a KeyPair>,
}

/// What X said, whatever its status.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// How far our clock is ahead of X's, in seconds, when X told its time.
    pub(super) clock_skew: Option<i64>,
    /// How many seconds the call's signature had taken from our clock.
    pub(super) corrected: i64,
}

impl X {
    /// Signs and sends what may be asked twice: when X refuses only its time, and has told its own,
    /// it is asked once more with that. So a wrong clock heals by itself.
    pub(super) async fn send_twice(&self, step: Step, call: &Call<'_>) -> Result<Answer, Failure> {
        let answer = self.send(call).await?;
        let untimely = !answer.status.is_success()
            && dialect::refusal(step, &answer).code == Code::ClockSkew
            && self.skew.correction() != answer.corrected;
        if untimely { self.send(call).await } else { Ok(answer) }
    }

    /// Signs and sends. `Err` means that no whole answer came back.
    pub(super) async fn send(&self, call: &Call<'_>) -> Result<Answer, Failure> {
        let (sent, corrected) = (self.clock.now(), self.skew.correction());
        let request = self.signed(call, sent - corrected * 1000)?;
        let (method, path) = (&call.method, call.path);
        let answer = tokio::time::timeout(ANSWER_TIMEOUT, async {
            let (head, body) = self.http.request(request).await?.into_parts();
            let body = Limited::new(body, ANSWER_CAP).collect().await?.to_bytes();
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>((head, body))
        })
        .await;
        match answer {
            Ok(Ok((head, body))) => {
                tracing::info!(%method, path, status = head.status.as_u16(), "X answered");
                let clock_skew = self.skew.learn(&head.headers, sent, self.clock.now());
                let (status, headers) = (head.status, head.headers);
                Ok(Answer { status, headers, body, clock_skew, corrected })
            }
            Ok(Err(error)) => {
                tracing::warn!(%method, path, error, "X did not answer");
                Err(dialect::silence(Sign::Silence))
            }
            Err(_) => {
                tracing::warn!(%method, path, "X did not answer in time");
                Err(dialect::silence(Sign::Silence))
            }
        }
    }

    fn signed(&self, call: &Call<'_>, at: Millis) -> Result<hyper::Request<Full<Bytes>>, Failure> {
        let mut url = self.base.clone();
        url.set_path(call.path);
        let authorization = Address::of(&url)
            .and_then(|address| {
                let (method, parameters, leg) = (&call.method, &call.form[..], call.leg);
                let covered = sign::Request { method, address, parameters, leg };
                sign::authorization(&covered, &Signer::new(call.app, call.token), &Moment::at(at))
            })
            .map_err(|error| {
                tracing::error!(%error, path = call.path, "cannot sign");
                dialect::silence(Sign::Unsendable)
            })?;
        let body =
            form_urlencoded::Serializer::new(String::new()).extend_pairs(&call.form).finish();
        let mut request = hyper::Request::new(Full::from(body));
        *request.method_mut() = call.method.clone();
        *request.uri_mut() =
            url.as_str().parse().map_err(|_| dialect::silence(Sign::Unsendable))?;
        let headers = request.headers_mut();
        headers.insert(AUTHORIZATION, authorization.into_header());
        headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
        headers.insert(
            USER_AGENT,
            HeaderValue::from_static(concat!("pinfold/", env!("CARGO_PKG_VERSION"))),
        );
        if !call.form.is_empty() {
            headers.insert(
                CONTENT_TYPE,
                HeaderValue::from_static("application/x-www-form-urlencoded"),
            );
        }
        Ok(request)
    }
}
