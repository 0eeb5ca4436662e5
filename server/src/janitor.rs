//! Once a minute: ends what expired, revokes what nobody saved, forgets who was quiet.

use std::fmt::Debug;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

use crate::authorization;
use crate::clock::Millis;
use crate::revocation::Retry;
use crate::state::AppState;

const PAUSE: Duration = Duration::from_mins(1);
/// How long it is remembered what webhooks were told.
const TOLD_MILLIS: Millis = 7 * 24 * 60 * 60 * 1000;

/// Runs until `stop` turns true. The first round is at once: a restart may have slept over much.
pub(crate) async fn run(state: AppState, mut stop: watch::Receiver<bool>) {
    let mut retry = Retry::new(state.clock.now());
    let mut tick = tokio::time::interval(PAUSE);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = tick.tick() => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
        forget(&state).await;
        // What it asks of X ends by itself: a stop need not wait for the rest of the round.
        tokio::select! {
            () = sweep(&state, &mut retry) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

/// What is over.
async fn forget(state: &AppState) {
    let (store, now) = (&state.store, state.clock.now());
    done("list what is new", store.list_unlisted().await);
    done("end sessions", store.delete_ended_sessions(now).await);
    done("forget what webhooks were told", store.forget_deliveries(now - TOLD_MILLIS).await);
    done("forget who was quiet", store.forget_quiet_turns(now).await);
    state.audit.write_counts(store, now).await;
    state.limits.forget_the_quiet();
    state.holders.allowances.forget_the_quiet(now);
}

/// What nobody saved, and what X is asked about.
async fn sweep(state: &AppState, retry: &mut Retry) {
    done("sweep authorizations", authorization::sweep(state).await);
    done("revoke what was let go", retry.round(state).await);
}

/// None keeps the next one from being done.
fn done<T, E: Debug>(what: &str, outcome: Result<T, E>) {
    if let Err(error) = outcome {
        tracing::warn!(?error, "could not {what}");
    }
}
