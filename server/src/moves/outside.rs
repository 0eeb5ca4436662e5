//! `pinfold export` and `pinfold import`: the same, beside a server or without one.
//!
//! They work on the data folder itself, so they need neither a running server nor a network. A
//! server keeps rows in memory and would not see what another program changes, so an import that
//! changes something has the folder alone; beside a server there is `POST /import`.

use std::io::{ErrorKind, Read as _, Write as _};
use std::path::Path;
use std::sync::Arc;

use pinfold_api::{Action, Role};
use secrecy::SecretString;
use url::Url;
use zeroize::Zeroizing;

use super::import::Wanted;
use super::{Exported, House, Imported};
use crate::StartError;
use crate::audit::{Entry, Who};
use crate::clock::Clock;
use crate::config::{Config, ConfigError, Lock, private_file};
use crate::database::Beside;
use crate::problem::Refusal;
use crate::seal::{self, Chain, KeyRing};
use crate::store::{Author, DEFAULT_WORKSPACE, Store};
use crate::x::{KeyPair, X};
use crate::{database, keys, sign_in};

/// Everything that a house is made of.
struct Outside {
    store: Store,
    seal: KeyRing,
    chain: Arc<Chain>,
    clock: Clock,
    x: X,
    registered_key: Option<String>,
    registered_app: Option<KeyPair>,
    /// No rotation of the master key meanwhile.
    _lock: Option<Lock>,
}

impl Outside {
    async fn open(config: &Config, alone: bool) -> Result<Self, StartError> {
        // Where several Pinfolds work, nobody keeps rows in memory.
        let beside =
            if alone && config.database_url.is_none() { Beside::Nobody } else { Beside::Servers };
        let clock = Clock::system();
        let (store, lock) = database::open_existing(config, clock.now(), beside).await?;
        let seal = keys::master_keys(config, &store).await?;
        let chain = keys::audit_chain(&seal, &store, clock.now()).await?;
        let note = async |name| -> Result<Option<String>, StartError> {
            let noted = store.meta(name).await?;
            Ok(noted
                .and_then(|bytes| String::from_utf8(bytes).ok())
                .filter(|text| !text.is_empty()))
        };
        // A sandbox has an address of its own, which the server noted.
        let base = note(sign_in::PROVIDER).await?.and_then(|url| Url::parse(&url).ok());
        let x = X::new(base.unwrap_or_else(|| config.x_api_url.clone()), clock.clone());
        let registered_app = config.registered_app.clone();
        let registered_key = match &registered_app {
            Some(app) => Some(app.id.clone()),
            None => note(sign_in::REGISTERED_KEY).await?,
        };
        Ok(Self { store, seal, chain, clock, x, registered_key, registered_app, _lock: lock })
    }

    fn house(&self) -> House<'_> {
        House {
            store: &self.store,
            seal: &self.seal,
            clock: &self.clock,
            x: &self.x,
            grants: None,
            registered_key: self.registered_key.as_deref(),
            registered_app: self.registered_app.as_ref(),
            workspace: DEFAULT_WORKSPACE,
            by: Author {
                role: Role::Operator,
                session_id: None,
                at: self.clock.now(),
                handoff: None,
                audit: Some(self.entry(Action::Request)),
            },
        }
    }

    async fn write_down(&self, action: Action, words: &str) -> Result<(), StartError> {
        Ok(self.store.append_audit(&self.entry(action).saying(words)).await?)
    }

    fn entry(&self, action: Action) -> Entry {
        Entry::new(&self.chain, Who::server(DEFAULT_WORKSPACE), action, self.clock.now())
    }
}

fn refused(refusal: Refusal) -> StartError {
    let problem = refusal.into_problem("");
    // Named as on the command line.
    let field = match problem.field.as_deref() {
        Some("content") => "the file: ".to_owned(),
        Some(field) if field.starts_with("ids") => "--id: ".to_owned(),
        Some(field) => format!("{field}: "),
        None => String::new(),
    };
    StartError::Refused(format!("{field}{}", problem.detail))
}

/// Writes the connections with these ids, or all.
pub async fn export_from_outside(
    config: &Config,
    ids: Option<&[String]>,
    passphrase: Option<SecretString>,
) -> Result<Exported, StartError> {
    let outside = Outside::open(config, false).await?;
    let secrets = if passphrase.is_some() { "with" } else { "without" };
    let cap = usize::MAX - 1;
    let done = super::export(&outside.house(), ids, passphrase, cap).await.map_err(refused)?;
    let words = format!("{} connections {secrets} secrets, by command", done.connections);
    outside.write_down(Action::Export, &words).await?;
    outside.store.close().await;
    Ok(done)
}

/// Takes a file in, or only tells what that would do.
pub async fn import_from_outside(config: &Config, wanted: Wanted) -> Result<Imported, StartError> {
    let dry_run = wanted.dry_run;
    let outside = Outside::open(config, !dry_run).await?;
    let opened = super::open(outside.house().workspace, wanted).await.map_err(refused)?;
    let done = super::import(&outside.house(), opened).await.map_err(refused)?;
    if !dry_run {
        let words = format!("{} done: {}; by command", done.report.done, done.summary());
        outside.write_down(Action::Import, &words).await?;
    }
    outside.store.close().await;
    Ok(done)
}

/// Whether a file wants a passphrase.
pub fn is_encrypted(content: &str) -> bool {
    content.trim_start().starts_with(seal::ARMOR)
}

/// Reads a file, or standard input for `-`.
pub fn read_file(path: &Path) -> Result<Zeroizing<String>, StartError> {
    let mut text = Zeroizing::new(String::new());
    let read = if path == Path::new("-") {
        std::io::stdin().read_to_string(&mut text)
    } else {
        std::fs::File::open(path).and_then(|mut file| file.read_to_string(&mut text))
    };
    read.map_err(|error| ConfigError::new(path.display().to_string(), error))?;
    Ok(text)
}

/// Writes a new file, readable by its owner only; never over another one. It is on the disk when
/// this returns.
pub fn write_file(path: &Path, text: &str) -> Result<(), StartError> {
    let write = || {
        let mut file =
            private_file(std::fs::OpenOptions::new().write(true).create_new(true), path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    write().map_err(|error| {
        let path = path.display().to_string();
        match error.kind() {
            ErrorKind::AlreadyExists => {
                ConfigError::new(path, "is there already; name another file, or move it away")
            }
            _ => ConfigError::new(path, error),
        }
        .into()
    })
}
