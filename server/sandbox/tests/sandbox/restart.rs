//! A sandbox that stops and starts again, and one that nobody may reach.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use pinfold_sandbox::{Options, Sandbox};

use crate::lab::Lab;

async fn lab_at(state: &Path) -> Lab {
    Lab::start_with(Options { state: Some(state.to_owned()), ..Options::default() }).await
}

fn state_in(folder: &tempfile::TempDir) -> PathBuf {
    folder.path().join("sandbox.json")
}

#[tokio::test]
async fn a_flow_that_began_before_a_restart_ends_after_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let before = lab_at(&state_in(&folder)).await;
    let (url, key) = (before.sandbox.url().clone(), before.sandbox.consumer_key().to_owned());
    let connected = before.connect("reader").await;
    let request = before.request_token().await;
    let pin = before.consent(&request, "brief").await;
    before.sandbox.stop().await;

    let after = lab_at(&state_in(&folder)).await;
    assert_eq!(*after.sandbox.url(), url);
    assert_eq!(after.sandbox.consumer_key(), key);
    assert_eq!(after.exchange(&request, &pin).send().await.status, 200);
    assert_eq!(after.me(&connected).send().await.status, 200);
}

#[tokio::test]
async fn without_a_state_file_a_restart_forgets() {
    let before = Lab::start().await;
    let key = before.sandbox.consumer_key().to_owned();
    before.sandbox.stop().await;
    assert_ne!(Lab::start().await.sandbox.consumer_key(), key);
}

#[tokio::test]
async fn when_the_port_is_taken_another_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = lab_at(&state_in(&folder)).await;
    let second = lab_at(&state_in(&folder)).await;
    assert_ne!(first.sandbox.url(), second.sandbox.url());
    assert_eq!(first.sandbox.consumer_key(), second.sandbox.consumer_key());
}

#[tokio::test]
async fn a_port_that_was_asked_for_is_the_port_or_nothing() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let listen = taken.local_addr().expect("an address");
    let refused = Sandbox::start(Options { listen, ..Options::default() }).await;
    assert_eq!(refused.err().map(|error| error.kind()), Some(std::io::ErrorKind::AddrInUse));
    drop(taken);
    let sandbox = Sandbox::start(Options { listen, ..Options::default() }).await.expect("starts");
    assert_eq!(sandbox.url().port(), Some(listen.port()));
}

#[tokio::test]
async fn it_listens_on_loopback_only() {
    let listen = "0.0.0.0:0".parse().expect("an address");
    let refused = Sandbox::start(Options { listen, ..Options::default() }).await;
    let error = refused.expect_err("everybody could reach it");
    assert!(error.to_string().contains("loopback only"), "{error}");
}

#[tokio::test]
async fn the_state_file_is_for_its_owner_and_replaced_as_a_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let lab = lab_at(&state_in(&folder)).await;
    lab.connect("brief").await;
    let names: Vec<_> = fs::read_dir(&folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    assert_eq!(names, ["sandbox.json"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(state_in(&folder)).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[tokio::test]
async fn a_broken_state_file_is_named_and_not_quoted() {
    let folder = tempfile::tempdir().expect("a folder");
    let state = state_in(&folder);
    fs::write(&state, "{\"port\": \"canary\"}").expect("writes");
    let refused = Sandbox::start(Options { state: Some(state), ..Options::default() }).await;
    let error = refused.expect_err("is broken").to_string();
    assert!(error.contains("sandbox.json") && !error.contains("canary"), "{error}");
}

#[tokio::test]
async fn a_stopped_sandbox_gives_its_port_back() {
    let lab = Lab::start().await;
    assert_eq!(lab.ask().send().await.status, 200);
    let port = lab.sandbox.url().port().expect("a port");
    lab.sandbox.stop().await;
    TcpListener::bind(("127.0.0.1", port)).expect("the port is free");
}

#[tokio::test]
async fn it_prints_no_secret() {
    let sandbox = Sandbox::start(Options::default()).await.expect("starts");
    let printed = format!("{sandbox:?}");
    assert!(printed.contains("127.0.0.1") && !printed.contains(sandbox.consumer_secret()));
}
