//! Authenticate PIN: the exchange, and the way on when X refuses.

use pinfold_api::{Action, AppKind, AuthorizationState, Code, PinEntry};

use super::{App, begin, pin, wait_from};
use crate::audit::{Entry, Who};
use crate::clock::Millis;
use crate::problem::Refusal;
use crate::revocation::revoke;
use crate::session::Caller;
use crate::state::AppState;
use crate::store::{AuthorizationRow, Grant, Revocation};
use crate::x::{Failure, Granted, KeyPair};

/// Longer than an exchange and the fresh request token after it may take; a server that died in
/// between blocks nobody for longer.
const LEASE_MILLIS: Millis = 60_000;

/// Sends the PIN to X. A wrong one burns the request token, so the refusal then carries a fresh
/// authorization to continue with.
pub async fn authenticate(
    state: &AppState,
    caller: &Caller,
    row: AuthorizationRow,
    typed: &PinEntry,
) -> Result<AuthorizationRow, Refusal> {
    caller.may_go_on()?;
    let pin = pin::normalise(&typed.pin)?;
    if row.provider != state.x.base() {
        return Err(Refusal::new(Code::WrongState)
            .because("This was begun at another provider. Start again with Get PIN."));
    }
    let now = state.clock.now();
    match row.state_at(now) {
        AuthorizationState::AwaitingPin => {}
        AuthorizationState::Expired => {
            return Err(fresh(state, &row, Code::AuthorizationExpired.into()).await);
        }
        _ => return Err(Code::WrongState.into()),
    }
    // All that can fail here does so before anything is on its way.
    let app = row.app(state).await?;
    let request_pair = row.request_pair(state)?.ok_or(Code::WrongState)?;
    if !state.store.lease_authorization(&row.id, now, now + LEASE_MILLIS).await? {
        return Err(Refusal::new(Code::WrongState)
            .because("A PIN for this authorization is on its way to X already. Wait a moment."));
    }
    // What was sent to X is finished even when the browser goes away: a grant must not be lost.
    let finished = state.clone();
    let entry = state.entry(caller, Action::AuthorizationPin).on(&row.id);
    let pair = (app, request_pair);
    state.see_through(async move { exchange(&finished, row, pair, &pin, entry).await }).await?
}

async fn exchange(
    state: &AppState,
    row: AuthorizationRow,
    (app, request_pair): (App, KeyPair),
    pin: &str,
    entry: Entry,
) -> Result<AuthorizationRow, Refusal> {
    let kept = {
        let _granting = match state.grants.share(&state.store).await {
            Ok(granting) => granting,
            Err(error) => {
                state.store.release_authorization(&row.id, false).await?;
                return Err(error.into());
            }
        };
        match state.x.access_token(&app.keys, &request_pair, pin).await {
            Ok(granted) => Ok(keep(state, &row, granted, entry).await),
            Err(failure) => Err(failure),
        }
    };
    match kept {
        Ok(Kept::Whole(row)) => Ok(*row),
        Ok(Kept::LetGo(row, refusal)) => {
            let_go(state, &row, &app).await;
            Err(refusal)
        }
        Ok(Kept::Nobodys(unnamed)) => {
            let_go(state, &unnamed, &app).await;
            Err(fresh(state, &row, Code::XUnintelligible.into()).await)
        }
        Err(failure) => Err(refuse(state, &row, failure).await),
    }
}

/// What became of a grant.
enum Kept {
    /// It waits for OK.
    Whole(Box<AuthorizationRow>),
    /// It came too late, or could not be stored: nothing of it may stay at X.
    LetGo(Box<AuthorizationRow>, Refusal),
    /// X did not say whose it is, so nobody could be told.
    Nobodys(Box<AuthorizationRow>),
}

async fn keep(state: &AppState, row: &AuthorizationRow, granted: Granted, entry: Entry) -> Kept {
    let mut row = Box::new(row.clone());
    let sealed = state.seal.seal(row.place("access_secret"), &granted.token.secret);
    row.access_token = Some(granted.token.id.clone());
    row.access_secret_sealed = Some(sealed.clone());
    let Some(account) = granted.account else { return Kept::Nobodys(row) };
    row.expires_at = wait_from(state.clock.now());
    let grant = Grant {
        account: &account,
        access_token: &granted.token.id,
        access_secret_sealed: sealed,
        access_level: granted.access_level,
        expires_at: row.expires_at,
    };
    let entry = entry.saying(format!("@{}", account.screen_name));
    match state.store.grant_authorization(&row.id, grant, &entry).await {
        Ok(true) => {
            row.state = AuthorizationState::Authenticated;
            row.account = Some(account);
            row.access_level = granted.access_level;
            Kept::Whole(row)
        }
        Ok(false) => Kept::LetGo(row, Code::WrongState.into()),
        Err(error) => Kept::LetGo(row, error.into()),
    }
}

/// Revokes a grant that could not be kept; a full disk still reads, so the revoke is tried even then.
async fn let_go(state: &AppState, row: &AuthorizationRow, app: &App) {
    let Some(mut revocation) = Revocation::of_authorization(row, state.clock.now()) else { return };
    // The authorization may be over by now, and so a saved app may be deleted.
    if app.kind == AppKind::Saved {
        let sealed = state.seal.seal(row.place("consumer_secret"), &app.keys.secret);
        revocation.consumer_secret_sealed = Some(sealed);
    }
    if let Err(error) = state.store.insert_revocation(&revocation).await {
        tracing::error!(%error, "a grant that is to be revoked cannot be remembered");
    }
    revoke(state, &revocation).await;
}

/// A refusal that spent the request token comes with a fresh one; any other leaves it usable.
async fn refuse(state: &AppState, row: &AuthorizationRow, failure: Failure) -> Refusal {
    let succeeded = failure.answer.as_ref().is_some_and(|x| (200..300).contains(&x.status));
    let spent = succeeded
        || matches!(
            failure.code,
            Code::PinRejected
                | Code::RequestTokenRejected
                | Code::AccountLocked
                | Code::AccountSuspended
        );
    let lost = matches!(failure.code, Code::XUnreachable | Code::XFailed) || succeeded;
    if let Err(error) = state.store.release_authorization(&row.id, lost).await {
        tracing::error!(%error, "an authorization stays leased until its lease ends");
    }
    let row = AuthorizationRow { may_be_granted: row.may_be_granted || lost, ..row.clone() };
    if spent { fresh(state, &row, failure.into()).await } else { failure.into() }
}

/// Adds a fresh authorization that asks for the same. When there is none, the refusal says to start
/// again: the person is never left with a link that cannot work.
async fn fresh(state: &AppState, row: &AuthorizationRow, refusal: Refusal) -> Refusal {
    match replace(state, row).await {
        Ok(Some(next)) => return refusal.with_next(Some(next.answer(state))),
        Ok(None) => {}
        Err(error) => {
            tracing::warn!(?error, "no fresh request token after a refused PIN");
            let rejected = AuthorizationState::Rejected;
            let entry = state
                .entry_by(Who::server(&row.workspace), Action::AuthorizationExpire)
                .on(&row.id)
                .saying("its request token is spent, and X gave no fresh one");
            if let Err(error) =
                state.store.end_authorization(row, rejected, state.clock.now(), &entry).await
            {
                tracing::error!(%error, "a spent authorization stays open until it expires");
            }
        }
    }
    refusal.because("This link is spent, and there is no fresh one. Use Get PIN again.")
}

/// `None`: a newer Get PIN, Cancel, or another PIN at the same moment was there first.
async fn replace(
    state: &AppState,
    row: &AuthorizationRow,
) -> Result<Option<AuthorizationRow>, Refusal> {
    let app = row.app(state).await?;
    let next =
        begin::request(state, &row.workspace, &row.session_id, &app, row.ask.clone()).await?;
    let next = AuthorizationRow {
        may_be_granted: row.may_be_granted,
        connection_id: row.connection_id.clone(),
        ..next
    };
    Ok(state.store.replace_authorization(&row.id, &next).await?.then_some(next))
}
