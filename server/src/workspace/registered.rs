//! The registered app of a workspace: configured for the default one, stored for the others. No
//! workspace signs with another one's.

use std::sync::Arc;

use pinfold_api::{Code, RegisteredApp};

use crate::authorization::hint;
use crate::problem::Refusal;
use crate::seal::Place;
use crate::state::AppState;
use crate::store::{DEFAULT_WORKSPACE, RegisteredAppRow};
use crate::x::KeyPair;

/// A registered app, whose secret stays where it is until it signs.
#[derive(Clone, Debug)]
pub struct Registered {
    /// As in "Use the … registered app".
    pub name: String,
    /// Its key.
    pub consumer_key: String,
    /// The envelope; `None`: it is the server's own.
    stored: Option<RegisteredAppRow>,
}

impl Registered {
    /// That of a workspace, if it has one.
    pub async fn of(state: &AppState, workspace: &str) -> Result<Option<Self>, Refusal> {
        if workspace == DEFAULT_WORKSPACE {
            return Ok(Self::configured(state));
        }
        let row = state.store.registered_app(workspace).await?;
        Ok(row.map(|row| Self {
            name: row.name.clone(),
            consumer_key: row.consumer_key.clone(),
            stored: Some(row),
        }))
    }

    /// Its key and secret, where any of both may be needed.
    pub async fn keys_of(
        state: &AppState,
        workspace: &str,
    ) -> Result<Option<Arc<KeyPair>>, Refusal> {
        let app = Self::of(state, workspace).await?;
        app.map(|app| app.keys(state)).transpose()
    }

    fn configured(state: &AppState) -> Option<Self> {
        let keys = state.registered_app.as_ref()?;
        let (name, consumer_key) = (state.app_name.clone(), keys.id.clone());
        Some(Self { name, consumer_key, stored: None })
    }

    /// Key and secret, for one use.
    pub fn keys(&self, state: &AppState) -> Result<Arc<KeyPair>, Refusal> {
        let Some(row) = &self.stored else {
            return state.registered_app.clone().ok_or_else(|| Code::NoRegisteredApp.into());
        };
        let place = Place { workspace: &row.workspace, record: &row.id, field: "consumer_secret" };
        let secret = state.seal.open(place, &row.consumer_secret_sealed)?;
        Ok(Arc::new(KeyPair::new(&row.consumer_key, secret)))
    }

    /// What everybody may know of it.
    pub fn answer(&self) -> RegisteredApp {
        RegisteredApp { name: self.name.clone(), consumer_key_hint: hint(&self.consumer_key) }
    }
}
