//! `POST /1.1/oauth/invalidate_token.json`: the end of an access token.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::signed::Signed;
use crate::dialect::{self, Refused};
use crate::provider::Provider;
use crate::verify::Signer;

/// Revokes the token that signs the request.
pub(crate) async fn invalidate(
    State(provider): State<Arc<Provider>>,
    signed: Signed,
) -> Result<Response, Refused> {
    signed.verify(&provider, Signer::AccessToken)?;
    provider.change(|world| world.revoke(signed.token()));
    Ok(dialect::data(StatusCode::OK, &json!({ "access_token": signed.token() })))
}
