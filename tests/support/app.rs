//! One Pinfold with its sandbox, in a temporary folder, on ports of its own.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use pinfold::clock::Clock;
use pinfold::config::{AssetSource, Config, DataDir, MasterKeySource};
use pinfold::store::{DEFAULT_WORKSPACE, Store};
use pinfold::x::KeyPair;
use pinfold::{Server, StartError};
use pinfold_api::Role;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::Client;

/// The access key of every test's server.
pub const ACCESS_KEY: &str = "access-key-canary-5c1d0a7e93";

type Change = Box<dyn Fn(&mut Config) + Send>;

/// How a test's Pinfold differs from a first start with `--sandbox`.
#[derive(Default)]
pub struct Setup {
    change: Option<Change>,
}

impl Setup {
    /// Changes the configuration before each start.
    pub fn with(change: impl Fn(&mut Config) + Send + 'static) -> Self {
        Self { change: Some(Box::new(change)) }
    }

    /// Starts it.
    pub async fn start(self) -> TestApp {
        let folder = TempDir::with_prefix("pinfold-test-").expect("a temporary folder");
        let clock = Clock::fixed(now());
        let mut config = Config::sandbox(folder.path());
        config.access_key = Some(SecretString::from(ACCESS_KEY));
        config.assets = front_end();
        if pinfold_test_postgres::asked_for() {
            config.database_url = Some(pinfold_test_postgres::database().into());
        }
        if let Some(change) = &self.change {
            change(&mut config);
        }
        let server = Server::start(config.clone(), clock.clone()).await.expect("the server starts");
        // A restart listens where the first start did.
        config.listen = server.address();
        TestApp { server: Some(server), config, clock, folder }
    }
}

/// A running Pinfold. When it is dropped, its folder goes.
pub struct TestApp {
    server: Option<Server>,
    config: Config,
    /// The time of server and sandbox; it stands still until a test advances it.
    pub clock: Clock,
    folder: TempDir,
}

impl TestApp {
    /// What a first start with `--sandbox` gives.
    pub async fn start() -> Self {
        Setup::default().start().await
    }

    /// Another Pinfold on the same database, with the same keys and the same X.
    pub async fn beside(&self) -> Self {
        assert!(self.config.database_url.is_some(), "a file is for one");
        let folder = TempDir::with_prefix("pinfold-test-").expect("a temporary folder");
        let mut config = self.config.clone();
        config.listen.set_port(0);
        config.data_dir = DataDir::new(folder.path().to_owned());
        config.master_key = MasterKeySource::File(self.config.data_dir.master_key());
        if config.sandbox {
            config.sandbox = false;
            config.x_api_url = self.sandbox_url().parse().expect("a URL");
            let secret = SecretString::from(self.consumer_secret());
            config.registered_app = Some(KeyPair::new(self.consumer_key(), secret));
        }
        let server = Server::start(config.clone(), self.clock.clone()).await;
        let server = server.expect("the server starts");
        config.listen = server.address();
        Self { server: Some(server), config, clock: self.clock.clone(), folder }
    }

    fn server(&self) -> &Server {
        self.server.as_ref().expect("the server runs")
    }

    /// Where it is reached, without a slash at the end.
    pub fn url(&self) -> String {
        self.server().public_url().as_str().trim_end_matches('/').to_owned()
    }

    /// Where its X is reached, without a slash at the end.
    pub fn sandbox_url(&self) -> String {
        let sandbox = self.server().sandbox().expect("the sandbox runs");
        sandbox.url().as_str().trim_end_matches('/').to_owned()
    }

    /// The secret that must never be seen outside: that of the registered app.
    pub fn consumer_secret(&self) -> String {
        self.server().sandbox().expect("the sandbox runs").consumer_secret().to_owned()
    }

    /// The public half of the registered app.
    pub fn consumer_key(&self) -> String {
        self.server().sandbox().expect("the sandbox runs").consumer_key().to_owned()
    }

    /// An access token and its secret, as the sandbox remembers them.
    pub fn token_of_the_sandbox(&self) -> (String, String) {
        let memory = self.sandbox_memory();
        let tokens = memory["access_tokens"].as_object().expect("a map of tokens");
        let (token, kept) = tokens.iter().next().expect("a token");
        (token.clone(), kept["secret"].as_str().expect("text").to_owned())
    }

    /// Every secret that the sandbox gave out.
    pub fn secrets_of_the_sandbox(&self) -> Vec<String> {
        let mut secrets = Vec::new();
        collect_secrets(&self.sandbox_memory(), &mut secrets);
        secrets
    }

    fn sandbox_memory(&self) -> Value {
        let file = self.folder.path().join("sandbox.json");
        let text = std::fs::read(file).expect("the sandbox keeps a file");
        serde_json::from_slice(&text).expect("the file is JSON")
    }

    /// Where it listens, whatever its public URL is.
    pub fn address(&self) -> String {
        format!("http://{}", self.server().address())
    }

    /// Nobody, asking by address.
    pub fn at_address(&self) -> Client {
        Client::new(self.address(), None)
    }

    /// A client with some bearer.
    pub fn with_bearer(&self, bearer: &str) -> Client {
        Client::new(self.url(), Some(bearer.to_owned()))
    }

    /// What it was started with.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// From the next start on it works with this database, or with the folder's file.
    pub fn work_with(&mut self, database_url: Option<String>) {
        self.config.database_url = database_url.map(SecretString::from);
    }

    /// Its store, while it is stopped.
    pub async fn store(&self) -> Store {
        let store = match &self.config.database_url {
            Some(url) => Store::connect(url, 0).await,
            None => Store::open(&self.config.data_dir.database(), 0).await,
        };
        store.expect("the store opens")
    }

    /// Its data folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// An operator's one-time link.
    pub async fn sign_in_link(&self) -> String {
        self.link(DEFAULT_WORKSPACE, Role::Operator).await
    }

    /// A one-time link for any role in any workspace.
    pub async fn link(&self, workspace: &str, role: Role) -> String {
        let link = self.server().sign_in_link(workspace, role).await.expect("a link");
        link.expose_secret().to_owned()
    }

    /// A client that nobody knows.
    pub fn anonymous(&self) -> Client {
        Client::new(self.url(), None)
    }

    /// A client with the access key as its bearer.
    pub fn with_access_key(&self) -> Client {
        Client::new(self.url(), Some(ACCESS_KEY.to_owned()))
    }

    /// An operator's browser: signed in by a link, with a cookie.
    pub async fn operator(&self) -> Client {
        self.signed_in(DEFAULT_WORKSPACE, Role::Operator).await
    }

    /// A browser that is signed in by a link.
    pub async fn signed_in(&self, workspace: &str, role: Role) -> Client {
        let client = self.anonymous();
        let link = self.link(workspace, role).await;
        let reply = client.post("/api/v1/session", &json!({ "link": link })).await;
        assert_eq!(reply.status, 204, "{}", reply.text);
        client
    }

    /// An operator of another workspace, which has the sandbox's app registered.
    pub async fn tenant(&self, workspace: &str) -> Client {
        let operator = self.signed_in(workspace, Role::Operator).await;
        let (consumer_key, consumer_secret) = (self.consumer_key(), self.consumer_secret());
        let app = json!({ "name": "Theirs", "consumer_key": consumer_key,
            "consumer_secret": consumer_secret });
        let at = format!("/api/v1/workspaces/{workspace}");
        let _ = operator.patch(&at, &json!({ "registered_app": app })).await.expect(200);
        operator
    }

    /// Consents at the sandbox as the account owner would; answers the PIN.
    pub async fn consent(&self, authorize_url: &str, screen_name: &str) -> String {
        let url: url::Url = authorize_url.parse().expect("a URL");
        let token = url.query_pairs().find(|(name, _)| name == "oauth_token").expect("a token").1;
        let order = json!({ "oauth_token": token, "screen_name": screen_name });
        let reply = self.sandbox().post("/sandbox/authorize", &order).await;
        reply.json()["pin"].as_str().expect("a PIN").to_owned()
    }

    /// Makes the sandbox fail once at a step.
    pub async fn misbehave(&self, mode: &str, step: &str) {
        let order = json!({ "mode": mode, "step": step, "times": 1 });
        let reply = self.sandbox().post("/sandbox/misbehave", &order).await;
        assert!(reply.status < 300, "{} {}", reply.status, reply.text);
    }

    /// Makes the sandbox's clock run ahead of the server's, for some requests of a step.
    pub async fn skew(&self, step: &str, times: u32, seconds: i64) {
        let order =
            json!({ "mode": "clock_skew", "step": step, "times": times, "seconds": seconds });
        let reply = self.sandbox().post("/sandbox/misbehave", &order).await;
        assert!(reply.status < 300, "{} {}", reply.status, reply.text);
    }

    /// Makes the sandbox take its time with one answer of a step.
    pub async fn slow(&self, step: &str, seconds: u32) {
        let order = json!({ "mode": "slow", "step": step, "times": 1, "seconds": seconds });
        let reply = self.sandbox().post("/sandbox/misbehave", &order).await;
        assert!(reply.status < 300, "{} {}", reply.status, reply.text);
    }

    /// What the sandbox tells about itself.
    pub async fn sandbox_state(&self) -> Value {
        self.sandbox().get("/sandbox/state").await.json()
    }

    /// A client of the sandbox's control routes.
    pub fn sandbox(&self) -> Client {
        Client::new(self.sandbox_url(), None)
    }

    /// Stops the server and starts it again on the same folder and port.
    pub async fn restart(&mut self) {
        self.stop().await;
        self.restart_stopped().await;
    }

    /// Starts the server again after a stop.
    pub async fn restart_stopped(&mut self) {
        self.server = Some(self.start_again().await.expect("the server starts again"));
    }

    /// Stops the server; the folder stays.
    pub async fn stop(&mut self) {
        self.server.take().expect("the server runs").stop().await;
    }

    /// Starts a stopped server with a changed configuration.
    pub async fn start_with(&self, change: impl FnOnce(&mut Config)) -> Result<Server, StartError> {
        let mut config = self.config.clone();
        change(&mut config);
        Server::start(config, self.clock.clone()).await
    }

    async fn start_again(&self) -> Result<Server, StartError> {
        Server::start(self.config.clone(), self.clock.clone()).await
    }
}

/// The built front end when there is one; API tests need none.
fn front_end() -> AssetSource {
    let dist = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../dist");
    if dist.join("index.html").exists() { AssetSource::Folder(dist) } else { AssetSource::None }
}

/// Every text under a key that ends with `secret`.
fn collect_secrets(value: &Value, secrets: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (name, value) in map {
                match value {
                    Value::String(text) if name.ends_with("secret") => secrets.push(text.clone()),
                    other => collect_secrets(other, secrets),
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|value| collect_secrets(value, secrets)),
        _ => {}
    }
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("a time after 1970");
    i64::try_from(since.as_millis()).expect("a time before the year 292278994")
}
