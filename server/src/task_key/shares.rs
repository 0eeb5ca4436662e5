//! How many calls of one key, and of one workspace, may be under way, so that none holds all lines to X.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use pinfold_api::Code;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

use crate::problem::Refusal;
use crate::x::pass::LINES;

/// Of keys and workspaces; each one's lives as long as somebody knows it or a call of it is under way.
#[derive(Debug, Default)]
pub(super) struct Shares(Mutex<HashMap<Of, Weak<Semaphore>>>);

/// Whose share it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Of {
    Key(Uuid),
    Workspace(String),
}

impl Shares {
    /// A key's: half of all lines.
    pub(super) fn of_key(&self, key: Uuid) -> Share {
        self.of(Of::Key(key), LINES / 2, "key")
    }

    /// A workspace's: three quarters, so that there is always room for another one.
    pub(super) fn of_workspace(&self, workspace: &str) -> Share {
        self.of(Of::Workspace(workspace.to_owned()), LINES * 3 / 4, "workspace")
    }

    fn of(&self, whose: Of, size: usize, called: &'static str) -> Share {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(room) = all.get(&whose).and_then(Weak::upgrade) {
            return Share { room, called };
        }
        all.retain(|_, room| room.strong_count() > 0);
        let room = Arc::new(Semaphore::new(size));
        all.insert(whose, Arc::downgrade(&room));
        Share { room, called }
    }
}

/// What one of them may hold of the lines.
#[derive(Clone, Debug)]
pub(super) struct Share {
    room: Arc<Semaphore>,
    /// As people call the one whose it is.
    called: &'static str,
}

impl Share {
    /// Longer than most calls take.
    const PATIENCE: Duration = Duration::from_secs(10);

    /// One call's part of it, given back when it is dropped; waits a while for one.
    pub(super) async fn part(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        if let Ok(part) = Arc::clone(&self.room).try_acquire_owned() {
            return Ok(part);
        }
        let waiting = Arc::clone(&self.room).acquire_owned();
        let part = Box::pin(tokio::time::timeout(Self::PATIENCE, waiting)).await;
        part.ok().and_then(Result::ok).ok_or_else(|| {
            Refusal::new(Code::TooManyRequests)
                .because(format!(
                    "As many calls of this {called} are under way as one {called} may have. Let some \
                     end first.",
                    called = self.called,
                ))
                .retry_after(1)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_key_holds_half_of_the_lines_at_most() {
        let shares = Shares::default();
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let mut held = Vec::new();
        for _ in 0..LINES / 2 {
            held.push(shares.of_key(one).part().await.expect("room"));
        }
        let share = shares.of_key(one);
        let next = tokio::time::timeout(Duration::from_millis(20), share.part()).await;
        assert!(next.is_err(), "it has its half, and waits");
        held.push(shares.of_key(other).part().await.expect("another key has its own"));
        drop(held.remove(0));
        held.push(shares.of_key(one).part().await.expect("one of its calls ended"));
    }

    #[tokio::test]
    async fn one_workspace_leaves_a_quarter_to_the_others() {
        let shares = Shares::default();
        let own = shares.of_workspace("one");
        let mut held = Vec::new();
        for _ in 0..LINES * 3 / 4 {
            held.push(own.part().await.expect("room"));
        }
        let next = tokio::time::timeout(Duration::from_millis(20), own.part()).await;
        assert!(next.is_err(), "it waits");
        held.push(shares.of_workspace("another").part().await.expect("another has its own"));
    }

    #[test]
    fn keys_without_calls_are_forgotten() {
        let shares = Shares::default();
        for key in 0..100 {
            drop(shares.of_key(Uuid::from_u128(key)));
        }
        assert_eq!(shares.0.lock().expect("whole").len(), 1);
    }
}
