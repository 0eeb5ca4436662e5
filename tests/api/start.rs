//! Starts that must fail say why, and starts that must work keep everything.

use std::fs;

use pinfold_tests::TestApp;

use crate::flow::connected;

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
    let app = TestApp::start().await;
    let listen = app.url().replace("http://", "").parse().expect("an address");
    let Err(error) = app.start_with(|config| config.listen = listen).await else {
        panic!("it started");
    };
    assert!(error.to_string().starts_with("--listen"), "{error}");
}
