//! Waiting for the server on behalf of a page: it ends with the page, and the request with it.

use leptos::prelude::*;
use leptos::task::spawn_local_scoped_with_cancellation;

use crate::browser::Task;

/// The page that waits.
#[derive(Clone, Copy)]
pub(super) struct Waiter(StoredValue<Owner>);

impl Waiter {
    /// For the page that is being made.
    pub(super) fn new() -> Self {
        Self(StoredValue::new(Owner::current().unwrap_or_default()))
    }

    pub(super) fn wait(self, task: Task) {
        if let Some(owner) = self.0.try_get_value() {
            owner.with(|| spawn_local_scoped_with_cancellation(task));
        }
    }
}
