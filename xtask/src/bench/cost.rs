//! What the kernel says about a process.

use std::fs;

use anyhow::Context;

/// `USER_HZ`, which is 100 on every Linux.
const TICKS: f64 = 100.0;

/// CPU time, in the program and for it in the kernel, of all its threads: to the nanosecond where the
/// kernel counts so (`schedstat`), or else in hundredths of a second.
pub(super) fn cpu_seconds(process: u32) -> anyhow::Result<f64> {
    if let Some(nanoseconds) = scheduled(process) {
        return Ok(nanoseconds / 1e9);
    }
    let stat = fs::read_to_string(format!("/proc/{process}/stat"));
    let stat = stat.context("no /proc on this system, or the process ended")?;
    // The second field is a name in parentheses, which may hold anything; `utime` is the 14th.
    let (_, after) = stat.rsplit_once(')').context("no stat")?;
    let ticks = after.split_whitespace().skip(11).take(2).map(str::parse::<f64>);
    Ok(ticks.sum::<Result<f64, _>>()? / TICKS)
}

/// What the scheduler says of each thread. A thread that ends is no longer there: those of a proxy stay.
fn scheduled(process: u32) -> Option<f64> {
    let mut sum = 0.0;
    for thread in fs::read_dir(format!("/proc/{process}/task")).ok()? {
        let told = fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
        sum += told.split_whitespace().next()?.parse::<f64>().ok()?;
    }
    (sum > 0.0).then_some(sum)
}

/// Its resident memory.
pub(super) fn resident_megabytes(process: u32) -> anyhow::Result<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"));
    let status = status.context("no /proc on this system, or the process ended")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()).context("no VmRSS")?;
    Ok(kilobytes.parse::<f64>()? * 1024.0 / 1e6)
}
