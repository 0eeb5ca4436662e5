//! Every change of a connection or app is a version: listed, compared, gone back to.

use serde::{Deserialize, Serialize};

use crate::Role;

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Who {
    /// What the session may do.
    pub role: Role,
    /// The session; `access-key` for the bare access key. Left out: not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
    /// The address it came from, where that is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum VersionAction {
    /// Made.
    Created,
    /// Made from the settings of another one.
    Cloned,
    /// Made or changed by an import.
    Imported,
    /// Edited.
    Edited,
    /// Authorized again.
    Repaired,
    /// An app's secret was written anew.
    Rotated,
    /// Gone back to an older version.
    Reverted,
    /// Deleted.
    Deleted,
    /// Brought back after a deletion.
    Restored,
}

/// One field that a version changed. Secrets are never among them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VersionChange {
    /// Of a connection: `name`, `group`, `account`, `app`, `access_token`, `access_level`.
    pub field: String,
    /// What it was, as text to be shown; null: nothing.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub from: Option<String>,
    /// What it became.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub to: Option<String>,
}

/// One version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Version {
    /// Counts from 1.
    pub version: i64,
    /// RFC 3339 UTC.
    pub at: String,
    /// By whom.
    pub who: Who,
    /// What was done.
    pub action: VersionAction,
    /// Which fields that changed; none for a deletion.
    pub changes: Vec<VersionChange>,
}

/// `GET /connections/{id}/versions`, `GET /apps/{id}/versions`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VersionPage {
    /// The newest first.
    pub items: Vec<Version>,
    /// The `cursor` of the next page; null on the last.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub next: Option<String>,
}

/// `POST /connections/{id}/revert`, `POST /apps/{id}/revert`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Revert {
    /// The version to go back to.
    pub version: i64,
    /// Another name, when the one of then is taken by now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A connection that was of another account or app then: let go of the token it has now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replace: Option<bool>,
}

/// A deleted connection, as it was last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeletedConnection {
    /// `UUIDv7`: it comes back with it.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The account's; null: it was never connected.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub screen_name: Option<String>,
    /// RFC 3339 UTC.
    pub deleted_at: String,
    /// The version to revert to, which brings it back as it was.
    pub version: i64,
    /// By whom.
    pub who: Who,
}

/// `GET /deleted`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeletedPage {
    /// The newest first.
    pub items: Vec<DeletedConnection>,
    /// The `cursor` of the next page; null on the last.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub next: Option<String>,
}
