//! A signed call that streams: somebody else's request, signed here, and X's answer as it comes.
//!
//! What is signed is what is sent: both are made of the same checked path and decoded pairs. The
//! host is the configured one and nothing can change that: a line to it is opened by configuration,
//! and requests on it name a path only. Nothing is sent twice, no redirect is followed, nothing is
//! decompressed, and every wait has an end.

mod answer;
mod body;
mod evidence;
mod line;

use std::sync::Arc;
use std::time::Duration;

use hyper::header::{
    ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderMap, HeaderValue, USER_AGENT,
};
use hyper::http::uri::PathAndQuery;
use hyper::{Method, Request, Response, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::X;
use super::sign::{self, KeyPair, Leg, Moment, SignError};

pub use answer::{AnswerBody, AnswerError};
pub use body::{OutBody, Upload, UploadEnd};
pub use evidence::Evidence;
pub(super) use line::Lines;

/// The largest body in either direction. X takes media in parts of 5 MB.
pub const BODY_CAP: u64 = 64 * 1024 * 1024;

const USER_AGENT_TEXT: &str = concat!("pinfold/", env!("CARGO_PKG_VERSION"));
const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");
const ANYTHING: HeaderValue = HeaderValue::from_static("*/*");

/// RFC 3986 §2.3: everything but the unreserved characters, as RFC 5849 §3.6 wants it.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// How long a call waits for whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// From the last byte of the request to the head of the answer.
    pub answer: Duration,
    /// How long either side of a body may rest.
    pub idle: Duration,
    /// The whole of a request, however it trickles.
    pub upload: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        let half_a_minute = Duration::from_secs(30);
        Self { answer: half_a_minute, idle: half_a_minute, upload: Duration::from_mins(10) }
    }
}

/// One call, read and checked.
pub struct Call<'a> {
    /// Upper case.
    pub method: &'a Method,
    /// Begins with a slash and holds unreserved characters and slashes only.
    pub path: &'a str,
    /// Decoded; signed.
    pub query: &'a [(String, String)],
    /// What else is sent.
    pub payload: Payload,
    /// What the caller accepts; anything when empty.
    pub accept: Vec<HeaderValue>,
    /// The app that signs.
    pub app: &'a KeyPair,
    /// The account that it signs for.
    pub token: &'a KeyPair,
}

/// The body of a call.
pub enum Payload {
    /// None.
    Empty,
    /// A form: signed, and encoded anew.
    Form(Vec<(String, String)>),
    /// Anything else, as it comes: not signed (RFC 5849 §3.4.1.3.1).
    Other {
        /// Its type, when it has one.
        content_type: Option<HeaderValue>,
        /// Itself.
        body: OutBody,
    },
}

/// Why no answer came.
#[derive(Debug)]
pub enum PassError {
    /// It cannot be signed as it is; nothing was sent.
    Unsignable(SignError),
    /// X was not reached; nothing was sent.
    Unreached,
    /// X took the call and did not answer in time. It may have done what it was asked.
    Late,
    /// X took the call and closed the line without an answer. The same.
    Broken,
    /// What came back is not HTTP. The same.
    Garbled,
    /// The caller's own body ended badly; X may have seen a part.
    Upload(UploadEnd),
}

impl PassError {
    /// Whether X saw nothing of the call.
    pub const fn sent_nothing(&self) -> bool {
        matches!(self, Self::Unsignable(_) | Self::Unreached)
    }
}

/// X's answer: its head, and its body as it comes.
pub struct Answer {
    /// X's status.
    pub status: StatusCode,
    /// All of X's headers.
    pub headers: HeaderMap,
    /// What it says about the connection.
    pub evidence: Evidence,
    /// The body, which keeps its line to X busy until it is read or dropped.
    pub body: AnswerBody,
}

impl X {
    /// Signs and sends a call; answers when the head of X's answer is there.
    pub async fn pass(&self, call: Call<'_>) -> Result<Answer, PassError> {
        let (sent, corrected) = (self.clock.now(), self.skew.correction());
        let moment = Moment::at(sent - corrected * 1000);
        let (request, upload) = self.passable(call, &moment).map_err(PassError::Unsignable)?;
        let (line, response) = self.lines.send(request, upload).await?;
        let (head, body) = response.into_parts();
        if head.status.is_informational() {
            return Err(PassError::Garbled);
        }
        let clock_skew = self.skew.learn(&head.headers, sent, self.clock.now());
        Ok(Answer {
            evidence: Evidence::new(&head, clock_skew, corrected),
            status: head.status,
            headers: head.headers,
            body: AnswerBody::new(body, line),
        })
    }

    fn passable(
        &self,
        call: Call<'_>,
        moment: &Moment,
    ) -> Result<(Request<OutBody>, Option<Arc<Upload>>), SignError> {
        let mut url = self.base.clone();
        url.set_path(call.path);
        if url.path() != call.path {
            return Err(SignError::Url);
        }
        let mut pairs = call.query.to_vec();
        if let Payload::Form(form) = &call.payload {
            pairs.extend_from_slice(form);
        }
        let covered =
            sign::Request { method: call.method, url: &url, parameters: &pairs, leg: Leg::None };
        let authorization = sign::authorization(&covered, call.app, Some(call.token), moment)?;

        let mut target = String::with_capacity(call.path.len() + 64);
        target.push_str(call.path);
        if !call.query.is_empty() {
            target.push('?');
            encode(&mut target, call.query);
        }
        let target = PathAndQuery::try_from(target).map_err(|_| SignError::Url)?;

        let (body, content_type) = match call.payload {
            Payload::Empty => (OutBody::empty(), None),
            Payload::Form(form) => {
                let mut text = String::new();
                encode(&mut text, &form);
                (OutBody::full(text.into()), Some(FORM))
            }
            Payload::Other { content_type, body } => (body, content_type),
        };
        let upload = body.upload();
        let bodiless = body.is_empty();
        let mut request = Request::new(body);
        *request.method_mut() = call.method.clone();
        *request.uri_mut() = target.into();
        let headers = request.headers_mut();
        headers.reserve(8);
        headers.insert(HOST, self.lines.host());
        headers.insert(AUTHORIZATION, authorization);
        headers.insert(USER_AGENT, HeaderValue::from_static(USER_AGENT_TEXT));
        if let Some(content_type) = content_type {
            headers.insert(CONTENT_TYPE, content_type);
        }
        // RFC 9110 §8.6: a method that usually has a body says so when it has none.
        if bodiless && matches!(*call.method, Method::POST | Method::PUT | Method::PATCH) {
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        if call.accept.is_empty() {
            headers.insert(ACCEPT, ANYTHING);
        }
        for accept in call.accept {
            headers.append(ACCEPT, accept);
        }
        Ok((request, upload))
    }
}

/// `name=value&…`, each percent-encoded. Names need none: the signer refuses those that would.
pub(crate) fn encode(text: &mut String, pairs: &[(String, String)]) {
    for (at, (name, value)) in pairs.iter().enumerate() {
        if at > 0 {
            text.push('&');
        }
        text.push_str(name);
        text.push('=');
        text.extend(utf8_percent_encode(value, ENCODED));
    }
}

/// A head that hyper could read.
type Head = Response<hyper::body::Incoming>;
