//! Letting go of a token: it is revoked at X, and the answer says truthfully whether that worked.

use pinfold_api::{Action, AppKind, Cancelled, Code};
use secrecy::ExposeSecret as _;
use subtle::ConstantTimeEq as _;

use crate::audit::{Entry, Who};
use crate::authorization::{App, Kept};
use crate::clock::Millis;
use crate::problem::Refusal;
use crate::seal::Place;
use crate::state::AppState;
use crate::store::{Holder, Revocation};
use crate::x::KeyPair;

/// Younger ones are in the hands of the request that let go of them.
const PATIENCE_MILLIS: Millis = 60_000;
/// After this long of asking X is not asked any more.
const GIVE_UP_MILLIS: Millis = 24 * 60 * 60 * 1000;
/// Nor, after an hour of asking, when it was let go so long ago: a server may run for a few hours at a time.
const STALE_MILLIS: Millis = 7 * GIVE_UP_MILLIS;
const HOUR_MILLIS: Millis = 60 * 60 * 1000;

/// X is asked about so many in one round.
const A_ROUND: u32 = 100;

impl Revocation {
    async fn keys(&self, state: &AppState) -> Result<(App, KeyPair), Refusal> {
        let kept = Kept {
            workspace: &self.workspace,
            record: &self.record,
            kind: self.app_kind,
            id: self.app_id.as_deref(),
            consumer_key: &self.consumer_key,
            sealed: self.consumer_secret_sealed.as_deref(),
        };
        let app = App::restore(state, kept).await?;
        let place =
            Place { workspace: &self.workspace, record: &self.record, field: "access_secret" };
        let secret = state.seal.open(place, &self.access_secret_sealed)?;
        Ok((app, KeyPair::new(&self.access_token, secret)))
    }
}

impl Holder {
    /// Whether it can use the token. A name is no secret, and anybody can import a file that names
    /// somebody else's token: who lives on it has its secret too. What cannot be opened is believed.
    fn lives_on(&self, state: &AppState, pair: &KeyPair) -> bool {
        let place =
            Place { workspace: &self.workspace, record: &self.record, field: "access_secret" };
        let ours = pair.secret.expose_secret().as_bytes();
        let theirs = state.seal.open(place, &self.access_secret_sealed);
        theirs.map_or(true, |theirs| theirs.expose_secret().as_bytes().ct_eq(ours).into())
    }
}

/// Revokes a token at the provider it came from, unless something else lives on the same token: X
/// gives one and the same token to the same app and account. When X does not answer, or cannot be
/// asked, the token stays remembered and [`Retry`] asks again.
///
/// It runs to its end even when the browser goes away.
pub async fn revoke(state: &AppState, revocation: &Revocation) -> Cancelled {
    let (asking, asked) = (state.clone(), revocation.clone());
    let answer = state.see_through(async move { ask(&asking, &asked).await });
    answer.await.unwrap_or_else(|refusal| not_revoked(refusal.code().as_str()))
}

/// What X, or the store, said.
struct Outcome {
    answer: Cancelled,
    /// Whether there is nothing to ask again.
    finished: bool,
}

/// "No, because": see [`Cancelled::reason`].
pub fn not_revoked(reason: &str) -> Cancelled {
    Cancelled { revoked: false, reason: Some(reason.to_owned()) }
}

async fn ask(state: &AppState, revocation: &Revocation) -> Cancelled {
    if revocation.provider != state.x.base() {
        return not_revoked("another_provider");
    }
    let (app, pair) = match revocation.keys(state).await {
        Ok(keys) => keys,
        Err(refusal) => return not_revoked(refusal.code().as_str()),
    };
    // Nobody may be granted this very token, or take it back, between the question and the note
    // that it is answered.
    let _nobody_grants = match state.grants.take(&state.store).await {
        Ok(taken) => taken,
        Err(error) => return not_revoked(Refusal::from(error).code().as_str()),
    };
    let Outcome { answer, finished } = decide(state, revocation, &app, &pair).await;
    if finished {
        let entry = told(state, revocation, &answer);
        if let Err(error) = state.store.finish_revocation(&revocation.id, &entry).await {
            tracing::error!(%error, "a revoked token stays remembered");
        }
    }
    answer
}

/// What the audit log says of an answer.
fn told(state: &AppState, revocation: &Revocation, answer: &Cancelled) -> Entry {
    let who = Who::server(&revocation.workspace);
    let entry = state.entry_by(who, Action::TokenRevoke).on(&revocation.record);
    match &answer.reason {
        Some(reason) => entry.refused().saying(reason),
        None => entry,
    }
}

async fn decide(state: &AppState, revocation: &Revocation, app: &App, pair: &KeyPair) -> Outcome {
    let later = |reason: &str| Outcome { answer: not_revoked(reason), finished: false };
    match state.store.holders(revocation).await {
        Ok(holders) if holders.iter().any(|it| it.lives_on(state, pair)) => {
            return Outcome { answer: not_revoked("in_use"), finished: true };
        }
        Ok(_) => {}
        Err(error) => return later(Refusal::from(error).code().as_str()),
    }
    match state.x.invalidate_token(&app.keys, pair).await {
        Ok(()) => Outcome { answer: Cancelled { revoked: true, reason: None }, finished: true },
        Err(failure) => {
            tracing::warn!(code = failure.code.as_str(), "X did not revoke a token");
            let refused = matches!(failure.code, Code::TokenRejected | Code::AppKeysRejected);
            // The secret of a saved or the registered app may be set to the right one yet.
            let final_word = refused && app.kind == AppKind::Own;
            Outcome { answer: not_revoked(failure.code.as_str()), finished: final_word }
        }
    }
}

/// Asking X again about tokens that it did not revoke when they were let go.
#[derive(Debug)]
pub struct Retry {
    /// When this server began to ask.
    since: Millis,
    /// The last one that it asked about: the next round goes on behind it.
    after: String,
}

impl Retry {
    /// From now on.
    pub fn new(now: Millis) -> Self {
        Self { since: now, after: String::new() }
    }

    /// Asks about some of them, until X does not answer.
    pub async fn round(&mut self, state: &AppState) -> Result<(), Refusal> {
        let now = state.clock.now();
        let before = now - PATIENCE_MILLIS;
        let some = state.store.pending_revocations(before, &self.after, A_ROUND).await?;
        let is_last = some.len() < A_ROUND as usize;
        for revocation in some {
            if is_given_up(revocation.created_at, self.since, now) {
                let id = &revocation.id;
                tracing::warn!(id, "X did not revoke a token for long enough; giving up");
                let entry = told(state, &revocation, &not_revoked("given up"));
                state.store.finish_revocation(id, &entry).await?;
                continue;
            }
            let answer = revoke(state, &revocation).await;
            if answer.reason.as_deref() == Some(Code::XUnreachable.as_str()) {
                return Ok(());
            }
            self.after = revocation.id;
        }
        if is_last {
            self.after.clear();
        }
        Ok(())
    }
}

/// Whether X was asked for long enough about a token that was let go at `created_at`, by a server that
/// asks since `since`.
fn is_given_up(created_at: Millis, since: Millis, now: Millis) -> bool {
    let (age, asked) = (now - created_at, now - since);
    (age >= GIVE_UP_MILLIS && asked >= GIVE_UP_MILLIS)
        || (age >= STALE_MILLIS && asked >= HOUR_MILLIS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_gives_up_before_x_was_asked_for_a_while() {
        let now = 1_763_000_000_000;
        let after = |days: Millis, hours_of_asking: Millis| {
            is_given_up(now - days * GIVE_UP_MILLIS, now - hours_of_asking * HOUR_MILLIS, now)
        };
        assert!(!after(0, 48) && !after(2, 0) && !after(2, 23), "not for long enough");
        assert!(after(1, 24));
        assert!(!after(30, 0), "a server that has just been started");
        assert!(after(7, 1));
    }
}
