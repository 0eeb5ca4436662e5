//! The keys of those who call now, so that a call asks no disk who calls.

use std::sync::Arc;

use uuid::Uuid;

use super::allowance::{spent_today, too_often};
use super::shares::Shares;
use super::{Allowances, Micros, TaskKey, day_of};
use crate::clock::Millis;
use crate::kept::Kept;
use crate::problem::Refusal;
use crate::session::hash;
use crate::store::Store;
use crate::x::pass::Room;

/// Keys by the hash of their text.
#[derive(Debug, Default)]
pub struct Holders {
    known: Kept<[u8; 32], TaskKey>,
    shares: Shares,
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
        self.find_hashed(store, hash(text), now).await
    }

    /// The same key as it is now.
    pub async fn again(
        &self,
        store: &Store,
        key: &TaskKey,
        now: Millis,
    ) -> Result<Option<Arc<TaskKey>>, Refusal> {
        self.find_hashed(store, key.hash, now).await
    }

    async fn find_hashed(
        &self,
        store: &Store,
        hash: [u8; 32],
        now: Millis,
    ) -> Result<Option<Arc<TaskKey>>, Refusal> {
        let read = || async move {
            let row = store.task_key_of(&hash).await?;
            row.map(|row| TaskKey::read(row, hash, &self.shares)).transpose()
        };
        let key = self.known.find(store, hash, read).await?;
        Ok(key.filter(|key| key.expires_at.is_none_or(|at| at > now)))
    }

    /// Room for one more call on the lines to X, held until it is dropped: of all that the workspace has,
    /// and of all that the key has.
    pub async fn room(&self, workspace: &str, key: Option<&TaskKey>) -> Result<Room, Refusal> {
        let Some(key) = key else {
            let workspace = self.shares.of_workspace(workspace).part().await?;
            return Ok(Room { workspace: Some(workspace), key: None });
        };
        let own = key.share.part().await?;
        let workspace = key.workspace_share.part().await?;
        Ok(Room { workspace: Some(workspace), key: Some(own) })
    }

    /// Whether nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
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
        let Some(times) = key.per_minute else { return Ok(()) };
        let refusal = match store.count_turn(&format!("key {id}"), times, now).await {
            Ok(None) => return Ok(()),
            Ok(Some(wait)) => too_often(wait),
            Err(error) => error.into(),
        };
        self.give_back(store, key, price, now).await;
        Err(refusal)
    }

    /// Gives back what a call was to cost that was never sent; `taken`: when it was taken.
    pub async fn give_back(&self, store: &Store, key: &TaskKey, price: Micros, taken: Millis) {
        if !store.is_shared() {
            return self.allowances.give_back(key, price, taken);
        }
        if key.per_day.is_some()
            && let Err(error) = store.spend_less(&key.id.to_string(), day_of(taken), price).await
        {
            tracing::warn!(%error, "a key paid for a call that was not sent");
        }
    }

    /// What a key spent today: as counted here, or else as the store remembers it.
    pub fn spent(&self, id: Uuid, now: Millis) -> Option<Micros> {
        self.allowances.spent(id, now)
    }
}
