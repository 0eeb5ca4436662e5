//! Once a minute: ends what expired, revokes what nobody saved, forgets who was quiet.

use std::time::Duration;

use tokio::sync::watch;

use crate::problem::Refusal;
use crate::state::AppState;
use crate::{authorization, revocation};

const PAUSE: Duration = Duration::from_mins(1);

/// Runs until `stop` turns true. The first round is at once: a restart may have slept over much.
pub(crate) async fn run(state: AppState, mut stop: watch::Receiver<bool>) {
    let mut tick = tokio::time::interval(PAUSE);
    loop {
        tokio::select! {
            _ = tick.tick() => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
        if let Err(refusal) = sweep(&state).await {
            tracing::warn!(?refusal, "could not sweep");
        }
        state.limits.forget_the_quiet();
    }
}

async fn sweep(state: &AppState) -> Result<(), Refusal> {
    authorization::sweep(state).await?;
    revocation::retry(state).await?;
    state.store.delete_ended_sessions(state.clock.now()).await?;
    Ok(())
}
