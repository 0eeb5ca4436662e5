//! An imitation of X on the loopback interface, for first runs and for tests.
//!
//! It speaks the three legs of OAuth 1.0a, a consent page, a PIN page and a few API calls in X's
//! dialect, verifies every signature with code of its own, and misbehaves when told to. It is no
//! place for real accounts: anybody on this machine can consent for anybody.
//!
//! | room | what it does |
//! |---|---|
//! | `server` | listens, routes, guards against foreign pages |
//! | `parameters`, `signature`, `nonces`, `verify` | RFC 5849 section 3, from one request to believed or not |
//! | `world` | apps, accounts, tokens, posts; `state` keeps them across restarts |
//! | `dialect` | every answer, in X's words |
//! | `misbehave` | X's bad days |
//! | `routes` | one file an endpoint; `pages` is what a person sees |
//!
//! ```
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! use pinfold_sandbox::{Options, Sandbox};
//!
//! let sandbox = Sandbox::start(Options::default()).await?;
//! assert_eq!(sandbox.url().host_str(), Some("127.0.0.1"));
//! sandbox.stop().await;
//! # std::io::Result::Ok(())
//! # })?;
//! # std::io::Result::Ok(())
//! ```

mod bill;
mod chance;
mod clock;
mod dialect;
mod meter;
mod misbehave;
mod nonces;
mod pages;
mod parameters;
mod provider;
mod routes;
mod secret;
mod server;
mod signature;
mod state;
mod verify;
mod weight;
mod world;

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::watch;
use url::Url;

pub use crate::clock::Clock;
use crate::provider::Provider;
use crate::state::StateFile;
use crate::world::{App, World};

/// How to start a sandbox.
#[derive(Clone, Debug)]
pub struct Options {
    /// A loopback address. Port 0 picks one: that of last time if there is a state file and it is
    /// free.
    pub listen: SocketAddr,
    /// Remembers app keys, port, tokens and posts across restarts; `None` keeps them in memory
    /// only. Written atomically, readable by its owner only.
    pub state: Option<PathBuf>,
    /// The time, for tests that do not want to wait for it.
    pub clock: Clock,
}

impl Default for Options {
    fn default() -> Self {
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self { listen, state: None, clock: Clock::default() }
    }
}

/// A running sandbox: a cheap handle. When the last clone is dropped, it stops.
#[derive(Clone)]
pub struct Sandbox {
    url: Url,
    app: Arc<App>,
    stop: Arc<watch::Sender<bool>>,
}

impl Sandbox {
    /// Starts one on the current tokio runtime.
    pub async fn start(options: Options) -> io::Result<Self> {
        if !options.listen.ip().is_loopback() {
            let why = format!("the sandbox listens on loopback only, not on {}", options.listen);
            return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        }
        let file = options.state.map(StateFile::new);
        let remembered = file.as_ref().map(StateFile::read).transpose()?.flatten();
        let mut world = remembered.unwrap_or_else(World::new);
        let listener = listen(options.listen, world.port).await?;
        let address = listener.local_addr()?;
        world.port = address.port();
        if let Some(file) = &file {
            file.write(&world)?;
        }
        let first = world.apps().first().cloned();
        let app = Arc::new(first.ok_or_else(|| io::Error::other("the sandbox has no app"))?);
        let url = Url::parse(&format!("http://{address}")).map_err(io::Error::other)?;
        let provider = Arc::new(Provider::new(world, options.clock, file));
        let (stop, stopped) = watch::channel(false);
        tokio::spawn(server::serve(listener, server::router(provider), stopped));
        Ok(Self { url, app, stop: Arc::new(stop) })
    }

    /// `http://127.0.0.1:PORT/`, the base of every call.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The first app's consumer key.
    pub fn consumer_key(&self) -> &str {
        &self.app.consumer_key
    }

    /// The first app's consumer secret.
    pub fn consumer_secret(&self) -> &str {
        self.app.consumer_secret.expose()
    }

    /// Finishes the answers under way and gives the port back.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        self.stop.closed().await;
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("url", &self.url.as_str()).finish_non_exhaustive()
    }
}

/// Prefers the port of last time, which open authorize pages still name.
async fn listen(wanted: SocketAddr, last: u16) -> io::Result<TcpListener> {
    if wanted.port() == 0
        && last != 0
        && let Ok(listener) = TcpListener::bind((wanted.ip(), last)).await
    {
        return Ok(listener);
    }
    TcpListener::bind(wanted).await
}
