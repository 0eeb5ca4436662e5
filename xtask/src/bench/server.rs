//! The release binary as it stands: process start to first 200 with an existing store, and memory.

use std::env;
use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use super::client::Browser;
use super::{Row, cost};
use crate::{process, workspace};

const STARTS: usize = 15;
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) fn rows() -> anyhow::Result<Vec<Row>> {
    let folder = env::temp_dir().join(format!("pinfold-bench-{}", std::process::id()));
    let rows = measure(&folder);
    let _ = fs::remove_dir_all(&folder);
    rows
}

fn measure(folder: &Path) -> anyhow::Result<Vec<Row>> {
    // The first start makes the store. Each is at the same address, as when a server starts again:
    // another one would be noted.
    let first = Serving::start(folder)?;
    let address = first.address;
    drop(first);
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        let serve = process::command(workspace::pinfold("release"));
        starts.push(Serving::at(address, serve, folder, &[])?.took);
    }
    starts.sort();
    let start = starts[STARTS / 2].as_secs_f64() * 1000.0;

    let serving = Serving::start(folder)?;
    sleep(Duration::from_secs(1));
    let memory = match serving.resident_megabytes() {
        Ok(megabytes) => Row::at_most("memory, idle", megabytes, 12.0, "MB"),
        Err(why) => Row::missing("memory, idle", &why),
    };
    Ok(vec![Row::at_most("process start to first 200 (median)", start, 25.0, "ms"), memory])
}

/// Starts on a new store and on the one that is there, and shows what the manager asks for.
pub(super) fn exercise(binary: &Path) -> anyhow::Result<()> {
    let folder = env::temp_dir().join(format!("pinfold-exercise-{}", std::process::id()));
    let exercised = (0..2).try_for_each(|_| {
        let serving = Serving::run(process::command(binary), &folder, &[])?;
        let key = fs::read_to_string(folder.join("access-key"))?;
        let mut browser = Browser::open(serving.address(), key.trim())?;
        for path in ["/", "/api/v1/session", "/api/v1/connections?limit=50", "/metrics"] {
            browser.get(path)?;
        }
        // Until what runs by itself has run.
        sleep(Duration::from_secs(3));
        anyhow::Ok(())
    });
    let _ = fs::remove_dir_all(&folder);
    exercised
}

/// A running `pinfold serve`; told to stop when dropped.
pub(super) struct Serving {
    process: Child,
    address: SocketAddr,
    took: Duration,
}

impl Serving {
    pub(super) fn start(folder: &Path) -> anyhow::Result<Self> {
        Self::run(process::command(workspace::pinfold("release")), folder, &[])
    }

    /// By a command that ends in the program, with more flags.
    pub(super) fn run(serve: Command, folder: &Path, more: &[&str]) -> anyhow::Result<Self> {
        // By a statement of its own, or it would still be listened at.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        Self::at(address, serve, folder, more)
    }

    fn at(
        address: SocketAddr,
        mut serve: Command,
        folder: &Path,
        more: &[&str],
    ) -> anyhow::Result<Self> {
        serve.args(["serve", "--listen", &address.to_string(), "--data-dir"]).arg(folder);
        serve.args(more);
        serve.stdout(Stdio::null()).stderr(Stdio::null());
        let start = Instant::now();
        let process = serve.spawn().context("cannot start pinfold")?;
        let mut serving = Self { process, address, took: Duration::ZERO };
        while !is_healthy(address) {
            if let Some(status) = serving.process.try_wait()? {
                bail!("pinfold ended with {status}");
            }
            if start.elapsed() > PATIENCE {
                bail!("pinfold does not answer at {address}");
            }
            sleep(Duration::from_micros(200));
        }
        serving.took = start.elapsed();
        Ok(serving)
    }

    /// Where it is reached.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its number.
    pub(super) fn process(&self) -> u32 {
        self.process.id()
    }

    /// What the kernel says it holds.
    pub(super) fn resident_megabytes(&self) -> anyhow::Result<f64> {
        cost::resident_megabytes(self.process())
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        if process::signal("TERM", self.process.id()).is_err() {
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
    }
}

fn is_healthy(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        write!(stream, "GET /healthz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
        let mut answer = [0; 12];
        stream.read_exact(&mut answer)?;
        Ok(answer == *b"HTTP/1.1 200")
    };
    ask().unwrap_or(false)
}
