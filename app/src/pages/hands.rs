//! Waiting for the server on behalf of a page: it ends with the page, and the request with it.

use leptos::prelude::*;
use leptos::task::spawn_local_scoped_with_cancellation;

use crate::browser::{Parsed, Task};
use crate::client::{Answer, Asked};
use crate::state::State;

/// The page that waits.
#[derive(Clone, Copy)]
pub(super) struct Waiter(State<Owner>);

impl Waiter {
    /// For the page that is being made.
    pub(super) fn new() -> Self {
        Self(State::new(Owner::current().unwrap_or_default()))
    }

    /// Ends with the page, too, but can be ended before it.
    pub(super) fn of_its_own() -> Self {
        Self(State::new(Owner::current().unwrap_or_default().child()))
    }

    /// Waits for nothing any more: requests are aborted.
    pub(super) fn end(self) {
        self.0.update(|owner| owner.cleanup());
    }

    /// Acts on an answer.
    pub(super) fn then(self, asked: Asked, act: Box<dyn FnOnce(Answer<Parsed>)>) {
        self.wait(Box::pin(async move { act(asked.await) }));
    }

    pub(super) fn wait(self, task: Task) {
        self.0.update(|owner| owner.with(|| spawn_local_scoped_with_cancellation(task)));
    }
}
