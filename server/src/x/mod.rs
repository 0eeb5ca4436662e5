//! The only outbound HTTP: X, or another provider that speaks its dialect.
//!
//! [`sign`] makes the `Authorization` header, [`http`] sends, [`legs`] are the calls of the OAuth
//! flow, [`dialect`] reads what X says when it refuses. The host comes from configuration and from
//! nowhere else.

mod dialect;
mod http;
mod legs;
pub mod sign;

use pinfold_api::{Code, ProviderError};
use url::Url;

use crate::clock::Clock;

pub use legs::{Authorize, Granted, Verified};
pub use sign::KeyPair;

/// One provider, and the way to it.
pub struct X {
    base: Url,
    http: http::Client,
    clock: Clock,
}

impl X {
    /// A client for the provider at `base`, which holds scheme, host and port only.
    pub fn new(base: Url, clock: Clock) -> Self {
        Self { base, http: http::client(), clock }
    }

    /// The base of every call, without a slash at the end.
    pub fn base(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }
}

/// Why X did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What it comes to, in the words of the contract.
    pub code: Code,
    /// X's own words, when X answered at all.
    pub answer: Option<ProviderError>,
    /// How far our clock is ahead of X's, in seconds.
    pub clock_skew: Option<i64>,
    /// Seconds until X wants to hear from us again.
    pub retry_after: Option<u64>,
}

impl Failure {
    fn of(code: Code) -> Self {
        Self { code, answer: None, clock_skew: None, retry_after: None }
    }
}
