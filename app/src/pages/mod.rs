//! Where one is: one file a route.

mod connection;
mod connections;
mod dialog;
mod hands;
mod new_connection;
mod not_found;
mod sign_in;
mod waiting;

pub(crate) use connection::connection;
pub(crate) use connections::connections;
pub(crate) use new_connection::{forget_drafts, new_connection};
pub(crate) use not_found::not_found;
pub(crate) use sign_in::sign_in;
pub(crate) use waiting::{skeleton, untold};
