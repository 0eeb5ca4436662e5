//! The X app that asks: chosen by a request, restored from the store.

use pinfold_api::{AppChoice, AppKind, Code};
use secrecy::{ExposeSecret, SecretString};

use crate::problem::Refusal;
use crate::seal::Place;
use crate::state::AppState;
use crate::x::KeyPair;

/// Longer than any key of X's.
const KEY_CAP: usize = 200;

/// An app with its secret, for as long as a call to X needs it.
pub struct App {
    /// Which of the three kinds.
    pub kind: AppKind,
    /// Consumer key and consumer secret.
    pub keys: KeyPair,
}

impl App {
    /// Reads the `app` of a request.
    pub fn choose(state: &AppState, choice: AppChoice) -> Result<Self, Refusal> {
        match choice.kind {
            AppKind::Registered => {
                let keys = state.registered_app.clone().ok_or(Code::NoRegisteredApp)?;
                Ok(Self { kind: AppKind::Registered, keys })
            }
            AppKind::Own => Self::own(choice),
            AppKind::Saved => Err(Refusal::field(
                "app.kind",
                "This server has no saved apps. Use the registered app or your own keys.",
            )),
        }
    }

    fn own(choice: AppChoice) -> Result<Self, Refusal> {
        let key = key_text("app.consumer_key", choice.consumer_key.as_deref())?;
        let secret = choice.consumer_secret.map(|secret| SecretString::from(secret.into_exposed()));
        let secret = secret_text("app.consumer_secret", secret.as_ref())?;
        if key == secret.expose_secret() {
            return Err(Refusal::field(
                "app.consumer_secret",
                "Key and secret are the same. Paste the API key secret here.",
            ));
        }
        Ok(Self { kind: AppKind::Own, keys: KeyPair::new(key, secret) })
    }

    /// The secret, sealed to its place, when it has to be kept: the registered app's is not.
    pub fn seal(&self, state: &AppState, place: Place<'_>) -> Option<Vec<u8>> {
        (self.kind == AppKind::Own).then(|| state.seal.seal(place, &self.keys.secret))
    }

    /// Puts key and sealed secret together again.
    pub fn restore(
        state: &AppState,
        kind: AppKind,
        consumer_key: &str,
        place: Place<'_>,
        sealed: Option<&[u8]>,
    ) -> Result<Self, Refusal> {
        if let Some(sealed) = sealed {
            let secret = state.seal.open(place, sealed)?;
            return Ok(Self { kind, keys: KeyPair::new(consumer_key, secret) });
        }
        if kind == AppKind::Own {
            return Err(Refusal::new(Code::AppKeysRejected).at("app").because(
                "This app's consumer secret went with the token. Enter the app's keys again.",
            ));
        }
        match &state.registered_app {
            Some(keys) if kind == AppKind::Registered && keys.id == consumer_key => {
                Ok(Self { kind, keys: keys.clone() })
            }
            _ => Err(Refusal::new(Code::NoRegisteredApp).because(
                "The registered app that this was made with is no longer set on the server.",
            )),
        }
    }
}

/// The first characters of a consumer key: enough to tell apps apart.
pub fn hint(consumer_key: &str) -> String {
    let shown: String = consumer_key.chars().take(6).collect();
    format!("{shown}…")
}

/// A pasted key: trimmed, and of characters that a key can have.
pub(crate) fn key_text(field: &str, text: Option<&str>) -> Result<String, Refusal> {
    let text = text.unwrap_or_default().trim();
    if text.is_empty() {
        return Err(Refusal::field(field, "This field is empty. Paste the key from X."));
    }
    let fits = text.len() <= KEY_CAP && text.bytes().all(|byte| byte.is_ascii_graphic());
    if !fits {
        return Err(Refusal::field(
            field,
            "A key has letters, digits and signs only, no spaces. Copy it again from X.",
        ));
    }
    Ok(text.to_owned())
}

/// The same for a secret.
pub(crate) fn secret_text(
    field: &str,
    secret: Option<&SecretString>,
) -> Result<SecretString, Refusal> {
    key_text(field, secret.map(ExposeSecret::expose_secret)).map(SecretString::from)
}
