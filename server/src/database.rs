//! The store that the settings name: a file in the data folder, or a database of PostgreSQL; and who
//! may work with it at the same time.

use std::fmt;

use crate::clock::{Clock, Millis};
use crate::config::{Config, ConfigError, Lock};
use crate::store::Store;
use crate::{StartError, keys};

const FIELD: &str = "--database-url (PINFOLD_DATABASE_URL)";

/// Who may work with a store at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Beside {
    /// Whatever others do.
    All,
    /// Others work with it too; but no master key is rotated meanwhile.
    Servers,
    /// Nobody else works with it.
    Nobody,
}

/// Opens it, and makes it when it is missing.
pub(crate) async fn open(
    config: &Config,
    now: Millis,
    beside: Beside,
) -> Result<(Store, Option<Lock>), StartError> {
    config.data_dir.create(config.database_url.is_none())?;
    let lock = match beside {
        Beside::All => None,
        Beside::Servers => Some(config.data_dir.share()?),
        Beside::Nobody => Some(config.data_dir.take()?),
    };
    let store = opened(config, now).await?;
    claim(&store, beside).await?;
    Ok((store, lock))
}

/// The same for a command that needs what a server began.
pub(crate) async fn open_existing(
    config: &Config,
    now: Millis,
    beside: Beside,
) -> Result<(Store, Option<Lock>), StartError> {
    if config.database_url.is_none() {
        config.data_dir.existing_database()?;
    }
    open(config, now, beside).await
}

async fn opened(config: &Config, now: Millis) -> Result<Store, StartError> {
    match &config.database_url {
        None => Ok(Store::open(&config.data_dir.database(), now).await?),
        Some(url) => Store::connect(url, now).await.map_err(StartError::Database),
    }
}

async fn claim(store: &Store, beside: Beside) -> Result<(), StartError> {
    let (alone, reason) = match beside {
        Beside::All => return Ok(()),
        Beside::Servers => {
            (false, "its master key is being rotated; start again when that is done")
        }
        Beside::Nobody => (true, "a Pinfold works with it; stop that first, then do this again"),
    };
    match store.claim(alone).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(ConfigError::new(FIELD, reason).into()),
        Err(error) => Err(StartError::Database(error)),
    }
}

/// What was moved.
#[derive(Debug)]
pub struct Migrated(Vec<(String, u64)>);

impl fmt::Display for Migrated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: u64 = self.0.iter().map(|(_, rows)| rows).sum();
        write!(f, "Moved {all} rows:")?;
        for (table, rows) in self.0.iter().filter(|(_, rows)| *rows > 0) {
            write!(f, " {rows} {table}")?;
        }
        write!(f, ". The file stays; start servers with --database-url and the same master key.")
    }
}

/// Moves everything from the data folder's file into the database that the settings name. Nobody
/// else works with either meanwhile.
pub async fn migrate(config: &Config) -> Result<Migrated, StartError> {
    let Some(url) = &config.database_url else {
        return Err(ConfigError::new(FIELD, "missing; name the database to move to").into());
    };
    let now = Clock::system().now();
    let in_folder = Config { database_url: None, ..config.clone() };
    let (file, _alone) = open_existing(&in_folder, now, Beside::Nobody).await?;
    // The key must be the one that everything is sealed with, there as here.
    keys::master_keys(&in_folder, &file).await?;
    let database = Store::connect(url, now).await.map_err(StartError::Database)?;
    claim(&database, Beside::Nobody).await?;
    let copied = database.copy_from(&file).await.map_err(StartError::Database)?;
    database.close().await;
    file.close().await;
    let copied = copied.ok_or_else(|| ConfigError::new(FIELD, "holds a Pinfold already"))?;
    Ok(Migrated(copied))
}
