//! The sandbox from outside: real HTTP, and a signer that shares no code with it or with Pinfold.

mod consent;
mod control;
mod lab;
mod legs;
mod misbehave;
mod protocol;
mod restart;
mod signer;
mod signing;
mod society;
mod tokens;
