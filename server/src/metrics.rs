//! What `/metrics` counts, in the `OpenMetrics` text that Prometheus reads.

use std::borrow::Cow;
use std::hash::{Hash, Hasher};
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use pinfold_api::paths;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// The media type of what [`Metrics::text`] writes.
pub const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Seconds; from a health check to a slow X.
const BUCKETS: [f64; 9] = [0.001, 0.005, 0.025, 0.1, 0.25, 1.0, 2.5, 10.0, 30.0];

const PROXY: Cow<'static, str> = Cow::Borrowed(paths::CONNECTION_PROXY);

/// How far this machine's clock is from X's, in seconds.
pub type ClockSkew = Gauge<i64, AtomicI64>;

/// The counters of one server.
pub struct Metrics {
    registry: Registry,
    requests: Family<Request, Counter>,
    seconds: Family<Route, Histogram, fn() -> Histogram>,
    /// That of the proxy's route, which is asked more often than all others.
    proxy_seconds: Histogram,
    webhooks: Family<Attempt, Counter>,
}

#[derive(Clone, Debug, PartialEq, Eq, EncodeLabelSet)]
struct Request {
    method: &'static str,
    route: Cow<'static, str>,
    status: u16,
}

impl Hash for Request {
    /// Routes are long, and lengths tell most of them apart.
    fn hash<H: Hasher>(&self, state: &mut H) {
        let lengths = self.method.len() << 8 | self.route.len();
        state.write_usize(lengths << 16 | usize::from(self.status));
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: Cow<'static, str>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Attempt {
    result: &'static str,
}

impl Metrics {
    /// Nothing counted yet; the clock is watched by [`crate::x::X`].
    pub fn new(clock_skew: ClockSkew) -> Self {
        let requests = Family::default();
        let histogram: fn() -> Histogram = || Histogram::new(BUCKETS);
        let seconds: Family<Route, _, _> = Family::new_with_constructor(histogram);
        let proxy_seconds = seconds.get_or_create(&Route { route: PROXY }).clone();
        let webhooks = Family::default();
        let mut registry = Registry::with_prefix("pinfold");
        registry.register("http_requests", "Requests answered", requests.clone());
        registry.register("http_request_seconds", "Time to answer", seconds.clone());
        registry.register("webhook_attempts", "Messages sent to webhooks", webhooks.clone());
        registry.register("clock_skew_seconds", "This clock less X's, when known", clock_skew);
        Self { registry, requests, seconds, proxy_seconds, webhooks }
    }

    /// One answer, and how long it took. None of the labels may be a caller's to invent.
    pub fn answered(
        &self,
        method: &'static str,
        route: Cow<'static, str>,
        status: u16,
        elapsed: Duration,
    ) {
        self.seconds.get_or_create(&Route { route: route.clone() }).observe(elapsed.as_secs_f64());
        self.count(method, route, status);
    }

    /// The same of a call of the proxy.
    pub fn passed(&self, method: &'static str, status: u16, elapsed: Duration) {
        self.proxy_seconds.observe(elapsed.as_secs_f64());
        self.count(method, PROXY, status);
    }

    fn count(&self, method: &'static str, route: Cow<'static, str>, status: u16) {
        self.requests.get_or_create(&Request { method, route, status }).inc();
    }

    /// One message to a webhook, `delivered` or `failed`.
    pub fn told_a_webhook(&self, result: &'static str) {
        self.webhooks.get_or_create(&Attempt { result }).inc();
    }

    /// What is counted so far.
    pub fn text(&self) -> String {
        let mut text = String::new();
        text::encode(&mut text, &self.registry).expect("a string takes all that is written");
        text
    }
}
