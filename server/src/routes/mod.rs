//! One file a resource; handlers are named by the verb.

pub mod authorizations;
pub mod connections;
pub mod pages;
pub mod session;
pub mod status;

use std::net::SocketAddr;

use uuid::Uuid;

use crate::problem::Refusal;

/// The address that a connection came from, put into each request by [`crate::serve`].
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// The `{id}` of a path. What is no UUID cannot be anybody's id, so it is not found.
fn id_of(text: &str) -> Result<String, Refusal> {
    Uuid::parse_str(text).map(|id| id.to_string()).map_err(|_| pinfold_api::Code::NotFound.into())
}
