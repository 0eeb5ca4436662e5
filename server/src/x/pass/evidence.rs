//! What an answer says about the connection that it was signed for, besides what was asked.

use hyper::StatusCode;
use hyper::body::Bytes;
use hyper::header::HeaderMap;
use pinfold_api::{AccessLevel, Code};

use super::super::dialect;
use super::super::doctor::Step;
use super::super::{Failure, http};
use crate::clock::Millis;

/// Kept of an answer's head while its body passes.
#[derive(Clone, Debug)]
pub struct Evidence {
    status: StatusCode,
    access_level: Option<AccessLevel>,
    clock_skew: Option<i64>,
    corrected: i64,
    /// When it was there.
    heard: Millis,
    /// Seconds that X wants to be left alone for.
    retry_after: Option<u64>,
}

impl Evidence {
    pub(crate) fn new(
        status: StatusCode,
        headers: &HeaderMap,
        clock_skew: Option<i64>,
        corrected: i64,
        heard: Millis,
    ) -> Self {
        let level = headers.get("x-access-level").and_then(|level| level.to_str().ok());
        Self {
            status,
            access_level: level.and_then(AccessLevel::from_x),
            clock_skew,
            corrected,
            heard,
            retry_after: dialect::retry_after(status, headers),
        }
    }

    /// What X says that it grants.
    pub fn access_level(&self) -> Option<AccessLevel> {
        self.access_level
    }

    /// When X answered.
    pub fn heard(&self) -> Millis {
        self.heard
    }

    /// X did what it was asked.
    pub fn is_success(&self) -> bool {
        self.status.is_success()
    }

    /// X refused, or failed.
    pub fn is_refusal(&self) -> bool {
        self.status.is_client_error() || self.status.is_server_error()
    }

    /// What a refusal comes to, by its head and the first bytes of its body.
    pub fn diagnose(&self, body: &[u8]) -> Code {
        self.failure(body).code
    }

    /// The same, with X's own words.
    pub fn failure(&self, body: &[u8]) -> Failure {
        let answer = http::Answer {
            status: self.status,
            headers: HeaderMap::new(),
            body: Bytes::copy_from_slice(body),
            clock_skew: self.clock_skew,
            corrected: self.corrected,
        };
        Failure { retry_after: self.retry_after, ..dialect::refusal(Step::Api, &answer) }
    }
}
