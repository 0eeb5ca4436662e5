//! A PostgreSQL for the tests of one process, in a temporary folder, reached by a socket there. It
//! goes with the process, however that ends, and each test has a database of its own.
//!
//! `PINFOLD_TEST_ON=postgres` asks for it; the tests run on SQLite otherwise.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// Starts it, says so, and waits until nobody holds its input any more. PostgreSQL does not run as
/// root. What it writes need not outlive a power cut.
const SCRIPT: &str = r#"
cd "$1" || exit
trap '' INT TERM
"$0/initdb" -D data -U pinfold -A trust -E UTF8 --no-locale -N >log 2>&1 &&
"$0/pg_ctl" -D data -w -t 60 -o "-k '$1' -h '' -c fsync=off -c synchronous_commit=off \
  -c full_page_writes=off -c max_connections=400 -c autovacuum=off" -l log start >>log 2>&1 &&
echo ready || { cat log; exit 1; }
read -r _
"$0/pg_ctl" -D data -m immediate stop >>log 2>&1
cd / && rm -rf "$1"
"#;

struct Running {
    bin: PathBuf,
    folder: PathBuf,
    /// Its input is open for as long as this process lives.
    _script: Child,
}

static RUNNING: OnceLock<Running> = OnceLock::new();
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// Whether the tests are to run on it.
pub fn asked_for() -> bool {
    std::env::var("PINFOLD_TEST_ON").is_ok_and(|on| on == "postgres")
}

/// The URL of a new, empty database.
///
/// # Panics
/// When there is no PostgreSQL, or it does not start.
pub fn database() -> String {
    let running = RUNNING.get_or_init(start);
    let name = format!("test_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
    let host = running.folder.to_str().expect("a temporary folder in plain letters");
    let done = Command::new(running.bin.join("createdb"))
        .args(["-h", host, "-U", "pinfold", &name])
        .output()
        .expect("createdb runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    format!("postgres://pinfold@localhost/{name}?host={host}&sslmode=disable")
}

/// Where the programs are: Debian keeps them off the path.
///
/// # Panics
/// When there are none.
pub fn programs() -> PathBuf {
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut places: Vec<PathBuf> = debian.map(|version| version.path().join("bin")).collect();
    places.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    places.splice(0..0, std::env::split_paths(&path));
    let whole = |place: &&PathBuf| {
        ["initdb", "pg_ctl", "createdb"].iter().all(|name| place.join(name).exists())
    };
    places.iter().rfind(whole).expect("PostgreSQL: apt-get install postgresql").clone()
}

fn start() -> Running {
    let bin = programs();
    let folder = std::env::temp_dir().join(format!("pinfold-pg-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let mut script = if is_root() { as_nobody(&folder) } else { Command::new("sh") };
    let mut script = script
        .arg("-c")
        .arg(SCRIPT)
        .args([&bin, &folder])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a shell runs");
    let mut said = String::new();
    let mut out = BufReader::new(script.stdout.take().expect("its output"));
    while !said.ends_with("ready\n") && out.read_line(&mut said).expect("a line") > 0 {}
    assert!(said.ends_with("ready\n"), "PostgreSQL did not start:\n{said}");
    Running { bin, folder, _script: script }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|id| id.stdout.trim_ascii() == b"0")
}

fn as_nobody(folder: &Path) -> Command {
    let given = Command::new("chown").arg("nobody").arg(folder).status();
    assert!(given.is_ok_and(|status| status.success()), "chown");
    let mut command = Command::new("setpriv");
    command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups", "sh"]);
    command
}
