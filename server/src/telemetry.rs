//! What operators see: structured log lines on standard error, and Prometheus metrics.

use std::io::IsTerminal as _;
use std::sync::OnceLock;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing::level_filters::LevelFilter;

/// Seconds; from a health check to a slow X.
const BUCKETS: [f64; 9] = [0.001, 0.005, 0.025, 0.1, 0.25, 1.0, 2.5, 10.0, 30.0];

/// Starts the log: lines for people on a terminal, JSON for machines otherwise.
pub fn start_log() {
    let builder = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::INFO)
        .with_writer(std::io::stderr)
        .with_target(false);
    if std::io::stderr().is_terminal() {
        builder.compact().init();
    } else {
        builder.json().flatten_event(true).with_span_list(false).init();
    }
}

/// The recorder of this process: installed once, however many servers a test starts.
pub(crate) fn metrics() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE
        .get_or_init(|| {
            PrometheusBuilder::new()
                .set_buckets_for_metric(
                    Matcher::Full("pinfold_http_request_seconds".to_owned()),
                    &BUCKETS,
                )
                .expect("the buckets are not empty")
                .install_recorder()
                .expect("no other recorder is installed in this process")
        })
        .clone()
}
