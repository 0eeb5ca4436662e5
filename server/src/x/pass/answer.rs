//! X's answer on its way to the caller, as it comes.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep, sleep};

use super::BODY_CAP;
use super::line::Busy;

/// A body of X's, with the line that it comes by. Dropped before its end, the line is closed.
pub struct AnswerBody {
    body: Incoming,
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
    pub(super) fn new(body: Incoming, line: Busy) -> Self {
        let idle = line.idle();
        let mut answer = Self { body, line: Some(line), left: BODY_CAP, idle, patience: None };
        answer.let_rest();
        answer
    }

    /// Gives the line back when nothing more comes by it.
    fn let_rest(&mut self) {
        if self.body.is_end_stream()
            && let Some(line) = self.line.take()
        {
            line.rest();
        }
    }

    fn poll_body(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        if frame.is_ready() {
            return frame;
        }
        // Now that the body wants more, the line may have it.
        if let Some(line) = &mut self.line {
            line.drive(cx);
        }
        Pin::new(&mut self.body).poll_frame(cx)
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
        loop {
            let frame = match self.poll_body(cx) {
                Poll::Ready(frame) => frame,
                Poll::Pending => {
                    std::task::ready!(self.poll_patience(cx));
                    return Poll::Ready(Some(Err(AnswerError::Late)));
                }
            };
            let idle = self.idle;
            if let Some(patience) = &mut self.patience {
                patience.as_mut().reset(Instant::now() + idle);
            }
            let data = match frame {
                None => {
                    if let Some(line) = self.line.take() {
                        line.rest();
                    }
                    return Poll::Ready(None);
                }
                Some(Err(_)) => return Poll::Ready(Some(Err(AnswerError::Broken))),
                Some(Ok(frame)) => frame.into_data(),
            };
            // Trailers are none of the headers that pass.
            let Ok(data) = data else { continue };
            let Some(left) = self.left.checked_sub(data.len() as u64) else {
                return Poll::Ready(Some(Err(AnswerError::TooLarge)));
            };
            self.left = left;
            self.let_rest();
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
