//! A Pinfold of one's own: server, sandbox and data folder, on loopback, gone after the test.

use std::path::Path;

use pinfold::clock::Clock;
use pinfold::config::AssetSource;
use pinfold::store::DEFAULT_WORKSPACE;
use pinfold::x::{KeyPair, X};
use pinfold::{Config, Server};
use pinfold_api::Role;
use pinfold_sandbox::Sandbox;
use pinfold_tests::browser::Result;
use reqwest::Client;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The server behind a scenario.
pub struct Stage {
    config: Config,
    server: Option<Server>,
    _folder: TempDir,
}

impl Stage {
    /// Starts with an empty data folder and the front end of dist/.
    pub async fn start() -> Result<Self> {
        let folder = TempDir::with_prefix("pinfold-stage-")?;
        let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dist");
        let assets = AssetSource::Folder(dist);
        let mut config = Config { assets, ..Config::sandbox(folder.path()) };
        let server = Server::start(config.clone(), Clock::system()).await?;
        // After a restart the browser must find it where it was.
        config.listen = server.address();
        Ok(Self { config, server: Some(server), _folder: folder })
    }

    /// Stops, and starts again on the same address with the same data folder.
    pub async fn restart(&mut self) -> Result {
        if let Some(server) = self.server.take() {
            server.stop().await;
        }
        self.server = Some(Server::start(self.config.clone(), Clock::system()).await?);
        Ok(())
    }

    /// Where it is, without a slash at the end.
    pub fn url(&self) -> Result<String> {
        Ok(self.server()?.public_url().as_str().trim_end_matches('/').to_owned())
    }

    /// A link that signs in once.
    pub async fn sign_in_link(&self) -> Result<String> {
        let link = self.server()?.sign_in_link(DEFAULT_WORKSPACE, Role::Operator).await?;
        Ok(link.expose_secret().to_owned())
    }

    /// What the sandbox tells about itself.
    pub async fn sandbox_state(&self) -> Result<Value> {
        let url = self.sandbox()?.url().join("/sandbox/state")?;
        Ok(client()?.get(url).send().await?.json().await?)
    }

    /// Makes the sandbox fail once, at a step.
    pub async fn misbehave(&self, mode: &str, step: &str) -> Result {
        let order = json!({ "mode": mode, "step": step, "times": 1 });
        self.ask_sandbox("/sandbox/misbehave", &order).await.map(drop)
    }

    /// Registers an app at the sandbox: its consumer key and consumer secret.
    pub async fn another_app(&self) -> Result<(String, String)> {
        let app = self.ask_sandbox("/sandbox/apps", &json!({ "name": "Own" })).await?;
        Ok((text(&app, "consumer_key"), text(&app, "consumer_secret")))
    }

    /// An access token and access secret of the registered app, as somebody would paste them.
    pub async fn token_pair(&self, account: &str) -> Result<(String, String)> {
        let sandbox = self.sandbox()?;
        let secret = SecretString::from(sandbox.consumer_secret());
        let app = KeyPair::new(sandbox.consumer_key(), secret);
        let x = X::new(sandbox.url().clone(), Clock::system());
        let request_token = x.request_token(&app, None).await.map_err(|_| "no request token")?;
        let consent = json!({ "oauth_token": request_token.id, "screen_name": account });
        let pin = text(&self.ask_sandbox("/sandbox/authorize", &consent).await?, "pin");
        let granted = x.access_token(&app, &request_token, &pin).await;
        let token = granted.map_err(|_| "no access token")?.token;
        Ok((token.id, token.secret.expose_secret().to_owned()))
    }

    async fn ask_sandbox(&self, path: &str, body: &Value) -> Result<Value> {
        let url = self.sandbox()?.url().join(path)?;
        let answer = client()?.post(url).json(body).send().await?.error_for_status()?;
        Ok(answer.json().await.unwrap_or_default())
    }

    fn server(&self) -> Result<&Server> {
        Ok(self.server.as_ref().ok_or("the server did not start again")?)
    }

    fn sandbox(&self) -> Result<&Sandbox> {
        Ok(self.server()?.sandbox().ok_or("the server has no sandbox")?)
    }
}

fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_default().to_owned()
}

fn client() -> Result<Client> {
    Ok(Client::builder().no_proxy().build()?)
}
