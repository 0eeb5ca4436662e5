//! Two Pinfolds on one PostgreSQL, one of them killed again and again: what was acknowledged stays.
//!
//! It runs where the tests run on PostgreSQL. `PINFOLD_KILL_ROUNDS=200` is the long form.

#![cfg(unix)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pinfold::clock::random;
use pinfold::seal::KeyRing;
use pinfold_sandbox::Sandbox;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

const ACCESS_KEY: &str = "access-key-of-the-kill-test";
const ROUNDS: usize = 6;

/// What both are started with.
struct Scene {
    folders: [tempfile::TempDir; 2],
    database: String,
    master_key: String,
    x: String,
    consumer: (String, String),
}

/// A server in a process of its own.
struct Replica {
    process: Child,
    address: String,
    /// What it prints must go somewhere.
    _out: BufReader<ChildStdout>,
}

impl Scene {
    async fn new() -> (Self, Sandbox) {
        let sandbox = Sandbox::start(pinfold_sandbox::Options::default()).await.expect("starts");
        let scene = Self {
            folders: [(); 2].map(|()| tempfile::tempdir().expect("a folder")),
            database: pinfold_test_postgres::database(),
            master_key: KeyRing::generate().expose_secret().to_owned(),
            x: sandbox.url().as_str().trim_end_matches('/').to_owned(),
            consumer: (sandbox.consumer_key().to_owned(), sandbox.consumer_secret().to_owned()),
        };
        (scene, sandbox)
    }

    fn start(&self, number: usize) -> Replica {
        let mut process = self
            .command(self.folders[number].path())
            .args(["serve", "--listen", "127.0.0.1:0", "--assets", "none"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        let mut out = BufReader::new(process.stdout.take().expect("its output"));
        out.read_line(&mut line).expect("a line");
        let address = line.trim().rsplit("http://").next().expect("an address").to_owned();
        assert!(line.contains("ready"), "{line}");
        Replica { process, address, _out: out }
    }

    fn command(&self, folder: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pinfold"));
        command
            .current_dir(folder)
            .env("PINFOLD_DATA_DIR", ".")
            .env("PINFOLD_DATABASE_URL", &self.database)
            .env("PINFOLD_MASTER_KEY", &self.master_key)
            .env("PINFOLD_ACCESS_KEY", ACCESS_KEY)
            .env("PINFOLD_X_API_URL", &self.x)
            .env("PINFOLD_CONSUMER_KEY", &self.consumer.0)
            .env("PINFOLD_CONSUMER_SECRET", &self.consumer.1);
        command
    }
}

impl Replica {
    /// As a power cut does.
    fn kill(&mut self) {
        self.process.kill().expect("kills");
        self.process.wait().expect("ends");
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Asks; `None` when there is no whole answer.
fn ask(address: &str, method: &str, path: &str, body: &Value) -> Option<(u16, Value)> {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let mut line = TcpStream::connect(address).ok()?;
    line.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
    write!(
        line,
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {ACCESS_KEY}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
    .ok()?;
    let mut answer = String::new();
    line.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, serde_json::from_str(body).unwrap_or_default()))
}

fn app(name: &str) -> Value {
    json!({ "name": name, "consumer_key": "key", "consumer_secret": "secret" })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_that_is_killed_loses_nothing() {
    if !pinfold_test_postgres::asked_for() {
        return;
    }
    let (scene, sandbox) = Scene::new().await;
    let rounds = std::env::var("PINFOLD_KILL_ROUNDS").ok().and_then(|text| text.parse().ok());
    let rounds = rounds.unwrap_or(ROUNDS);
    let done = tokio::task::spawn_blocking(move || {
        in_the_middle_of_a_flow(&scene);
        in_the_middle_of_writing(&scene, rounds);
    });
    done.await.expect("nothing is lost");
    sandbox.stop().await;
}

/// Get PIN on the one that is killed then, the PIN and OK on the other.
fn in_the_middle_of_a_flow(scene: &Scene) {
    let (mut first, second) = (scene.start(0), scene.start(1));
    let wanted = json!({ "app": { "kind": "registered" } });
    let begun = ask(&first.address, "POST", "/api/v1/authorizations", &wanted).expect("begun");
    assert_eq!(begun.0, 201, "{begun:?}");
    first.kill();
    let link = begun.1["authorize_url"].as_str().expect("a link");
    let token = link.rsplit("oauth_token=").next().expect("a token");
    let token = token.split('&').next().expect("a token");
    let consent = json!({ "oauth_token": token, "screen_name": "brief" });
    let x = scene.x.trim_start_matches("http://");
    let pin = ask(x, "POST", "/sandbox/authorize", &consent).expect("consented").1;
    let id = begun.1["id"].as_str().expect("an id");
    let path = format!("/api/v1/authorizations/{id}/pin");
    let granted = ask(&second.address, "POST", &path, &json!({ "pin": pin["pin"] }));
    assert_eq!(granted.as_ref().map(|answer| answer.0), Some(200), "{granted:?}");
    let wanted = json!({ "authorization_id": id });
    let made = ask(&second.address, "POST", "/api/v1/connections", &wanted).expect("made");
    assert_eq!(made.0, 201, "{made:?}");
}

/// Saves apps at both, one of which is killed in each round; then all that was answered is there.
fn in_the_middle_of_writing(scene: &Scene, rounds: usize) {
    let mut replicas = [scene.start(0), scene.start(1)];
    let kept = Arc::new(Mutex::new(Vec::<String>::new()));
    let names = Arc::new(AtomicUsize::new(0));
    for round in 0..rounds {
        let stop = Arc::new(AtomicBool::new(false));
        let writers: Vec<_> = replicas
            .iter()
            .cycle()
            .take(4)
            .map(|replica| {
                let (address, stop) = (replica.address.clone(), Arc::clone(&stop));
                let (kept, names) = (Arc::clone(&kept), Arc::clone(&names));
                std::thread::spawn(move || {
                    while !stop.load(Ordering::Relaxed) {
                        let name = format!("app {}", names.fetch_add(1, Ordering::Relaxed));
                        match ask(&address, "POST", "/api/v1/apps", &app(&name)) {
                            Some((201, _)) => kept.lock().expect("a lock").push(name),
                            Some(other) => panic!("{other:?}"),
                            None => return,
                        }
                    }
                })
            })
            .collect();
        let wait = u64::from(random::<1>()[0]);
        std::thread::sleep(Duration::from_millis(20 + wait));
        let victim = round % 2;
        replicas[victim].kill();
        stop.store(true, Ordering::Relaxed);
        for writer in writers {
            writer.join().expect("the other one answers");
        }
        let kept = kept.lock().expect("a lock");
        let (status, list) =
            ask(&replicas[1 - victim].address, "GET", "/api/v1/apps", &Value::Null)
                .expect("a list");
        assert_eq!(status, 200, "{list}");
        let items = list["items"].as_array().expect("a list");
        let there: std::collections::HashSet<&str> =
            items.iter().filter_map(|item| item["name"].as_str()).collect();
        let missing: Vec<_> = kept.iter().filter(|name| !there.contains(name.as_str())).collect();
        assert!(missing.is_empty(), "round {round}: {missing:?} of {}", kept.len());
        replicas[victim] = scene.start(victim);
    }
    println!("{rounds} kills, {} acknowledged, none lost", kept.lock().expect("a lock").len());
    let folder = scene.folders[0].path();
    let verified = scene.command(folder).args(["audit", "verify"]).output().expect("runs");
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
}
