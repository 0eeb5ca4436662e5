//! What operators see: structured log lines on standard error.

use std::io::IsTerminal as _;

use tracing::level_filters::LevelFilter;

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
