//! Makes the sandbox behave as X does on its bad days, when it is told to.
//!
//! A misbehaviour waits for the next request that it can happen to, and happens `times` times.

mod mode;
mod words;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

pub(crate) use self::mode::{Mode, Step};
use crate::dialect::with;
use crate::provider::Provider;
use crate::server::Reset;

/// More orders than anybody gives at once.
const MOST: usize = 100;

/// No clock is wronger, and nobody waits longer.
const MOST_SECONDS: u64 = 24 * 3600;

/// One order to misbehave.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Misbehaviour {
    pub(crate) mode: Mode,
    #[serde(default)]
    pub(crate) step: Step,
    /// How many requests are left that it happens to.
    #[serde(default = "once")]
    pub(crate) times: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) seconds: Option<i64>,
}

fn once() -> u32 {
    1
}

impl Misbehaviour {
    /// Why this order cannot be carried out, if so.
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        let bound = self.mode.is_bound_to().is_none_or(|at| [at, Step::Any].contains(&self.step));
        if !bound {
            Err("step: this mode does not happen there")
        } else if self.times == 0 {
            Err("times: at least 1")
        } else if self.seconds.is_some_and(|seconds| seconds.unsigned_abs() > MOST_SECONDS) {
            Err("seconds: a day at most")
        } else {
            Ok(())
        }
    }

    fn happens_at(&self, step: Step, method: &Method) -> bool {
        self.step == step || self.step == Step::Any && self.mode.is_natural_at(step, method)
    }

    /// The time as the provider sees it under this misbehaviour.
    pub(crate) fn shift(&self, now: u64) -> u64 {
        if matches!(self.mode, Mode::ClockSkew | Mode::ClockSkewUnsaid) {
            now.saturating_add_signed(self.seconds.unwrap_or(360))
        } else {
            now
        }
    }
}

/// The orders that wait, oldest first.
#[derive(Default)]
pub(crate) struct Orders(Vec<Misbehaviour>);

impl Orders {
    /// Adds one; false when there are too many.
    pub(crate) fn add(&mut self, order: Misbehaviour) -> bool {
        let room = self.0.len() < MOST;
        if room {
            self.0.push(order);
        }
        room
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn list(&self) -> &[Misbehaviour] {
        &self.0
    }

    /// What happens to a request at this step, once less from now on.
    fn take(&mut self, step: Step, method: &Method) -> Option<Misbehaviour> {
        let at = self.0.iter().position(|order| order.happens_at(step, method))?;
        let order = self.0[at];
        if order.times == 1 {
            self.0.remove(at);
        } else {
            self.0[at].times -= 1;
        }
        Some(order)
    }
}

/// Stands before every signed endpoint. What it does not answer itself it hands on in the request's
/// extensions, to the code that knows how.
pub(crate) async fn perform(
    State((provider, step)): State<(Arc<Provider>, Step)>,
    mut request: Request,
    next: Next,
) -> Response {
    let order = provider.with(|inner| inner.orders.take(step, request.method()));
    let Some(order) = order else { return next.run(request).await };
    let now = provider.clock.seconds();
    let seconds = |default| order.seconds.unwrap_or(default);
    let reset = now.saturating_add_signed(seconds(60));
    if let Some(answer) = words::of(order.mode, request.uri().path(), reset) {
        let date = crate::clock::http_date(order.shift(now));
        return if order.mode == Mode::ClockSkewUnsaid {
            with(answer, "date", &date)
        } else {
            answer
        };
    }
    match order.mode {
        Mode::Reset => Reset.into_response(),
        Mode::Slow => {
            tokio::time::sleep(Duration::from_secs(seconds(5).unsigned_abs())).await;
            next.run(request).await
        }
        Mode::NoAccessLevel => {
            let mut response = next.run(request).await;
            response.headers_mut().remove("x-access-level");
            response
        }
        Mode::ClockSkew => {
            request.extensions_mut().insert(order);
            let date = crate::clock::http_date(order.shift(now));
            with(next.run(request).await, "date", &date)
        }
        _ => {
            request.extensions_mut().insert(order);
            next.run(request).await
        }
    }
}
