//! X, or another provider that speaks its dialect, over HTTP; besides, [`fetch`] asks a provider of
//! OpenID Connect, and [`pinfold`] another Pinfold. Webhooks go by `crate::webhook`.
//!
//! [`sign`] makes the `Authorization` header, [`http`] sends, [`legs`] are the calls of the OAuth
//! flow, [`pass`] streams what others ask, [`dialect`] reads what X says when it refuses, [`doctor`] knows what that means, [`skew`]
//! learns X's time. The host of X comes from configuration and from nowhere else.

mod dialect;
pub mod doctor;
pub mod fetch;
mod http;
mod legs;
pub mod pass;
pub mod pinfold;
pub mod sign;
mod skew;

use pinfold_api::{Code, Diagnosis, ProviderError};
use url::Url;

use crate::clock::Clock;
use crate::metrics::ClockSkew;
use doctor::Row;
use skew::Skew;

pub use legs::{Authorize, Granted, Verified};
pub use sign::KeyPair;

/// One provider, and the way to it.
pub struct X {
    base: Url,
    http: http::Client,
    lines: pass::Lines,
    clock: Clock,
    skew: Skew,
}

impl X {
    /// A client for the provider at `base`, which holds scheme, host and port only.
    pub fn new(base: Url, clock: Clock) -> Self {
        Self::with(base, clock, pass::Patience::default())
    }

    /// The same, with other limits for calls that are passed on.
    pub fn with(base: Url, clock: Clock, patience: pass::Patience) -> Self {
        let lines = pass::Lines::new(&base, http::connector(), patience);
        Self { base, http: http::client(), lines, clock, skew: Skew::default() }
    }

    /// How far our clock is from X's, for `/metrics`.
    pub fn clock_skew_gauge(&self) -> ClockSkew {
        self.skew.gauge()
    }

    /// Closes lines that nobody used for a while.
    pub fn close_the_rested(&self) {
        self.lines.close_the_rested();
    }

    /// The base of every call, without a slash at the end.
    pub fn base(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// How far our clock is ahead of X's, in seconds, as X's last answer had it.
    pub fn clock_skew(&self) -> Option<i64> {
        self.skew.known()
    }
}

/// Why X did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What it comes to, in the words of the contract.
    pub code: Code,
    /// X's own words, when X answered at all.
    pub answer: Option<ProviderError>,
    /// The doctor's row.
    pub row: &'static Row,
    /// How far our clock is ahead of X's, in seconds, when X told its time.
    pub clock_skew: Option<i64>,
    /// Seconds until X wants to hear from us again.
    pub retry_after: Option<u64>,
}

impl Failure {
    fn of(row: &'static Row) -> Self {
        Self { code: row.code, row, answer: None, clock_skew: None, retry_after: None }
    }

    /// Why, how one can tell, and what to do.
    pub fn diagnosis(&self) -> Diagnosis {
        let mut diagnosis = self.row.diagnosis(self.answer.clone(), self.clock_skew);
        // Of a month's cap no second's rest helps.
        diagnosis.retry_after = self.retry_after.filter(|_| self.row.name.starts_with("rate_"));
        if let Some(seconds) = diagnosis.retry_after {
            diagnosis.next = format!("{} It asks for {seconds} seconds.", diagnosis.next);
        }
        diagnosis
    }
}
