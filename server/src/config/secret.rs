//! Secrets from a variable or a file, trimmed, and never repeated in an error.

use std::path::{Path, PathBuf};

use secrecy::SecretString;
use zeroize::Zeroizing;

use super::ConfigError;

/// A secret, and the file it came from, unless that was a variable.
pub(super) struct Found {
    pub(super) text: SecretString,
    pub(super) file: Option<PathBuf>,
}

/// Reads a secret from the first of: the file of the flag, `PINFOLD_<NAME>`, the file that
/// `PINFOLD_<NAME>_FILE` names, the file that `pinfold.toml` names.
pub(super) fn read(
    name: &str,
    flag: Option<&Path>,
    toml: Option<&Path>,
) -> Result<Option<Found>, ConfigError> {
    let variable = format!("PINFOLD_{}", name.to_uppercase().replace('-', "_"));
    let field = format!("--{name}-file ({variable}_FILE)");
    let read = |file: &Path| {
        let text = read_file(&field, file)?;
        Ok(Some(Found { text, file: Some(file.to_owned()) }))
    };
    if let Some(file) = flag {
        return read(file);
    }
    if let Some(text) = read_variable(&variable)? {
        let text = trimmed(&text).ok_or_else(|| empty(&variable))?;
        return Ok(Some(Found { text, file: None }));
    }
    let named = read_variable(&format!("{variable}_FILE"))?;
    match named.as_ref().map(|path| Path::new(path.as_str())).or(toml) {
        Some(file) => read(file),
        None => Ok(None),
    }
}

fn read_file(field: &str, file: &Path) -> Result<SecretString, ConfigError> {
    let text = std::fs::read_to_string(file)
        .map(Zeroizing::new)
        .map_err(|error| ConfigError::new(field, format!("{}: {error}", file.display())))?;
    trimmed(&text).ok_or_else(|| empty(field))
}

/// An empty variable is an unset one, as in a compose file.
fn read_variable(name: &str) -> Result<Option<Zeroizing<String>>, ConfigError> {
    match std::env::var(name) {
        Ok(text) => Ok(Some(Zeroizing::new(text)).filter(|text| !text.is_empty())),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => Err(ConfigError::new(name, "is not text")),
    }
}

fn trimmed(text: &str) -> Option<SecretString> {
    Some(text.trim()).filter(|text| !text.is_empty()).map(SecretString::from)
}

fn empty(field: &str) -> ConfigError {
    ConfigError::new(field, "is empty")
}
