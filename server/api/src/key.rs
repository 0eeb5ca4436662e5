//! Task keys: bearer keys that use named connections for named things, and nothing else.

use serde::{Deserialize, Serialize};

/// `POST /keys`. It allows nothing that is not named: at least one connection, and at least one
/// task or path.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewKey {
    /// Who will use it: for people, and not unique.
    pub name: String,
    /// The ids of the connections it may use.
    pub connections: Vec<String>,
    /// The tasks it may run, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<String>,
    /// What it may send through the signing proxy: a method and a path, as in `GET /2/users/me`.
    /// A `*` for the method is any; a segment `*` is any one segment, and a last segment `**` is
    /// any one or more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<String>,
    /// RFC 3339; it works for ever when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// Calls a minute, all of its connections together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_minute: Option<u32>,
    /// What its calls may cost in a UTC day, in dollars, by X's list of prices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_day_usd: Option<f64>,
}

/// A task key, as every later answer shows it: without the key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Key {
    /// `UUIDv7`.
    pub id: String,
    /// The tenant it belongs to.
    pub workspace: String,
    /// Who uses it.
    pub name: String,
    /// The ids of the connections it may use.
    pub connections: Vec<String>,
    /// The tasks it may run.
    pub tasks: Vec<String>,
    /// What it may send through the signing proxy.
    pub paths: Vec<String>,
    /// RFC 3339 UTC; null: it does not end by itself.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub expires_at: Option<String>,
    /// Calls a minute.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub per_minute: Option<u32>,
    /// Dollars a UTC day.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub per_day_usd: Option<f64>,
    /// What its calls cost today, estimated; null when it has no daily cap.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub spent_today_usd: Option<f64>,
    /// Calls that went to X.
    pub calls: u64,
    /// RFC 3339 UTC.
    pub created_at: String,
    /// RFC 3339 UTC; null: never used.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub last_used_at: Option<String>,
}

/// The answer to `POST /keys`, and the only one that holds the key.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedKey {
    /// For `Authorization: Bearer …`. Shown once: only its hash is kept.
    pub key: String,
    /// The rest, as later answers show it.
    #[serde(flatten)]
    pub details: Key,
}

impl std::fmt::Debug for CreatedKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreatedKey").field("details", &self.details).finish_non_exhaustive()
    }
}

/// `GET /keys`: all that were not revoked, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeyList {
    /// The keys.
    pub items: Vec<Key>,
}

/// What uses a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum UsageKind {
    /// A task key.
    Key,
}

/// One user of a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Usage {
    /// What it is.
    pub kind: UsageKind,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The tasks it may run with the connection.
    pub tasks: Vec<String>,
    /// Its calls through this connection.
    pub calls: u64,
    /// RFC 3339 UTC; null: it may use the connection, and never did.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub last_used_at: Option<String>,
}

/// `GET /connections/{id}/usages`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UsageList {
    /// Whatever may use the connection, the newest first.
    pub items: Vec<Usage>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_created_key_is_one_flat_object_and_does_not_print_the_key() {
        let created = CreatedKey {
            key: "canary".into(),
            details: Key {
                id: "i".into(),
                workspace: "w".into(),
                name: "n".into(),
                connections: vec![],
                tasks: vec![],
                paths: vec![],
                expires_at: None,
                per_minute: None,
                per_day_usd: Some(1.5),
                spent_today_usd: Some(0.0),
                calls: 0,
                created_at: "t".into(),
                last_used_at: None,
            },
        };
        let json = serde_json::to_value(&created).expect("serializes");
        assert_eq!((&json["key"], &json["id"]), (&"canary".into(), &"i".into()));
        assert!(!format!("{created:?}").contains("canary"));
    }
}
