//! What every test starts with: a whole Pinfold of its own, and clients that talk to it.

#![expect(
    clippy::missing_panics_doc,
    reason = "whatever goes wrong here fails the test, by a panic"
)]

mod app;
pub mod browser;
mod client;
mod issuer;
mod upstream;

pub use app::{ACCESS_KEY, Setup, TestApp};
pub use client::{Client, Reply};
pub use issuer::Issuer;
pub use upstream::{Reply as UpstreamReply, Seen, Upstream};
