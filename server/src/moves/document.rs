//! The file of an export, as JSON. Encrypted it holds secrets, in the clear none.

use std::fmt;

use pinfold_api::{AccessLevel, Account, Allow, AppKind, HealthState, RequestedAccess, given};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The version of the format; a reader refuses a newer one.
pub const FORMAT: u32 = 1;

/// A whole file.
#[derive(Debug, Serialize, Deserialize)]
pub struct Document {
    /// [`FORMAT`].
    pub pinfold_export: u32,
    /// RFC 3339 UTC.
    pub exported_at: String,
    /// Whether it holds the secrets.
    pub secrets: bool,
    /// The saved apps that they belong to; by name.
    #[serde(default)]
    pub apps: Vec<AppEntry>,
    /// By creation.
    pub connections: Vec<Entry>,
}

/// A connection.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Entry {
    /// `UUIDv7`; those of other programs have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Who granted the token; where it is imported when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// The name.
    pub name: String,
    /// The group.
    #[serde(default)]
    pub group: Option<String>,
    /// Whose token it is; null: nobody's yet.
    #[serde(default)]
    pub account: Option<Account>,
    /// The app it belongs to.
    #[serde(default)]
    pub app: EntryApp,
    /// The token; null: none yet.
    #[serde(default)]
    pub access_token: Option<String>,
    /// Its secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_secret: Option<Plain>,
    /// What it may do.
    #[serde(default)]
    pub access_level: Option<AccessLevel>,
    /// All that it may be used for; null: everything that X granted. Left out, it stays as it is.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[expect(clippy::option_option, reason = "left out and null are not the same")]
    pub allow: Option<Option<Allow>>,
    /// What is known of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<EntryHealth>,
    /// RFC 3339 UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<String>,
    /// RFC 3339 UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<String>,
    /// RFC 3339 UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<String>,
}

/// A saved app.
#[derive(Debug, Serialize, Deserialize)]
pub struct AppEntry {
    /// `UUIDv7`.
    pub id: String,
    /// The name.
    pub name: String,
    /// With the secrets only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consumer_key: Option<String>,
    /// Its first characters, without the secrets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consumer_key_hint: Option<String>,
    /// Its secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consumer_secret: Option<Plain>,
    /// The most that is asked for; null: what the app has at X.
    #[serde(default)]
    pub access: Option<RequestedAccess>,
    /// RFC 3339 UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<String>,
    /// RFC 3339 UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<String>,
    /// RFC 3339 UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_set_at: Option<String>,
}

/// The app of a connection.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct EntryApp {
    /// Which of the three kinds.
    pub kind: AppKind,
    /// Which saved app of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// With the secrets only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consumer_key: Option<String>,
    /// Its first characters, without the secrets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consumer_key_hint: Option<String>,
    /// An own app's. A saved app's is with the app, and the registered app's never leaves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consumer_secret: Option<Plain>,
}

/// Health.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryHealth {
    /// The verdict.
    pub state: HealthState,
    /// RFC 3339 UTC.
    pub since: String,
    /// RFC 3339 UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_success: Option<String>,
    /// The code of the last problem.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
}

/// A secret in the clear, on its way into an encrypted file or out of one.
pub struct Plain(pub SecretString);

impl Serialize for Plain {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.expose_secret())
    }
}

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        SecretString::deserialize(deserializer).map(Self)
    }
}

impl fmt::Debug for Plain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("****")
    }
}
