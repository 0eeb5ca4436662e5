//! A full store behind the release binary: first page, deep pages, search, look-up, memory, size.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use super::Row;
use super::client::Browser;
use super::server::Serving;
use crate::{process, workspace};

/// With how few the look-up is compared.
const FEW: u32 = 100;
const COLUMNS: [&str; 8] =
    ["name", "account", "group", "app", "access_level", "health", "last_used_at", "created_at"];
/// One letter and two, everything and nothing, a word, a beginning, two words, words in an order
/// that nothing has, numbers, a group, other alphabets.
const TEXTS: [&str; 24] = [
    "a",
    "z",
    "7",
    "_",
    "qx",
    "ne",
    "zq",
    "é",
    "news",
    "zephyr",
    "acme news",
    "news acme",
    "zzzz",
    "999",
    "123456",
    "lon",
    "support eu",
    "acme support",
    "on new",
    "don n",
    "οδός",
    "み",
    " ",
    "weather london",
];
const PAGE: &str = "limit=50";
/// Pages of each order from the first one on.
const DEEP: usize = 6;
const LOOK_UPS: usize = 500;

pub(super) fn rows(sizes: &[u32]) -> anyhow::Result<Vec<Row>> {
    let mut rows = Vec::new();
    let few = Measured::with(FEW)?.look_up;
    for size in sizes {
        let full = Measured::with(*size)?;
        let name = |what: &str| format!("{size} connections: {what}");
        for (what, times) in [
            ("first page, any order", &full.first),
            ("deep page, any order", &full.deep),
            ("search, any order", &full.search),
            ("a group, any order", &full.group),
        ] {
            rows.push(Row::told(&name(&format!("{what}, p50")), times.part(50), "ms"));
            rows.push(Row::at_most(&name(&format!("{what}, p99")), times.part(99), 20.0, "ms"));
        }
        rows.push(Row::told(&name("groups of a search, p99"), full.groups.part(99), "ms"));
        rows.push(Row::told(&name("look-up, p50"), full.look_up.part(50), "ms"));
        rows.push(Row::told(&name("look-up, p99"), full.look_up.part(99), "ms"));
        let ratio = full.look_up.part(50) / few.part(50);
        rows.push(Row::at_most(&name("look-up, p50, against 100"), ratio, 1.5, "×"));
        let short = 100.0 * full.short;
        rows.push(Row::told(&name("search pages that end early"), short, "%"));
        rows.push(Row::told(&name("memory after all that"), full.memory, "MB"));
        rows.push(Row::told(&name("file"), full.file, "MB"));
        rows.push(Row::told(&name("filled in"), full.filled.as_secs_f64(), "s"));
    }
    Ok(rows)
}

/// Milliseconds, sorted.
#[derive(Default)]
struct Times(Vec<f64>);

impl Times {
    fn part(&self, percent: usize) -> f64 {
        let last = self.0.len().saturating_sub(1);
        self.0.get(last * percent / 100).copied().unwrap_or_default()
    }
}

struct Measured {
    first: Times,
    deep: Times,
    search: Times,
    group: Times,
    groups: Times,
    look_up: Times,
    /// How many of the searches answered fewer than asked for, with more to come.
    short: f64,
    memory: f64,
    file: f64,
    filled: Duration,
}

impl Measured {
    fn with(size: u32) -> anyhow::Result<Self> {
        let folder = std::env::temp_dir().join(format!("pinfold-bench-{}", std::process::id()));
        let measured = Self::measure(&folder, size);
        let _ = fs::remove_dir_all(&folder);
        measured
    }

    fn measure(folder: &Path, size: u32) -> anyhow::Result<Self> {
        let start = Instant::now();
        let mut seed = process::command(workspace::pinfold("release"));
        seed.args(["dev", "seed", "--connections", &size.to_string(), "--data-dir"]).arg(folder);
        process::output(&mut seed)?;
        let filled = start.elapsed();
        let file = fs::metadata(folder.join("pinfold.db"))?.len();
        // Makes the access key.
        let serving = Serving::start(folder)?;
        let key = fs::read_to_string(folder.join("access-key"))?;
        let mut browser = Browser::open(serving.address(), key.trim())?;

        let first_page = browser.get(&format!("/api/v1/connections?{PAGE}"))?;
        let ids: Vec<String> = first_page.texts("id").step_by(2).map(str::to_owned).collect();
        let mut measured = Self {
            first: Times::default(),
            deep: Times::default(),
            search: Times::default(),
            group: Times::default(),
            groups: Times::default(),
            look_up: Times::default(),
            short: 0.0,
            memory: 0.0,
            #[expect(clippy::cast_precision_loss, reason = "megabytes")]
            file: file as f64 / 1e6,
            filled,
        };
        measured.pages(&mut browser)?;
        measured.searches(&mut browser)?;
        for at in 0..LOOK_UPS {
            let id = &ids[at % ids.len()];
            let answer = browser.get(&format!("/api/v1/connections/{id}"))?;
            measured.look_up.0.push(answer.milliseconds);
        }
        for times in [
            &mut measured.first,
            &mut measured.deep,
            &mut measured.search,
            &mut measured.group,
            &mut measured.groups,
            &mut measured.look_up,
        ] {
            times.0.sort_by(f64::total_cmp);
        }
        measured.memory = serving.resident_megabytes()?;
        Ok(measured)
    }

    fn pages(&mut self, browser: &mut Browser) -> anyhow::Result<()> {
        for sort in COLUMNS.iter().flat_map(|column| [(*column).to_owned(), format!("-{column}")]) {
            let list = format!("/api/v1/connections?{PAGE}&sort={sort}");
            for _ in 0..5 {
                self.first.0.push(browser.get(&list)?.milliseconds);
            }
            let mut next = browser.get(&list)?.next();
            for _ in 0..DEEP {
                let Some(cursor) = next else { break };
                let page = browser.get(&format!("{list}&cursor={cursor}"))?;
                self.deep.0.push(page.milliseconds);
                next = page.next();
            }
            for group in ["ungrouped=true", "group=Acme%20News%20EU", "group=Mosaic%20Sales%20US"] {
                self.group.0.push(browser.get(&format!("{list}&{group}"))?.milliseconds);
            }
        }
        Ok(())
    }

    fn searches(&mut self, browser: &mut Browser) -> anyhow::Result<()> {
        let (mut short, mut all) = (0, 0);
        for text in TEXTS {
            let text = text.bytes().fold(String::new(), |text, byte| format!("{text}%{byte:02X}"));
            for sort in
                COLUMNS.iter().flat_map(|column| [(*column).to_owned(), format!("-{column}")])
            {
                let list = format!("/api/v1/connections?{PAGE}&sort={sort}&search={text}");
                let mut next = Some(String::new());
                for _ in 0..3 {
                    let Some(cursor) = next else { break };
                    let page = browser.get(&format!("{list}&cursor={cursor}"))?;
                    self.search.0.push(page.milliseconds);
                    next = page.next();
                    all += 1;
                    short += i32::from(next.is_some() && page.texts("workspace").count() < 50);
                }
            }
            let counted = browser.get(&format!("/api/v1/connections/groups?search={text}"))?;
            self.groups.0.push(counted.milliseconds);
        }
        self.short = f64::from(short) / f64::from(all.max(1));
        Ok(())
    }
}
