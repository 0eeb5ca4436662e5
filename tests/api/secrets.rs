//! Canaries: secrets of known text go through a whole flow of the real program; afterwards nothing
//! that was printed, answered or stored may hold one.

use std::io::Read as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use pinfold_tests::{Client, TestApp};
use serde_json::json;

use crate::flow::{id, pin_path};

const OWN_SECRET_PATH: &str = "/api/v1/authorizations";

/// The `pinfold` program, on a sandbox that the test runs.
struct Program {
    child: Child,
    url: String,
}

impl Program {
    fn start(x: &TestApp, folder: &std::path::Path) -> Self {
        let mut child = Command::new(program())
            .args(["serve", "--listen", "127.0.0.1:0", "--assets", "none"])
            .arg("--x-api-url")
            .arg(x.sandbox_url())
            .arg("--data-dir")
            .arg(folder)
            .arg("--consumer-key")
            .arg(x.consumer_key())
            .env("PINFOLD_CONSUMER_SECRET", x.consumer_secret())
            .env("PINFOLD_ACCESS_KEY", "access-key-canary-of-the-program")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut out = child.stdout.take().expect("piped");
        let mut printed = String::new();
        let url = loop {
            let mut byte = [0];
            assert_eq!(out.read(&mut byte).expect("reads"), 1, "it stopped: {printed}");
            printed.push(char::from(byte[0]));
            if let Some(url) =
                printed.strip_prefix("Pinfold is ready at ").and_then(|t| t.strip_suffix('\n'))
            {
                break url.to_owned();
            }
        };
        child.stdout = Some(out);
        Self { child, url }
    }

    /// Stops it as a service manager would; answers all it printed.
    async fn stop(mut self) -> String {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill runs").success());
        let mut printed = String::new();
        for _ in 0..300 {
            if let Some(status) = self.child.try_wait().expect("waits") {
                assert!(status.success(), "{status}");
                self.child
                    .stdout
                    .take()
                    .expect("piped")
                    .read_to_string(&mut printed)
                    .expect("text");
                self.child
                    .stderr
                    .take()
                    .expect("piped")
                    .read_to_string(&mut printed)
                    .expect("text");
                return printed;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("it does not stop");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

/// Built beside the tests by `cargo xtask test`, or by `cargo build`.
fn program() -> std::path::PathBuf {
    let tests = std::env::current_exe().expect("a path");
    tests.ancestors().nth(2).expect("target/<profile>").join("pinfold")
}

#[tokio::test]
async fn no_secret_is_printed_answered_or_stored_in_the_clear() {
    let x = TestApp::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let program = Program::start(&x, folder.path());
    let client = Client::with_bearer(&program.url, "access-key-canary-of-the-program");
    let mut answers = String::new();
    let mut secrets = vec![x.consumer_secret(), "access-key-canary-of-the-program".to_owned()];

    // Registered app, wrong PIN, then right; saved.
    let wanted = json!({ "app": { "kind": "registered" } });
    let first = client.post(OWN_SECRET_PATH, &wanted).await;
    let wrong = client.post(&pin_path(&id(&first.expect(201))), &json!({ "pin": "0000000" })).await;
    let next = wrong.json()["next"].clone();
    let pin = x.consent(next["authorize_url"].as_str().expect("a link"), "brief").await;
    let granted = client.post(&pin_path(&id(&next)), &json!({ "pin": pin })).await;
    let saved = client.post("/api/v1/connections", &json!({ "authorization_id": id(&next) })).await;
    answers += &[first.text, wrong.text, granted.text, saved.text].concat();

    // Own app, with secrets in every wrong place as well.
    let app = x.sandbox().post("/sandbox/apps", &json!({ "name": "Own" })).await.json();
    let own_secret = app["consumer_secret"].as_str().expect("text").to_owned();
    let own = json!({ "app": { "kind": "own", "consumer_key": app["consumer_key"],
                               "consumer_secret": own_secret } });
    answers += &client.post(OWN_SECRET_PATH, &own).await.text;
    let misplaced = [
        json!({ "app": { "kind": own_secret } }),
        json!({ "app": { "kind": "own", "consumer_key": own_secret, "consumer_secret": own_secret } }),
        json!({ "app": { "kind": "registered" }, "screen_name": own_secret }),
        json!({ "app": { "kind": "registered" }, "access": own_secret }),
    ];
    for body in misplaced {
        answers += &client.post(OWN_SECRET_PATH, &body).await.text;
    }
    let pasted = "access-secret-canary-91c3";
    let body =
        json!({ "app": { "kind": "registered" }, "access_token": "1-x", "access_secret": pasted });
    answers += &client.post("/api/v1/connections", &body).await.text;
    for path in
        ["/api/v1/session", "/api/v1/connections", "/metrics", "/openapi.json", "/api/v1/audit"]
    {
        answers += &client.get(path).await.text;
    }
    secrets.extend([own_secret, pasted.to_owned()]);
    // The secrets that X gave out, as X remembers them.
    secrets.extend(x.secrets_of_the_sandbox());
    assert!(secrets.len() >= 7, "canaries went missing: {}", secrets.len());

    // The store while it is in use, log and all; then what was printed.
    let mut stored = Vec::new();
    for file in std::fs::read_dir(folder.path()).expect("a folder") {
        let path = file.expect("a file").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if name.starts_with("pinfold.db") {
            stored.extend(std::fs::read(path).expect("a file"));
        }
    }
    assert!(stored.len() > 4096, "the store is somewhere else");
    let master_key = std::fs::read_to_string(folder.path().join("master-key")).expect("a key");
    secrets.push(master_key.trim().to_owned());
    let printed = program.stop().await;
    assert!(printed.contains("/api/v1/authorizations"), "the log is empty: {printed}");
    for secret in secrets {
        assert!(secret.len() >= 10, "too short to look for");
        assert!(!printed.contains(&secret), "printed");
        assert!(!answers.contains(&secret), "answered");
        let found = stored.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!found, "stored in the clear");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn the_data_folder_is_closed_to_others() {
    use std::os::unix::fs::PermissionsExt as _;
    let app = TestApp::start().await;
    let mode = |path: &std::path::Path| {
        std::fs::metadata(path).expect("a file").permissions().mode() & 0o777
    };
    assert_eq!(mode(app.folder()), 0o700);
    assert_eq!(mode(&app.folder().join("master-key")), 0o600);
}
