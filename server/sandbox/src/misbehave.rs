//! Makes the sandbox behave as X does on its bad days, when it is told to.
//!
//! A misbehaviour waits for the next request that it can happen to, and happens `times` times.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use crate::dialect::{self, with};
use crate::parameters::is_write;
use crate::provider::Provider;
use crate::server::Reset;
use crate::world::Standing;

/// More orders than anybody gives at once, and longer waits than anybody sits through.
const MOST: usize = 100;
const MOST_SECONDS: i64 = 24 * 3600;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mode {
    /// `oauth_callback_confirmed` is missing (CVE-2026-72887).
    OmitCallbackConfirmed,
    /// `oauth_callback_confirmed=false`.
    CallbackConfirmedFalse,
    /// Even the right PIN is wrong, which burns the request token.
    Burn,
    /// The request token turns out to have expired.
    Expire,
    /// A wrong PIN, told in Japanese.
    InvalidVerifierLocalised,
    /// 32.
    BadCredentials,
    /// The provider's clock is `seconds` ahead (6 minutes unless told): 135, and a `Date` to match.
    ClockSkew,
    /// 326.
    Locked,
    /// 64.
    Suspended,
    /// 415, as JSON.
    CallbackJson,
    /// 415, as XML.
    CallbackXml,
    /// 417.
    DesktopOnlyXml,
    /// 416.
    AppSuspended,
    /// Only read access is granted; a write is refused.
    ReadOnly,
    /// 403 `client-forbidden`.
    NotEnrolled,
    /// 402.
    NoCredits,
    /// 429 until `seconds` from now (a minute unless told).
    RateLimited,
    /// 500.
    ServerError,
    /// 503, as a page.
    Unavailable,
    /// 200 and nonsense.
    Garbage,
    /// The right answer, after `seconds` (5 unless told).
    Slow,
    /// The connection is reset before any answer.
    Reset,
    /// The right answer without `x-access-level`.
    NoAccessLevel,
}

/// All of them, for the page to choose from.
pub(crate) const MODES: [Mode; 23] = [
    Mode::OmitCallbackConfirmed,
    Mode::CallbackConfirmedFalse,
    Mode::Burn,
    Mode::Expire,
    Mode::InvalidVerifierLocalised,
    Mode::BadCredentials,
    Mode::ClockSkew,
    Mode::Locked,
    Mode::Suspended,
    Mode::CallbackJson,
    Mode::CallbackXml,
    Mode::DesktopOnlyXml,
    Mode::AppSuspended,
    Mode::ReadOnly,
    Mode::NotEnrolled,
    Mode::NoCredits,
    Mode::RateLimited,
    Mode::ServerError,
    Mode::Unavailable,
    Mode::Garbage,
    Mode::Slow,
    Mode::Reset,
    Mode::NoAccessLevel,
];

/// Where it goes wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Step {
    RequestToken,
    AccessToken,
    Api,
    Revoke,
    /// Wherever X would do it.
    #[default]
    Any,
}

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

impl Mode {
    /// The steps where X does this.
    fn is_natural_at(self, step: Step, method: &Method) -> bool {
        match self {
            Self::OmitCallbackConfirmed
            | Self::CallbackConfirmedFalse
            | Self::CallbackJson
            | Self::CallbackXml
            | Self::DesktopOnlyXml => step == Step::RequestToken,
            Self::Burn | Self::Expire | Self::InvalidVerifierLocalised => step == Step::AccessToken,
            Self::Locked | Self::Suspended | Self::NoAccessLevel => {
                matches!(step, Step::AccessToken | Step::Api)
            }
            Self::ReadOnly => step == Step::AccessToken || step == Step::Api && is_write(method),
            Self::NotEnrolled | Self::NoCredits => step == Step::Api,
            _ => true,
        }
    }

    /// An answer of its own can be given anywhere. These only change the answer of one step.
    fn is_bound_to(self) -> Option<Step> {
        match self {
            Self::OmitCallbackConfirmed | Self::CallbackConfirmedFalse => Some(Step::RequestToken),
            Self::Burn | Self::Expire | Self::InvalidVerifierLocalised => Some(Step::AccessToken),
            _ => None,
        }
    }
}

impl Misbehaviour {
    /// Why this order cannot be carried out, if so.
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        let bound = self.mode.is_bound_to().is_none_or(|at| [at, Step::Any].contains(&self.step));
        if !bound {
            Err("step: this mode does not happen there")
        } else if self.times == 0 {
            Err("times: at least 1")
        } else if self.seconds.is_some_and(|seconds| seconds.abs() > MOST_SECONDS) {
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
        if self.mode == Mode::ClockSkew {
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
    match order.mode {
        Mode::BadCredentials => dialect::bad_credentials(),
        Mode::Locked => dialect::standing(Standing::Locked),
        Mode::Suspended => dialect::standing(Standing::Suspended),
        Mode::CallbackJson => dialect::callback_json(),
        Mode::CallbackXml => dialect::callback_xml(),
        Mode::DesktopOnlyXml => dialect::desktop_only(),
        Mode::AppSuspended => dialect::app_suspended(),
        Mode::NotEnrolled => dialect::not_enrolled(),
        Mode::NoCredits => dialect::no_credits(),
        Mode::RateLimited => {
            dialect::rate_limited(request.uri().path(), now.saturating_add_signed(seconds(60)))
        }
        Mode::ServerError => dialect::server_error(),
        Mode::Unavailable => dialect::unavailable(),
        Mode::Garbage => dialect::garbage(),
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
        Mode::OmitCallbackConfirmed
        | Mode::CallbackConfirmedFalse
        | Mode::Burn
        | Mode::Expire
        | Mode::InvalidVerifierLocalised
        | Mode::ReadOnly => {
            request.extensions_mut().insert(order);
            next.run(request).await
        }
    }
}
