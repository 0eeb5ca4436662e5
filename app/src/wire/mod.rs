//! The shapes of `pinfold_api` as JSON, read and written by hand.
//!
//! Their `serde` implementations with `serde_json` would be 35 KB of the program's brotli, 15 of it
//! tables for numbers that the API never sends; the browser can parse JSON itself. The tests hold
//! every shape against `serde`, so that the two cannot drift apart.

mod lists;
mod read;
mod tasks;
mod vault;
mod write;

pub use lists::{Fate, Groups, Told, checkup, deleted, fates, groups, usage, version};
pub use read::{
    Json, authorization, cancelled, connection, connection_page, problem, refusal, session,
};
pub use tasks::{all, amount, holds, said};
pub use vault::{
    Report, SavedApp, app_names, app_test, audit_entry, export, import, new_app, report, saved_apps,
};
pub use write::{
    Object, bulk, connected, connection_change, new_authorization, new_connection, pin_entry,
    sign_in, single,
};

#[cfg(test)]
mod tests;
