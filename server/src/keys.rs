//! The two keys of an installation: found in configuration or in the data folder, or made on the
//! first start. A store whose master key is missing or wrong is not opened.

use secrecy::SecretString;

use crate::config::{self, Config, ConfigError, DataDir};
use crate::seal::{KeyRing, Place};
use crate::session::Token;
use crate::store::Store;

const MASTER_KEY: &str = "--master-key-file (PINFOLD_MASTER_KEY)";
/// A sealed word in the store, by which a wrong key is noticed at the start.
const CHECK: &str = "master_key_check";

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
    let fail = |reason: &dyn std::fmt::Display| ConfigError::new(MASTER_KEY, reason);
    let check = store.meta(CHECK).await.map_err(|error| fail(&error))?;
    let path = config.data_dir.master_key();
    let text = match (&config.master_key, DataDir::read_key(&path)?) {
        (Some(key), _) => key.clone(),
        (None, Some(key)) => key,
        (None, None) if check.is_none() => {
            let key = KeyRing::generate();
            DataDir::write_key(&path, &key)?;
            key
        }
        (None, None) => {
            return Err(fail(&format!(
                "missing; the store was sealed with one. Put {} back, or name the file",
                path.display()
            )));
        }
    };
    let ring = KeyRing::parse(&text).map_err(|error| fail(&error))?;
    let place = Place { workspace: "", record: CHECK, field: "value" };
    if let Some(sealed) = check {
        ring.open(place, &sealed).map_err(|_| {
            fail(&"is not the key that the store was sealed with. Put the right one back")
        })?;
    } else {
        let sealed = ring.seal(place, &"sealed".into());
        store.set_meta(CHECK, &sealed).await.map_err(|error| fail(&error))?;
    }
    Ok(ring)
}
