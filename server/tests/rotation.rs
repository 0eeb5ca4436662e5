//! `pinfold key rotate` as an operator meets it, and as a power cut does.

#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use pinfold::clock::random;
use pinfold::seal::{KeyId, KeyRing, Place};
use pinfold::store::{DEFAULT_WORKSPACE, Revocation, Store};
use pinfold_api::AppKind;
use secrecy::{ExposeSecret as _, SecretString};

const SECRETS: usize = 1500;
const ROUNDS: usize = 12;

fn pinfold(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pinfold"));
    command.current_dir(folder).env("PINFOLD_DATA_DIR", ".");
    command
}

fn run(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = pinfold(folder).args(arguments).output().expect("the program runs");
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(text).expect("it prints text"))
}

fn key_file(folder: &Path) -> String {
    fs::read_to_string(folder.join("master-key")).expect("a key file")
}

fn ring(folder: &Path) -> KeyRing {
    KeyRing::parse(&SecretString::from(key_file(folder))).expect("a key file that reads")
}

async fn open(folder: &Path) -> Store {
    Store::open(&folder.join("pinfold.db"), 0).await.expect("the store opens")
}

/// A folder that a server was started in, with this many secrets.
async fn seeded(secrets: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let config = pinfold::Config::sandbox(folder.path());
    let server = pinfold::Server::start(config, pinfold::clock::Clock::system());
    server.await.expect("starts").stop().await;
    let store = open(folder.path()).await;
    let ring = ring(folder.path());
    for number in 0..secrets {
        let id = format!("{number:08}");
        let place = Place { workspace: DEFAULT_WORKSPACE, record: &id, field: "access_secret" };
        let revocation = Revocation {
            workspace: DEFAULT_WORKSPACE.to_owned(),
            provider: "https://x.test".to_owned(),
            app_kind: AppKind::Registered,
            app_id: None,
            consumer_key: "key".to_owned(),
            consumer_secret_sealed: None,
            access_token: format!("1-{number}"),
            access_secret_sealed: ring.seal(place, &format!("secret-{number}").into()),
            created_at: 0,
            record: id.clone(),
            id: id.clone(),
        };
        store.insert_revocation(&revocation).await.expect("inserts");
    }
    store.close().await;
    folder
}

/// Opens every secret with the key file as it is; answers how many keys they are sealed with.
async fn all_open(folder: &Path, secrets: usize) -> usize {
    let (store, ring) = (open(folder).await, ring(folder));
    let kept = store.pending_revocations(0, "", 10_000).await.expect("reads");
    assert_eq!(kept.len(), secrets);
    let mut names = std::collections::HashSet::new();
    for row in kept {
        let place =
            Place { workspace: &row.workspace, record: &row.record, field: "access_secret" };
        let secret = ring.open(place, &row.access_secret_sealed).expect("opens");
        let number = row.access_token.trim_start_matches("1-");
        assert_eq!(secret.expose_secret(), format!("secret-{number}"));
        names.insert(KeyId::of(&row.access_secret_sealed));
    }
    store.close().await;
    names.len()
}

/// `pinfold serve` until it is dropped.
struct Serving(Child);

impl Serving {
    fn start(folder: &Path) -> Self {
        let mut child = pinfold(folder)
            .args(["serve", "--sandbox", "--listen", "127.0.0.1:0", "--assets", "none"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        let out = child.stdout.take().expect("piped");
        std::io::BufRead::read_line(&mut std::io::BufReader::new(out), &mut line).expect("a line");
        assert!(line.starts_with("Pinfold is ready"), "{line}");
        Self(child)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn a_rotation_seals_everything_anew_and_the_old_key_can_go() {
    let folder = seeded(1200).await;
    let folder = folder.path();
    let before = key_file(folder);
    let (code, text) = run(folder, &["key", "rotate", "--plan"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("Would seal 1200 secrets"), "{text}");
    assert_eq!(key_file(folder), before, "a plan changes nothing");

    let (code, text) = run(folder, &["key", "rotate"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("Sealed 1200 secrets"), "{text}");
    let after = key_file(folder);
    assert_eq!(after.lines().count(), 2);
    assert!(after.ends_with(&before) && !after.starts_with(&before), "the new key is the first");
    assert!(!text.contains(after.lines().next().expect("a line")), "no key is printed");
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &fs::metadata(folder.join("master-key")).expect("a file").permissions(),
    );
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(all_open(folder, 1200).await, 1);

    let (code, text) = run(folder, &["key", "drop-old", "--plan"]);
    assert_eq!((code, text.contains("Would take 1 ")), (Some(0), true), "{text}");
    let (code, text) = run(folder, &["key", "drop-old"]);
    assert_eq!((code, text.contains("Took 1 ")), (Some(0), true), "{text}");
    assert_eq!(key_file(folder).trim(), after.lines().next().expect("a line"));
    assert_eq!(all_open(folder, 1200).await, 1);
    drop(Serving::start(folder));
}

#[tokio::test]
async fn a_rotation_waits_for_the_server_to_stop() {
    let folder = seeded(1).await;
    let before = key_file(folder.path());
    let serving = Serving::start(folder.path());
    for arguments in [["key", "rotate"], ["key", "drop-old"]] {
        let (code, text) = run(folder.path(), &arguments);
        assert_eq!(code, Some(2), "{text}");
        assert!(text.contains("stop that first") && text.lines().count() == 1, "{text}");
    }
    assert_eq!(key_file(folder.path()), before);
    drop(serving);
    let (code, text) = run(folder.path(), &["key", "rotate"]);
    assert_eq!(code, Some(0), "a lock goes with the process that held it: {text}");
}

#[tokio::test]
async fn a_key_in_a_variable_is_the_operators_to_change() {
    let folder = seeded(3).await;
    let old = key_file(folder.path());
    fs::remove_file(folder.path().join("master-key")).expect("removes");
    let rotate = |key: &str| {
        let mut command = pinfold(folder.path());
        let output = command.args(["key", "rotate"]).env("PINFOLD_MASTER_KEY", key).output();
        let output = output.expect("runs");
        let text = String::from_utf8([output.stdout, output.stderr].concat()).expect("text");
        assert!(!text.contains(old.trim()), "{text}");
        (output.status.code(), text)
    };
    let (code, text) = rotate(&old);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("PINFOLD_MASTER_KEY") && text.contains("Put a new key"), "{text}");
    let both = format!("{}\n{old}", KeyRing::generate().expose_secret());
    let (code, text) = rotate(&both);
    assert_eq!((code, text.contains("Sealed 3 secrets")), (Some(0), true), "{text}");
    fs::write(folder.path().join("master-key"), &both).expect("writes");
    assert_eq!(all_open(folder.path(), 3).await, 1);
}

/// Killed at random moments, again and again, it loses nothing, and one key is made and not many.
#[tokio::test]
async fn kill_9_in_the_middle_of_a_rotation_loses_nothing() {
    let folder = seeded(SECRETS).await;
    let folder = folder.path();
    let started = Instant::now();
    let (code, text) = run(folder, &["key", "rotate"]);
    assert_eq!(code, Some(0), "{text}");
    let whole = started.elapsed();
    let (mut cut_in_the_middle, mut finished) = (0, 0);
    for round in 0..ROUNDS {
        let keys_before = ring(folder).ids().count();
        let mut child = pinfold(folder)
            .args(["key", "rotate"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let share = f64::from(u16::from_be_bytes(random::<2>())) / f64::from(u16::MAX);
        std::thread::sleep(Duration::from_secs_f64(whole.as_secs_f64() * share));
        child.kill().expect("kills");
        let status = child.wait().expect("ends");
        let keys = all_open(folder, SECRETS).await;
        cut_in_the_middle += usize::from(keys > 1);
        finished += usize::from(status.success());
        let made = ring(folder).ids().count() - keys_before;
        assert!(made <= 1, "round {round} made {made} keys");
    }
    println!(
        "{cut_in_the_middle} of {ROUNDS} cut among the secrets, {finished} finished, {whole:?}"
    );
    assert!(cut_in_the_middle > 0, "no kill hit the middle: {whole:?}");
    let (code, text) = run(folder, &["key", "rotate"]);
    assert_eq!(code, Some(0), "{text}");
    let _ = run(folder, &["key", "rotate"]);
    assert_eq!(all_open(folder, SECRETS).await, 1);
    let (code, text) = run(folder, &["key", "drop-old"]);
    assert_eq!(code, Some(0), "{text}");
    assert_eq!(all_open(folder, SECRETS).await, 1);
    drop(Serving::start(folder));
}
