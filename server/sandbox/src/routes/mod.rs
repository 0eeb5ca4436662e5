//! One file an endpoint. A handler reads, asks the world, and lets the dialect answer.

pub(crate) mod access_token;
pub(crate) mod api;
pub(crate) mod authorize;
mod caller;
pub(crate) mod control;
pub(crate) mod lists;
pub(crate) mod request_token;
pub(crate) mod revoke;
mod signed;
pub(crate) mod social;
