//! The browser program: Manage Connections and the wizard.
//!
//! The plain parts ([`wizard`], [`routes`], [`words`], [`wire`], [`failure`]) know no browser and are tested
//! natively. The rest is built for Wasm only. `pages → steps → widgets` and `steps → client`,
//! never upward.

pub mod failure;
pub mod routes;
pub mod wire;
pub mod wizard;
pub mod words;

#[cfg(target_arch = "wasm32")]
mod app;
#[cfg(target_arch = "wasm32")]
mod browser;
#[cfg(target_arch = "wasm32")]
mod client;
#[cfg(target_arch = "wasm32")]
mod element;
#[cfg(target_arch = "wasm32")]
mod pages;
#[cfg(target_arch = "wasm32")]
mod programs;
#[cfg(target_arch = "wasm32")]
mod state;
#[cfg(target_arch = "wasm32")]
mod steps;
#[cfg(target_arch = "wasm32")]
mod widgets;

#[cfg(target_arch = "wasm32")]
pub use app::{mount_admin, mount_all, mount_connect, mount_manage};

// A sixth of the standard allocator's code, and constant time: docs/decisions/0009.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();
