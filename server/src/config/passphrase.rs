//! The passphrase of a file: from a variable, a file or a prompt, never from a flag.

use std::io::IsTerminal as _;

use secrecy::{ExposeSecret as _, SecretString};

use super::{ConfigError, secret};

const FIELD: &str = "PINFOLD_PASSPHRASE";

/// Reads `PINFOLD_PASSPHRASE` or the file that `PINFOLD_PASSPHRASE_FILE` names, or asks; a new one is
/// asked for twice.
pub fn passphrase(new: bool) -> Result<SecretString, ConfigError> {
    if let Some(found) = secret::read("passphrase", None, None)? {
        return Ok(found.text);
    }
    if !std::io::stdin().is_terminal() {
        return Err(ConfigError::new(FIELD, "missing, and there is no terminal to ask at"));
    }
    let first = ask("Passphrase: ")?;
    if new && ask("Once more:  ")?.expose_secret() != first.expose_secret() {
        return Err(ConfigError::new(FIELD, "the two passphrases differ"));
    }
    Ok(first)
}

fn ask(prompt: &str) -> Result<SecretString, ConfigError> {
    let typed =
        rpassword::prompt_password(prompt).map_err(|error| ConfigError::new(FIELD, error))?;
    Ok(SecretString::from(typed))
}
