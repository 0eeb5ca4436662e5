//! Cancel, and what happens to authorizations that nobody finished or saved in time.

use pinfold_api::{AuthorizationState, Cancelled};

use crate::clock::Millis;
use crate::problem::Refusal;
use crate::revocation::revoke;
use crate::state::AppState;
use crate::store::{AuthorizationRow, Revocation};

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
    let now = state.clock.now();
    let open =
        matches!(row.state, AuthorizationState::AwaitingPin | AuthorizationState::Authenticated);
    let ended = open && state.store.end_authorization(row, to, now).await?;
    match Revocation::of_authorization(row, now) {
        Some(revocation) if ended => revoke(state, &revocation).await,
        _ => Ok(Cancelled { revoked: false, reason: Some("nothing_granted".to_owned()) }),
    }
}

/// Ends what nobody finished in time and revokes what nobody saved in time.
pub async fn sweep(state: &AppState) -> Result<(), Refusal> {
    let now = state.clock.now();
    for unsaved in state.store.sweep_authorizations(now, now - REMEMBER_MILLIS).await? {
        end(state, &unsaved, AuthorizationState::Expired).await?;
    }
    Ok(())
}
