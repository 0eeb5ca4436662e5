//! The body of a call on its way to X: none, a small one, or somebody else's as it comes.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};

use axum::body::Body as AnyBody;
use hyper::body::{Body, Bytes, Frame, SizeHint};
use tokio::time::Instant;

use super::BODY_CAP;

/// A body that goes to X.
pub struct OutBody(Kind);

enum Kind {
    Full(Option<Bytes>),
    Stream {
        /// What was read ahead of the rest.
        first: Option<Bytes>,
        rest: AnyBody,
        left: u64,
        upload: Arc<Upload>,
    },
}

/// How an upload goes, for the one who waits for the answer.
pub struct Upload {
    started: Instant,
    /// Milliseconds from the start to the last byte that moved, on either side.
    moved: AtomicU64,
    waits: AtomicBool,
    end: AtomicU8,
    ended: OnceLock<Instant>,
}

/// How the caller's body ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UploadEnd {
    /// All of it is on its way.
    Whole,
    /// It is larger than [`BODY_CAP`].
    TooLarge,
    /// The caller went away, or sent what is no body.
    Broken,
    /// The caller rested for too long.
    Slow,
}

impl Upload {
    fn new() -> Self {
        Self {
            started: Instant::now(),
            moved: AtomicU64::new(0),
            waits: AtomicBool::new(false),
            end: AtomicU8::new(0),
            ended: OnceLock::new(),
        }
    }

    /// A byte moved: from the caller, or to X.
    pub(super) fn note_progress(&self) {
        let millis = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.moved.store(millis, Ordering::Relaxed);
    }

    fn finish(&self, end: UploadEnd) {
        let code = match end {
            UploadEnd::Whole => 1,
            UploadEnd::TooLarge => 2,
            UploadEnd::Broken => 3,
            UploadEnd::Slow => 4,
        };
        // The first end counts.
        if self.end.compare_exchange(0, code, Ordering::AcqRel, Ordering::Acquire).is_ok() {
            let _ = self.ended.set(Instant::now());
        }
    }

    /// When it began.
    pub(super) fn started(&self) -> Instant {
        self.started
    }

    /// When a byte last moved.
    pub(super) fn moved(&self) -> Instant {
        self.started + std::time::Duration::from_millis(self.moved.load(Ordering::Relaxed))
    }

    /// Whether it is the caller, and not X, who lets it rest.
    pub(super) fn waits_for_caller(&self) -> bool {
        self.waits.load(Ordering::Relaxed)
    }

    /// How it ended, and when; `None` while it goes on.
    pub(super) fn end(&self) -> Option<(UploadEnd, Instant)> {
        let end = match self.end.load(Ordering::Acquire) {
            0 => return None,
            1 => UploadEnd::Whole,
            2 => UploadEnd::TooLarge,
            3 => UploadEnd::Broken,
            _ => UploadEnd::Slow,
        };
        Some((end, self.ended.get().copied().unwrap_or(self.started)))
    }
}

/// The caller's body ended badly: the request to X is cut off.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the caller's body did not arrive whole")]
pub struct CutOff;

impl OutBody {
    /// No body.
    pub fn empty() -> Self {
        Self(Kind::Full(None))
    }

    /// A body that is here already.
    pub fn full(bytes: Bytes) -> Self {
        Self(Kind::Full(Some(bytes).filter(|bytes| !bytes.is_empty())))
    }

    /// A body as it comes, after what was read ahead of it.
    pub fn stream(first: Option<Bytes>, rest: AnyBody) -> Self {
        let first = first.filter(|first| !first.is_empty());
        let left = BODY_CAP - first.as_ref().map_or(0, |first| first.len() as u64);
        Self(Kind::Stream { first, rest, left, upload: Arc::new(Upload::new()) })
    }

    /// How it goes, for a body that is not here yet.
    pub(super) fn upload(&self) -> Option<Arc<Upload>> {
        match &self.0 {
            Kind::Full(_) => None,
            Kind::Stream { upload, .. } => Some(Arc::clone(upload)),
        }
    }
}

impl Body for OutBody {
    type Data = Bytes;
    type Error = CutOff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, CutOff>>> {
        let (first, rest, left, upload) = match &mut self.0 {
            Kind::Full(bytes) => return Poll::Ready(bytes.take().map(|b| Ok(Frame::data(b)))),
            Kind::Stream { first, rest, left, upload } => (first, rest, left, upload),
        };
        if let Some(first) = first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        loop {
            let frame = Pin::new(&mut *rest).poll_frame(cx);
            upload.waits.store(frame.is_pending(), Ordering::Relaxed);
            let frame = match ready!(frame) {
                None => {
                    upload.finish(UploadEnd::Whole);
                    return Poll::Ready(None);
                }
                Some(Err(_)) => {
                    upload.finish(UploadEnd::Broken);
                    return Poll::Ready(Some(Err(CutOff)));
                }
                Some(Ok(frame)) => frame,
            };
            // Trailers are none of the headers that pass.
            let Ok(data) = frame.into_data() else { continue };
            let Some(still) = left.checked_sub(data.len() as u64) else {
                upload.finish(UploadEnd::TooLarge);
                return Poll::Ready(Some(Err(CutOff)));
            };
            *left = still;
            if rest.is_end_stream() {
                upload.finish(UploadEnd::Whole);
            } else {
                upload.note_progress();
            }
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Kind::Full(bytes) => bytes.is_none(),
            Kind::Stream { first, rest, .. } => first.is_none() && rest.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Full(bytes) => {
                SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
            }
            Kind::Stream { first, rest, .. } => {
                let ahead = first.as_ref().map_or(0, |first| first.len() as u64);
                rest.size_hint()
                    .exact()
                    .map_or_else(SizeHint::default, |rest| SizeHint::with_exact(rest + ahead))
            }
        }
    }
}

impl Drop for OutBody {
    /// Dropped before its end, X will never get the rest.
    fn drop(&mut self) {
        if let Kind::Stream { upload, first: None, rest, .. } = &self.0
            && rest.is_end_stream()
        {
            upload.finish(UploadEnd::Whole);
        }
    }
}
