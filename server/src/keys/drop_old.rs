//! `pinfold key drop-old`: takes out of the key file what nothing is sealed with any more.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};

use super::rotate::key_file;
use super::{CHECK, fail, is_settled, key_text, master_keys, place};
use crate::StartError;
use crate::clock::Clock;
use crate::config::{Config, ConfigError, DataDir};
use crate::database::{self, Beside};
use crate::seal::KeyRing;
use crate::store::Store;

/// How many keys went, or would go.
#[derive(Debug)]
pub struct Dropped {
    plan: bool,
    keys: usize,
}

impl fmt::Display for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let took = if self.plan { "Would take" } else { "Took" };
        write!(f, "{took} {} old keys out of the master key file.", self.keys)
    }
}

/// Drops the old keys of a store that no server runs on, or only tells what that would do.
pub async fn drop_old(config: &Config, plan: bool) -> Result<Dropped, StartError> {
    let now = Clock::system().now();
    let (store, _alone) = database::open_existing(config, now, Beside::Nobody).await?;
    let done = drop_from(config, &store, plan).await;
    store.close().await;
    done
}

async fn drop_from(config: &Config, store: &Store, plan: bool) -> Result<Dropped, StartError> {
    let ring = master_keys(config, store).await?;
    let (active, mut needed) = (ring.active_id(), 0);
    for column in Store::SEALED {
        for (name, count) in store.sealed_by_key(*column).await? {
            if ring.ids().any(|id| id != active && id.bytes() == name) {
                needed += count;
            }
        }
    }
    if needed > 0 || !is_settled(&ring, store).await? {
        return Err(ConfigError::new(
            "drop-old",
            format!(
                "{needed} secrets are still sealed with an old key. Run `pinfold key rotate` first"
            ),
        )
        .into());
    }
    let keys = ring.ids().count() - 1;
    if keys > 0 && !plan {
        let file = key_file(config)?;
        let text = key_text(config)?.ok_or_else(|| fail("is gone"))?;
        let text = first_only(&text);
        // What is about to be written must open the store.
        let rest = KeyRing::parse(&text).map_err(fail)?;
        let check = store.meta(CHECK).await?.unwrap_or_default();
        rest.open(place(CHECK), &check).map_err(fail)?;
        DataDir::replace_key(&file, &text)?;
    }
    Ok(Dropped { plan, keys })
}

/// The text without every key but the first; comments stay.
fn first_only(text: &SecretString) -> SecretString {
    let mut keys = 0;
    let lines = text.expose_secret().lines().filter(|line| {
        let line = line.trim();
        let is_key = !line.is_empty() && !line.starts_with('#');
        keys += usize::from(is_key);
        !is_key || keys == 1
    });
    SecretString::from(lines.collect::<Vec<_>>().join("\n"))
}
