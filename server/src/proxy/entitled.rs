//! A body that comes slowly, and the right to send it, which may be over before it has come.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use hyper::Method;
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use pinfold_api::Code;
use uuid::Uuid;

use super::Target;
use crate::clock::last_instant;
use crate::problem::Refusal;
use crate::state::AppState;
use crate::task_key::Held;

/// What a call was let pass for: a key, unless an operator sent it; a connection; a path of X's. Whether
/// an operator is one still is not asked again.
#[derive(Clone)]
pub(super) struct Right(Arc<Granted>);

struct Granted {
    state: AppState,
    key: Held,
    workspace: String,
    connection: Uuid,
    method: Method,
    path: String,
}

/// When it was asked whether a right stands.
#[derive(Clone, Copy)]
struct Asked {
    at: Instant,
    /// What the store was then; `None` where that says nothing, and only time does.
    generation: Option<u64>,
}

impl Asked {
    fn now(generation: Option<u64>) -> Self {
        Self { at: last_instant(), generation }
    }
}

/// Where changes are not heard of, it is asked so often at most, and at the end.
const OFTEN: Duration = Duration::from_secs(1);

impl Right {
    pub(super) fn new(
        state: &AppState,
        (key, workspace): (&Held, &str),
        connection: Uuid,
        (method, target): (&Method, Target<'_>),
    ) -> Self {
        Self(Arc::new(Granted {
            state: state.clone(),
            key: key.clone(),
            workspace: workspace.to_owned(),
            connection,
            method: method.clone(),
            path: target.as_str().to_owned(),
        }))
    }

    /// Whether nothing has changed that it could depend on since it was asked.
    fn stands(&self, asked: Asked, is_end: bool) -> bool {
        let Granted { state, key, .. } = &*self.0;
        let ends = key.as_ref().and_then(|key| key.expires_at);
        let same = match asked.generation {
            None => !is_end && last_instant().saturating_duration_since(asked.at) < OFTEN,
            known => known == state.store.changes().generation(),
        };
        same && ends.is_none_or(|end| end > state.clock.recently())
    }

    /// Why a call came to nothing: it may have lost its right on the way.
    pub(super) async fn explain(right: Option<Self>, refusal: Refusal) -> Refusal {
        let Some(right) = right else { return refusal };
        right.check().await.err().unwrap_or(refusal)
    }

    /// Whether it would be given now; `Err`: why not.
    async fn check(&self) -> Result<(), Refusal> {
        let Granted { state, key, workspace, connection, method, path, .. } = &*self.0;
        let target = Target::parse(path)?;
        if let Some(key) = key {
            let key = state.holders.again(&state.store, key, state.clock.now()).await?;
            let key = key.ok_or(Code::Unauthenticated)?;
            key.names(*connection)?;
            key.may_send(method, target)?;
        }
        let account = state.accounts.find(state, workspace, *connection).await?;
        account.may_send(method, target)
    }
}

type Checking = Pin<Box<dyn Future<Output = Result<(), Refusal>> + Send>>;
type Part = Option<Result<Frame<Bytes>, hyper::Error>>;

/// A caller's body, each part of which, and its end, comes only while the right to send it stands.
pub(super) struct Entitled {
    body: Incoming,
    right: Right,
    asked: Asked,
    /// A part that waits for the answer, who asks, and since when.
    held: Option<(Part, Checking, Asked)>,
}

/// Why a body ends early.
#[derive(Debug, thiserror::Error)]
pub(super) enum Ended {
    #[error(transparent)]
    Broken(#[from] hyper::Error),
    #[error("it may not be sent any more")]
    NotEntitled,
}

impl Entitled {
    /// `generation`: what the store was before the right was given.
    pub(super) fn new(body: Incoming, right: &Right, generation: Option<u64>) -> Self {
        Self { body, right: right.clone(), asked: Asked::now(generation), held: None }
    }
}

impl Body for Entitled {
    type Data = Bytes;
    type Error = Ended;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Ended>>> {
        let part = if let Some((part, checking, asked)) = &mut self.held {
            let stands = ready!(checking.as_mut().poll(cx)).is_ok();
            let (part, asked) = (part.take(), *asked);
            (self.held, self.asked) = (None, asked);
            if !stands {
                return Poll::Ready(Some(Err(Ended::NotEntitled)));
            }
            part
        } else {
            let part = ready!(Pin::new(&mut self.body).poll_frame(cx));
            let is_end = part.is_none() || self.body.is_end_stream();
            if !self.right.stands(self.asked, is_end) {
                let right = self.right.clone();
                let asked = Asked::now(right.0.state.store.changes().generation());
                let checking: Checking = Box::pin(async move { right.check().await });
                self.held = Some((part, checking, asked));
                return self.poll_frame(cx);
            }
            part
        };
        Poll::Ready(part.map(|part| part.map_err(Ended::from)))
    }

    fn is_end_stream(&self) -> bool {
        self.held.is_none() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
