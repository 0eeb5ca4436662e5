//! The two keys of an installation: found in configuration or in the data folder, or made on the
//! first start. A store whose master key is missing or wrong is not opened.

mod drop_old;
mod rotate;

use std::fmt::Display;
use std::sync::Arc;

use pinfold_api::Action;
use secrecy::SecretString;

use crate::audit::{Entry, Who};
use crate::clock::Millis;
use crate::config::{self, Config, ConfigError, DataDir, MasterKeySource};
use crate::seal::{Chain, KeyId, KeyRing, Place};
use crate::session::Token;
use crate::store::{DEFAULT_WORKSPACE, Store, StoreError};

pub use drop_old::{Dropped, drop_old};
pub use rotate::{Rotation, rotate};

const MASTER_KEY: &str = "--master-key-file (PINFOLD_MASTER_KEY)";
/// A sealed word in the store, by which a wrong key is noticed at the start.
const CHECK: &str = "master_key_check";
/// The key of the audit log's chain, sealed.
const AUDIT_KEY: &str = "audit_key";
/// The notes in the store's `meta` that are sealed with the master key, each to
/// `Place { workspace: "", record: <name>, field: "value" }`.
const SEALED_NOTES: [&str; 2] = [CHECK, AUDIT_KEY];

/// The operator's key of an installation that was started before.
pub(crate) fn existing_access_key(config: &Config) -> Result<SecretString, ConfigError> {
    if let Some(key) = &config.access_key {
        return Ok(key.clone());
    }
    let path = config.data_dir.access_key();
    DataDir::read_key(&path)?.ok_or_else(|| {
        let reason = format!("missing; there is no {} yet", path.display());
        ConfigError::new("--access-key-file (PINFOLD_ACCESS_KEY)", reason)
    })
}

/// The operator's key; made on the first start.
pub(crate) fn access_key(config: &Config) -> Result<SecretString, ConfigError> {
    if let Some(key) = &config.access_key {
        return Ok(key.clone());
    }
    let path = config.data_dir.access_key();
    if let Some(key) = DataDir::read_key(&path)? {
        return config::access_key(key);
    }
    let key = Token::generate().into_secret();
    DataDir::write_key(&path, &key)?;
    Ok(key)
}

/// The master keys; made only when the store is empty, and checked against the store otherwise.
pub(crate) async fn master_keys(config: &Config, store: &Store) -> Result<KeyRing, ConfigError> {
    let check = store.meta(CHECK).await.map_err(fail)?;
    let text = match key_text(config)? {
        Some(text) => text,
        None if check.is_none() => {
            let key = KeyRing::generate();
            DataDir::write_key(&config.data_dir.master_key(), &key)?;
            key
        }
        None => {
            return Err(fail(format!(
                "missing; the store was sealed with one. Put {} back, or name the file",
                config.data_dir.master_key().display()
            )));
        }
    };
    let ring = KeyRing::parse(&text).map_err(fail)?;
    let sealed = if let Some(sealed) = check {
        sealed
    } else {
        // Of two that start at the same moment with keys of their own, one is told.
        let sealed = ring.seal(place(CHECK), &"sealed".into());
        store.begin_meta(CHECK, &sealed).await.map_err(fail)?
    };
    ring.open(place(CHECK), &sealed).map_err(|_| {
        fail("is not the key that the store was sealed with. Put the right one back")
    })?;
    Ok(ring)
}

fn fail(reason: impl Display) -> ConfigError {
    ConfigError::new(MASTER_KEY, reason)
}

/// The text of the key file, or of the variable; `None` when the data folder has no key file yet.
fn key_text(config: &Config) -> Result<Option<SecretString>, ConfigError> {
    match &config.master_key {
        MasterKeySource::Variable(text) => Ok(Some(text.clone())),
        MasterKeySource::DataDir => DataDir::read_key(&config.data_dir.master_key()),
        MasterKeySource::File(file) => DataDir::read_key(file)?
            .map(Some)
            .ok_or_else(|| fail(format!("{} is gone", file.display()))),
    }
}

/// Whether everything was sealed with the active key when the last rotation ended: the word is among
/// the last that a rotation seals.
async fn is_settled(ring: &KeyRing, store: &Store) -> Result<bool, StoreError> {
    let check = store.meta(CHECK).await?;
    Ok(check.as_deref().and_then(KeyId::of) == Some(ring.active_id()))
}

/// The chain of the audit log; begun on the first start.
pub(crate) async fn audit_chain(
    seal: &KeyRing,
    store: &Store,
    now: Millis,
) -> Result<Arc<Chain>, ConfigError> {
    if let Some(chain) = existing_audit_chain(seal, store).await? {
        return Ok(Arc::new(chain));
    }
    if store.audit_head().await.map_err(fail)?.is_some() {
        return Err(fail("the key of the audit log is gone from the store. Restore a backup"));
    }
    let key = Chain::generate();
    let chain = Arc::new(Chain::parse(&key).expect("a generated key reads"));
    let entry = Entry::new(&chain, Who::server(DEFAULT_WORKSPACE), Action::AuditBegin, now);
    let sealed = seal.seal(place(AUDIT_KEY), &key);
    if store.begin_audit(AUDIT_KEY, &sealed, &entry).await.map_err(fail)? {
        return Ok(chain);
    }
    // Another start of the same moment was faster.
    let theirs = existing_audit_chain(seal, store).await?;
    theirs.map(Arc::new).ok_or_else(|| fail("the key of the audit log came and went. Start again"))
}

/// The chain that was begun before, if any.
pub(crate) async fn existing_audit_chain(
    seal: &KeyRing,
    store: &Store,
) -> Result<Option<Chain>, ConfigError> {
    let Some(sealed) = store.meta(AUDIT_KEY).await.map_err(fail)? else {
        return Ok(None);
    };
    let key = seal.open(place(AUDIT_KEY), &sealed);
    let chain = key.ok().and_then(|key| Chain::parse(&key));
    chain.map(Some).ok_or_else(|| {
        fail("does not open the key of the audit log. Put the right one back, or restore a backup")
    })
}

const fn place(name: &'static str) -> Place<'static> {
    Place { workspace: "", record: name, field: "value" }
}
