//! What every call of the proxy needs of the store, kept in memory for as long as the store says the
//! same: a call asks no disk.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, PoisonError, RwLock, RwLockWriteGuard};

use foldhash::fast::RandomState;
use tokio::sync::Semaphore;

use crate::problem::Refusal;
use crate::store::Store;

/// Beyond this all are read again.
const CAP: usize = 4096;
/// When many calls miss the same thing at once, so many read it; the others find it afterwards.
const READERS: usize = 4;

/// Things of the store by their keys, each with the generation of the store that it was read from.
#[derive(Debug)]
pub struct Kept<K, V> {
    known: RwLock<HashMap<K, (u64, Arc<V>), RandomState>>,
    readers: Semaphore,
}

impl<K, V> Default for Kept<K, V> {
    fn default() -> Self {
        Self { known: RwLock::default(), readers: Semaphore::new(READERS) }
    }
}

impl<K: Eq + Hash, V> Kept<K, V> {
    /// The thing, read when it is not known or may have changed; `None` when there is none.
    pub async fn find<F>(
        &self,
        store: &Store,
        key: K,
        read: impl FnOnce() -> F,
    ) -> Result<Option<Arc<V>>, Refusal>
    where
        F: Future<Output = Result<Option<V>, Refusal>>,
    {
        if let Some(known) = self.known(&key, store.changes().generation()) {
            return Ok(Some(known));
        }
        // In a box, for this is rare: room for it in every call would be room in every connection.
        Box::pin(async move {
            // Where nothing may be kept, waiting for others helps nobody.
            let _turn = match store.changes().generation() {
                Some(_) => self.readers.acquire().await.ok(),
                None => None,
            };
            let generation = store.changes().generation();
            if let Some(known) = self.known(&key, generation) {
                return Ok(Some(known));
            }
            // In a box of its own: those who wait for their turn do without.
            let Some(value) = Box::pin(read()).await? else {
                self.write().remove(&key);
                return Ok(None);
            };
            let value = Arc::new(value);
            if let Some(generation) = generation {
                self.keep(key, generation, &value);
            }
            Ok(Some(value))
        })
        .await
    }

    fn keep(&self, key: K, generation: u64, value: &Arc<V>) {
        let mut known = self.write();
        if known.len() >= CAP {
            known.clear();
        }
        known.insert(key, (generation, Arc::clone(value)));
    }

    /// Lets go of what counts no more.
    pub fn forget_the_old(&self, store: &Store) {
        let generation = store.changes().generation();
        self.write().retain(|_, (kept, _)| Some(*kept) == generation);
    }

    fn write(&self) -> RwLockWriteGuard<'_, HashMap<K, (u64, Arc<V>), RandomState>> {
        self.known.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn known(&self, key: &K, generation: Option<u64>) -> Option<Arc<V>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let (kept, value) = known.get(key)?;
        (Some(*kept) == generation).then(|| Arc::clone(value))
    }

    /// Whether nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.known.read().unwrap_or_else(PoisonError::into_inner).is_empty()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn what_counts_no_more_is_let_go() {
        let (_folder, store) = Store::for_tests().await;
        let kept = Kept::<u8, u8>::default();
        let find = async |key, value: Option<u8>| {
            kept.find(&store, key, || async { Ok(value) }).await.ok().flatten()
        };
        let both = [find(1, Some(7)).await, find(2, Some(8)).await];
        let both = both.map(|it| Arc::downgrade(&it.expect("read")));
        kept.forget_the_old(&store);
        assert!(both.iter().all(|it| it.strong_count() == 1), "nothing changed");
        store.changes().advance();
        assert!(find(1, None).await.is_none(), "it was deleted");
        assert_eq!(both[0].strong_count(), 0);
        kept.forget_the_old(&store);
        assert_eq!(both[1].strong_count(), 0);
    }

    #[tokio::test]
    async fn what_a_hundred_miss_at_once_a_few_read() {
        let (_folder, store) = Store::for_tests().await;
        let (kept, reads) = (Kept::<u8, u8>::default(), AtomicUsize::new(0));
        let read = || async {
            reads.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            Ok(Some(7))
        };
        let calls = (0..100).map(|_| kept.find(&store, 1, read));
        for found in futures_util::future::join_all(calls).await {
            assert_eq!(found.ok().flatten().as_deref(), Some(&7));
        }
        assert_eq!(reads.load(Ordering::SeqCst), READERS);
    }
}
