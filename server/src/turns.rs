//! Work that keeps a processor for long: away from the runtime, and that of a workspace one after the
//! other, so that the work of one does not keep the others waiting.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use pinfold_api::Code;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::problem::Refusal;

/// So many of a workspace wait at most; the next are told to come back.
const MOST_WAITING: usize = 16;

/// Whose turn it is, in each workspace, to do one kind of work.
pub(crate) struct Turns(LazyLock<Mutex<HashMap<String, Arc<Semaphore>>>>);

impl Turns {
    pub(crate) const fn new() -> Self {
        Self(LazyLock::new(Mutex::default))
    }

    /// Waits for a turn, which is over when it is dropped.
    pub(crate) async fn take(&self, workspace: &str) -> Result<OwnedSemaphorePermit, Refusal> {
        let own = self.own(workspace);
        // The one in the map, that of whoever has the turn, and ours.
        if Arc::strong_count(&own) >= MOST_WAITING + 3 {
            return Err(Refusal::new(Code::TooManyRequests)
                .because("This workspace has much of this to do already. Let some of it end first.")
                .retry_after(5));
        }
        own.acquire_owned().await.map_err(|_| Refusal::new(Code::Internal))
    }

    fn own(&self, workspace: &str) -> Arc<Semaphore> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Those that nobody waits for.
        all.retain(|_, own| Arc::strong_count(own) > 1);
        let own = all.entry(workspace.to_owned());
        Arc::clone(own.or_insert_with(|| Arc::new(Semaphore::new(1))))
    }
}

/// Does it on a thread of its own. The turn goes along: a caller who leaves does not let the next one in
/// early.
pub(crate) async fn aside<T: Send + 'static>(
    turn: impl Send + 'static,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Refusal> {
    let done = tokio::task::spawn_blocking(move || {
        let done = work();
        drop(turn);
        done
    });
    done.await.map_err(|_| Refusal::new(Code::Internal))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn a_workspace_waits_for_itself_and_not_for_another() {
        static TURNS: Turns = Turns::new();
        let turn = TURNS.take("one").await.expect("free");
        let again = tokio::time::timeout(Duration::from_millis(20), TURNS.take("one")).await;
        assert!(again.is_err(), "it waits");
        drop(TURNS.take("another").await.expect("free"));
        let waiting: Vec<_> = (0..MOST_WAITING).map(|_| tokio::spawn(TURNS.take("one"))).collect();
        tokio::time::sleep(Duration::from_millis(20)).await;
        let refused = tokio::time::timeout(Duration::from_millis(20), TURNS.take("one")).await;
        assert_eq!(refused.expect("at once").expect_err("refused").code(), Code::TooManyRequests);
        drop(turn);
        for turn in waiting {
            drop(turn.await.expect("runs").expect("its turn"));
        }
    }
}
