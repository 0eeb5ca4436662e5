//! Counts the proxy's answers under the same names as [`crate::layers`] does, without looking each
//! of them up anew.

use std::collections::HashMap;
use std::sync::{OnceLock, PoisonError, RwLock};
use std::time::Duration;

use metrics::{Counter, Histogram};
use pinfold_api::paths;

/// The counters in use.
#[derive(Default)]
pub struct Meter {
    answers: RwLock<HashMap<(&'static str, u16), Counter>>,
    seconds: OnceLock<Histogram>,
}

impl Meter {
    /// One answer, and how long its head took.
    pub fn count(&self, method: &'static str, status: u16, elapsed: Duration) {
        let seconds = self.seconds.get_or_init(|| {
            metrics::histogram!("pinfold_http_request_seconds", "route" => paths::CONNECTION_PROXY)
        });
        seconds.record(elapsed.as_secs_f64());
        let answers = self.answers.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(counter) = answers.get(&(method, status)) {
            return counter.increment(1);
        }
        drop(answers);
        let counter = metrics::counter!(
            "pinfold_http_requests_total",
            "method" => method,
            "route" => paths::CONNECTION_PROXY,
            "status" => status.to_string()
        );
        counter.increment(1);
        let mut answers = self.answers.write().unwrap_or_else(PoisonError::into_inner);
        answers.insert((method, status), counter);
    }
}
