//! What every test starts with: a whole Pinfold of its own, and clients that talk to it.

mod app;
pub mod browser;
mod client;

pub use app::{ACCESS_KEY, Setup, TestApp};
pub use client::{Client, Reply};
