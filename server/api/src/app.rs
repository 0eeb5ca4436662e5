//! The app vault: X apps that were saved once, for many connections. A secret is written, never
//! read.

use serde::{Deserialize, Serialize};

use crate::given::given;
use crate::{Diagnosis, RequestedAccess, WriteOnly};

/// `POST /apps`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewApp {
    /// Unique among the apps of the workspace.
    pub name: String,
    /// The API key.
    pub consumer_key: String,
    /// The API key secret. Sent once, stored encrypted, never returned.
    pub consumer_secret: WriteOnly,
    /// The most that an authorization with it asks for; left out: what the app has at X.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<RequestedAccess>,
}

/// `PATCH /apps/{id}`: only what is given changes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AppChange {
    /// A new name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Another key, together with its secret; only while no connection uses the app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consumer_key: Option<String>,
    /// A new secret: from then on all connections of the app sign with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consumer_secret: Option<WriteOnly>,
    /// The most that an authorization with it asks for; null: what the app has at X.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<RequestedAccess>))]
    pub access: Option<Option<RequestedAccess>>,
}

/// A saved app, as every route answers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct App {
    /// `UUIDv7`.
    pub id: String,
    /// The tenant it belongs to.
    pub workspace: String,
    /// Unique among the apps of the workspace.
    pub name: String,
    /// The first characters of the consumer key.
    pub consumer_key_hint: String,
    /// The most that an authorization with it asks for; null: what the app has at X.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub access: Option<RequestedAccess>,
    /// How many connections use it.
    pub connections: i64,
    /// Counts changes from 1; the `ETag`, for `If-Match`.
    pub version: i64,
    /// RFC 3339 UTC.
    pub created_at: String,
    /// RFC 3339 UTC.
    pub updated_at: String,
    /// RFC 3339 UTC: when its secret was last written.
    pub secret_set_at: String,
}

/// `GET /apps`: all of them, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AppList {
    /// Sorted by name.
    pub items: Vec<App>,
}

/// `POST /apps/{id}/test`, `POST /apps/registered/test`: X was asked for a request token, which is
/// free and is thrown away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AppTest {
    /// X accepted the app's keys.
    pub ok: bool,
    /// Why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diagnosis: Option<Diagnosis>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_null_access_is_a_change_and_a_missing_one_is_none() {
        let change = |json: &str| serde_json::from_str::<AppChange>(json).expect(json).access;
        assert_eq!(change("{}"), None);
        assert_eq!(change(r#"{"access":null}"#), Some(None));
        assert_eq!(change(r#"{"access":"read"}"#), Some(Some(RequestedAccess::Read)));
        let kept = serde_json::to_string(&AppChange { access: Some(None), ..Default::default() });
        assert_eq!(kept.expect("serializes"), r#"{"access":null}"#);
    }
}
