//! `pinfold key rotate`: a new master key, and every stored secret sealed with it.
//!
//! The order makes a cut at any moment harmless. The key file gets the new key as its first line,
//! with the old ones below it, before anything is sealed with it; then the secrets follow in
//! batches, a transaction each; the word that [`super::master_keys`] checks comes last. As long as
//! that word names another key than the first line, a rotation is unfinished, and the next run goes
//! on with it instead of making yet another key. A server must not run meanwhile: it would go on
//! sealing with the key it knows.

use std::fmt;
use std::path::PathBuf;

use secrecy::{ExposeSecret as _, SecretString};

use pinfold_api::Action;

use super::{SEALED_NOTES, audit_chain, fail, is_settled, key_text, master_keys, place};
use crate::StartError;
use crate::audit::{Entry, Who};
use crate::clock::Clock;
use crate::config::{Config, ConfigError, DataDir, MasterKeySource};
use crate::database::{self, Beside};
use crate::seal::{KeyRing, Place};
use crate::store::{DEFAULT_WORKSPACE, SealedColumn, SealedValue, Store};

/// Secrets in one transaction.
const BATCH: u32 = 250;

/// What a rotation did, or would do.
#[derive(Debug)]
pub struct Rotation {
    plan: bool,
    /// The key file that got a new first line; `None` when an unfinished rotation was gone on with.
    new_key_in: Option<PathBuf>,
    /// Secrets that were sealed anew.
    resealed: u64,
    /// Secrets that do not open, and were left as they are.
    closed: u64,
}

impl fmt::Display for Rotation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { plan, new_key_in, resealed, closed } = self;
        match (new_key_in, plan) {
            (Some(file), true) => writeln!(f, "Would add a new key to {}.", file.display())?,
            (Some(file), false) => writeln!(
                f,
                "A new key is the first line of {}. Copy that file to where you keep your copy.",
                file.display()
            )?,
            (None, true) => writeln!(f, "Would go on with the key in the first line.")?,
            (None, false) => writeln!(f, "The key in the first line was there already.")?,
        }
        if *closed > 0 {
            writeln!(
                f,
                "{closed} secrets do not open with any key of the file; they stay as they are."
            )?;
        }
        let would = if *plan { "Would seal" } else { "Sealed" };
        write!(f, "{would} {resealed} secrets with it.")
    }
}

/// Rotates the master key of a store that no server runs on, or only tells what that would do.
pub async fn rotate(config: &Config, plan: bool) -> Result<Rotation, StartError> {
    let now = Clock::system().now();
    let (store, _alone) = database::open_existing(config, now, Beside::Nobody).await?;
    let done = rotate_store(config, &store, plan).await;
    store.close().await;
    done
}

async fn rotate_store(config: &Config, store: &Store, plan: bool) -> Result<Rotation, StartError> {
    let ring = master_keys(config, store).await?;
    let settled = is_settled(&ring, store).await?;
    let new_key_in = settled.then(|| key_file(config)).transpose()?;
    if plan {
        let (mut resealed, mut closed) = (0, 0);
        for column in Store::SEALED {
            for (name, count) in store.sealed_by_key(*column).await? {
                let count = count.unsigned_abs();
                match ring.ids().position(|id| id.bytes() == name) {
                    None => closed += count,
                    // Sealed with what is the first line now, and stays so.
                    Some(0) if !settled => {}
                    Some(_) => resealed += count,
                }
            }
        }
        return Ok(Rotation { plan, new_key_in, resealed, closed });
    }
    let ring = match &new_key_in {
        Some(file) => add_key(config, file)?,
        None => ring,
    };
    let (mut resealed, mut closed) = (0, 0);
    for column in Store::SEALED {
        let done = reseal_column(store, &ring, *column).await?;
        resealed += done.0;
        closed += done.1;
    }
    let rotation = Rotation { plan, new_key_in, resealed, closed };
    finish(&ring, store, &rotation).await?;
    Ok(rotation)
}

/// Seals the notes of the installation, the checked word among them, and writes the audit log, all
/// in one transaction: from here on the rotation is over.
async fn finish(ring: &KeyRing, store: &Store, done: &Rotation) -> Result<(), StartError> {
    let now = Clock::system().now();
    let chain = audit_chain(ring, store, now).await?;
    let mut notes = Vec::new();
    for name in SEALED_NOTES {
        if let Some(sealed) = store.meta(name).await? {
            let secret = ring.open(place(name), &sealed).map_err(fail)?;
            notes.push((name, ring.seal(place(name), &secret)));
        }
    }
    let entry = Entry::new(&chain, Who::server(DEFAULT_WORKSPACE), Action::MasterKeyRotate, now)
        .saying(format!("{} secrets, {} do not open", done.resealed, done.closed));
    store.set_notes(&notes, &entry).await?;
    Ok(())
}

/// The file that a new key goes to. A variable cannot be written to.
pub(super) fn key_file(config: &Config) -> Result<PathBuf, ConfigError> {
    match &config.master_key {
        MasterKeySource::DataDir => Ok(config.data_dir.master_key()),
        MasterKeySource::File(file) => Ok(file.clone()),
        MasterKeySource::Variable(_) => Err(ConfigError::new(
            "PINFOLD_MASTER_KEY",
            "is a variable, which this cannot change. Put a new key (base64 of 32 random bytes) on \
             a line before the others, keep those, and run this again",
        )),
    }
}

/// Puts a new first line into the key file and reads the file again.
fn add_key(config: &Config, file: &std::path::Path) -> Result<KeyRing, ConfigError> {
    let old = key_text(config)?.ok_or_else(|| fail("is gone"))?;
    let text = format!("{}\n{}", KeyRing::generate().expose_secret(), old.expose_secret());
    DataDir::replace_key(file, &SecretString::from(text))?;
    let text = key_text(config)?.ok_or_else(|| fail("is gone"))?;
    KeyRing::parse(&text).map_err(fail)
}

/// Seals what a column holds with the active key. Answers how many were, and how many do not open.
async fn reseal_column(
    store: &Store,
    ring: &KeyRing,
    column: SealedColumn,
) -> Result<(u64, u64), StartError> {
    let active = ring.active_id();
    let (mut resealed, mut closed, mut after) = (0, 0, String::new());
    loop {
        let page = store.sealed_otherwise(column, active.bytes(), &after, BATCH).await?;
        let Some(last) = page.last() else { return Ok((resealed, closed)) };
        after.clone_from(&last.row);
        let mut batch = Vec::with_capacity(page.len());
        for value in page {
            match reseal(ring, column, &value) {
                Some(sealed) => batch.push((value, sealed)),
                None => closed += 1,
            }
        }
        resealed += store.reseal(column, &batch).await?;
    }
}

fn reseal(ring: &KeyRing, column: SealedColumn, value: &SealedValue) -> Option<Vec<u8>> {
    let place = Place { workspace: &value.workspace, record: &value.record, field: column.field };
    let secret = ring.open(place, &value.sealed).ok()?;
    Some(ring.seal(place, &secret))
}
