//! The X app that asks: chosen by a request, restored from the store.

use std::sync::Arc;

use pinfold_api::{AppChoice, AppKind, Code, RequestedAccess};
use secrecy::{ExposeSecret, SecretString};

use crate::apps;
use crate::clock::canonical_id;
use crate::problem::Refusal;
use crate::seal::Place;
use crate::session::Caller;
use crate::state::AppState;
use crate::store::AppRow;
use crate::workspace::Registered;
use crate::x::KeyPair;

/// Longer than any key of X's.
const KEY_CAP: usize = 200;

/// As X makes them.
const KEY_CHARS: usize = 25;
const SECRET_CHARS: usize = 50;

/// An app with its secret, for as long as a call to X needs it.
pub struct App {
    /// Which of the three kinds.
    pub kind: AppKind,
    /// Which saved app.
    pub id: Option<String>,
    /// Consumer key and consumer secret.
    pub keys: Arc<KeyPair>,
    /// The most that may be asked for; `None`: what the app has at X.
    pub access: Option<RequestedAccess>,
    /// It is to be saved with what it is used for first.
    pub unsaved: Option<Box<AppRow>>,
}

/// What a row keeps of the app that its token belongs to.
#[derive(Clone, Copy)]
pub struct Kept<'a> {
    /// The tenant.
    pub workspace: &'a str,
    /// What its secret is sealed to, when it is kept in the row.
    pub record: &'a str,
    /// Which of the three kinds.
    pub kind: AppKind,
    /// Which saved app.
    pub id: Option<&'a str>,
    /// The app's key.
    pub consumer_key: &'a str,
    /// The app's secret.
    pub sealed: Option<&'a [u8]>,
}

impl App {
    /// Reads the `app` of a request.
    pub async fn choose(
        state: &AppState,
        caller: &Caller,
        choice: AppChoice,
    ) -> Result<Self, Refusal> {
        match choice.kind {
            AppKind::Registered => Self::registered(state, &caller.workspace).await,
            AppKind::Own => Self::own(state, caller, choice).await,
            AppKind::Saved => {
                let id = choice.id.as_deref().and_then(canonical_id);
                let id = id.ok_or_else(|| Refusal::new(Code::NotFound).at("app.id"))?;
                let row = state.store.app(&caller.workspace, &id).await?;
                Self::saved(state, &row.ok_or_else(|| Refusal::new(Code::NotFound).at("app.id"))?)
            }
        }
    }

    /// The workspace's own.
    pub async fn registered(state: &AppState, workspace: &str) -> Result<Self, Refusal> {
        let app = Registered::of(state, workspace).await?.ok_or(Code::NoRegisteredApp)?;
        Ok(Self::with(AppKind::Registered, app.keys(state)?))
    }

    /// One of the vault.
    pub fn saved(state: &AppState, row: &AppRow) -> Result<Self, Refusal> {
        let secret =
            state.seal.open(apps::place(&row.workspace, &row.id), &row.consumer_secret_sealed)?;
        Ok(Self {
            id: Some(row.id.clone()),
            access: row.access,
            ..Self::with(AppKind::Saved, KeyPair::new(&row.consumer_key, secret))
        })
    }

    fn with(kind: AppKind, keys: impl Into<Arc<KeyPair>>) -> Self {
        Self { kind, id: None, keys: keys.into(), access: None, unsaved: None }
    }

    async fn own(state: &AppState, caller: &Caller, choice: AppChoice) -> Result<Self, Refusal> {
        let secret = choice.consumer_secret.map(|secret| SecretString::from(secret.into_exposed()));
        let keys = key_pair("app.", choice.consumer_key.as_deref(), secret.as_ref())?;
        let Some(name) = choice.save_as else { return Ok(Self::with(AppKind::Own, keys)) };
        let row = apps::unsaved(state, caller, &name, &keys).await?;
        Ok(Self {
            id: Some(row.id.clone()),
            unsaved: Some(Box::new(row)),
            ..Self::with(AppKind::Saved, keys)
        })
    }

    /// What is asked of X: never more than the app is saved for.
    pub fn ask(&self, wanted: Option<RequestedAccess>) -> Result<Option<RequestedAccess>, Refusal> {
        if self.access == Some(RequestedAccess::Read) && wanted == Some(RequestedAccess::Write) {
            return Err(Refusal::field(
                "access",
                "This app is saved for reading only. Ask for less, or change what the app may ask for.",
            ));
        }
        Ok(wanted.or(self.access))
    }

    /// The secret, sealed to its place, when it has to be kept there: the registered app's is on the
    /// server, and a saved app's lies with the app.
    pub fn seal(&self, state: &AppState, place: Place<'_>) -> Option<Vec<u8>> {
        (self.kind == AppKind::Own).then(|| state.seal.seal(place, &self.keys.secret))
    }

    /// Puts key and sealed secret together again. Of a saved app the secret of now counts; the
    /// row's own copy, when it has one, is of an app that is gone.
    pub async fn restore(state: &AppState, kept: Kept<'_>) -> Result<Self, Refusal> {
        let saved = match kept.id {
            Some(id) => state.store.app(kept.workspace, id).await?,
            None => None,
        };
        let registered = match kept.kind {
            AppKind::Registered => Registered::of(state, kept.workspace).await?,
            _ => None,
        };
        Self::restore_with(state, kept, saved.as_ref(), registered.as_ref())
    }

    /// The same with the saved app that is named, or the registered app, read before.
    pub fn restore_with(
        state: &AppState,
        kept: Kept<'_>,
        saved: Option<&AppRow>,
        registered: Option<&Registered>,
    ) -> Result<Self, Refusal> {
        if let Some(row) = saved.filter(|row| row.consumer_key == kept.consumer_key) {
            return Self::saved(state, row);
        }
        if let Some(sealed) = kept.sealed {
            let field = "consumer_secret";
            let place = Place { workspace: kept.workspace, record: kept.record, field };
            let secret = state.seal.open(place, sealed)?;
            return Ok(Self::with(AppKind::Own, KeyPair::new(kept.consumer_key, secret)));
        }
        match kept.kind {
            AppKind::Registered => {
                let app = registered.filter(|app| app.consumer_key == kept.consumer_key);
                let app = app.ok_or_else(|| {
                    Refusal::new(Code::NoRegisteredApp).because(
                        "The registered app that this was made with is no longer set on the server.",
                    )
                })?;
                Ok(Self::with(AppKind::Registered, app.keys(state)?))
            }
            AppKind::Own => Err(Refusal::new(Code::AppKeysRejected).at("app").because(
                "This app's consumer secret went with the token. Enter the app's keys again.",
            )),
            AppKind::Saved => Err(Refusal::new(Code::NotFound)
                .at("app")
                .because("The saved app that this was made with is deleted. Choose another app.")),
        }
    }
}

/// A pasted key and its secret, which must not be the same.
pub(crate) fn key_pair(
    prefix: &str,
    key: Option<&str>,
    secret: Option<&SecretString>,
) -> Result<KeyPair, Refusal> {
    let field = format!("{prefix}consumer_secret");
    let key = key_text(&format!("{prefix}consumer_key"), key)?;
    let secret = secret_text(&field, secret)?;
    if key == secret.expose_secret() {
        return Err(Refusal::field(
            field,
            "Key and secret are the same. Paste the API key secret here.",
        ));
    }
    if (key.len(), secret.expose_secret().len()) == (SECRET_CHARS, KEY_CHARS) {
        return Err(Refusal::field(
            format!("{prefix}consumer_key"),
            "Key and secret are swapped: X's key is the shorter one. Paste each into its own field.",
        ));
    }
    Ok(KeyPair::new(key, secret))
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
