//! The audit log: who did what, when, and with what result, each entry chained to the one before.
//!
//! What is done is written in the transaction that does it: the handler makes an [`Entry`] and
//! hands it to the store with the change. What is refused is written by [`layer`], when the refusal
//! passes it on its way out, and by way of a [`gate`], so that nobody can fill the disk with
//! refusals. [`verify`] finds what was changed, removed or added from outside.

mod beside;
mod entry;
mod gate;
mod layer;
mod record;
mod rows;
mod verify;
mod who;

use std::sync::{Arc, Mutex, PoisonError};

use pinfold_api::Action;

use crate::clock::Millis;
use crate::problem::Refusal;
use crate::seal::Chain;
use crate::session::Caller;
use crate::state::AppState;
use crate::store::Store;

pub use beside::{export_beside, verify_beside};
pub use entry::Entry;
use gate::Gate;
pub(crate) use layer::{refused_call, witness};
pub use record::Record;
pub use rows::{hex, unhex};
pub use verify::{Breach, Broken, Verified, verify};
pub use who::Who;
pub(crate) use who::Witness;

/// The log of one server.
#[derive(Debug)]
pub struct Audit {
    chain: Arc<Chain>,
    gate: Mutex<Gate>,
}

impl Audit {
    /// A log with this chain.
    pub fn new(chain: Arc<Chain>) -> Self {
        Self { chain, gate: Mutex::default() }
    }

    pub(crate) fn chain(&self) -> Arc<Chain> {
        Arc::clone(&self.chain)
    }

    fn gate(&self) -> std::sync::MutexGuard<'_, Gate> {
        // It holds counters only: they are as good after a panic as before.
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes down how often what was counted a minute ago happened.
    pub(crate) async fn write_counts(&self, store: &Store, now: Millis) {
        let counts = self.gate().take_counts(now);
        write(store, &counts).await;
    }

    /// Writes down everything that was counted: the server stops.
    pub(crate) async fn write_all_counts(&self, store: &Store, now: Millis) {
        let counts = self.gate().take_all(now);
        write(store, &counts).await;
    }
}

impl AppState {
    /// An entry that says a caller did something; it is written by handing it to the store.
    pub fn entry(&self, caller: &Caller, action: Action) -> Entry {
        Entry::of_caller(&self.audit.chain, caller, action, self.clock.now())
    }

    /// The same, for whom else: nobody, or the server itself.
    pub fn entry_by(&self, who: Who, action: Action) -> Entry {
        Entry::new(&self.audit.chain, who, action, self.clock.now())
    }

    /// Writes down a read of something sensitive before it is answered, or does not let it happen.
    /// The same by the same caller within a minute is counted, and written as one.
    pub async fn write_read(&self, entry: Entry) -> Result<(), Refusal> {
        let writing = self.clone();
        let written = self.see_through(async move {
            let admitted = writing.audit.gate().admit(entry.clone(), writing.clock.now());
            for admitted in admitted {
                if let Err(error) = writing.store.append_audit(&admitted).await {
                    // The next one is not counted to one that is not there.
                    writing.audit.gate().forget(&entry);
                    return Err(error.into());
                }
            }
            Ok(())
        });
        written.await?
    }

    /// Writes down what happened at X and cannot be undone: it is answered all the same.
    pub async fn write_done(&self, entry: &Entry) {
        write(&self.store, std::slice::from_ref(entry)).await;
    }

    /// What was refused stays refused whether or not it can be written down.
    /// A caller that goes away does not keep it from being written.
    pub(crate) async fn write_refusal(&self, entry: Entry) {
        let writing = self.clone();
        let written = self.see_through(async move {
            let admitted = writing.audit.gate().admit(entry, writing.clock.now());
            write(&writing.store, &admitted).await;
        });
        if let Err(refusal) = written.await {
            tracing::error!(?refusal, "an audit entry was not written");
        }
    }

    /// Writes down how often what was counted a minute ago happened, also when the caller goes away.
    pub(crate) async fn write_audit_counts(&self) -> Result<(), Refusal> {
        let writing = self.clone();
        let written = self.see_through(async move {
            writing.audit.write_counts(&writing.store, writing.clock.now()).await;
        });
        written.await
    }
}

async fn write(store: &Store, entries: &[Entry]) {
    for entry in entries {
        if let Err(error) = store.append_audit(entry).await {
            tracing::error!(%error, "an audit entry cannot be written");
        }
    }
}
