//! The tables of a run, as Markdown.

use std::fmt::Write as _;

use super::{SCENARIOS, Slot};

/// The middle one of some numbers, and the outermost.
pub(super) struct Spread {
    pub(super) middle: f64,
    pub(super) least: f64,
    pub(super) most: f64,
}

impl Spread {
    pub(super) fn of(numbers: impl IntoIterator<Item = f64>) -> Self {
        let mut numbers: Vec<f64> = numbers.into_iter().collect();
        numbers.sort_by(f64::total_cmp);
        let at = |index: usize| numbers.get(index).copied().unwrap_or(f64::NAN);
        let last = numbers.len().saturating_sub(1);
        Self { middle: at(last / 2), least: at(0), most: at(last) }
    }
}

/// What a request costs each, and how many of the first one's it does per CPU-second.
pub(super) fn costs(names: &[&str], slots: &[Vec<Vec<Slot>>]) -> String {
    let mut text = String::from(
        "| request | proxy | CPU time a request | requests per CPU-second, of the floor's | requests \
         a second |\n|---|---|---|---|---|\n",
    );
    for (scenario, of_all) in SCENARIOS.iter().zip(slots) {
        for (name, own) in names.iter().zip(of_all) {
            let cpu = Spread::of(own.iter().map(|slot| slot.cpu));
            let ratio = own.iter().zip(&of_all[0]).map(|(own, floor)| floor.cpu / own.cpu);
            let ratio = Spread::of(ratio);
            let a_second = Spread::of(own.iter().map(|slot| slot.a_second));
            let _ = writeln!(
                text,
                "| {} | {name} | {:.1} µs | {:.2} ({:.2}–{:.2}) | {:.0} |",
                scenario.name, cpu.middle, ratio.middle, ratio.least, ratio.most, a_second.middle,
            );
        }
    }
    text
}

/// Latencies at half of what each can do.
pub(super) fn latencies(lines: &[(&str, f64, f64, f64)]) -> String {
    let scenario = &SCENARIOS[super::USUAL];
    let mut text = format!(
        "| {} at half of saturation | requests a second | p50 | p99 |\n|---|---|---|---|\n",
        scenario.name
    );
    for (name, rate, p50, p99) in lines {
        let _ = writeln!(text, "| {name} | {rate:.0} | {p50:.0} µs | {p99:.0} µs |");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::Spread;

    #[test]
    fn the_middle_and_the_outermost() {
        let spread = Spread::of([3.0, 1.0, 2.0]);
        assert!(spread.least < spread.middle && spread.middle < spread.most);
        assert!((spread.middle - 2.0).abs() < f64::EPSILON);
    }
}
