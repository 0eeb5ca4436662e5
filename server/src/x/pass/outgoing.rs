//! A request on its way to X: its head as bytes, then its body as it comes, in as few writes as
//! there can be.

use std::io::{self, IoSlice, Write as _};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use hyper::Method;
use hyper::body::Body as _;
use hyper::header::HeaderValue;
use smallvec::{SmallVec, smallvec};
use tokio::io::AsyncWrite;
use tokio_util::bytes::{Buf as _, Bytes};

use super::body::{OutBody, Upload, UploadEnd};
use super::{PassError, encode};

/// No more of a body is taken than this while X does not read.
const AHEAD: usize = 64 * 1024;
/// Written at once.
const PIECES: usize = 8;
/// The most that TLS sends as one (RFC 8446 §5.1).
const TLS_RECORD: usize = 16 * 1024;

/// The headers of a request, which are all that it has.
pub(super) struct Head<'a> {
    pub(super) method: &'a Method,
    /// Of characters that RFC 3986 lets stand there.
    pub(super) path: &'a str,
    /// Decoded.
    pub(super) query: &'a [(String, String)],
    pub(super) host: &'a HeaderValue,
    pub(super) authorization: &'a str,
    pub(super) user_agent: &'static str,
    pub(super) content_type: Option<&'a HeaderValue>,
    pub(super) accept: &'a [HeaderValue],
}

/// A request, as much of it as is not written yet.
pub(super) struct Outgoing {
    pieces: SmallVec<[Bytes; 2]>,
    body: OutBody,
    framing: Framing,
    began: bool,
    /// X did not take at once what there was.
    stalled: bool,
    done: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Framing {
    /// So many bytes are still to come (RFC 9112 §6.2).
    Length(u64),
    /// RFC 9112 §7.1.
    Chunked,
}

/// What there was of a body.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Taken {
    /// The end of it.
    All,
    /// As much as is written at once.
    Enough,
    /// It is waited for.
    Waiting,
}

/// Why it does not go on.
#[derive(Debug)]
pub(super) enum Stopped {
    /// The line is over.
    Line(io::Error),
    /// The body ended badly.
    Body,
}

impl Outgoing {
    pub(super) fn new(head: &Head<'_>, body: OutBody) -> Self {
        let length = body.size_hint().exact();
        let framing = length.map_or(Framing::Chunked, Framing::Length);
        let pieces = smallvec![head.bytes(framing)];
        Self { pieces, body, framing, began: false, stalled: false, done: false }
    }

    /// Whether X may have seen a byte of it.
    pub(super) fn began(&self) -> bool {
        self.began
    }

    /// Its body ended so.
    pub(super) fn broken_off(&self, end: UploadEnd) -> PassError {
        PassError::Upload { end, began: self.began }
    }

    /// Whether all of it is written.
    pub(super) fn is_done(&self) -> bool {
        self.done
    }

    /// Writes what can be written now; ready when that was all.
    pub(super) fn poll_write<W: AsyncWrite + Unpin>(
        &mut self,
        cx: &mut Context<'_>,
        line: &mut W,
        upload: Option<&Upload>,
    ) -> Poll<Result<(), Stopped>> {
        while !self.done {
            let taken = self.take_body(cx)?;
            // The head waits for the first of the body: one write rather than two.
            if taken == Taken::Waiting && !self.began && self.pieces.len() == 1 {
                return Poll::Pending;
            }
            if self.pieces.is_empty() {
                ready!(Pin::new(&mut *line).poll_flush(cx)).map_err(Stopped::Line)?;
                if taken != Taken::All {
                    return Poll::Pending;
                }
                self.done = true;
                break;
            }
            let mut slices = [IoSlice::new(&[]); PIECES];
            let count = self.pieces.len().min(PIECES);
            for (slice, piece) in slices.iter_mut().zip(&self.pieces) {
                *slice = IoSlice::new(piece);
            }
            // A larger write may fail after a part of it went out, as records of their own.
            self.began |= self.pieces.iter().map(Bytes::len).sum::<usize>() > TLS_RECORD;
            let write = Pin::new(&mut *line).poll_write_vectored(cx, &slices[..count]);
            self.stalled |= write.is_pending();
            let written = ready!(write).map_err(Stopped::Line)?;
            if written == 0 {
                return Poll::Ready(Err(Stopped::Line(io::ErrorKind::WriteZero.into())));
            }
            self.began = true;
            // X takes its time, and goes on.
            if std::mem::take(&mut self.stalled)
                && let Some(upload) = upload
            {
                upload.note_progress();
            }
            self.advance(written);
        }
        Poll::Ready(Ok(()))
    }

    /// Takes of the body what is there.
    fn take_body(&mut self, cx: &mut Context<'_>) -> Result<Taken, Stopped> {
        let mut ahead: usize = self.pieces.iter().map(Bytes::len).sum();
        while ahead < AHEAD && self.pieces.len() < PIECES {
            if self.framing == Framing::Length(0) {
                // It learns when it is dropped that it was read to its end.
                self.body = OutBody::empty();
                return Ok(Taken::All);
            }
            let frame = match Pin::new(&mut self.body).poll_frame(cx) {
                Poll::Pending => return Ok(Taken::Waiting),
                Poll::Ready(Some(Ok(frame))) => frame,
                Poll::Ready(Some(Err(_))) => return Err(Stopped::Body),
                Poll::Ready(None) => {
                    self.end()?;
                    continue;
                }
            };
            let Ok(data) = frame.into_data() else { continue };
            if data.is_empty() {
                continue;
            }
            ahead += data.len();
            match &mut self.framing {
                Framing::Length(left) => {
                    *left = left.checked_sub(data.len() as u64).ok_or(Stopped::Body)?;
                    self.pieces.push(data);
                }
                Framing::Chunked => {
                    self.pieces.push(format!("{:x}\r\n", data.len()).into());
                    self.pieces.push(data);
                    self.pieces.push(Bytes::from_static(b"\r\n"));
                }
            }
        }
        Ok(Taken::Enough)
    }

    fn end(&mut self) -> Result<(), Stopped> {
        if self.framing != Framing::Chunked {
            return Err(Stopped::Body);
        }
        self.framing = Framing::Length(0);
        self.pieces.push(Bytes::from_static(b"0\r\n\r\n"));
        Ok(())
    }

    fn advance(&mut self, mut written: usize) {
        while let Some(first) = self.pieces.first_mut() {
            if written < first.len() {
                return first.advance(written);
            }
            written -= first.len();
            self.pieces.remove(0);
        }
    }
}

impl Head<'_> {
    fn bytes(&self, framing: Framing) -> Bytes {
        let mut line = String::with_capacity(768);
        for part in [self.method.as_str(), " ", self.path] {
            line.push_str(part);
        }
        if !self.query.is_empty() {
            line.push('?');
            encode(&mut line, self.query);
        }
        line.push_str(" HTTP/1.1");
        let mut text = line.into_bytes();
        let mut header = |name: &str, value: &[u8]| {
            text.extend_from_slice(b"\r\n");
            text.extend_from_slice(name.as_bytes());
            text.extend_from_slice(b": ");
            text.extend_from_slice(value);
        };
        header("host", self.host.as_bytes());
        header("authorization", self.authorization.as_bytes());
        header("user-agent", self.user_agent.as_bytes());
        if let Some(content_type) = self.content_type {
            header("content-type", content_type.as_bytes());
        }
        for accept in self.accept {
            header("accept", accept.as_bytes());
        }
        if self.accept.is_empty() {
            header("accept", b"*/*");
        }
        // RFC 9110 §8.6: a method that usually has a body says so when it has none.
        let bodied = matches!(*self.method, Method::POST | Method::PUT | Method::PATCH);
        match framing {
            Framing::Length(0) if !bodied => {}
            Framing::Length(length) => {
                text.extend_from_slice(b"\r\ncontent-length: ");
                let _ = write!(text, "{length}");
            }
            Framing::Chunked => header("transfer-encoding", b"chunked"),
        }
        text.extend_from_slice(b"\r\n\r\n");
        text.into()
    }
}
