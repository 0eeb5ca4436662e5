//! The developer apps of this world.

use serde::{Deserialize, Serialize};

use super::{Permission, World};
use crate::chance;
use crate::secret::Secret;

/// More than any test needs, and few enough to keep.
const MOST_APPS: usize = 1000;

/// An X developer app.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct App {
    pub(crate) name: String,
    pub(crate) consumer_key: String,
    pub(crate) consumer_secret: Secret,
    pub(crate) permission: Permission,
}

impl App {
    pub(super) fn new(name: String, permission: Permission) -> Self {
        let (consumer_key, consumer_secret) = (chance::word(25), chance::secret(50));
        Self { name, consumer_key, consumer_secret, permission }
    }
}

impl World {
    pub(crate) fn apps(&self) -> &[App] {
        &self.apps
    }

    pub(crate) fn app(&self, consumer_key: &str) -> Option<&App> {
        self.apps.iter().find(|app| app.consumer_key == consumer_key)
    }

    /// `None` when there are too many already.
    pub(crate) fn add_app(&mut self, name: String, permission: Permission) -> Option<App> {
        if self.apps.len() >= MOST_APPS {
            return None;
        }
        let app = App::new(name, permission);
        self.apps.push(app.clone());
        Some(app)
    }

    /// Changes an app, or the first one. As at X, tokens that were granted before keep their level.
    pub(crate) fn set_permission(
        &mut self,
        consumer_key: Option<&str>,
        permission: Permission,
    ) -> Option<&App> {
        let app = self
            .apps
            .iter_mut()
            .find(|app| consumer_key.is_none_or(|wanted| wanted == app.consumer_key))?;
        app.permission = permission;
        Some(app)
    }
}
