//! A connection: a named token pair of one X account, with its app, group and health.

use serde::{Deserialize, Serialize};

use crate::given::given;
use crate::object::{given_object, object};
use crate::{AccessLevel, Account, AppChoice, AppRef, Cancelled, Diagnosis, TaskAccess, WriteOnly};

/// What a connection may be used for, whoever asks: these tasks, and these paths of the signing proxy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Allow {
    /// Some of the fourteen, as in `tweet`.
    #[serde(default)]
    pub tasks: Vec<String>,
    /// A method and a path each, as in `GET /2/users/me`; as a task key names them.
    #[serde(default)]
    pub paths: Vec<String>,
}

/// `POST /connections`: OK. Either `authorization_id`, or `app` with a pasted token pair.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewConnection {
    /// An authenticated authorization of this session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_id: Option<String>,
    /// Pasted pair: the app it belongs to.
    #[serde(default, deserialize_with = "object", skip_serializing_if = "Option::is_none")]
    pub app: Option<AppChoice>,
    /// Pasted pair.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_token: Option<String>,
    /// Pasted pair. Verified at X before it is saved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_secret: Option<WriteOnly>,
    /// Unique in the workspace; the account's screen name when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// For the grid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// All that it may be used for; everything that X granted when left out.
    #[serde(default, deserialize_with = "object", skip_serializing_if = "Option::is_none")]
    pub allow: Option<Allow>,
    /// Repair: the connection may change its account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replace: Option<bool>,
    /// Repair: leave that connection alone and make a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_new: Option<bool>,
}

/// `PATCH /connections/{id}`: only what is given changes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConnectionChange {
    /// A new name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A new group; null, or an empty one, takes it out of its group.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub group: Option<Option<String>>,
    /// The registered or a saved app. A connection with a token moves only to an app with the same
    /// consumer key: the token belongs to that.
    #[serde(default, deserialize_with = "object", skip_serializing_if = "Option::is_none")]
    pub app: Option<AppChoice>,
    /// All that it may be used for; null: everything that X granted.
    #[serde(default, deserialize_with = "given_object", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Allow>))]
    pub allow: Option<Option<Allow>>,
}

/// `POST /connections/{id}/clone`: the settings once more, and no token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewClone {
    /// Unique in the workspace; the name and " copy" when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// `POST /connections/{id}/test`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewConnectionTest {
    /// Ask X, by one `GET /2/users/me`, which X bills; otherwise from what is known, for nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live: Option<bool>,
}

/// What a test found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConnectionTest {
    /// Whether X was asked. What this server alone can tell is told without.
    pub live: bool,
    /// What X bills for it, by its list price.
    pub price_usd: f64,
    /// RFC 3339 UTC.
    pub checked_at: String,
    /// What is known now.
    pub health: Health,
    /// What is wrong; null: nothing is known to be.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub diagnosis: Option<Diagnosis>,
}

/// What the last signed calls taught about a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum HealthState {
    /// X accepted the last call.
    Ok,
    /// X no longer accepts the token.
    NeedsRepair,
    /// A write was refused.
    ReadOnly,
    /// X suspended the app.
    AppSuspended,
    /// The app has no credits left.
    NoCredits,
    /// The server's master key file lacks the key that its secret was sealed with.
    CannotDecrypt,
    /// No call yet.
    Unknown,
}

/// Health, learned from every signed call; nothing is polled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Health {
    /// The verdict.
    pub state: HealthState,
    /// Since when, RFC 3339 UTC.
    pub since: String,
    /// The last call that X accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_success: Option<String>,
    /// The code of the last problem.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
}

/// A connection, as every route answers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Connection {
    /// `UUIDv7`.
    pub id: String,
    /// The tenant it belongs to.
    pub workspace: String,
    /// Unique in the workspace.
    pub name: String,
    /// Null: in no group.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub group: Option<String>,
    /// Whose token pair it is; null: it was never connected.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub account: Option<Account>,
    /// The app the pair belongs to.
    pub app: AppRef,
    /// An identifier, shown in full; null: there is no token pair, and Repair makes one.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub access_token: Option<String>,
    /// Whether the server has the token's secret. It stays there.
    pub access_secret_set: bool,
    /// What X granted; null while X has not told.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub access_level: Option<AccessLevel>,
    /// What the last calls taught.
    pub health: Health,
    /// Which of the fourteen tasks it can run.
    pub tasks: Vec<TaskAccess>,
    /// All that it may be used for; null: everything that X granted.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub allow: Option<Allow>,
    /// Counts changes from 1; the `ETag`, for `If-Match`.
    pub version: i64,
    /// RFC 3339 UTC.
    pub created_at: String,
    /// RFC 3339 UTC.
    pub updated_at: String,
    /// RFC 3339 UTC; null: never used.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub last_used_at: Option<String>,
    /// Only in the answer to a repair or revert that let go of a token: what became of it at X.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old_token: Option<Cancelled>,
}

/// `GET /connections`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConnectionPage {
    /// Sorted by name, or as `sort` asked. A search that has to look at very many connections
    /// answers with fewer than `limit`, even none, and a `next` to look further from.
    pub items: Vec<Connection>,
    /// The `cursor` of the next page; null on the last. It alone tells whether there is more.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub next: Option<String>,
}
