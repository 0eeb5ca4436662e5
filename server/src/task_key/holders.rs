//! The keys of those who call now, so that a call asks no disk who calls.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use uuid::Uuid;

use super::allowance::{spent_today, too_often};
use super::{Allowances, Micros, TaskKey, day_of};
use crate::clock::Millis;
use crate::problem::Refusal;
use crate::session::hash;
use crate::store::Store;

/// Beyond this all are read again.
const CAP: usize = 4096;

/// A key, and the generation of the store that it was read from.
type Known = (u64, Arc<TaskKey>);

/// Keys by the hash of their text, for as long as the store says the same.
#[derive(Debug, Default)]
pub struct Holders {
    known: RwLock<HashMap<[u8; 32], Known>>,
    /// What is left of their caps.
    pub allowances: Allowances,
}

impl Holders {
    /// The key that a caller brings; `None` when there is none, or it ended.
    pub async fn find(
        &self,
        store: &Store,
        text: &str,
        now: Millis,
    ) -> Result<Option<Arc<TaskKey>>, Refusal> {
        let hash = hash(text);
        let generation = store.changes().generation();
        let key = if let Some(key) = self.known(&hash, generation) {
            key
        } else {
            // In a box, for this is rare: room for it in every call would be room in every connection.
            let row = Box::pin(store.task_key_of(&hash)).await?;
            let Some(row) = row else { return Ok(None) };
            let key = Arc::new(TaskKey::read(row)?);
            self.keep(hash, generation, &key);
            key
        };
        let ended = key.expires_at.is_some_and(|at| at <= now);
        Ok((!ended).then_some(key))
    }

    fn known(&self, hash: &[u8; 32], generation: Option<u64>) -> Option<Arc<TaskKey>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let (kept, key) = known.get(hash)?;
        (Some(*kept) == generation).then(|| Arc::clone(key))
    }

    fn keep(&self, hash: [u8; 32], generation: Option<u64>, key: &Arc<TaskKey>) {
        let Some(generation) = generation else { return };
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= CAP {
            known.clear();
        }
        known.insert(hash, (generation, Arc::clone(key)));
    }

    /// Whether nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.known.read().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Lets one more call pass that costs this much, or says when the next one may: counted in
    /// memory, or in the database where several Pinfolds let calls pass.
    pub async fn take(
        &self,
        store: &Store,
        key: &TaskKey,
        price: Micros,
        now: Millis,
    ) -> Result<(), Refusal> {
        if !store.is_shared() {
            return self.allowances.take(key, price, now);
        }
        let id = key.id.to_string();
        if let Some(cap) = key.per_day
            && !store.spend(&id, day_of(now), price, cap).await?
        {
            return Err(spent_today(now));
        }
        if let Some(times) = key.per_minute
            && let Some(wait) = store.count_turn(&format!("key {id}"), times, now).await?
        {
            self.give_back(store, key, price, now).await;
            return Err(too_often(wait));
        }
        Ok(())
    }

    /// Gives back what a call was to cost that was never sent.
    pub async fn give_back(&self, store: &Store, key: &TaskKey, price: Micros, now: Millis) {
        if !store.is_shared() {
            return self.allowances.give_back(key, price);
        }
        if key.per_day.is_some()
            && let Err(error) = store.spend_less(&key.id.to_string(), day_of(now), price).await
        {
            tracing::warn!(%error, "a key paid for a call that was not sent");
        }
    }

    /// What a key spent today: as counted here, or else as the store remembers it.
    pub fn spent(&self, id: Uuid, now: Millis) -> Option<Micros> {
        self.allowances.spent(id, now)
    }
}
