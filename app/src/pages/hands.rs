//! Waiting for the server on behalf of a page: it ends with the page, and the request with it.

use std::rc::Rc;

use leptos::prelude::*;
use leptos::task::spawn_local_scoped_with_cancellation;

use crate::browser::{Parsed, Task};
use crate::client::Asked;
use crate::failure::Failure;
use crate::state::State;

/// Who asks the server for something, and what becomes of the answer. One future waits for all of
/// them: one for each would be 500 bytes each.
pub(super) trait Asker {
    /// `None`: it is not what was asked for.
    fn take(self: Rc<Self>, what: usize, json: &Parsed) -> Option<()>;
    fn fail(self: Rc<Self>, what: usize, failure: Failure);
}

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

    /// Has an answer taken in by who asked. `what` tells it which.
    pub(super) fn then(self, asked: Asked, who: Rc<dyn Asker>, what: usize) {
        self.wait(Box::pin(async move {
            let failure = match asked.await {
                Ok(json) if who.clone().take(what, &json).is_some() => return,
                Ok(_) => Failure::Unintelligible(200),
                Err(failure) => failure,
            };
            who.fail(what, failure);
        }));
    }

    pub(super) fn wait(self, task: Task) {
        self.0.update(|owner| owner.with(|| spawn_local_scoped_with_cancellation(task)));
    }
}
