//! A Pinfold whose X is a test's own, with one connection and a key for it.

use pinfold::x::KeyPair;
use pinfold::x::pass::Patience;
use pinfold_tests::{ACCESS_KEY, Client, Reply, Seen, Setup, TestApp, Upstream, UpstreamReply};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::flow::id;

/// The registered app's secret.
pub const CONSUMER_SECRET: &str = "consumer-secret-canary-4471";
/// The connection's.
pub const ACCESS_SECRET: &str = "access-secret-canary-0093";

/// What a test of the proxy begins with.
pub struct Stage {
    pub app: TestApp,
    pub upstream: Upstream,
    pub connection: String,
}

impl Stage {
    /// With an X that answers `{}` to everything.
    pub async fn polite() -> Self {
        Self::with(|_| UpstreamReply::json(200, "{}")).await
    }

    /// With an X that answers by a script.
    pub async fn with(script: impl Fn(&Seen) -> UpstreamReply + Send + Sync + 'static) -> Self {
        Self::patient(Patience::default(), script).await
    }

    /// The same, and calls wait no longer than this.
    pub async fn patient(
        patience: Patience,
        script: impl Fn(&Seen) -> UpstreamReply + Send + Sync + 'static,
    ) -> Self {
        let upstream = Upstream::start(script).await;
        let url: url::Url = upstream.url().parse().expect("a URL");
        let setup = Setup::with(move |config| {
            config.sandbox = false;
            config.patience = patience;
            config.x_api_url = url.clone();
            config.registered_app =
                Some(KeyPair::new("consumer-key", CONSUMER_SECRET.to_owned().into()));
        });
        let app = setup.start().await;
        let pasted = json!({
            "app": { "kind": "registered" }, "access_token": "7-access-token",
            "access_secret": ACCESS_SECRET,
        });
        let made = app.with_access_key().post("/api/v1/connections", &pasted).await.expect(201);
        upstream.take();
        Self { app, upstream, connection: id(&made) }
    }

    /// Where a path of X's is reached.
    pub fn path(&self, x: &str) -> String {
        format!("/api/v1/connections/{}/x{x}", self.connection)
    }

    /// A request of the operator's through the proxy.
    pub async fn send(&self, method: Method, x: &str) -> Reply {
        let client = self.app.with_access_key();
        client.send(client.request(method, &self.path(x))).await
    }

    /// The head of a request of the operator's, written to the letter; the line is closed after the answer.
    pub async fn raw(&self, method: &str, x: &str, more: &str) -> TcpStream {
        self.raw_with(ACCESS_KEY, method, x, more).await
    }

    /// The same with another key.
    pub async fn raw_with(&self, key: &str, method: &str, x: &str, more: &str) -> TcpStream {
        let address = self.app.url().replace("http://", "");
        let mut stream = TcpStream::connect(&address).await.expect("connects");
        let head = format!(
            "{method} {} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {key}\r\n\
             connection: close\r\n{more}\r\n",
            self.path(x),
        );
        stream.write_all(head.as_bytes()).await.expect("writes");
        stream
    }

    /// The same, at another address.
    pub async fn send_to(&self, address: std::net::SocketAddr, x: &str) -> Reply {
        let client = Client::with_bearer(&format!("http://{address}"), ACCESS_KEY);
        client.get(&self.path(x)).await
    }

    /// The one request that X saw.
    pub fn sent(&self) -> Seen {
        let mut seen = self.upstream.take();
        assert_eq!(seen.len(), 1, "{seen:?}");
        seen.remove(0)
    }

    /// Makes a key for the connection.
    pub async fn key(&self, more: Value) -> (String, Client) {
        let mut wanted = json!({ "name": "cron", "connections": [self.connection] });
        let fields = more.as_object().expect("an object").clone();
        wanted.as_object_mut().expect("an object").extend(fields);
        let made = self.app.with_access_key().post("/api/v1/keys", &wanted).await.expect(201);
        let key = made["key"].as_str().expect("a key");
        (id(&made), self.app.with_bearer(key))
    }

    /// Its health, once what the last call taught is written.
    pub async fn health(&self) -> Value {
        let operator = self.app.with_access_key();
        let path = format!("/api/v1/connections/{}", self.connection);
        // The list of usages writes first.
        let _ = operator.get(&format!("{path}/usages")).await.expect(200);
        operator.get(&path).await.expect(200)
    }
}
