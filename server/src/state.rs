//! What every request may use.

use std::ops::Deref;
use std::sync::Arc;

use metrics_exporter_prometheus::PrometheusHandle;
use pinfold_api::Provider;
use secrecy::SecretString;

use crate::assets::Assets;
use crate::clock::Clock;
use crate::limits::Limits;
use crate::seal::KeyRing;
use crate::session::{Cookie, Hosts, Origins};
use crate::store::Store;
use crate::x::{KeyPair, X};

/// The parts of a running Pinfold, each made once in [`crate::Server::start`].
pub struct State {
    /// The disk.
    pub store: Store,
    /// The keys.
    pub seal: KeyRing,
    /// The way to X.
    pub x: X,
    /// How X is called in the answers.
    pub provider: Provider,
    /// Time.
    pub clock: Clock,
    /// The name in "Use the … registered app".
    pub app_name: String,
    /// The operator's own app.
    pub registered_app: Option<KeyPair>,
    /// The operator's key.
    pub access_key: SecretString,
    /// The session cookie.
    pub cookie: Cookie,
    /// Allowed hosts.
    pub hosts: Hosts,
    /// Allowed origins.
    pub origins: Origins,
    /// Rate limits.
    pub limits: Limits,
    /// The front end.
    pub assets: Assets,
    /// What `/metrics` prints.
    pub metrics: PrometheusHandle,
    /// Whether browsers reach the server over https.
    pub https: bool,
}

/// The state, shared.
#[derive(Clone)]
pub struct AppState(Arc<State>);

impl AppState {
    /// Shares it.
    pub fn new(state: State) -> Self {
        Self(Arc::new(state))
    }
}

impl Deref for AppState {
    type Target = State;

    fn deref(&self) -> &State {
        &self.0
    }
}
