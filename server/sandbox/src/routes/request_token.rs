//! `POST /oauth/request_token`: the first leg.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use url::Url;

use super::signed::Signed;
use crate::dialect::{self, Refused};
use crate::misbehave::Mode;
use crate::provider::Provider;
use crate::verify::Signer;
use crate::world::{Callback, Permission};

/// Issues a request token for `oob` or for an http(s) address.
pub(crate) async fn issue(
    State(provider): State<Arc<Provider>>,
    signed: Signed,
) -> Result<Response, Refused> {
    signed.verify(&provider, Signer::App)?;
    let callback = match signed.parameter("oauth_callback") {
        "" => Err(dialect::bad_request()),
        "oob" => Ok(Callback::OutOfBand),
        address if is_web_address(address) => Ok(Callback::Url(address.to_owned())),
        _ => Err(dialect::callback_refused(&signed.headers)),
    }?;
    let asked = match signed.parameter("x_auth_access_type") {
        "" => None,
        word => Some(Permission::from_access_type(word).ok_or_else(dialect::bad_request)?),
    };
    let now = provider.clock.seconds();
    let (token, secret) = provider
        .change(|world| world.issue_request_token(signed.consumer_key(), callback, asked, now));
    let issued = [
        ("oauth_token", token.as_str()),
        ("oauth_token_secret", secret.expose()),
        (
            "oauth_callback_confirmed",
            if signed.is_told_to(Mode::CallbackConfirmedFalse) { "false" } else { "true" },
        ),
    ];
    let told = if signed.is_told_to(Mode::OmitCallbackConfirmed) { 2 } else { 3 };
    Ok(dialect::form(&issued[..told]))
}

fn is_web_address(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}
