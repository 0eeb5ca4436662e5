//! Cancel, and what happens to authorizations that nobody finished or saved in time.

use std::time::Duration;

use pinfold_api::{Action, AuthorizationState, Cancelled, Code};

use crate::audit::{Entry, Who};
use crate::clock::Millis;
use crate::problem::Refusal;
use crate::revocation::{not_revoked, revoke};
use crate::session::Caller;
use crate::state::AppState;
use crate::store::{AuthorizationRow, Revocation};

/// How often, and how many times, Cancel looks whether a PIN has come back from X.
const SETTLE_PAUSE: Duration = Duration::from_millis(100);
const SETTLE_ROUNDS: u32 = 250;
/// How long an ended authorization can still be asked about.
const REMEMBER_MILLIS: Millis = 24 * 60 * 60 * 1000;

/// Ends an authorization wherever it stands; a second time changes nothing. A PIN that is on its
/// way to X is waited for, so that the answer is about what X granted.
pub async fn cancel(
    state: &AppState,
    caller: &Caller,
    row: AuthorizationRow,
) -> Result<Cancelled, Refusal> {
    let row = settled(state, row).await?;
    let entry = state.entry(caller, Action::AuthorizationCancel);
    end(state, &row, AuthorizationState::Cancelled, entry).await
}

async fn settled(state: &AppState, mut row: AuthorizationRow) -> Result<AuthorizationRow, Refusal> {
    for _ in 0..SETTLE_ROUNDS {
        let in_flight =
            row.state == AuthorizationState::AwaitingPin && row.leased_until > state.clock.now();
        if !in_flight {
            break;
        }
        tokio::time::sleep(SETTLE_PAUSE).await;
        let found = state.store.authorization(&row.workspace, &row.session_id, &row.id).await?;
        row = found.ok_or(Code::NotFound)?;
    }
    Ok(row)
}

/// Ends what a session left open, in the background: it signs out.
pub async fn abandon(state: &AppState, caller: &Caller) -> Result<(), Refusal> {
    abandon_all(state, caller, &caller.session_id).await
}

/// The same for a session that somebody else revokes.
pub async fn abandon_all(
    state: &AppState,
    caller: &Caller,
    session_id: &str,
) -> Result<(), Refusal> {
    for row in state.store.open_authorizations(&caller.workspace, session_id).await? {
        let (abandoned, by) = (state.clone(), caller.clone());
        state.in_background(async move {
            if let Err(refusal) = cancel(&abandoned, &by, row).await {
                tracing::warn!(?refusal, "an authorization outlives its session until it expires");
            }
        });
    }
    Ok(())
}

async fn end(
    state: &AppState,
    row: &AuthorizationRow,
    to: AuthorizationState,
    entry: Entry,
) -> Result<Cancelled, Refusal> {
    let now = state.clock.now();
    let open =
        matches!(row.state, AuthorizationState::AwaitingPin | AuthorizationState::Authenticated);
    let ended = open && state.store.end_authorization(row, to, now, &entry.on(&row.id)).await?;
    match Revocation::of_authorization(row, now) {
        Some(revocation) if ended => Ok(revoke(state, &revocation).await),
        _ if ended && row.may_be_granted => Ok(not_revoked("unknown")),
        _ if row.state == AuthorizationState::Saved => Ok(not_revoked("saved")),
        _ => Ok(not_revoked("nothing_granted")),
    }
}

/// Ends what nobody finished in time and revokes what nobody saved in time.
pub async fn sweep(state: &AppState) -> Result<(), Refusal> {
    let now = state.clock.now();
    for unsaved in state.store.sweep_authorizations(now, now - REMEMBER_MILLIS).await? {
        let entry = state.entry_by(Who::server(&unsaved.workspace), Action::AuthorizationExpire);
        if let Err(refusal) = end(state, &unsaved, AuthorizationState::Expired, entry).await {
            tracing::warn!(?refusal, id = unsaved.id, "a grant that nobody saved is still there");
        }
    }
    Ok(())
}
