//! The signing proxy as its callers meet it, and as X does.

mod answers;
mod bodies;
mod counting;
mod keys;
mod leftovers;
mod property;
mod requests;
mod smuggling;
pub mod stage;
mod verifier;
mod waits;
