//! Starts that must fail say why, and starts that must work keep everything.

use std::fs;

use pinfold::store::Store;
use pinfold_tests::TestApp;
use serde_json::json;

use crate::flow::{connected, connection_path, id};

#[tokio::test]
async fn a_missing_or_wrong_master_key_stops_the_start() {
    let mut app = TestApp::start().await;
    let client = app.operator().await;
    let _ = connected(&app, &client, "brief").await;
    app.stop().await;
    let key_file = app.folder().join("master-key");
    let right = fs::read_to_string(&key_file).expect("a key");
    fs::remove_file(&key_file).expect("removes");
    let refused = async |app: &TestApp| match app.start_with(|_| {}).await {
        Ok(_) => panic!("it started"),
        Err(error) => error.to_string(),
    };
    let error = refused(&app).await;
    assert!(error.starts_with("--master-key-file") && error.contains("missing"), "{error}");
    assert!(!key_file.exists(), "it must not make a key over a sealed store");
    fs::write(&key_file, "bm90IHRoZSByaWdodCBrZXkgYXQgYWxsLCByZWFsbHk=").expect("writes");
    let error = refused(&app).await;
    assert!(error.starts_with("--master-key-file"), "{error}");
    fs::write(&key_file, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").expect("writes");
    let error = refused(&app).await;
    assert!(error.contains("is not the key"), "{error}");
    fs::write(&key_file, right).expect("writes");
    app.restart_stopped().await;
    assert_eq!(client.get("/api/v1/connections").await.expect(200)["items"][0]["name"], "brief");
}

/// A full disk may have left one behind.
#[tokio::test]
async fn an_empty_access_key_lets_nobody_in() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("access-key"), "").expect("writes");
    let config = pinfold::Config::sandbox(folder.path());
    let started = pinfold::Server::start(config, pinfold::clock::Clock::system()).await;
    let Err(error) = started else { panic!("it started") };
    assert!(error.to_string().starts_with("--access-key-file"), "{error}");
}

#[tokio::test]
async fn a_taken_port_is_named() {
    let mut app = TestApp::start().await;
    app.stop().await;
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("listens");
    let listen = taken.local_addr().expect("an address");
    let Err(error) = app.start_with(|config| config.listen = listen).await else {
        panic!("it started");
    };
    assert!(error.to_string().starts_with("--listen"), "{error}");
}

/// What one keeps in memory, such as a key that was just revoked, the other would not know.
#[tokio::test]
async fn a_folder_has_one_server() {
    let mut app = TestApp::start().await;
    app.stop().await;
    // A database of PostgreSQL may have several.
    let on_the_file = |config: &mut pinfold::config::Config| {
        config.database_url = None;
        config.listen = "127.0.0.1:0".parse().expect("an address");
    };
    let first = app.start_with(on_the_file).await.expect("starts");
    let Err(error) = app.start_with(on_the_file).await else { panic!("it started") };
    assert!(error.to_string().contains("another Pinfold serves it"), "{error}");
    first.stop().await;
}

/// A key file may lack the key of some of the store, as a copy from before a rotation does: that is
/// said of each connection, and nothing else stops.
#[tokio::test]
async fn what_cannot_be_decrypted_shows_it_and_all_else_works() {
    let mut app = TestApp::start().await;
    let client = app.operator().await;
    let open = id(&connected(&app, &client, "raed_news").await);
    let key_file = app.folder().join("master-key");
    let old = fs::read_to_string(&key_file).expect("a key");
    let both = format!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n{old}");
    app.stop().await;
    fs::write(&key_file, &both).expect("writes");
    app.restart_stopped().await;
    let locked = id(&connected(&app, &client, "brief").await);
    app.stop().await;
    fs::write(&key_file, old).expect("writes");
    app.restart_stopped().await;

    let state = async |id: &str| {
        client.get(&connection_path(id)).await.expect(200)["health"]["state"].clone()
    };
    assert_eq!((state(&locked).await, state(&open).await), ("cannot_decrypt".into(), "ok".into()));
    let list = client.get("/api/v1/connections").await.expect(200);
    assert_eq!(list["items"][0]["health"]["state"], "cannot_decrypt", "brief comes first");
    assert_eq!(list["items"][1]["health"]["state"], "ok");
    let gone = client.delete(&connection_path(&open)).await.expect(200);
    assert_eq!(gone["revoked"], true, "its secret opens, so X could be asked: {gone}");

    app.stop().await;
    fs::write(&key_file, both).expect("writes");
    app.restart_stopped().await;
    assert_eq!(state(&locked).await, "ok", "the key is back");
}

/// A secret that was changed where it lies: nothing tells until it is used.
#[tokio::test]
async fn a_secret_that_was_changed_shows_once_it_was_used() {
    let mut app = TestApp::start().await;
    let client = app.operator().await;
    let path = connection_path(&id(&connected(&app, &client, "brief").await));
    app.stop().await;
    let is_access_secret = |field: &&str| *field == "access_secret";
    let mut columns = Store::SEALED.iter().filter(|column| column.table == "connections");
    let column = *columns.find(|column| is_access_secret(&column.field)).expect("is listed");
    let store = app.store().await;
    let all = store.sealed_otherwise(column, &[0; 8], "", 10).await.expect("reads");
    let changed: Vec<_> = all
        .into_iter()
        .map(|value| {
            let mut sealed = value.sealed.clone();
            *sealed.last_mut().expect("an envelope") ^= 1;
            (value, sealed)
        })
        .collect();
    assert_eq!(store.reseal(column, &changed).await.expect("writes"), 1);
    store.close().await;
    app.restart_stopped().await;

    assert_eq!(client.get(&path).await.expect(200)["health"]["state"], "ok");
    let refused = client.get(&format!("{path}/x/2/users/me")).await;
    assert_eq!(refused.problem(409), "cannot_decrypt");
    let tested = client.post(&format!("{path}/test"), &json!({})).await.expect(200);
    assert_eq!(tested["diagnosis"]["code"], "cannot_decrypt");
    assert_eq!(tested["health"]["state"], "cannot_decrypt");
    let connection = client.get(&path).await.expect(200);
    assert_eq!(connection["health"]["state"], "cannot_decrypt");
    assert_eq!(connection["health"]["last_error"], "cannot_decrypt");
    assert_eq!(connection["tasks"][0]["allowed"], false, "{connection}");
}
