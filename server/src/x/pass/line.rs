//! Lines to X: connections that are kept and used again, one call at a time.
//!
//! Our own, rather than hyper's client and hyper-util's pool, for three reasons. A call and its line run
//! in one task: when the caller goes away, all of it is dropped and X sees the end at once. What happens
//! to a request on a line that turns out dead is decided here: it is sent on another line only when not
//! a byte of it was written on the first, so a signed request never reaches X twice. And a line that
//! rests holds no buffers, and a request costs one write and a list of the headers that pass.

use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use hyper::header::HeaderValue;
use hyper::{Method, Uri};
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead as _, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::coop::unconstrained;
use tokio::time::{Instant, sleep_until};
use tokio_util::bytes::{Bytes, BytesMut};
use tokio_util::io::poll_read_buf;
use tower::Service as _;
use url::Url;

use super::body::{Upload, UploadEnd};
use super::incoming::{Framing, Head, Part};
use super::outgoing::{Outgoing, Stopped};
use super::spare;
use super::{AnswerError, PassError, Patience};

/// TCP and TLS together.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// X's own patience is not documented; a line that rests for longer than this is not trusted.
const REST: Duration = Duration::from_secs(15);
/// At the same time. Each holds a file descriptor, as each caller does.
const LINES: usize = 400;
/// Read at once: of what is of unknown length, and of what is known to be long. A body of 64 KB is one
/// piece, and not several that are each written by themselves.
const READ: usize = 8 * 1024;
const LONG_READ: usize = 128 * 1024;

type Stream = TokioIo<MaybeHttpsStream<TokioIo<TcpStream>>>;

/// All lines to one provider.
pub(crate) struct Lines(Arc<Shared>);

struct Shared {
    connector: HttpsConnector<HttpConnector>,
    base: Uri,
    host: HeaderValue,
    patience: Patience,
    places: Arc<Semaphore>,
    resting: Mutex<Vec<Resting>>,
}

struct Resting {
    line: Line,
    since: Instant,
}

/// One connection to X. Its state of TLS takes a kilobyte and lies apart, for lines go from hand to
/// hand.
struct Line {
    stream: Box<Stream>,
    /// What was read and nobody took yet.
    buffer: BytesMut,
    /// How long the last answer was: the next one may be as long.
    last: usize,
    /// Read of this answer so far.
    read: usize,
}

/// A line in use, after the head of an answer: when it is dropped, the connection is closed; when it
/// is [rested](Self::rest), it can be used again.
pub(super) struct Busy {
    line: Line,
    /// A request that X answered before it had all of it.
    rest: Option<Outgoing>,
    keeps: bool,
    shared: Arc<Shared>,
    _place: OwnedSemaphorePermit,
}

impl Line {
    fn new(stream: Stream) -> Self {
        Self { stream: Box::new(stream), buffer: BytesMut::new(), last: 0, read: 0 }
    }

    /// Whether it can take another request, as far as this side knows. A line that rests has
    /// nothing to say: what comes is the end of it, or no answer to any request of ours.
    fn is_open(&mut self) -> bool {
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
            match Head::take(&mut self.buffer, method) {
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
    async fn exchange(
        &mut self,
        method: &Method,
        request: &mut Outgoing,
        upload: Option<&Upload>,
        limits: &Patience,
    ) -> Option<Result<Head, PassError>> {
        // An upload may be over before that: its caller rests, or it takes too long.
        let first = match upload {
            Some(_) => limits.answer.min(limits.idle).min(limits.upload),
            None => limits.answer,
        };
        let mut patience = pin!(sleep_until(Instant::now() + first));
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
            } else if let Poll::Ready(head) = self.poll_head(cx, method) {
                // Also of a line that takes no more: X may say why.
                return Poll::Ready(Some(head));
            }
            loop {
                std::task::ready!(patience.as_mut().poll(cx));
                match deadline(upload, limits) {
                    Ok(later) if later > Instant::now() => patience.as_mut().reset(later),
                    Ok(_) => return Poll::Ready(Some(Err(PassError::Late))),
                    Err(end) => return Poll::Ready(Some(Err(request.broken_off(end)))),
                }
            }
        })
        .await
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

impl Busy {
    /// How long X may let the rest of an answer rest.
    pub(super) fn idle(&self) -> Duration {
        self.shared.patience.idle
    }

    /// The next part of the answer's body; `None` at its end.
    pub(super) fn poll_body(
        &mut self,
        cx: &mut Context<'_>,
        framing: &mut Framing,
    ) -> Poll<Result<Option<Bytes>, AnswerError>> {
        if let Some(rest) = &mut self.rest
            && let Poll::Ready(written) = rest.poll_write(cx, &mut self.line.stream, None)
        {
            self.keeps &= written.is_ok();
            self.rest = None;
        }
        loop {
            let left = match framing.take(&mut self.line.buffer) {
                Ok(Part::Data(data)) => return Poll::Ready(Ok(Some(data))),
                Ok(Part::End) => return Poll::Ready(Ok(None)),
                Ok(Part::More(left)) => left,
                Err(_) => return Poll::Ready(Err(AnswerError::Broken)),
            };
            let long = left.map_or(READ, |left| usize::try_from(left).unwrap_or(LONG_READ));
            match std::task::ready!(self.line.poll_more(cx, long.min(LONG_READ))) {
                Ok(0) if *framing == Framing::UntilClose => return Poll::Ready(Ok(None)),
                Ok(0) | Err(_) => return Poll::Ready(Err(AnswerError::Broken)),
                Ok(_) => {}
            }
        }
    }

    /// The answer was read to its end: the line may be used again, unless something says no.
    pub(super) fn rest(mut self) {
        if self.keeps && self.rest.is_none() && self.line.buffer.is_empty() {
            spare::give_back(std::mem::take(&mut self.line.buffer));
            self.line.last = std::mem::take(&mut self.line.read);
            let resting = Resting { line: self.line, since: Instant::now() };
            self.shared.resting().push(resting);
        }
    }
}

impl Shared {
    fn resting(&self) -> std::sync::MutexGuard<'_, Vec<Resting>> {
        self.resting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The line that rested the shortest, unless it is over.
    fn rested(&self) -> Option<Line> {
        loop {
            let Resting { mut line, since } = self.resting().pop()?;
            if since.elapsed() < REST && line.is_open() {
                return Some(line);
            }
        }
    }

    async fn place(&self) -> Result<OwnedSemaphorePermit, PassError> {
        if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
            return Ok(place);
        }
        let waiting = Arc::clone(&self.places).acquire_owned();
        let place = Box::pin(tokio::time::timeout(CONNECT_TIMEOUT, waiting)).await;
        place.ok().and_then(Result::ok).ok_or_else(|| {
            tracing::warn!(lines = LINES, "all lines to X are busy");
            PassError::Unreached
        })
    }

    async fn connect(&self) -> Result<Line, PassError> {
        let opening = self.connector.clone().call(self.base.clone());
        match tokio::time::timeout(CONNECT_TIMEOUT, opening).await {
            Ok(Ok(stream)) => Ok(Line::new(TokioIo::new(stream))),
            Ok(Err(error)) => {
                tracing::warn!(error, "no line to X");
                Err(PassError::Unreached)
            }
            Err(_) => {
                tracing::warn!("no line to X in time");
                Err(PassError::Unreached)
            }
        }
    }
}

impl Lines {
    /// Lines to the provider at `base`, which holds scheme, host and port only.
    pub(crate) fn new(
        base: &Url,
        connector: HttpsConnector<HttpConnector>,
        patience: Patience,
    ) -> Self {
        // Host and port, the port only when it is not the scheme's own (RFC 9110 §7.2).
        let host = &base[url::Position::BeforeHost..url::Position::AfterPort];
        Self(Arc::new(Shared {
            connector,
            base: base.as_str().parse().expect("the configured URL is a URI"),
            host: HeaderValue::try_from(host).expect("a host fits a header"),
            patience,
            places: Arc::new(Semaphore::new(LINES)),
            resting: Mutex::default(),
        }))
    }

    pub(super) fn host(&self) -> &HeaderValue {
        &self.0.host
    }

    /// Closes what rested for too long.
    pub(crate) fn close_the_rested(&self) {
        let over: Vec<Resting> = {
            let mut resting = self.0.resting();
            let fresh = resting.iter().take_while(|line| line.since.elapsed() >= REST).count();
            resting.drain(..fresh).collect()
        };
        drop(over);
    }

    /// Sends a request; answers with the head of what X says, and the line that the rest of it
    /// comes by.
    pub(super) async fn send(
        &self,
        method: &Method,
        mut request: Outgoing,
        upload: Option<Arc<Upload>>,
    ) -> Result<(Busy, Head), PassError> {
        let shared = &self.0;
        let place = shared.place().await?;
        loop {
            let (mut line, used) = match shared.rested() {
                Some(line) => (line, true),
                // In a box: room for it in every call would be room in every connection.
                None => (Box::pin(shared.connect()).await?, false),
            };
            let upload = upload.as_deref();
            match line.exchange(method, &mut request, upload, &shared.patience).await {
                Some(Ok(head)) => {
                    let rest = (!request.is_done()).then_some(request);
                    let (keeps, shared) = (head.keeps, Arc::clone(shared));
                    return Ok((Busy { line, rest, keeps, shared, _place: place }, head));
                }
                None if used => {}
                None => return Err(PassError::Unreached),
                Some(Err(error)) => return Err(error),
            }
        }
    }
}
