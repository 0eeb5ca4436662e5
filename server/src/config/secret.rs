//! Secrets from a variable or a file, trimmed, and never repeated in an error.

use std::path::Path;

use secrecy::SecretString;
use zeroize::Zeroizing;

use super::ConfigError;

/// Reads `PINFOLD_<NAME>`, or else the file that the flag or `PINFOLD_<NAME>_FILE` names.
pub(super) fn read(name: &str, file: Option<&Path>) -> Result<Option<SecretString>, ConfigError> {
    let variable = format!("PINFOLD_{}", name.to_uppercase().replace('-', "_"));
    match std::env::var(&variable) {
        Ok(text) => {
            return trimmed(&Zeroizing::new(text))
                .map_or_else(|| Err(empty(&variable)), |secret| Ok(Some(secret)));
        }
        Err(std::env::VarError::NotUnicode(_)) => {
            return Err(ConfigError::new(variable, "is not text"));
        }
        Err(std::env::VarError::NotPresent) => {}
    }
    let Some(file) = file else { return Ok(None) };
    let field = format!("--{name}-file ({variable}_FILE)");
    let text = std::fs::read_to_string(file)
        .map(Zeroizing::new)
        .map_err(|error| ConfigError::new(&field, format!("{}: {error}", file.display())))?;
    trimmed(&text).map(Some).ok_or_else(|| empty(&field))
}

fn trimmed(text: &str) -> Option<SecretString> {
    Some(text.trim()).filter(|text| !text.is_empty()).map(SecretString::from)
}

fn empty(field: &str) -> ConfigError {
    ConfigError::new(field, "is empty")
}
