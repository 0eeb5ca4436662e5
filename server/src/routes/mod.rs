//! One file a resource; handlers are named by the verb.

pub mod apps;
pub mod audit;
pub mod authorizations;
pub mod connection_bulk;
pub mod connection_list;
pub mod connections;
pub mod export;
pub mod import;
pub mod keys;
pub mod oidc;
pub mod pages;
pub mod proxy;
pub mod session;
pub mod sessions;
pub mod status;
pub mod tasks;
pub mod versions;
pub mod webhooks;
pub mod workspaces;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use pinfold_api::{Code, Problem};
use utoipa::IntoResponses;

use crate::clock::canonical_id;
use crate::problem::Refusal;
pub use crate::session::Peer;

/// How any call can end instead, for `/openapi.json`. Programs go by the problem's code.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "a description; handlers answer with `Refusal`")]
pub enum Problems {
    /// The request cannot be carried out as it is.
    #[response(status = "4XX", content_type = "application/problem+json")]
    OfTheCaller(#[to_schema] Problem),
    /// The server, its store or X cannot carry it out now.
    #[response(status = "5XX", content_type = "application/problem+json")]
    OfTheServer(#[to_schema] Problem),
}

/// The `{id}` of a path. What is no UUID cannot be anybody's id, so it is not found.
pub struct Id(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let Ok(Path(text)) = Path::<String>::from_request_parts(parts, state).await else {
            return Err(Code::NotFound.into());
        };
        canonical_id(&text).map(Self).ok_or_else(|| Code::NotFound.into())
    }
}
