//! Authenticate PIN: the exchange, and the way on when X refuses.

use pinfold_api::{AuthorizationState, Code, PinEntry};

use super::begin::{self, Superseded};
use super::{SAVE_MILLIS, pin};
use crate::clock::Millis;
use crate::problem::Refusal;
use crate::revocation::revoke;
use crate::state::AppState;
use crate::store::{AuthorizationRow, Grant, Revocation};
use crate::x::{Failure, Granted};

/// Longer than a call to X may take; a server that died in between blocks nobody for longer.
const LEASE_MILLIS: Millis = 45_000;

/// Sends the PIN to X. A wrong one burns the request token, so the refusal then carries a fresh
/// authorization to continue with.
pub async fn authenticate(
    state: &AppState,
    row: AuthorizationRow,
    entry: &PinEntry,
) -> Result<AuthorizationRow, Refusal> {
    let pin = pin::normalise(&entry.pin)?;
    let now = state.clock.now();
    match row.state_at(now) {
        AuthorizationState::AwaitingPin => {}
        AuthorizationState::Expired => {
            return Err(fresh(state, &row, Code::AuthorizationExpired.into()).await);
        }
        _ => return Err(Code::WrongState.into()),
    }
    if row.provider != state.x.base() {
        return Err(Refusal::new(Code::WrongState)
            .because("This was begun at another provider. Start again with Get PIN."));
    }
    let app = row.app(state)?;
    let request_pair = row.request_pair(state)?.ok_or(Code::WrongState)?;
    if !state.store.lease_authorization(&row.id, now, now + LEASE_MILLIS).await? {
        return Err(Refusal::new(Code::WrongState)
            .because("A PIN for this authorization is on its way to X already. Wait a moment."));
    }
    // What was sent to X is finished even when the browser goes away: a grant must not be lost.
    let state = state.clone();
    let exchange = tokio::spawn(async move {
        match state.x.access_token(&app.keys, &request_pair, &pin).await {
            Ok(granted) => keep(&state, row, granted).await,
            Err(failure) => Err(refuse(&state, &row, failure).await),
        }
    });
    exchange.await.map_err(|_| Refusal::new(Code::Internal))?
}

async fn keep(
    state: &AppState,
    mut row: AuthorizationRow,
    granted: Granted,
) -> Result<AuthorizationRow, Refusal> {
    let expires_at = state.clock.now() + SAVE_MILLIS;
    let sealed = state.seal.seal(row.place("access_secret"), &granted.token.secret);
    let grant = Grant {
        account: &granted.account,
        access_token: &granted.token.id,
        access_secret_sealed: sealed.clone(),
        access_level: granted.access_level,
        expires_at,
    };
    let kept = state.store.grant_authorization(&row.id, grant).await;
    row.access_token = Some(granted.token.id);
    row.access_secret_sealed = Some(sealed);
    if !matches!(kept, Ok(true)) {
        // Cancelled in the meantime, or the disk is full: nothing of it may stay at X.
        let_go(state, &row).await;
        return Err(kept.err().map_or_else(|| Code::WrongState.into(), Into::into));
    }
    row.state = AuthorizationState::Authenticated;
    row.account = Some(granted.account);
    row.access_level = granted.access_level;
    row.expires_at = expires_at;
    Ok(row)
}

/// Revokes a grant that could not be kept; a full disk still reads, so the revoke is tried even then.
async fn let_go(state: &AppState, row: &AuthorizationRow) {
    let Some(revocation) = Revocation::of_authorization(row, state.clock.now()) else { return };
    if let Err(error) = state.store.insert_revocation(&revocation).await {
        tracing::error!(%error, "a grant that is to be revoked cannot be remembered");
    }
    if let Err(refusal) = revoke(state, &revocation).await {
        tracing::error!(?refusal, "a grant could not be revoked");
    }
}

/// A refusal that spent the request token comes with a fresh one; any other leaves it usable.
async fn refuse(state: &AppState, row: &AuthorizationRow, failure: Failure) -> Refusal {
    let succeeded = failure.answer.as_ref().is_some_and(|x| (200..300).contains(&x.status));
    let refused = matches!(failure.code, Code::PinRejected | Code::RequestTokenRejected);
    let spent = succeeded || refused;
    let refusal = Refusal::from(failure);
    if spent {
        return fresh(state, row, refusal).await;
    }
    if let Err(error) = state.store.release_authorization(&row.id).await {
        tracing::error!(%error, "an authorization stays leased until its lease ends");
    }
    refusal
}

/// Adds a fresh authorization that asks for the same. When X gives none, the refusal says to start
/// again: the person is never left with a link that cannot work.
async fn fresh(state: &AppState, row: &AuthorizationRow, refusal: Refusal) -> Refusal {
    let next = async {
        let app = row.app(state)?;
        let ask = row.ask.clone();
        begin::request(state, &row.workspace, &row.session_id, &app, ask, Superseded::Rejected)
            .await
    };
    match next.await {
        Ok(next) => refusal.with_next(Some(next.answer(state))),
        Err(error) => {
            tracing::warn!(?error, "no fresh request token after a refused PIN");
            let ended = state
                .store
                .end_authorization(row, AuthorizationState::Rejected, state.clock.now())
                .await;
            if let Err(error) = ended {
                tracing::error!(%error, "a spent authorization stays open until it expires");
            }
            refusal.because("The link is spent, and X gave no fresh one. Use Get PIN again.")
        }
    }
}
