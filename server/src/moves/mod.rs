//! Moving in and out: connections leave as a file and come back from one.
//!
//! [`document`] is the file, [`rc`] reads those of other programs, [`export`] writes one,
//! [`import`] reads one: each entry is checked ([`candidate`]) and compared with what is here
//! ([`plan`]), and what is to be done happens in one transaction or not at all.

mod apps;
mod candidate;
mod columns;
mod document;
mod export;
mod import;
mod outside;
mod plan;
mod rc;
#[cfg(test)]
mod tests;

use crate::clock::Clock;
use crate::grants::Grants;
use crate::seal::KeyRing;
use crate::session::Caller;
use crate::state::AppState;
use crate::store::{Author, Store};
use crate::x::{KeyPair, X};

pub use export::{Exported, export};
pub use import::{Imported, Wanted, import, open};
pub use outside::{export_from_outside, import_from_outside, is_encrypted, read_file, write_file};

/// Where from and where to: a workspace of a store, and who asks. A server and a command beside it
/// bring the same.
pub struct House<'a> {
    /// The disk.
    pub store: &'a Store,
    /// The keys.
    pub seal: &'a KeyRing,
    /// Time.
    pub clock: &'a Clock,
    /// The way to X.
    pub x: &'a X,
    /// Kept from revoking while an import is written; a command works alone.
    pub grants: Option<&'a Grants>,
    /// The consumer key of the registered app.
    pub registered_key: Option<&'a str>,
    /// The whole of it, where a pair may be verified with it.
    pub registered_app: Option<&'a KeyPair>,
    /// The tenant.
    pub workspace: &'a str,
    /// Who, and when.
    pub by: Author,
}

impl<'a> House<'a> {
    /// A caller's workspace of a running server, with the registered app of that.
    pub fn of(
        state: &'a AppState,
        caller: &'a Caller,
        registered_app: Option<&'a KeyPair>,
    ) -> Self {
        Self {
            store: &state.store,
            seal: &state.seal,
            clock: &state.clock,
            x: &state.x,
            grants: Some(&state.grants),
            registered_key: registered_app.map(|app| app.id.as_str()),
            registered_app,
            workspace: &caller.workspace,
            by: caller.author(state.clock.now()),
        }
    }
}
