//! Takes messages out of the outbox and posts them, again and again where it has to.
//!
//! Whoever takes a message has it alone for a while. A server that dies with one in its hands leaves
//! it to the next: a message may come twice, with the same id, and none is lost.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use pinfold_api::DeliveryState;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval_at};

use super::place;
use super::post::Message;
use crate::clock::{Millis, random};
use crate::problem::Refusal;
use crate::seal::sign_message;
use crate::state::AppState;
use crate::store::{AttemptRow, DueDelivery};

const PAUSE: Duration = Duration::from_secs(1);
/// At the same time.
const UNDER_WAY: usize = 64;
/// Of one workspace: a host that takes its time must not hold up the messages of others.
const OF_EACH: usize = 16;
/// How long one that took a message has it alone: longer than any attempt takes.
const LEASE: Millis = 60_000;
/// What is under way gets this long when the server stops.
const DRAIN: Duration = Duration::from_secs(3);
/// Seconds to wait after each attempt that failed; after the last one the message is given up.
const WAITS: [Millis; 8] = [5, 30, 120, 600, 3600, 3 * 3600, 8 * 3600, 24 * 3600];

/// Delivers until `stop` turns true.
pub(crate) async fn run(state: AppState, mut stop: watch::Receiver<bool>) {
    // Between the turns of the janitor and the ledger: whoever reads at the same time as another one takes
    // another connection to the store, of 130 KB.
    let mut tick = interval_at(tokio::time::Instant::now() + PAUSE / 2, PAUSE);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut under_way = UnderWay::default();
    loop {
        tokio::select! {
            _ = tick.tick() => {}
            _ = stop.wait_for(|stop| *stop) => break,
        }
        under_way.count();
        if let Err(refusal) = take(&state, &mut under_way).await {
            tracing::warn!(?refusal, "the outbox cannot be read");
        }
    }
    let rest = async { while under_way.tasks.join_next().await.is_some() {} };
    if tokio::time::timeout(DRAIN, rest).await.is_err() {
        tracing::info!("messages to webhooks are left for the next start");
    }
}

/// The attempts under way, and how many of each workspace.
#[derive(Default)]
struct UnderWay {
    tasks: JoinSet<()>,
    workspaces: HashMap<String, Arc<()>>,
}

impl UnderWay {
    /// Forgets those that are over.
    fn count(&mut self) {
        while self.tasks.try_join_next().is_some() {}
        self.workspaces.retain(|_, place| Arc::strong_count(place) > 1);
    }

    /// A place for one more of a workspace.
    fn place(&mut self, workspace: &str) -> Option<Arc<()>> {
        let place = self.workspaces.entry(workspace.to_owned()).or_default();
        let free = self.tasks.len() < UNDER_WAY && Arc::strong_count(place) <= OF_EACH;
        free.then(|| Arc::clone(place))
    }
}

async fn take(state: &AppState, under_way: &mut UnderWay) -> Result<(), Refusal> {
    if under_way.tasks.len() >= UNDER_WAY {
        return Ok(());
    }
    let now = state.clock.now();
    let of_each = i64::try_from(OF_EACH).unwrap_or(i64::MAX);
    for due in state.store.due_deliveries(now, of_each).await? {
        let Some(place) = under_way.place(&due.workspace) else { continue };
        if state.store.take_delivery(&due.message, now + LEASE).await? {
            let state = state.clone();
            under_way.tasks.spawn(async move {
                if let Err(refusal) = deliver(&state, &due).await {
                    tracing::warn!(?refusal, message = due.message.id, "not noted");
                }
                drop(place);
            });
        }
    }
    Ok(())
}

/// One attempt, written down.
async fn deliver(state: &AppState, due: &DueDelivery) -> Result<(), Refusal> {
    let (at, began) = (state.clock.now(), Instant::now());
    let answer = attempt(state, due, at / 1000).await;
    let milliseconds = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
    let done = matches!(answer, Ok(200..=299));
    let tried = usize::try_from(due.message.attempts).unwrap_or(usize::MAX);
    let (standing, next_at) = match (done, WAITS.get(tried)) {
        (true, _) => (DeliveryState::Delivered, at),
        (false, Some(seconds)) => (DeliveryState::Waiting, at + spread(seconds * 1000)),
        (false, None) => (DeliveryState::GivenUp, at),
    };
    let (status, error) = (answer.as_ref().ok().copied(), answer.err());
    let (message, webhook) = (&due.message.id, &due.webhook_id);
    tracing::info!(message, webhook, status, error, ?standing, "told a webhook");
    let result = if done { "delivered" } else { "failed" };
    state.metrics.told_a_webhook(result);
    let attempt = AttemptRow { at, milliseconds, status, error: error.map(str::to_owned) };
    state.store.note_attempt(&due.message, &attempt, standing, next_at).await?;
    Ok(())
}

async fn attempt(state: &AppState, due: &DueDelivery, seconds: i64) -> Result<u16, &'static str> {
    const CLOSED: &str = "its secret does not open with the server's master keys";
    let secret = state.seal.open(place(&due.workspace, &due.webhook_id), &due.secret_sealed);
    let secret = secret.map_err(|_| CLOSED)?;
    let (id, body) = (&*due.message.id, &*due.message.body);
    let signature = sign_message(&secret, id, seconds, body).ok_or(CLOSED)?;
    let message = Message { id, seconds, signature: &signature, body };
    state.post.send(&due.url, &message).await
}

/// Up to a tenth more, so that what failed together does not come back together.
fn spread(wait: Millis) -> Millis {
    let [chance] = random::<1>();
    wait + wait * Millis::from(chance) / 2560
}
