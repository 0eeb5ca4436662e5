//! Lines to X: connections that are kept and used again, one call at a time.
//!
//! Our own, rather than hyper-util's pool, for two reasons. A call and its line run in one task:
//! when the caller goes away, all of it is dropped and X sees the end at once. And what happens to
//! a request on a line that turns out dead is decided here: it is sent on another line only when not
//! a byte of it was written on the first, so a signed request never reaches X twice.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::client::conn::TrySendError;
use hyper::client::conn::http1::{Builder, Connection, SendRequest};
use hyper::header::HeaderValue;
use hyper::{Request, Uri};
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until};
use tower::Service as _;
use url::Url;

use super::body::{OutBody, Upload, UploadEnd};
use super::{Head, PassError, Patience};

/// TCP and TLS together.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// X's own patience is not documented; a line that rests for longer than this is not trusted.
const REST: Duration = Duration::from_secs(15);
/// At the same time. Each holds a file descriptor, as each caller does.
const LINES: usize = 400;
/// The largest head of an answer, and the most that is read at once: a body of 64 KB is one piece.
const READ_BYTES: usize = 128 * 1024;

type Stream = MaybeHttpsStream<TokioIo<TcpStream>>;

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

/// One connection to X.
struct Line {
    sender: SendRequest<OutBody>,
    /// What moves the bytes; `None` when it is over.
    connection: Option<Pin<Box<Connection<Stream, OutBody>>>>,
}

/// A line in use: when it is dropped, the connection is closed; when it is [rested](Self::rest), it
/// can be used again.
pub(super) struct Busy {
    line: Line,
    shared: Arc<Shared>,
    _place: OwnedSemaphorePermit,
}

impl Line {
    /// Moves bytes.
    fn drive(&mut self, cx: &mut Context<'_>) {
        if let Some(connection) = &mut self.connection
            && connection.as_mut().poll(cx).is_ready()
        {
            self.connection = None;
        }
    }

    /// Whether it can take another request, as far as this side knows.
    fn is_ready(&mut self) -> bool {
        // Nobody has to be woken: whoever uses it next polls it again.
        self.drive(&mut Context::from_waker(std::task::Waker::noop()));
        self.connection.is_some() && self.sender.is_ready()
    }

    /// One request, until the head of its answer.
    async fn exchange(
        &mut self,
        request: Request<OutBody>,
        upload: Option<&Upload>,
        limits: &Patience,
    ) -> Result<Head, Over> {
        let mut answer = pin!(self.sender.try_send_request(request));
        // An upload may be over before that: its caller rests, or it takes too long.
        let first = match upload {
            Some(_) => limits.answer.min(limits.idle).min(limits.upload),
            None => limits.answer,
        };
        let mut patience = pin!(sleep_until(Instant::now() + first));
        let connection = &mut self.connection;
        poll_fn(|cx| {
            if let Some(open) = connection
                && open.as_mut().poll(cx).is_ready()
            {
                *connection = None;
            }
            if let Poll::Ready(answer) = answer.as_mut().poll(cx) {
                return Poll::Ready(answer.map_err(|error| Over::of(error, upload)));
            }
            loop {
                std::task::ready!(patience.as_mut().poll(cx));
                match deadline(upload, limits) {
                    Ok(later) if later > Instant::now() => patience.as_mut().reset(later),
                    Ok(_) => return Poll::Ready(Err(Over::Failed(PassError::Late))),
                    Err(end) => return Poll::Ready(Err(Over::Failed(PassError::Upload(end)))),
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
        Some((UploadEnd::Whole, at)) => Ok(at + limits.answer),
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

/// Why there is no head.
enum Over {
    /// The line was over before a byte of the request was written: here it is again.
    Unsent(Box<Request<OutBody>>),
    Failed(PassError),
}

impl Over {
    fn of(mut failed: TrySendError<Request<OutBody>>, upload: Option<&Upload>) -> Self {
        if let Some(unsent) = failed.take_message() {
            return Self::Unsent(Box::new(unsent));
        }
        let error = failed.error();
        if let Some((end, _)) = upload.and_then(Upload::end)
            && end != UploadEnd::Whole
        {
            return Self::Failed(PassError::Upload(end));
        }
        tracing::warn!(%error, "X did not answer a call that was passed on");
        Self::Failed(if error.is_parse() { PassError::Garbled } else { PassError::Broken })
    }
}

impl Busy {
    /// How long X may let the rest of an answer rest.
    pub(super) fn idle(&self) -> Duration {
        self.shared.patience.idle
    }

    pub(super) fn drive(&mut self, cx: &mut Context<'_>) {
        self.line.drive(cx);
    }

    /// The answer was read to its end: the line may be used again.
    pub(super) fn rest(mut self) {
        if self.line.is_ready() {
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
            if since.elapsed() < REST && line.is_ready() {
                return Some(line);
            }
        }
    }

    async fn place(&self) -> Result<OwnedSemaphorePermit, PassError> {
        let waiting = Arc::clone(&self.places).acquire_owned();
        let place = tokio::time::timeout(CONNECT_TIMEOUT, waiting).await;
        place.ok().and_then(Result::ok).ok_or_else(|| {
            tracing::warn!(lines = LINES, "all lines to X are busy");
            PassError::Unreached
        })
    }

    async fn connect(&self) -> Result<Line, PassError> {
        let opening = async {
            let stream = self.connector.clone().call(self.base.clone()).await?;
            let (sender, connection) =
                Builder::new().max_buf_size(READ_BYTES).handshake(stream).await?;
            let mut line = Line { sender, connection: Some(Box::pin(connection)) };
            // A first look at the line makes it ready to take a request.
            line.is_ready();
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(line)
        };
        match tokio::time::timeout(CONNECT_TIMEOUT, opening).await {
            Ok(Ok(line)) => Ok(line),
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

    pub(super) fn host(&self) -> HeaderValue {
        self.0.host.clone()
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
        request: Request<OutBody>,
        upload: Option<Arc<Upload>>,
    ) -> Result<(Busy, Head), PassError> {
        let shared = &self.0;
        let place = shared.place().await?;
        let mut request = request;
        loop {
            let (mut line, used) = match shared.rested() {
                Some(line) => (line, true),
                None => (shared.connect().await?, false),
            };
            match line.exchange(request, upload.as_deref(), &shared.patience).await {
                Ok(head) => {
                    return Ok((Busy { line, shared: Arc::clone(shared), _place: place }, head));
                }
                Err(Over::Unsent(unsent)) if used => request = *unsent,
                Err(Over::Unsent(_)) => return Err(PassError::Unreached),
                Err(Over::Failed(error)) => return Err(error),
            }
        }
    }
}
