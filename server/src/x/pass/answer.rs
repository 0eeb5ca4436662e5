//! X's answer on its way to the caller, as it comes.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep};

use super::BODY_CAP;
use super::incoming::Framing;
use super::lines::Busy;

/// A body of X's, with the line that it comes by. Dropped before its end, the line is closed.
pub struct AnswerBody {
    framing: Framing,
    line: Option<Busy>,
    left: u64,
    /// How long X may let it rest.
    idle: Duration,
    /// Runs while X lets the body rest.
    patience: Option<Pin<Box<Sleep>>>,
}

/// The answer does not go on; the caller's connection is cut, so that nobody takes a part for the
/// whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// X closed the line, or sent what is no body.
    #[error("X broke off its answer")]
    Broken,
    /// X let it rest for too long.
    #[error("X did not go on with its answer")]
    Late,
    /// Larger than [`BODY_CAP`].
    #[error("X's answer is too large")]
    TooLarge,
}

impl AnswerBody {
    pub(super) fn new(framing: Framing, line: Busy) -> Self {
        let idle = line.idle();
        let mut answer = Self { framing, line: Some(line), left: BODY_CAP, idle, patience: None };
        answer.let_rest();
        answer
    }

    /// Gives the line back when nothing more comes by it.
    fn let_rest(&mut self) {
        if self.framing.is_over()
            && let Some(line) = self.line.take()
        {
            line.rest();
        }
    }

    fn poll_body(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, AnswerError>> {
        match &mut self.line {
            Some(line) => line.poll_body(cx, &mut self.framing),
            None => Poll::Ready(Ok(None)),
        }
    }

    fn poll_patience(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let idle = self.idle;
        self.patience.get_or_insert_with(|| Box::pin(sleep(idle))).as_mut().poll(cx)
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = AnswerError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, AnswerError>>> {
        let part = match self.poll_body(cx) {
            Poll::Ready(part) => part,
            Poll::Pending => {
                std::task::ready!(self.poll_patience(cx));
                return Poll::Ready(Some(Err(AnswerError::Late)));
            }
        };
        let idle = self.idle;
        if let Some(patience) = &mut self.patience {
            patience.as_mut().reset(Instant::now() + idle);
        }
        let Some(data) = part.transpose() else {
            if let Some(line) = self.line.take() {
                line.rest();
            }
            return Poll::Ready(None);
        };
        let data = data?;
        let Some(left) = self.left.checked_sub(data.len() as u64) else {
            return Poll::Ready(Some(Err(AnswerError::TooLarge)));
        };
        self.left = left;
        self.let_rest();
        Poll::Ready(Some(Ok(Frame::data(data))))
    }

    fn is_end_stream(&self) -> bool {
        self.framing.is_over()
    }

    fn size_hint(&self) -> SizeHint {
        match self.framing {
            Framing::Length(left) => SizeHint::with_exact(left),
            Framing::Chunked(_) if self.framing.is_over() => SizeHint::with_exact(0),
            Framing::Chunked(_) | Framing::UntilClose => SizeHint::default(),
        }
    }
}
