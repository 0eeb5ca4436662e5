//! The signing proxy beside others, in one run: the bare floor (`tests/load`), nginx, and what one
//! would write in node or Python.
//!
//! Each proxy runs on one core, callers and upstream share the other one, and the proxies take turns,
//! so that whatever else the machine does meets all of them. What a request costs is the CPU time of
//! the proxy's own process; it says more than requests a second, which the other core limits too.

mod callers;
mod rival;
mod table;

use std::path::Path;

use anyhow::Context;

use super::Row;
use callers::{Callers, Outcome};
use rival::{Rival, Upstream};
use table::Spread;

/// Callers at the same time, when it is about throughput.
const CALLERS: u32 = 16;
const SLOT: f64 = 1.2;
/// The scenario that latency is measured in.
const USUAL: usize = 1;

/// What callers do.
struct Scenario {
    name: &'static str,
    method: &'static str,
    path: &'static str,
    body: u32,
}

const SCENARIOS: [Scenario; 5] = [
    Scenario::get("GET, 0.2 KB back", "/2/tweets/200?tweet.fields=created_at"),
    Scenario::get("GET, 2 KB back", "/2/tweets/2000?tweet.fields=created_at"),
    Scenario::get("GET, 64 KB back", "/2/tweets/65536?tweet.fields=created_at"),
    Scenario { name: "POST 2 KB", method: "POST", path: "/2/tweets/100", body: 2000 },
    Scenario { name: "POST 64 KB", method: "POST", path: "/2/tweets/100", body: 65_536 },
];

impl Scenario {
    const fn get(name: &'static str, path: &'static str) -> Self {
        Self { name, method: "GET", path, body: 0 }
    }

    fn callers<'a>(&self, rival: &'a Rival, number: u32) -> Callers<'a> {
        Callers::of(rival, number).asks(self.method, self.path, self.body)
    }
}

/// One slot of a scenario.
struct Slot {
    /// Microseconds of CPU for a request.
    cpu: f64,
    a_second: f64,
}

pub(super) fn rows(rounds: u32, requests: u64) -> anyhow::Result<Vec<Row>> {
    let upstream = Upstream::start()?;
    let (rivals, mut rows) = rival::all(&upstream);
    let ours = rivals.iter().position(|rival| rival.name == rival::OURS);
    let ours = ours.context("Pinfold itself did not start")?;

    let slots = turns(&rivals, rounds)?;
    let names: Vec<&str> = rivals.iter().map(|rival| rival.name).collect();
    println!("\n{}", table::costs(&names, &slots));
    for (at, scenario) in SCENARIOS.iter().enumerate() {
        for (other, bar) in [(rival::FLOOR, 0.90), (rival::NGINX, 0.95)] {
            let Some(other) = names.iter().position(|name| *name == other) else { continue };
            let ratios = slots[at][ours].iter().zip(&slots[at][other]);
            let ratio = Spread::of(ratios.map(|(ours, theirs)| theirs.cpu / ours.cpu));
            let what = format!("requests per CPU-second, of {}'s: {}", names[other], scenario.name);
            rows.push(Row::at_least(&what, ratio.middle, bar, "×"));
        }
    }
    println!("{}", latencies(&rivals, &slots[USUAL])?);
    rows.extend(added(&rivals, rounds)?);
    rows.extend(memory(&rivals, requests)?);
    Ok(rows)
}

/// Calls of each kind.
pub(super) fn exercise(binary: &Path) -> anyhow::Result<()> {
    let upstream = Upstream::start()?;
    let ours = rival::pinfold(binary, &upstream)?;
    SCENARIOS
        .iter()
        .try_for_each(|scenario| scenario.callers(&ours, CALLERS).call_times(4000).map(drop))
}

/// By scenario, by rival, by round.
fn turns(rivals: &[Rival], rounds: u32) -> anyhow::Result<Vec<Vec<Vec<Slot>>>> {
    let mut slots = Vec::new();
    for scenario in &SCENARIOS {
        eprintln!("measuring {} …", scenario.name);
        let mut of_all: Vec<Vec<Slot>> = rivals.iter().map(|_| Vec::new()).collect();
        for round in 0..=rounds {
            for (rival, own) in rivals.iter().zip(&mut of_all) {
                let seconds = if round == 0 { 0.3 } else { SLOT };
                let before = rival.cpu_seconds()?;
                let outcome = scenario.callers(rival, CALLERS).call_for(seconds)?;
                let cpu = (rival.cpu_seconds()? - before) * 1e6 / outcome.requests;
                // The first turn only warms up.
                if round > 0 {
                    own.push(Slot { cpu, a_second: outcome.requests / outcome.seconds });
                }
            }
        }
        slots.push(of_all);
    }
    Ok(slots)
}

/// At half of what each can do.
fn latencies(rivals: &[Rival], slots: &[Vec<Slot>]) -> anyhow::Result<String> {
    eprintln!("measuring latency at half of saturation …");
    let mut lines = Vec::new();
    for (rival, own) in rivals.iter().zip(slots) {
        let rate = Spread::of(own.iter().map(|slot| slot.a_second)).middle / 2.0;
        let mut outcomes = Vec::new();
        for _ in 0..3 {
            outcomes.push(SCENARIOS[USUAL].callers(rival, CALLERS).paced(rate, 1.5)?);
        }
        let middle = |of: fn(&Outcome) -> f64| Spread::of(outcomes.iter().map(of)).middle;
        let (p50, p99) = (middle(|outcome| outcome.p50), middle(|outcome| outcome.p99));
        lines.push((rival.name, rate, p50, p99));
    }
    Ok(table::latencies(&lines))
}

/// What a caller alone waits longer than at the floor.
fn added(rivals: &[Rival], rounds: u32) -> anyhow::Result<Vec<Row>> {
    eprintln!("measuring latency of one caller …");
    let find = |name: &str| rivals.iter().find(|rival| rival.name == name);
    let (Some(ours), Some(floor)) = (find(rival::OURS), find(rival::FLOOR)) else {
        return Ok(Vec::new());
    };
    let (mut alone, mut longer) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let least = SCENARIOS[USUAL].callers(floor, 1).call_for(SLOT)?.p50;
        alone.push(least);
        longer.push(SCENARIOS[USUAL].callers(ours, 1).call_for(SLOT)?.p50 - least);
    }
    Ok(vec![
        Row::told("p50 of one caller through the floor", Spread::of(alone).middle, "µs"),
        Row::at_most("  what the signing proxy adds to it", Spread::of(longer).middle, 60.0, "µs"),
    ])
}

/// With 500 connections that have all just been used, and after many requests.
fn memory(rivals: &[Rival], requests: u64) -> anyhow::Result<Vec<Row>> {
    eprintln!("measuring memory …");
    let mut rows = Vec::new();
    for rival in rivals {
        let held = SCENARIOS[USUAL].callers(rival, 500).hold(2.0)?;
        let megabytes = rival.resident_megabytes()?;
        drop(held);
        let what = format!("memory with 500 connections, {}", rival.name);
        rows.push(if rival.name == rival::OURS {
            Row::at_most(&what, megabytes, 30.0, "MB")
        } else {
            Row::told(&what, megabytes, "MB")
        });
    }
    if let Some(ours) = rivals.iter().find(|rival| rival.name == rival::OURS) {
        let call = |requests| SCENARIOS[USUAL].callers(ours, CALLERS).call_times(requests);
        call(requests / 10)?;
        let before = ours.resident_megabytes()?;
        call(requests)?;
        let growth = ours.resident_megabytes()? - before;
        let what = format!("memory gained by {requests} requests");
        rows.push(Row::at_most(&what, growth, 1.0, "MB"));
    }
    Ok(rows)
}
