//! The only reader of flags, environment variables and `pinfold.toml`.
//!
//! Flag over variable over file. A wrong value stops the start with one line that names the field.
//! Secrets come from a variable or a file, never from a flag: flags show in process lists.

mod app_command;
mod audit_command;
mod check;
pub(crate) use check::{access_key, is_loopback};
mod cli;
mod data_dir;
mod dist_command;
mod lock;
mod moves_command;
mod network;
mod oidc;
mod passphrase;
mod people;
mod secret;
mod settings;
mod task_flags;

use std::fmt::Display;
use std::net::SocketAddr;
use std::path::PathBuf;

use axum::http::HeaderName;
use secrecy::SecretString;
use url::Url;

use crate::x::KeyPair;
use crate::x::pass::Patience;

pub use app_command::{AppCommand, AppTestFlags};
pub use audit_command::{AuditCommand, AuditVerifyFlags};
pub use cli::{
    Cli, Command, DevCommand, KeyCommand, KeyFlags, MigrateFlags, SandboxFlags, SeedFlags,
};
pub use data_dir::DataDir;
pub(crate) use data_dir::private_file;
pub use dist_command::{DistFlags, DistWanted};
pub use lock::Lock;
pub use moves_command::{ExportFlags, ImportFlags};
pub use network::Network;
pub use oidc::{OidcConfig, OidcTable};
pub use passphrase::passphrase;
pub use people::{Identity, People, Person};
pub use settings::Settings;
pub use task_flags::TaskFlags;

/// A value that cannot be used, named the way it was given.
#[derive(Debug, thiserror::Error)]
#[error("{field}: {reason}")]
pub struct ConfigError {
    field: String,
    reason: String,
}

impl ConfigError {
    pub(crate) fn new(field: impl Into<String>, reason: impl Display) -> Self {
        Self { field: field.into(), reason: format!("{reason}") }
    }
}

/// Everything `pinfold serve` needs, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen; port 0 picks one.
    pub listen: SocketAddr,
    /// The only source of the allowed Host and Origin, and of links without `pages_url`; the listening
    /// address when not set.
    pub public_url: Option<Url>,
    /// Where the pages are; the public URL when not set.
    pub pages_url: Option<Url>,
    /// Where database, key file and access key lie.
    pub data_dir: DataDir,
    /// A database of PostgreSQL, in the place of the data folder's.
    pub database_url: Option<SecretString>,
    /// Base of every call to X.
    pub x_api_url: Url,
    /// The name in "Use the … registered app".
    pub app_name: String,
    /// The registered app's keys.
    pub registered_app: Option<KeyPair>,
    /// The operator's key; the one in the data folder when not set.
    pub access_key: Option<SecretString>,
    /// Where the master keys are.
    pub master_key: MasterKeySource,
    /// Exact origins that may call or embed.
    pub allow_origins: Vec<String>,
    /// Proxies in front that are believed when they say whose request it is.
    pub proxies: Vec<Network>,
    /// Whom an authenticating proxy in front vouches for.
    pub trusted: Option<Trusted>,
    /// A provider of OpenID Connect that people sign in with.
    pub oidc: Option<OidcConfig>,
    /// What those may do that somebody else vouches for.
    pub people: People,
    /// What webhooks may reach besides the internet.
    pub webhook_allow: Vec<Network>,
    /// The front end.
    pub assets: AssetSource,
    /// Start the built-in X and use it.
    pub sandbox: bool,
    /// How long a call of the proxy waits; no flag sets it.
    pub patience: Patience,
}

/// An authenticating proxy in front: its header is believed from its addresses.
#[derive(Clone, Debug)]
pub struct Trusted {
    /// What it names the user in.
    pub header: HeaderName,
    /// Where its requests come from.
    pub proxies: Vec<Network>,
}

/// Where the master keys come from. A file is read anew when they are needed, for a rotation writes
/// to it.
#[derive(Clone, Debug, Default)]
pub enum MasterKeySource {
    /// `master-key` in the data folder, made on the first start.
    #[default]
    DataDir,
    /// A file of the operator's.
    File(PathBuf),
    /// `PINFOLD_MASTER_KEY`: its text.
    Variable(SecretString),
}

/// Where the front end comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum AssetSource {
    /// The files inside the program.
    #[default]
    BuiltIn,
    /// Another folder.
    Folder(PathBuf),
    /// None: the proxy alone.
    None,
}

impl Config {
    /// What a first start on this machine uses: loopback, the sandbox, and this data folder.
    pub fn sandbox(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            public_url: None,
            pages_url: None,
            data_dir: DataDir::new(data_dir.into()),
            database_url: None,
            x_api_url: check::default_x_api_url(),
            app_name: settings::DEFAULT_APP_NAME.to_owned(),
            registered_app: None,
            access_key: None,
            master_key: MasterKeySource::DataDir,
            allow_origins: Vec::new(),
            proxies: Vec::new(),
            trusted: None,
            oidc: None,
            people: People::default(),
            webhook_allow: Vec::new(),
            assets: AssetSource::BuiltIn,
            sandbox: true,
            patience: Patience::default(),
        }
    }
}
