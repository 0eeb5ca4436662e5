//! A call on its way: whatever becomes of it, it is noted exactly once.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use hyper::body::{Body, Bytes, Frame, SizeHint};
use pinfold_api::AccessLevel;

use super::Account;
use crate::clock::Millis;
use crate::ledger::{Lesson, Verdict};
use crate::state::AppState;
use crate::task_key::Held;
use crate::x::pass::{AnswerBody, AnswerError, Evidence};

/// As much of a refusal as tells what it is about.
const SAMPLE: usize = 8 * 1024;

/// What has to be noted when it is over.
pub struct Sent {
    state: AppState,
    account: Arc<Account>,
    key: Held,
    reading: bool,
    access_level: Option<AccessLevel>,
    verdict: Verdict,
    /// When X answered, if it did.
    heard: Option<Millis>,
    counts: bool,
}

impl Sent {
    /// From here on it counts, also when the caller goes away.
    pub fn begin(state: &AppState, account: Arc<Account>, key: Held, reading: bool) -> Self {
        let (state, access_level, verdict) = (state.clone(), None, Verdict::Silent);
        Self { state, account, key, reading, access_level, verdict, heard: None, counts: true }
    }

    /// Nothing reached X after all.
    pub fn take_back(mut self) {
        self.counts = false;
    }

    /// X answered. What a refusal is about shows when its body has been seen, so it passes through
    /// an [`Overheard`] then.
    pub fn hear(mut self, evidence: Evidence, body: AnswerBody) -> axum::body::Body {
        self.access_level = evidence.access_level();
        self.heard = Some(evidence.heard());
        if evidence.is_success() {
            self.verdict = Verdict::Accepted { reading: self.reading };
        }
        if evidence.is_refusal() {
            let sample = Vec::new();
            return axum::body::Body::new(Overheard { body, sample, evidence, sent: self });
        }
        axum::body::Body::new(body)
    }
}

impl Drop for Sent {
    fn drop(&mut self) {
        if self.counts {
            let at = self.heard.unwrap_or_else(|| self.state.clock.now());
            let lesson = Lesson { at, verdict: self.verdict, access_level: self.access_level };
            self.state.ledger.note(&self.account, self.key.as_deref(), lesson);
        }
    }
}

/// A refusal of X's, read along as it passes.
struct Overheard {
    body: AnswerBody,
    sample: Vec<u8>,
    evidence: Evidence,
    sent: Sent,
}

impl Body for Overheard {
    type Data = Bytes;
    type Error = AnswerError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, AnswerError>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        if let Poll::Ready(Some(Ok(frame))) = &frame
            && let Some(data) = frame.data_ref()
        {
            let room = SAMPLE - self.sample.len();
            self.sample.extend_from_slice(&data[..data.len().min(room)]);
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Overheard {
    fn drop(&mut self) {
        self.sent.verdict = Verdict::Refused(self.evidence.diagnose(&self.sample));
    }
}
