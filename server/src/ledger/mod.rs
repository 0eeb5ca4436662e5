//! What signed calls teach, kept in memory and written in batches: every call updates health, last
//! use, access level and counts, and no call waits for the disk.
//!
//! A batch is written every second and at a graceful stop, so nothing is lost but what happened in
//! the last second before a crash.

mod page;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use foldhash::fast::RandomState;
use pinfold_api::AccessLevel;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;
use uuid::Uuid;

use crate::clock::Millis;
use crate::problem::Refusal;
use crate::proxy::Account;
use crate::state::AppState;
use crate::store::{Batch, Used};
use crate::task_key::TaskKey;

use page::Page;
pub use page::Verdict;

const PAUSE: Duration = Duration::from_secs(1);

/// What one call taught.
#[derive(Clone, Copy, Debug)]
pub struct Lesson {
    /// When X answered, or when it ended without an answer.
    pub at: Millis,
    /// Whether X accepted it.
    pub verdict: Verdict,
    /// What X said that it grants.
    pub access_level: Option<AccessLevel>,
}

/// All that the store does not know yet.
#[derive(Debug, Default)]
pub struct Ledger {
    open: Mutex<Pages>,
    /// Held while a batch is written, so that none overtakes another.
    writing: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Pages {
    connections: HashMap<Uuid, Page, RandomState>,
    /// By key and connection.
    used: HashMap<(Uuid, Uuid), Tally, RandomState>,
}

#[derive(Debug)]
struct Tally {
    account: Arc<Account>,
    calls: u64,
    last: Millis,
}

impl Ledger {
    fn open(&self) -> MutexGuard<'_, Pages> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes one call, exactly once.
    pub fn note(&self, account: &Arc<Account>, key: Option<&TaskKey>, lesson: Lesson) {
        let mut pages = self.open();
        let page =
            pages.connections.entry(account.id).or_insert_with(|| Page::new(Arc::clone(account)));
        page.add(account, lesson);
        if let Some(key) = key {
            let tally = pages.used.entry((key.id, account.id)).or_insert_with(|| Tally {
                account: Arc::clone(account),
                calls: 0,
                last: 0,
            });
            tally.calls += 1;
            tally.last = tally.last.max(lesson.at);
        }
    }

    /// Writes what is new, for those who are about to read it. Where that cannot be, they read what was
    /// written last.
    pub async fn catch_up(&self, state: &AppState) {
        let writing = state.clone();
        // What left memory is written, even when whoever wanted to read goes away.
        let written = state.see_through(async move { writing.ledger.flush(&writing).await }).await;
        if let Err(refusal) = written.and_then(|written| written) {
            tracing::warn!(?refusal, "what calls taught is not written yet");
        }
    }

    /// Writes what is new. What cannot be written now is kept for the next time; it has to run to its
    /// end.
    pub(crate) async fn flush(&self, state: &AppState) -> Result<(), Refusal> {
        let _alone = self.writing.lock().await;
        let pages = std::mem::take(&mut *self.open());
        let batch = Batch {
            learned: pages.connections.values().map(Page::learned).collect(),
            used: pages.used.iter().map(|((key, id), tally)| tally.used(*key, *id)).collect(),
            spent: state.holders.allowances.tell(),
        };
        if batch.learned.is_empty() && batch.used.is_empty() && batch.spent.is_empty() {
            return Ok(());
        }
        let written = state.store.write_batch(&batch).await;
        if written.is_err() {
            state.holders.allowances.forget_told(&batch.spent);
            self.put_back(pages);
        }
        written.map_err(Into::into)
    }

    fn put_back(&self, older: Pages) {
        let mut pages = self.open();
        for (id, page) in older.connections {
            match pages.connections.entry(id) {
                std::collections::hash_map::Entry::Vacant(place) => {
                    place.insert(page);
                }
                std::collections::hash_map::Entry::Occupied(mut newer) => {
                    newer.get_mut().follow(page);
                }
            }
        }
        for (id, tally) in older.used {
            let newer = pages.used.entry(id).or_insert_with(|| Tally {
                account: Arc::clone(&tally.account),
                calls: 0,
                last: 0,
            });
            newer.calls += tally.calls;
            newer.last = newer.last.max(tally.last);
        }
    }
}

impl Tally {
    fn used(&self, key: Uuid, connection: Uuid) -> Used {
        Used {
            workspace: self.account.row.workspace.clone(),
            connection_id: connection.to_string(),
            key_id: key.to_string(),
            calls: self.calls,
            used_at: self.last,
        }
    }
}

/// Writes batches until `stop` turns true; the last one is [`crate::Server::stop`]'s, when nobody
/// calls any more.
pub(crate) async fn run(state: AppState, mut stop: watch::Receiver<bool>) {
    let mut tick = tokio::time::interval(PAUSE);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = tick.tick() => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
        if let Err(refusal) = state.ledger.flush(&state).await {
            tracing::warn!(?refusal, "what calls taught is not written yet");
        }
        // Where nothing is kept, nothing can be too old.
        let keeps = !state.accounts.is_empty() || !state.holders.is_empty();
        if keeps && let Err(error) = state.store.look_for_foreign_changes().await {
            tracing::warn!(%error, "cannot look for changes of other programs");
        }
        state.accounts.forget_the_old(&state.store);
        if let Err(error) = state.store.keep_claim().await {
            tracing::warn!(%error, "the database does not answer");
        }
        state.x.close_the_rested();
    }
}
