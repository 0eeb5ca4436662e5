//! `cargo xtask bench`: measured against the bars, side by side in one run.
//!
//! Numbers depend on the machine, so they fail nothing unless asked to; ratios depend on it less.

mod client;
mod cost;
mod proxy;
mod server;
mod signing;
mod store;

use std::path::Path;

use anyhow::ensure;

use crate::{front, process, release};

/// Measure: signatures per second, start, memory, against their bars.
#[derive(clap::Args)]
#[command(after_help = "Example: cargo xtask bench --strict")]
pub(crate) struct Args {
    /// Fail when a bar is not met.
    #[arg(long)]
    strict: bool,
    /// Only this part; may be given more than once.
    #[arg(long, value_enum, value_name = "PART")]
    only: Vec<Part>,
    /// How many connections a full store has.
    #[arg(long, value_name = "N", default_values_t = [100_000, 1_000_000])]
    connections: Vec<u32>,
    /// How often the proxies take turns.
    #[arg(long, value_name = "N", default_value_t = 5)]
    rounds: u32,
    /// After how many requests the signing proxy may not have grown.
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    requests: u64,
}

#[derive(Clone, Copy, PartialEq, clap::ValueEnum)]
enum Part {
    /// Signatures per second.
    Signing,
    /// Start and memory.
    Server,
    /// A full store: pages, search, look-up.
    Store,
    /// The signing proxy beside others: CPU time, latency, memory.
    Proxy,
}

/// One line of the table.
struct Row {
    what: String,
    measured: String,
    bar: String,
    met: Option<bool>,
}

impl Row {
    /// At least so much.
    fn at_least(what: &str, measured: f64, bar: f64, unit: &str) -> Self {
        Self::new(what, measured, bar, unit, "≥", measured >= bar)
    }

    /// At most so much.
    fn at_most(what: &str, measured: f64, bar: f64, unit: &str) -> Self {
        Self::new(what, measured, bar, unit, "≤", measured <= bar)
    }

    fn new(what: &str, measured: f64, bar: f64, unit: &str, sign: &str, met: bool) -> Self {
        Self {
            what: what.to_owned(),
            measured: format!("{} {unit}", number(measured)),
            bar: format!("{sign} {} {unit}", number(bar)),
            met: Some(met),
        }
    }

    /// What has no bar.
    fn told(what: &str, measured: f64, unit: &str) -> Self {
        Self {
            bar: String::from("—"), met: None, ..Self::new(what, measured, 0.0, unit, "", true)
        }
    }

    /// What could not be measured here, and why.
    fn missing(what: &str, why: &anyhow::Error) -> Self {
        let why = why.to_string().lines().next().unwrap_or_default().to_owned();
        Self { what: what.to_owned(), measured: why, bar: String::new(), met: None }
    }
}

/// Measures and prints the table.
pub(crate) fn bench(args: &Args) -> anyhow::Result<()> {
    let is_wanted = |part| args.only.is_empty() || args.only.contains(&part);
    // Only a start has something to do with the front end.
    if is_wanted(Part::Server) {
        front::build()?;
    }
    release::build()?;
    if is_wanted(Part::Proxy) {
        build_load()?;
    }
    let mut rows = Vec::new();
    if is_wanted(Part::Signing) {
        rows.extend(signing::rows()?);
    }
    if is_wanted(Part::Server) {
        rows.extend(server::rows()?);
    }
    if is_wanted(Part::Store) {
        rows.extend(store::rows(&args.connections)?);
    }
    if is_wanted(Part::Proxy) {
        rows.extend(proxy::rows(args.rounds, args.requests)?);
    }

    println!();
    for Row { what, measured, bar, met } in &rows {
        let verdict = match met {
            Some(true) => "met",
            Some(false) => "NOT MET",
            None if bar == "—" => "",
            None => "not measured",
        };
        println!("{what:<56} {measured:>20}   {bar:<14} {verdict}");
    }
    let missed = rows.iter().filter(|row| row.met == Some(false)).count();
    ensure!(!args.strict || missed == 0, "{missed} bars are not met");
    Ok(())
}

/// Callers, upstream and floor.
fn build_load() -> anyhow::Result<()> {
    process::run(&mut process::cargo(&["build", "--release", "--package", "pinfold-load"]))
}

/// Has a server start anew and again, and show the manager's pages.
pub(crate) fn starts(binary: &Path) -> anyhow::Result<()> {
    server::exercise(binary)
}

/// Has a server sign and pass on calls of each kind.
pub(crate) fn passes(binary: &Path) -> anyhow::Result<()> {
    build_load()?;
    proxy::exercise(binary)
}

/// `312456`, `25.3`, `0.94`.
fn number(value: f64) -> String {
    match value {
        100.0.. => format!("{value:.0}"),
        10.0.. => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::Row;

    #[test]
    fn a_bar_is_met_on_its_own_side() {
        assert_eq!(Row::at_least("signing", 300_000.0, 300_000.0, "/s").met, Some(true));
        assert_eq!(Row::at_least("signing", 299_999.0, 300_000.0, "/s").met, Some(false));
        assert_eq!(Row::at_most("start", 25.1, 25.0, "ms").met, Some(false));
    }
}
