//! How many calls of one key may be under way, so that no key holds all lines to X.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use pinfold_api::Code;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

use crate::problem::Refusal;
use crate::x::pass::LINES;

/// Of all keys; each one's lives as long as the key is known or a call of it is under way.
#[derive(Debug, Default)]
pub(super) struct Shares(Mutex<HashMap<Uuid, Weak<Semaphore>>>);

impl Shares {
    pub(super) fn of(&self, key: Uuid) -> Share {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = all.get(&key).and_then(Weak::upgrade) {
            return Share(known);
        }
        all.retain(|_, share| share.strong_count() > 0);
        let share = Share::default();
        all.insert(key, Arc::downgrade(&share.0));
        share
    }
}

/// That of a key.
#[derive(Clone, Debug)]
pub(super) struct Share(Arc<Semaphore>);

impl Default for Share {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(LINES / 2)))
    }
}

impl Share {
    /// Longer than most calls take.
    const PATIENCE: Duration = Duration::from_secs(10);

    /// One call's part of it, given back when it is dropped; waits a while for one.
    pub(super) async fn part(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        if let Ok(part) = Arc::clone(&self.0).try_acquire_owned() {
            return Ok(part);
        }
        let waiting = Arc::clone(&self.0).acquire_owned();
        let part = Box::pin(tokio::time::timeout(Self::PATIENCE, waiting)).await;
        part.ok().and_then(Result::ok).ok_or_else(|| {
            Refusal::new(Code::TooManyRequests)
                .because(
                    "As many calls of this key are under way as one key may have. Let some end first.",
                )
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
            held.push(shares.of(one).part().await.expect("room"));
        }
        let share = shares.of(one);
        let next = tokio::time::timeout(Duration::from_millis(20), share.part()).await;
        assert!(next.is_err(), "it has its half, and waits");
        held.push(shares.of(other).part().await.expect("another key has its own"));
        drop(held.remove(0));
        held.push(shares.of(one).part().await.expect("one of its calls ended"));
    }

    #[test]
    fn keys_without_calls_are_forgotten() {
        let shares = Shares::default();
        for key in 0..100 {
            drop(shares.of(Uuid::from_u128(key)));
        }
        assert_eq!(shares.0.lock().expect("whole").len(), 1);
    }
}
