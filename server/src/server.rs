//! One Pinfold, started: the same function for the program and for every test.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use pinfold_api::{Provider, Role};
use pinfold_sandbox::Sandbox;
use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;
use url::Url;

use crate::assets::Assets;
use crate::audit::{Audit, Broken};
use crate::clock::Clock;
use crate::config::{AssetSource, Config, ConfigError, Lock};
use crate::database::Beside;
use crate::grants::Grants;
use crate::ledger::Ledger;
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::oidc::Oidc;
use crate::proxy::Accounts;
use crate::session::{Cookie, Hosts, Origins};
use crate::state::{AppState, State};
use crate::store::{Store, StoreError};
use crate::task::UserIds;
use crate::task_key::Holders;
use crate::webhook::{Post, Reach};
use crate::x::{KeyPair, X};
use crate::{database, janitor, keys, ledger, oidc, router, serve, sign_in, webhook};

/// A running server.
pub struct Server {
    address: SocketAddr,
    public_url: Url,
    state: AppState,
    sandbox: Option<Sandbox>,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
    /// No rotation of the master key while the server runs, and no other server on its file.
    _locks: [Option<Lock>; 2],
}

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The address cannot be listened on.
    #[error("--listen (PINFOLD_LISTEN): {0}: {1}")]
    Listen(SocketAddr, io::Error),
    /// The store cannot be opened.
    #[error("--data-dir (PINFOLD_DATA_DIR): {0}")]
    Store(#[from] StoreError),
    /// The database cannot be worked with.
    #[error("--database-url (PINFOLD_DATABASE_URL): {0}")]
    Database(StoreError),
    /// The audit log is not as it was written.
    #[error(transparent)]
    Audit(#[from] Broken),
    /// What was asked for cannot be printed.
    #[error("cannot write: {0}")]
    Output(io::Error),
    /// A command cannot do what it was asked.
    #[error("{0}")]
    Refused(String),
    /// The sandbox did not start.
    #[error("--sandbox (PINFOLD_SANDBOX): {0}")]
    Sandbox(io::Error),
}

impl StartError {
    /// Why the sandbox alone did not start at an address.
    pub fn of_sandbox(listen: SocketAddr, error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::InvalidInput => ConfigError::new("--listen", error).into(),
            _ => Self::Listen(listen, error),
        }
    }
}

impl Server {
    /// Opens the store, starts the sandbox when asked, and listens.
    pub async fn start(config: Config, clock: Clock) -> Result<Self, StartError> {
        // Before the store is opened, and brought up to this version, under another server's feet.
        let alone = config.database_url.is_none();
        config.data_dir.create(alone)?;
        let serving = if alone { Some(config.data_dir.serve()?) } else { None };
        let (store, lock) = database::open(&config, clock.now(), Beside::Servers).await?;
        for workspace in config.people.workspaces() {
            if store.workspace(workspace).await?.is_none() {
                let reason = format!("{workspace:?} is no workspace of this server");
                return Err(ConfigError::new("people", reason).into());
            }
        }
        let access_key = keys::access_key(&config)?;
        let seal = keys::master_keys(&config, &store).await?;
        let audit = Audit::new(keys::audit_chain(&seal, &store, clock.now()).await?);
        let assets = Assets::load(&config.assets, &config.allow_origins)?;
        let sandbox =
            if config.sandbox { Some(start_sandbox(&config, clock.clone()).await?) } else { None };
        let listen_error = |error| StartError::Listen(config.listen, error);
        let listener = TcpListener::bind(config.listen).await.map_err(listen_error)?;
        let address = listener.local_addr().map_err(listen_error)?;
        let public_url = config.public_url.clone().unwrap_or_else(|| default_public_url(address));
        let pages_url = config.pages_url.clone().unwrap_or_else(|| public_url.clone());
        if config.assets == AssetSource::None && config.pages_url.is_none() {
            tracing::warn!(
                "no pages are served here, and --pages-url names none: links lead nowhere"
            );
        }
        let listening = default_public_url(address);
        let x_url = sandbox.as_ref().map_or(&config.x_api_url, Sandbox::url).clone();
        let registered_key = match &sandbox {
            Some(sandbox) => Some(sandbox.consumer_key()),
            None => config.registered_app.as_ref().map(|app| app.id.as_str()),
        };
        let notes = [
            (sign_in::PUBLIC_URL, public_url.as_str()),
            (sign_in::PAGES_URL, pages_url.as_str()),
            (sign_in::LISTENING, listening.as_str()),
            (sign_in::PROVIDER, x_url.as_str()),
            (sign_in::REGISTERED_KEY, registered_key.unwrap_or_default()),
        ];
        note(&store, &notes).await?;
        let https = public_url.scheme() == "https";
        let provider = provider(&x_url, sandbox.is_some());
        let x = X::with(x_url, clock.clone(), config.patience);
        let state = AppState::new(State {
            limits: Limits::new(&store, &clock),
            store,
            seal,
            audit,
            provider,
            metrics: Metrics::new(x.clock_skew_gauge()),
            x,
            clock,
            app_name: config.app_name,
            registered_app: match &sandbox {
                Some(sandbox) => Some(KeyPair::new(
                    sandbox.consumer_key(),
                    SecretString::from(sandbox.consumer_secret()),
                )),
                None => config.registered_app,
            }
            .map(Arc::new),
            access_key,
            cookie: Cookie::new(https),
            hosts: Hosts::new(public_url.clone()),
            pages_url,
            origins: Origins::new(&public_url, config.allow_origins),
            trusted: config.trusted,
            proxies: config.proxies,
            oidc: config.oidc.map(|oidc| Oidc::new(oidc, oidc::callback_url(&public_url))),
            people: config.people,
            post: Post::new(Reach::new(config.webhook_allow)),
            assets,
            https,
            grants: Grants::default(),
            holders: Holders::default(),
            accounts: Accounts::default(),
            user_ids: UserIds::default(),
            ledger: Ledger::default(),
            tasks: TaskTracker::new(),
        });
        let (stop, stopped) = watch::channel(false);
        let tasks = vec![
            tokio::spawn(serve::run(
                listener,
                router::Front::new(state.clone()),
                serve::Patience::default(),
                stopped.clone(),
            )),
            tokio::spawn(janitor::run(state.clone(), stopped.clone())),
            tokio::spawn(webhook::run(state.clone(), stopped.clone())),
            tokio::spawn(ledger::run(state.clone(), stopped)),
        ];
        Ok(Self { address, public_url, state, sandbox, stop, tasks, _locks: [lock, serving] })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where browsers reach it.
    pub fn public_url(&self) -> &Url {
        &self.public_url
    }

    /// The built-in X, when it was asked for.
    pub fn sandbox(&self) -> Option<&Sandbox> {
        self.sandbox.as_ref()
    }

    /// A fresh one-time link that signs a browser in.
    pub async fn sign_in_link(
        &self,
        workspace: &str,
        role: Role,
    ) -> Result<SecretString, StoreError> {
        let State { store, clock, pages_url, .. } = &*self.state;
        store.ensure_workspace(workspace, clock.now()).await?;
        sign_in::link(store, clock, pages_url, workspace, role).await
    }

    /// Stops taking requests, lets the running ones finish, and closes the store.
    pub async fn stop(self) {
        let over = Instant::now() + serve::DRAIN;
        self.stop.send_replace(true);
        for task in self.tasks {
            if let Err(error) = task.await {
                tracing::error!(%error, "a part of the server failed");
            }
        }
        // Before the wait for the rest, which somebody may cut short.
        self.state.ledger.catch_up(&self.state).await;
        self.state.tasks.close();
        if tokio::time::timeout_at(over, self.state.tasks.wait()).await.is_err() {
            tracing::warn!("some work did not finish in time");
        }
        // Nobody calls any more, so this is all that is left to write.
        if let Err(refusal) = self.state.ledger.flush(&self.state).await {
            tracing::error!(?refusal, "what the last calls taught is lost");
        }
        if let Some(sandbox) = self.sandbox {
            sandbox.stop().await;
        }
        self.state.audit.write_all_counts(&self.state.store, self.state.clock.now()).await;
        self.state.store.close().await;
    }
}

/// The sandbox lives by the same clock, so that a test can move both.
async fn start_sandbox(config: &Config, clock: Clock) -> Result<Sandbox, StartError> {
    let options = pinfold_sandbox::Options {
        state: Some(config.data_dir.sandbox_state()),
        clock: pinfold_sandbox::Clock::new(move || clock.system_time()),
        ..Default::default()
    };
    Sandbox::start(options).await.map_err(StartError::Sandbox)
}

/// For commands beside the server. No disk is waited for when nothing changed since the last start.
async fn note(store: &Store, notes: &[(&str, &str)]) -> Result<(), StoreError> {
    let mut changed = Vec::new();
    for (name, value) in notes {
        if store.meta(name).await?.as_deref() != Some(value.as_bytes()) {
            changed.push((*name, value.as_bytes()));
        }
    }
    if changed.is_empty() { Ok(()) } else { store.set_meta(&changed).await }
}

/// `http://<listen>`; an address that means "all of them" is none that a browser can open.
fn default_public_url(address: SocketAddr) -> Url {
    let host = match address.ip() {
        ip if ip.is_unspecified() => format!("localhost:{}", address.port()),
        _ => address.to_string(),
    };
    Url::parse(&format!("http://{host}")).expect("an address is a host")
}

fn provider(url: &Url, sandbox: bool) -> Provider {
    let host = url.host_str().unwrap_or_default();
    let name = match host {
        _ if sandbox => "sandbox",
        "api.x.com" | "api.twitter.com" => "X",
        host => host,
    };
    Provider { name: name.to_owned(), url: url.as_str().trim_end_matches('/').to_owned(), sandbox }
}
