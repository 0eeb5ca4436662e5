//! Where one is: one file a route.

mod connection;
mod connections;
mod dialog;
mod new_connection;
mod not_found;
mod sign_in;
mod waiting;

pub(crate) use connection::Connection;
pub(crate) use connections::Connections;
pub(crate) use new_connection::NewConnection;
pub(crate) use not_found::NotFound;
pub(crate) use sign_in::SignIn;
pub(crate) use waiting::{Skeleton, Untold};
