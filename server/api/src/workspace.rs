//! Workspaces: each tenant's own connections, keys, registered app and limits.

use serde::{Deserialize, Serialize};

use crate::object::{given_object, object};
use crate::{RegisteredApp, WriteOnly};

/// `POST /workspaces`, by an operator of the default workspace.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewWorkspace {
    /// For people; not unique.
    pub name: String,
    /// Its registered app. Left out: it has none, so each authorization brings its own or a saved one.
    #[serde(default, deserialize_with = "object", skip_serializing_if = "Option::is_none")]
    pub registered_app: Option<NewRegisteredApp>,
    /// How much it may hold and do; left out: as much as the server can.
    #[serde(default, deserialize_with = "object", skip_serializing_if = "Option::is_none")]
    pub limits: Option<WorkspaceLimits>,
}

/// A registered app, on its way in.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewRegisteredApp {
    /// As in "Use the … registered app".
    pub name: String,
    /// The API key.
    pub consumer_key: String,
    /// The API key secret. Sent once, stored encrypted, never returned.
    pub consumer_secret: WriteOnly,
}

/// What a workspace may hold and do; null: as much as the server can.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WorkspaceLimits {
    /// Connections at most.
    #[serde(default)]
    pub connections: Option<u32>,
    /// Get PINs in an hour, all sessions together; what a wrong PIN brings counts as one.
    #[serde(default)]
    pub authorizations_per_hour: Option<u32>,
}

/// `PATCH /workspaces/{id}`: only what is given changes.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WorkspaceChange {
    /// A new name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Another registered app, or a new secret of the same; null takes it away. Another key only
    /// while nothing lives on the old one.
    #[serde(default, deserialize_with = "given_object", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<NewRegisteredApp>))]
    pub registered_app: Option<Option<NewRegisteredApp>>,
    /// Both limits anew; only by an operator of the default workspace.
    #[serde(default, deserialize_with = "object", skip_serializing_if = "Option::is_none")]
    pub limits: Option<WorkspaceLimits>,
}

/// A workspace, as every route answers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Workspace {
    /// `UUIDv7`; `default` for the one that is there from the start.
    pub id: String,
    /// For people.
    pub name: String,
    /// Its registered app; that of the default workspace is set on the server.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub registered_app: Option<RegisteredApp>,
    /// What it may hold and do.
    pub limits: WorkspaceLimits,
    /// RFC 3339 UTC.
    pub created_at: String,
    /// RFC 3339 UTC: when its access key was made; null: it has none of its own.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub access_key_set_at: Option<String>,
}

/// The answer to `POST /workspaces` and `POST /workspaces/{id}/access-key`, and the only ones that
/// hold the key.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WorkspaceKey {
    /// Signs in as operator of the workspace, by form or as a bearer. Shown once: only its hash is
    /// kept.
    pub access_key: String,
    /// The rest, as later answers show it.
    #[serde(flatten)]
    pub details: Workspace,
}

impl std::fmt::Debug for WorkspaceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WorkspaceKey").field("details", &self.details).finish_non_exhaustive()
    }
}

/// `GET /workspaces`: all of them for an operator of the default workspace, the asker's own for any
/// other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WorkspaceList {
    /// The oldest first.
    pub items: Vec<Workspace>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_null_app_is_a_change_and_a_missing_one_is_none() {
        let change = |json: &str| serde_json::from_str::<WorkspaceChange>(json).expect(json);
        assert!(change("{}").registered_app.is_none());
        assert!(matches!(change(r#"{"registered_app":null}"#).registered_app, Some(None)));
    }
}
