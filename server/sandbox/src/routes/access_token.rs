//! `POST /oauth/access_token`: the third leg. Whatever it answers, the request token is used up.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use super::signed::Signed;
use crate::dialect::{self, Refused, with};
use crate::misbehave::Mode;
use crate::provider::Provider;
use crate::verify::Signer;
use crate::world::Permission;

/// Exchanges request token and PIN for an access token.
pub(crate) async fn exchange(
    State(provider): State<Arc<Provider>>,
    signed: Signed,
) -> Result<Response, Refused> {
    signed.verify(&provider, Signer::RequestToken)?;
    let localised = signed.is_told_to(Mode::InvalidVerifierLocalised);
    let burn = localised || signed.is_told_to(Mode::Burn);
    let verifier = if burn { "" } else { signed.parameter("oauth_verifier") };
    let most = if signed.is_told_to(Mode::ReadOnly) {
        Permission::Read
    } else {
        Permission::ReadWriteDirectMessages
    };
    let now = provider.clock.seconds();
    let grant = provider.change(|world| {
        if signed.is_told_to(Mode::Expire) {
            world.expire(signed.token());
        }
        world.spend(signed.token(), verifier, most, now)
    });
    if localised {
        return Err(dialect::wrong_verifier_localised().into());
    }
    let grant = grant.map_err(dialect::unspendable)?;
    let response = dialect::form(&[
        ("oauth_token", &grant.token),
        ("oauth_token_secret", grant.secret.expose()),
        ("user_id", grant.account.user_id),
        ("screen_name", grant.account.screen_name),
    ]);
    Ok(with(response, "x-access-level", grant.level.as_str()))
}
