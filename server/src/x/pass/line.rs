//! A line to X: one connection, one call at a time, in the task of the call.

use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use hyper::Method;
use hyper::header::HeaderMap;
use hyper_rustls::MaybeHttpsStream;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead as _, ReadBuf};
use tokio::net::TcpStream;
use tokio::task::coop::unconstrained;
use tokio::time::Instant;
use tokio_util::bytes::{Bytes, BytesMut};
use tokio_util::io::poll_read_buf;

use crate::alarm::Alarm;
use crate::gather::Gather;

use super::body::{Upload, UploadEnd};
use super::incoming::{Framing, Head, Part};
use super::outgoing::{Outgoing, Stopped};
use super::{AnswerError, PassError, Patience, spare};

/// Read at once: of what is of unknown length, and of what is known to be long. A body of 64 KB is one
/// piece, and not several that are each written by themselves.
const READ: usize = 8 * 1024;
const LONG_READ: usize = 128 * 1024;

pub(super) type Stream = Gather<TokioIo<MaybeHttpsStream<TokioIo<TcpStream>>>>;

/// One connection to X. Its state of TLS takes a kilobyte and lies apart, for lines go from hand to
/// hand.
pub(super) struct Line {
    pub(super) stream: Box<Stream>,
    /// What was read and nobody took yet.
    buffer: BytesMut,
    /// How long the last answer was: the next one may be as long.
    last: usize,
    /// Read of this answer so far.
    read: usize,
    /// Rings when an answer's head takes too long.
    late: Alarm,
}

impl Line {
    /// A line whose answers take so long at most, usually.
    pub(super) fn new(stream: Stream, patience: Duration) -> Self {
        let late = Alarm::at(Instant::now() + patience);
        Self { stream: Box::new(stream), buffer: BytesMut::new(), last: 0, read: 0, late }
    }

    /// Whether it can take another request, as far as this side knows. A line that rests has
    /// nothing to say: what comes is the end of it, or no answer to any request of ours.
    pub(super) fn is_open(&mut self) -> bool {
        let mut byte = [0];
        let look =
            poll_fn(|cx| Pin::new(&mut self.stream).poll_read(cx, &mut ReadBuf::new(&mut byte)));
        // Each line that is over costs a part of a task's budget, and without budget all look open.
        let look = pin!(unconstrained(look));
        // Nobody has to be woken: whoever uses it next polls it again.
        look.poll(&mut Context::from_waker(Waker::noop())).is_pending()
    }

    /// Reads some more; `Ok(0)`: that was all.
    fn poll_more(&mut self, cx: &mut Context<'_>, count: usize) -> Poll<io::Result<usize>> {
        if self.buffer.capacity() == 0 {
            self.buffer = spare::take();
        }
        self.buffer.reserve(count);
        let read = poll_read_buf(Pin::new(&mut self.stream), cx, &mut self.buffer);
        if let Poll::Ready(Ok(count)) = &read {
            self.read += count;
        } else if self.buffer.is_empty() {
            spare::give_back(std::mem::take(&mut self.buffer));
        }
        read
    }

    fn poll_head(
        &mut self,
        cx: &mut Context<'_>,
        method: &Method,
        headers: &mut HeaderMap,
    ) -> Poll<Result<Head, PassError>> {
        loop {
            match self.poll_more(cx, self.last.clamp(READ, LONG_READ)) {
                Poll::Ready(Ok(count)) if count > 0 => {}
                Poll::Ready(end) => {
                    let error = end.err();
                    tracing::warn!(?error, "X closed the line on a call that was passed on");
                    return Poll::Ready(Err(PassError::Broken));
                }
                Poll::Pending => return Poll::Pending,
            }
            match Head::take(&mut self.buffer, method, headers) {
                Ok(Some(head)) => return Poll::Ready(Ok(head)),
                Ok(None) => {}
                Err(_) => {
                    tracing::warn!("X answered a call that was passed on, and not in HTTP");
                    return Poll::Ready(Err(PassError::Garbled));
                }
            }
        }
    }

    /// One request, until the head of its answer. `None`: the line was over before a byte of it was
    /// written.
    pub(super) async fn exchange(
        &mut self,
        method: &Method,
        request: &mut Outgoing,
        upload: Option<&Upload>,
        limits: &Patience,
        now: Instant,
        headers: &mut HeaderMap,
    ) -> Option<Result<Head, PassError>> {
        // An upload may be over before that: its caller rests, or it takes too long.
        let first = match upload {
            Some(_) => limits.answer.min(limits.idle).min(limits.upload),
            None => limits.answer,
        };
        self.late.set(now + first);
        let mut over = false;
        poll_fn(|cx| {
            if !over {
                let written = request.poll_write(cx, &mut self.stream, upload);
                match written {
                    Poll::Ready(Err(Stopped::Body)) => {
                        let end = upload.and_then(Upload::end);
                        let end = end.map_or(UploadEnd::Broken, |(end, _)| end);
                        return Poll::Ready(Some(Err(request.broken_off(end))));
                    }
                    Poll::Ready(Err(Stopped::Line(error))) => {
                        tracing::debug!(%error, "a line to X takes no more");
                        over = true;
                    }
                    Poll::Ready(Ok(())) | Poll::Pending => {}
                }
            }
            if !request.began() {
                // Whatever comes now is no answer to it: the end of the line, mostly.
                if over || self.poll_more(cx, READ).is_ready() {
                    return Poll::Ready(None);
                }
            } else if let Poll::Ready(head) = self.poll_head(cx, method, headers) {
                // Also of a line that takes no more: X may say why.
                return Poll::Ready(Some(head));
            }
            loop {
                std::task::ready!(self.late.poll(cx));
                match deadline(upload, limits) {
                    Ok(later) if later > Instant::now() => self.late.set(later),
                    Ok(_) => return Poll::Ready(Some(Err(PassError::Late))),
                    Err(end) => return Poll::Ready(Some(Err(request.broken_off(end)))),
                }
            }
        })
        .await
    }

    /// The next part of an answer's body; `None` at its end.
    pub(super) fn poll_body(
        &mut self,
        cx: &mut Context<'_>,
        framing: &mut Framing,
    ) -> Poll<Result<Option<Bytes>, AnswerError>> {
        loop {
            let left = match framing.take(&mut self.buffer) {
                Ok(Part::Data(data)) => return Poll::Ready(Ok(Some(data))),
                Ok(Part::End) => return Poll::Ready(Ok(None)),
                Ok(Part::More(left)) => left,
                Err(_) => return Poll::Ready(Err(AnswerError::Broken)),
            };
            let long = left.map_or(READ, |left| usize::try_from(left).unwrap_or(LONG_READ));
            match std::task::ready!(self.poll_more(cx, long.min(LONG_READ))) {
                Ok(0) if *framing == Framing::UntilClose => return Poll::Ready(Ok(None)),
                Ok(0) | Err(_) => return Poll::Ready(Err(AnswerError::Broken)),
                Ok(_) => {}
            }
        }
    }

    /// Makes it ready for another request; the answer to the last one was read to its end.
    pub(super) fn clear(&mut self) {
        spare::give_back(std::mem::take(&mut self.buffer));
        self.last = std::mem::take(&mut self.read);
    }

    /// Whether something follows an answer that was read to its end.
    pub(super) fn has_more(&self) -> bool {
        !self.buffer.is_empty()
    }
}

/// Until when the answer may take; `Err` when it is the caller who takes too long.
fn deadline(upload: Option<&Upload>, limits: &Patience) -> Result<Instant, UploadEnd> {
    let Some(upload) = upload else { return Ok(Instant::now()) };
    match upload.end() {
        Some((UploadEnd::Whole, at)) => Ok(at.max(upload.moved()) + limits.answer),
        Some((end, _)) => Err(end),
        None => {
            let rested = upload.moved() + limits.idle;
            let whole = upload.started() + limits.upload;
            let over = rested.min(whole);
            let callers = upload.waits_for_caller() || whole <= rested;
            if over > Instant::now() || !callers { Ok(over) } else { Err(UploadEnd::Slow) }
        }
    }
}
