//! Cancel, and what happens to grants that nobody saved: they are revoked at X, and the answer
//! says truthfully whether that worked.

use pinfold_api::{AuthorizationState, Cancelled};

use crate::clock::Millis;
use crate::problem::Refusal;
use crate::state::AppState;
use crate::store::AuthorizationRow;
use crate::x::KeyPair;

/// How long an ended authorization can still be asked about.
const REMEMBER_MILLIS: Millis = 24 * 60 * 60 * 1000;

/// Ends an authorization wherever it stands; a second time changes nothing.
pub async fn cancel(state: &AppState, row: &AuthorizationRow) -> Result<Cancelled, Refusal> {
    end(state, row, AuthorizationState::Cancelled).await
}

async fn end(
    state: &AppState,
    row: &AuthorizationRow,
    to: AuthorizationState,
) -> Result<Cancelled, Refusal> {
    let nothing = Cancelled { revoked: false, reason: Some("nothing_granted".to_owned()) };
    match row.state {
        AuthorizationState::AwaitingPin => {
            state.store.end_authorization(&row.id, row.state, to).await?;
            Ok(nothing)
        }
        AuthorizationState::Authenticated => {
            // The keys are opened first: ending wipes them.
            let pair = row.access_pair(state)?;
            let app = row.app(state);
            if !state.store.end_authorization(&row.id, row.state, to).await? {
                return Ok(nothing);
            }
            match (app, pair) {
                (Ok(app), Some(pair)) => {
                    revoke(state, &row.provider, &app.keys, &pair, &row.id).await
                }
                (Err(refusal), _) => Ok(not_revoked(refusal.code().as_str())),
                (_, None) => Ok(nothing),
            }
        }
        _ => Ok(nothing),
    }
}

/// Revokes a token pair at the provider it came from, unless something besides the record `of` lives
/// on the same token: X gives one and the same token to the same app and account.
pub async fn revoke(
    state: &AppState,
    provider: &str,
    app: &KeyPair,
    pair: &KeyPair,
    of: &str,
) -> Result<Cancelled, Refusal> {
    if provider != state.x.base() {
        return Ok(not_revoked("another_provider"));
    }
    if state.store.access_token_in_use(&pair.id, of).await? {
        return Ok(not_revoked("in_use"));
    }
    match state.x.invalidate_token(app, pair).await {
        Ok(()) => Ok(Cancelled { revoked: true, reason: None }),
        Err(failure) => {
            tracing::warn!(code = failure.code.as_str(), "X did not revoke a token");
            Ok(not_revoked(failure.code.as_str()))
        }
    }
}

fn not_revoked(reason: &str) -> Cancelled {
    Cancelled { revoked: false, reason: Some(reason.to_owned()) }
}

/// Ends what nobody finished in time and revokes what nobody saved in time.
pub async fn sweep(state: &AppState) -> Result<(), Refusal> {
    let now = state.clock.now();
    for unsaved in state.store.sweep_authorizations(now, now - REMEMBER_MILLIS).await? {
        end(state, &unsaved, AuthorizationState::Expired).await?;
    }
    state.store.delete_ended_sessions(now).await?;
    Ok(())
}
