//! Lines to X: connections that are kept and used again, one call at a time.
//!
//! Our own, rather than hyper's client and hyper-util's pool, for three reasons. A call and its line run
//! in one task: when the caller goes away, all of it is dropped and X sees the end at once. What happens
//! to a request on a line that turns out dead is decided here: it is sent on another line only when not
//! a byte of it was written on the first, so a signed request never reaches X twice. And a line that
//! rests holds no buffers, and a request costs one write and a list of the headers that pass.

use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::header::{HeaderMap, HeaderValue};
use hyper::{Method, Uri};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use tokio_util::bytes::Bytes;
use tower::Service as _;
use url::Url;

use crate::clock::last_instant;
use crate::gather::Gather;

use super::body::Upload;
use super::incoming::{Framing, Head};
use super::line::Line;
use super::outgoing::Outgoing;
use super::{AnswerError, PassError, Patience, Room};

/// TCP and TLS together.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// X's own patience is not documented; a line that rests for longer than this is not trusted.
const REST: Duration = Duration::from_secs(15);
/// At the same time. Each holds a file descriptor, as each caller does.
pub const LINES: usize = 400;

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

/// A line in use, after the head of an answer: when it is dropped, the connection is closed; when it
/// is [rested](Self::rest), it can be used again.
pub(super) struct Busy {
    line: Line,
    /// When the call began: that the line was well then is known.
    since: Instant,
    /// A request that X answered before it had all of it.
    rest: Option<Outgoing>,
    keeps: bool,
    shared: Arc<Shared>,
    _place: OwnedSemaphorePermit,
    _room: Room,
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
        self.line.poll_body(cx, framing)
    }

    /// The answer was read to its end: the line may be used again, unless something says no.
    pub(super) fn rest(mut self) {
        if self.keeps && self.rest.is_none() && !self.line.has_more() {
            self.line.clear();
            let resting = Resting { line: self.line, since: self.since };
            self.shared.resting().push(resting);
        }
    }
}

impl Shared {
    fn resting(&self) -> std::sync::MutexGuard<'_, Vec<Resting>> {
        self.resting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The line that rested the shortest, unless it is over.
    fn rested(&self, now: Instant) -> Option<Line> {
        loop {
            let Resting { mut line, since } = self.resting().pop()?;
            if now.duration_since(since) < REST && line.is_open() {
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
            Ok(Ok(stream)) => Ok(Line::new(Gather(TokioIo::new(stream)), self.patience.answer)),
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
            resting.extract_if(.., |line| line.since.elapsed() >= REST).collect()
        };
        drop(over);
    }

    /// Sends a request; answers with the head of what X says, and the line that the rest of it
    /// comes by. The caller's room on them is held as long as that one. The answer's headers are
    /// added to `headers`.
    pub(super) async fn send(
        &self,
        method: &Method,
        mut request: Outgoing,
        upload: Option<Arc<Upload>>,
        room: Room,
        headers: &mut HeaderMap,
    ) -> Result<(Busy, Head), PassError> {
        let shared = &self.0;
        let place = shared.place().await?;
        loop {
            let now = last_instant().into();
            let (mut line, used, now) = match shared.rested(now) {
                Some(line) => (line, true, now),
                // In a box: room for it in every call would be room in every connection.
                None => (Box::pin(shared.connect()).await?, false, Instant::now()),
            };
            let upload = upload.as_deref();
            match line.exchange(method, &mut request, upload, &shared.patience, now, headers).await
            {
                Some(Ok(head)) => {
                    let rest = (!request.is_done()).then_some(request);
                    let (keeps, shared) = (head.keeps, Arc::clone(shared));
                    return Ok((
                        Busy { line, since: now, rest, keeps, shared, _place: place, _room: room },
                        head,
                    ));
                }
                None if used => {}
                None => return Err(PassError::Unreached),
                Some(Err(error)) => return Err(error),
            }
        }
    }
}
