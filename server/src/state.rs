//! What every request may use.

use std::ops::Deref;
use std::sync::Arc;

use pinfold_api::{Code, Provider};
use secrecy::SecretString;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;
use url::Url;

use crate::assets::Assets;
use crate::audit::Audit;
use crate::clock::Clock;
use crate::config::{Network, People, Trusted};
use crate::grants::Grants;
use crate::ledger::Ledger;
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::oidc::Oidc;
use crate::problem::Refusal;
use crate::proxy::Accounts;
use crate::seal::KeyRing;
use crate::session::{Cookie, Hosts, Origins};
use crate::store::Store;
use crate::task::UserIds;
use crate::task_key::Holders;
use crate::webhook::Post;
use crate::x::{KeyPair, X};

/// The parts of a running Pinfold, each made once in [`crate::Server::start`].
pub struct State {
    /// The disk.
    pub store: Store,
    /// The keys.
    pub seal: KeyRing,
    /// The audit log.
    pub audit: Audit,
    /// The way to X.
    pub x: X,
    /// How X is called in the answers.
    pub provider: Provider,
    /// Time.
    pub clock: Clock,
    /// The name in "Use the … registered app".
    pub app_name: String,
    /// The operator's own app.
    pub registered_app: Option<Arc<KeyPair>>,
    /// The operator's key.
    pub access_key: SecretString,
    /// The session cookie.
    pub cookie: Cookie,
    /// Where the pages are.
    pub pages_url: Url,
    /// Allowed hosts.
    pub hosts: Hosts,
    /// Allowed origins.
    pub origins: Origins,
    /// The proxy in front that says who somebody is.
    pub trusted: Option<Trusted>,
    /// Proxies in front that are believed when they say whose request it is.
    pub proxies: Vec<Network>,
    /// The provider of OpenID Connect.
    pub oidc: Option<Oidc>,
    /// What those may do that somebody else vouches for.
    pub people: People,
    /// Rate limits.
    pub limits: Limits,
    /// The way to webhooks.
    pub post: Post,
    /// The front end.
    pub assets: Assets,
    /// What `/metrics` prints.
    pub metrics: Metrics,
    /// Whether browsers reach the server over https.
    pub https: bool,
    /// Keeps granting and revoking apart.
    pub grants: Grants,
    /// Those who call with task keys.
    pub holders: Holders,
    /// The connections that they call with.
    pub accounts: Accounts,
    /// What calls taught and the store does not know yet.
    pub ledger: Ledger,
    /// User ids by name.
    pub user_ids: UserIds,
    /// What has to end before the server does, whoever asked for it.
    pub tasks: TaskTracker,
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

impl AppState {
    /// Runs to its end even when the caller's browser goes away, which drops the caller.
    pub async fn see_through<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, Refusal> {
        let work = self.tasks.spawn(work.in_current_span());
        work.await.map_err(|error| {
            tracing::error!(%error, "work broke off");
            Refusal::new(Code::Internal)
        })
    }

    /// Runs beside the request.
    pub fn in_background(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(work.in_current_span());
    }
}

impl Deref for AppState {
    type Target = State;

    fn deref(&self) -> &State {
        &self.0
    }
}
