//! The proxies that are compared, each started on a core of its own with the same upstream.

use std::any::Any;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, ensure};

use super::super::Row;
use super::super::client::Browser;
use super::super::cost;
use super::super::server::Serving;
use crate::{process, tools, workspace};

pub(super) const OURS: &str = "Pinfold";
pub(super) const FLOOR: &str = "floor";
pub(super) const NGINX: &str = "nginx";
/// Which of the first two cores that we may run on: the one of callers and upstream, that of the proxy.
pub(super) const AROUND: usize = 0;
const PROXY: usize = 1;

/// A proxy that runs.
pub(super) struct Rival {
    pub(super) name: &'static str,
    pub(super) address: String,
    /// What stands before X's own path.
    pub(super) before: String,
    /// What callers show.
    pub(super) bearer: Option<String>,
    process: u32,
    /// Whatever ends it when it is dropped.
    _running: Box<dyn Any>,
}

impl Rival {
    pub(super) fn cpu_seconds(&self) -> anyhow::Result<f64> {
        cost::cpu_seconds(self.process)
    }

    pub(super) fn resident_megabytes(&self) -> anyhow::Result<f64> {
        cost::resident_megabytes(self.process)
    }

    fn of(name: &'static str, started: Started) -> Self {
        Self {
            name,
            address: started.address.clone(),
            before: String::new(),
            bearer: None,
            process: started.process.id(),
            _running: Box::new(started),
        }
    }

    /// Whether a call arrives at X with a signature.
    fn signs(&self) -> anyhow::Result<bool> {
        let key = self.bearer.clone().unwrap_or_default();
        let mut browser = Browser::open(self.address.parse()?, &key)?;
        let answer = browser.get(&format!("{}/2/signed?a=b", self.before))?;
        Ok(answer.body().contains("true"))
    }
}

/// All that can be started here; a row for each of the others says why not.
pub(super) fn all(upstream: &Upstream) -> (Vec<Rival>, Vec<Row>) {
    let (mut rivals, mut missing) = (Vec::new(), Vec::new());
    let x = &upstream.0.address;
    for (name, started) in [
        (FLOOR, floor(x)),
        (NGINX, nginx(x)),
        (OURS, pinfold(&workspace::pinfold("release"), upstream)),
        ("node", node(x)),
        ("Python", python(x)),
    ] {
        let checked = started.and_then(|rival| {
            let signs = rival.signs()?;
            ensure!(signs != [FLOOR, NGINX].contains(&name), "{name} does not do what it should");
            Ok(rival)
        });
        match checked {
            Ok(rival) => rivals.push(rival),
            Err(why) => missing.push(Row::missing(&format!("beside {name}"), &why)),
        }
    }
    (rivals, missing)
}

fn floor(x: &str) -> anyhow::Result<Rival> {
    Ok(Rival::of(FLOOR, Started::by(load(PROXY).args(["floor", x]))?))
}

fn node(x: &str) -> anyhow::Result<Rival> {
    let modules = std::env::join_paths([tools::http_proxy()?, tools::oauth_1_0a()?])?;
    let mut node = pinned(PROXY, Path::new("node"));
    node.args(["tests/bench/proxy/signing.cjs", x]).env("NODE_PATH", modules);
    Ok(Rival::of("node", Started::by(&mut node)?))
}

fn python(x: &str) -> anyhow::Result<Rival> {
    let packages = std::env::join_paths([tools::aiohttp()?, tools::oauthlib()?])?;
    // Not a wrapper that picks a version: the process that is measured has to be Python itself.
    let which = ["-c", "import sys; print(sys.executable)"];
    let python = process::output(process::command("python3").args(which))?;
    let mut python = pinned(PROXY, Path::new(python.trim()));
    python.args(["tests/bench/proxy/signing.py", x]).env("PYTHONPATH", packages);
    Ok(Rival::of("Python", Started::by(&mut python)?))
}

fn nginx(x: &str) -> anyhow::Result<Rival> {
    let (nginx, folder) = (tools::nginx()?, Folder::make("nginx")?);
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
    let text = fs::read_to_string(workspace::root().join("tests/bench/proxy/nginx.conf"))?;
    let text = text.replace("FOLDER", &folder.0.to_string_lossy());
    let file = folder.0.join("nginx.conf");
    fs::write(&file, text.replace("LISTEN", &address).replace("UPSTREAM", x))?;
    let mut nginx = pinned(PROXY, &nginx);
    let process = nginx.arg("-c").arg(&file).stderr(Stdio::null()).spawn()?;
    let started = Started { process, address, _folder: Some(folder) };
    // It says nothing when it is ready.
    for _ in 0..200 {
        if std::net::TcpStream::connect(&started.address).is_ok() {
            return Ok(Rival::of(NGINX, started));
        }
        sleep(Duration::from_millis(10));
    }
    anyhow::bail!("nginx does not answer")
}

pub(super) fn pinfold(binary: &Path, upstream: &Upstream) -> anyhow::Result<Rival> {
    let (folder, x) = (Folder::make("pinfold")?, &upstream.0.address);
    let mut serve = pinned(PROXY, binary);
    serve.env("PINFOLD_CONSUMER_SECRET", "consumer-secret");
    let url = format!("http://{x}");
    let more = ["--assets", "none", "--consumer-key", "consumer-key", "--x-api-url", &url];
    let serving = Serving::run(serve, &folder.0, &more)?;

    let key = fs::read_to_string(folder.0.join("access-key"))?;
    let mut browser = Browser::open(serving.address(), key.trim())?;
    let connection = browser.post(
        "/api/v1/connections",
        r#"{"app":{"kind":"registered"},"access_token":"7-access-token","access_secret":"secret"}"#,
    )?;
    let id = connection.texts("id").next().context("the connection has no id")?.to_owned();
    let wanted = format!(r#"{{"name":"bench","connections":["{id}"],"paths":["* /2/**"]}}"#);
    let key = browser.post("/api/v1/keys", &wanted)?;
    Ok(Rival {
        name: OURS,
        address: serving.address().to_string(),
        before: format!("/api/v1/connections/{id}/x"),
        bearer: Some(key.texts("key").next().context("there is no key")?.to_owned()),
        process: serving.process(),
        _running: Box::new((serving, folder)),
    })
}

/// The X of all of them.
pub(super) struct Upstream(Started);

impl Upstream {
    pub(super) fn start() -> anyhow::Result<Self> {
        Started::by(load(AROUND).arg("upstream")).map(Self)
    }
}

/// A program of `tests/load`.
pub(super) fn load(core: usize) -> Command {
    pinned(core, &workspace::pinfold("release").with_file_name("pinfold-load"))
}

/// On one core of several; where that cannot be asked for, wherever the system likes.
fn pinned(core: usize, program: &Path) -> Command {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let cores = cores(&status);
    if cores.len() < 2 || process::find("taskset").is_none() {
        return process::command(program);
    }
    let mut command = process::command("taskset");
    command.args(["--cpu-list", &cores[core].to_string()]).arg(program);
    command
}

/// Those that a process may run on, by its `/proc/…/status`: `0-1,4`.
fn cores(status: &str) -> Vec<u32> {
    let told = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
    let ranges = told.unwrap_or_default().trim().split(',').filter_map(|range| {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        Some(first.parse::<u32>().ok()?..=last.parse().ok()?)
    });
    ranges.flatten().collect()
}

/// A process that printed its address; killed when dropped.
struct Started {
    process: Child,
    address: String,
    _folder: Option<Folder>,
}

impl Started {
    fn by(command: &mut Command) -> anyhow::Result<Self> {
        let mut process = command.stdout(Stdio::piped()).spawn().context("cannot start it")?;
        let output = process.stdout.take().context("its output is piped")?;
        let mut started = Self { process, address: String::new(), _folder: None };
        BufReader::new(output).read_line(&mut started.address)?;
        started.address = started.address.trim().to_owned();
        ensure!(!started.address.is_empty(), "it ended at once");
        Ok(started)
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A folder of a run; gone when dropped.
struct Folder(PathBuf);

impl Folder {
    fn make(name: &str) -> anyhow::Result<Self> {
        let name = format!("pinfold-bench-{}-{name}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::cores;

    #[test]
    fn the_cores_that_are_ours() {
        let list = |text: &str| cores(&format!("Name:\tx\nCpus_allowed_list:\t{text}\nMems:\t0\n"));
        assert_eq!(list("0-1,4"), [0, 1, 4]);
        assert_eq!(list("3"), [3]);
        assert!(cores("").is_empty());
    }
}
