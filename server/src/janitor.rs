//! Once a minute: ends what expired, revokes what nobody saved, forgets who was quiet.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

use crate::clock::Millis;
use crate::problem::Refusal;
use crate::state::AppState;
use crate::{authorization, revocation};

const PAUSE: Duration = Duration::from_mins(1);
/// How long it is remembered what webhooks were told.
const TOLD_MILLIS: Millis = 7 * 24 * 60 * 60 * 1000;

/// Runs until `stop` turns true. The first round is at once: a restart may have slept over much.
pub(crate) async fn run(state: AppState, mut stop: watch::Receiver<bool>) {
    let since = state.clock.now();
    let mut tick = tokio::time::interval(PAUSE);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = tick.tick() => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
        // What it asks of X ends by itself: a stop need not wait for the rest of the round.
        let swept = tokio::select! {
            swept = sweep(&state, since) => swept,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        if let Err(refusal) = swept {
            tracing::warn!(?refusal, "could not sweep");
        }
        state.limits.forget_the_quiet();
        if let Err(error) = state.store.forget_quiet_turns(state.clock.now()).await {
            tracing::warn!(%error, "could not forget who was quiet");
        }
        state.holders.allowances.forget_the_quiet(state.clock.now());
    }
}

async fn sweep(state: &AppState, since: Millis) -> Result<(), Refusal> {
    authorization::sweep(state).await?;
    revocation::retry(state, since).await?;
    state.store.list_unlisted().await?;
    state.store.delete_ended_sessions(state.clock.now()).await?;
    state.store.forget_deliveries(state.clock.now() - TOLD_MILLIS).await?;
    state.audit.write_counts(&state.store, state.clock.now()).await;
    Ok(())
}
