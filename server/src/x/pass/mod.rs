//! A signed call that streams: somebody else's request, signed here, and X's answer as it comes.
//!
//! What is signed is what is sent: both are made of the same checked path and decoded pairs. The
//! host is the configured one and nothing can change that: a line to it is opened by configuration,
//! and requests on it name a path only. Nothing is sent twice, no redirect is followed, nothing is
//! decompressed, and every wait has an end.

mod answer;
mod body;
mod evidence;
mod incoming;
mod line;
mod lines;
mod outgoing;
mod spare;

use std::sync::Arc;
use std::time::Duration;

use hyper::header::{HeaderMap, HeaderValue};
use hyper::{Method, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use smallvec::SmallVec;
use tokio::sync::OwnedSemaphorePermit;

use super::X;
use super::sign::{self, Address, Leg, Moment, SignError, Signer};

pub use answer::{AnswerBody, AnswerError};
pub use body::{OutBody, Upload, UploadEnd};
pub use evidence::Evidence;
#[cfg(any(test, feature = "fuzz"))]
pub(crate) use incoming::read_whole;
pub use lines::LINES;
pub(super) use lines::Lines;
use outgoing::{Head, Outgoing};

/// The largest body in either direction. X takes media in parts of 5 MB.
pub const BODY_CAP: u64 = 64 * 1024 * 1024;

const USER_AGENT_TEXT: &str = concat!("pinfold/", env!("CARGO_PKG_VERSION"));
const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");

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

/// What a caller holds of all lines while a call of it is under way.
#[derive(Debug, Default)]
pub struct Room {
    /// Of its workspace's share.
    pub workspace: Option<OwnedSemaphorePermit>,
    /// Of its key's share, when it has a key.
    pub key: Option<OwnedSemaphorePermit>,
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
    pub accept: SmallVec<[HeaderValue; 1]>,
    /// The caller's room on the lines, held until the answer is read.
    pub room: Room,
    /// What signs it.
    pub signer: &'a Signer,
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
    /// The caller's own body ended badly.
    Upload {
        /// How.
        end: UploadEnd,
        /// X may have seen a part of the call.
        began: bool,
    },
}

impl PassError {
    /// Whether X saw nothing of the call.
    pub const fn sent_nothing(&self) -> bool {
        matches!(self, Self::Unsignable(_) | Self::Unreached | Self::Upload { began: false, .. })
    }
}

/// X's answer: what its head says, and its body as it comes.
pub struct Answer {
    /// X's status.
    pub status: StatusCode,
    /// What it says about the connection.
    pub evidence: Evidence,
    /// The body, which keeps its line to X busy until it is read or dropped.
    pub body: AnswerBody,
}

impl X {
    /// Signs and sends a call; answers when the head of X's answer is there. `headers` is emptied, and
    /// then holds X's headers that may pass, and those that something here learns from.
    pub async fn pass(
        &self,
        mut call: Call<'_>,
        headers: &mut HeaderMap,
    ) -> Result<Answer, PassError> {
        headers.clear();
        let (sent, corrected) = (self.clock.recently(), self.skew.correction());
        let moment = Moment::at(sent - corrected * 1000);
        let (method, room) = (call.method, std::mem::take(&mut call.room));
        let (request, upload) = self.passable(call, &moment).map_err(PassError::Unsignable)?;
        let (line, head) = self.lines.send(method, request, upload, room, headers).await?;
        let received = self.clock.recently();
        let clock_skew = self.skew.learn(headers, sent, received);
        Ok(Answer {
            evidence: Evidence::new(head.status, headers, clock_skew, corrected, received),
            status: head.status,
            body: AnswerBody::new(head.framing, line),
        })
    }

    fn passable(
        &self,
        call: Call<'_>,
        moment: &Moment,
    ) -> Result<(Outgoing, Option<Arc<Upload>>), SignError> {
        let address = Address::below(&self.base, call.path)?;
        let both;
        let parameters = match &call.payload {
            Payload::Form(form) => {
                both = [call.query, form.as_slice()].concat();
                both.as_slice()
            }
            Payload::Empty | Payload::Other { .. } => call.query,
        };
        let covered = sign::Request { method: call.method, address, parameters, leg: Leg::None };
        let authorization = sign::authorization(&covered, call.signer, moment)?;

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
        let head = Head {
            method: call.method,
            path: call.path,
            query: call.query,
            host: self.lines.host(),
            authorization: authorization.as_str(),
            user_agent: USER_AGENT_TEXT,
            content_type: content_type.as_ref(),
            accept: &call.accept,
        };
        Ok((Outgoing::new(&head, body), upload))
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
