//! Callers: each on one connection, one request after the other.
//!
//! Without a rate, each sends as soon as it has its answer. With one, requests fall due evenly, and a
//! request that could not go out in time counts from when it was due, so that a stall is not hidden
//! by the callers that wait for it.

use std::fmt::Write as _;
use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::message::Line;

/// What they do.
struct Plan {
    callers: u32,
    /// For how long; none: until each has sent its part of `requests`.
    seconds: f64,
    requests: u64,
    /// Of all callers together, a second.
    rate: f64,
    /// The whole request.
    message: Vec<u8>,
    /// Keep all lines open until the input ends.
    hold: bool,
}

impl Plan {
    fn read(proxy: SocketAddr, options: &[&str]) -> io::Result<Self> {
        let mut plan =
            Self { callers: 1, seconds: 0.0, requests: 0, rate: 0.0, message: vec![], hold: false };
        let (mut method, mut path, mut bearer, mut size) = ("GET", "/", "", 0);
        for option in options {
            let (name, value) = option.split_once('=').unwrap_or((option, ""));
            match name {
                "callers" => plan.callers = value.parse().map_err(io::Error::other)?,
                "seconds" => plan.seconds = value.parse().map_err(io::Error::other)?,
                "requests" => plan.requests = value.parse().map_err(io::Error::other)?,
                "rate" => plan.rate = value.parse().map_err(io::Error::other)?,
                "body" => size = value.parse().map_err(io::Error::other)?,
                "hold" => plan.hold = true,
                "method" => method = value,
                "path" => path = value,
                "bearer" => bearer = value,
                _ => return Err(io::Error::other(format!("no such option: {name}"))),
            }
        }
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {proxy}\r\nuser-agent: bench/1\r\naccept: */*\r\n"
        );
        if !bearer.is_empty() {
            let _ = write!(head, "authorization: Bearer {bearer}\r\n");
        }
        if size > 0 {
            let _ = write!(head, "content-type: application/json\r\ncontent-length: {size}\r\n");
        }
        plan.message = format!("{head}\r\n{}", "1".repeat(size)).into_bytes();
        Ok(plan)
    }
}

/// Calls, and prints `requests seconds p50 p99`, the last two in microseconds. An answer that is no
/// 200 is an error.
pub fn run(proxy: SocketAddr, options: &[&str]) -> io::Result<()> {
    let plan = Arc::new(Plan::read(proxy, options)?);
    let start = Instant::now();
    let callers: Vec<_> = (0..plan.callers)
        .map(|number| {
            let plan = Arc::clone(&plan);
            let calling = move || call(proxy, &plan, number, start);
            thread::Builder::new().stack_size(256 * 1024).spawn(calling)
        })
        .collect::<Result<_, _>>()?;
    let (mut times, mut lines) = (Vec::new(), Vec::new());
    for caller in callers {
        let (line, own) = caller.join().map_err(|_| io::Error::other("a caller panicked"))??;
        lines.push(line);
        times.extend(own);
    }
    let seconds = start.elapsed().as_secs_f64();
    times.sort_unstable();
    let part = |percent: usize| times.get(times.len() * percent / 100).copied().unwrap_or_default();
    println!("{} {seconds:.4} {} {}", times.len(), part(50), part(99));
    io::stdout().flush()?;
    if plan.hold {
        let _ = io::stdin().read(&mut [0])?;
    }
    drop(lines);
    Ok(())
}

fn call(
    proxy: SocketAddr,
    plan: &Plan,
    number: u32,
    start: Instant,
) -> io::Result<(Line, Vec<u32>)> {
    let mut line = Line::new(TcpStream::connect(proxy)?)?;
    let mut times = Vec::with_capacity(64 * 1024);
    let share = plan.requests / u64::from(plan.callers);
    let apart = Duration::from_secs_f64(if plan.rate > 0.0 {
        f64::from(plan.callers) / plan.rate
    } else {
        0.0
    });
    let mut due = start + apart.mul_f64(f64::from(number) / f64::from(plan.callers));
    loop {
        let over = if plan.seconds > 0.0 {
            start.elapsed().as_secs_f64() >= plan.seconds
        } else {
            times.len() as u64 >= share
        };
        if over {
            return Ok((line, times));
        }
        let now = Instant::now();
        let mut from = now;
        if plan.rate > 0.0 {
            if due > now {
                thread::sleep(due - now);
                from = Instant::now();
            } else {
                from = due;
            }
            due += apart;
        }
        line.write(&plan.message)?;
        let head = line.read()?.ok_or_else(|| io::Error::other("the line was closed"))?;
        times.push(u32::try_from(from.elapsed().as_micros()).unwrap_or(u32::MAX));
        if !head.starts_with("HTTP/1.1 200") {
            return Err(io::Error::other(head));
        }
    }
}
