//! Runs the callers of `tests/load` against a proxy.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdin, Command, Stdio};

use anyhow::{Context, ensure};

use super::rival::{self, Rival};
use crate::process;

/// So many callers, and what they ask.
pub(super) struct Callers<'a> {
    rival: &'a Rival,
    options: Vec<String>,
}

/// What they measured.
pub(super) struct Outcome {
    pub(super) requests: f64,
    pub(super) seconds: f64,
    /// Microseconds.
    pub(super) p50: f64,
    pub(super) p99: f64,
}

/// Callers who have called and keep their lines open until this is dropped.
pub(super) struct Held {
    process: Child,
    /// Its end tells them to go.
    input: Option<ChildStdin>,
}

impl<'a> Callers<'a> {
    pub(super) fn of(rival: &'a Rival, number: u32) -> Self {
        let mut options = vec![format!("callers={number}")];
        options.extend(rival.bearer.as_ref().map(|bearer| format!("bearer={bearer}")));
        Self { rival, options }
    }

    /// What they ask; `path` is X's.
    pub(super) fn asks(mut self, method: &str, path: &str, body: u32) -> Self {
        let before = &self.rival.before;
        self.options.push(format!("method={method}"));
        self.options.push(format!("path={before}{path}"));
        self.options.push(format!("body={body}"));
        self
    }

    pub(super) fn call_for(self, seconds: f64) -> anyhow::Result<Outcome> {
        self.call(&[format!("seconds={seconds}")])
    }

    pub(super) fn call_times(self, requests: u64) -> anyhow::Result<Outcome> {
        self.call(&[format!("requests={requests}")])
    }

    pub(super) fn paced(self, rate: f64, seconds: f64) -> anyhow::Result<Outcome> {
        self.call(&[format!("seconds={seconds}"), format!("rate={rate}")])
    }

    fn call(self, more: &[String]) -> anyhow::Result<Outcome> {
        let name = self.rival.name;
        let printed = process::output(&mut self.command(more));
        Outcome::read(&printed.with_context(|| format!("callers of {name}"))?)
    }

    pub(super) fn hold(self, seconds: f64) -> anyhow::Result<Held> {
        let mut command = self.command(&[format!("seconds={seconds}"), "hold".to_owned()]);
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let input = process.stdin.take();
        let output = process.stdout.take().context("its output is piped")?;
        let held = Held { process, input };
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        Outcome::read(&line).with_context(|| format!("callers of {}", self.rival.name))?;
        Ok(held)
    }

    fn command(&self, more: &[String]) -> Command {
        let mut command = rival::load(rival::AROUND);
        command.arg("callers").arg(&self.rival.address).args(&self.options).args(more);
        command
    }
}

impl Outcome {
    fn read(line: &str) -> anyhow::Result<Self> {
        let numbers: Vec<f64> =
            line.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
        let &[requests, seconds, p50, p99] = numbers.as_slice() else {
            anyhow::bail!("nothing measured: {line:?}");
        };
        ensure!(requests > 0.0, "nobody was answered");
        Ok(Self { requests, seconds, p50, p99 })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.process.wait();
    }
}
