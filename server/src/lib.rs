//! Pinfold's server: a small proxy that signs, so that no secret of an X app reaches a browser.
//!
//! The way of a request: [`serve`] accepts it, [`router`] shows every layer and [`api`] every route, a handler in
//! [`routes`] reads it (a call of the signing proxy goes by [`proxy`] instead), [`authorization`] or [`connection`] does what was asked by way of [`x`] (the
//! network), [`store`] (the disk) and [`seal`] (cryptography at rest), and a [`problem`] document
//! says what went wrong. [`config`] alone reads flags and variables; [`clock`] alone asks for
//! time and chance. Program and tests start through [`Server::start`].

mod alarm;
mod api;
pub mod apps;
mod assets;
pub mod audit;
pub mod authorization;
mod body;
pub mod clock;
pub mod config;
pub mod connection;
mod cors;
pub mod database;
pub mod dev;
pub mod dist;
mod fragment;
mod gather;
mod grants;
pub mod handoff;
mod hangup;
#[cfg(any(test, feature = "fuzz"))]
pub mod inlets;
mod janitor;
mod kept;
pub mod keys;
mod layers;
mod ledger;
mod limits;
mod metrics;
pub mod moves;
mod oidc;
mod openapi;
mod permit;
pub mod problem;
mod proxy;
mod revocation;
mod router;
mod routes;
pub mod running;
pub mod seal;
mod serve;
mod server;
pub mod session;
pub mod sign_in;
pub mod state;
pub mod store;
pub mod task;
mod task_key;
pub mod telemetry;
mod turns;
mod webhook;
mod workspace;
pub mod x;

pub use config::{Config, ConfigError};
pub use server::{Server, StartError};
