//! Waiting for the server on behalf of a page: it ends with the page, and the request with it.

use leptos::prelude::*;
use leptos::task::spawn_local_scoped_with_cancellation;

use crate::browser::Task;
use crate::state::State;

/// The page that waits.
#[derive(Clone, Copy)]
pub(super) struct Waiter(State<Owner>);

impl Waiter {
    /// For the page that is being made.
    pub(super) fn new() -> Self {
        Self(State::new(Owner::current().unwrap_or_default()))
    }

    pub(super) fn wait(self, task: Task) {
        self.0.update(|owner| owner.with(|| spawn_local_scoped_with_cancellation(task)));
    }
}
