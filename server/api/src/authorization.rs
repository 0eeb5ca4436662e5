//! One attempt to connect: a request token, the account owner's consent, a PIN, then a token pair.

use serde::{Deserialize, Serialize};

use crate::object::object;
use crate::{AccessLevel, TaskAccess, WriteOnly};

/// Which X app asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum AppKind {
    /// The operator's own app, set on the server.
    #[default]
    Registered,
    /// Keys typed in the wizard.
    Own,
    /// An app of the vault.
    Saved,
}

/// The app in a request: `{"kind":"registered"}`, `{"kind":"own","consumer_key","consumer_secret"}`
/// or `{"kind":"saved","id"}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AppChoice {
    /// Which of the three.
    pub kind: AppKind,
    /// Own app only: the API key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consumer_key: Option<String>,
    /// Own app only: the API key secret. Sent once, stored encrypted, never returned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consumer_secret: Option<WriteOnly>,
    /// Own app only: save it in the app vault under this name, once X has accepted its keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub save_as: Option<String>,
    /// Saved app only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

/// The app in an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AppRef {
    /// Which of the three.
    pub kind: AppKind,
    /// Saved app only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What a saved app is called, where it is the app of a connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The first characters of the consumer key.
    pub consumer_key_hint: String,
}

/// `x_auth_access_type`: it can only ask for less than the app has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum RequestedAccess {
    /// Read only.
    Read,
    /// Read and write.
    Write,
}

/// `POST /authorizations`: Get PIN.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewAuthorization {
    /// Which app asks. A repair may leave it out: the connection's own app asks then.
    #[serde(default, deserialize_with = "object", skip_serializing_if = "Option::is_none")]
    pub app: Option<AppChoice>,
    /// Ask for less than the app has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<RequestedAccess>,
    /// Make X ask for the password again, so that another account can be chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub force_login: Option<bool>,
    /// Prefills X's sign-in form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub screen_name: Option<String>,
    /// Repair this connection instead of making one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_id: Option<String>,
}

/// Where an authorization stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum AuthorizationState {
    /// The account owner reads a PIN at X.
    AwaitingPin,
    /// X granted a token pair; it waits for OK or Cancel.
    Authenticated,
    /// It became a connection.
    Saved,
    /// Cancel, or a newer Get PIN.
    Cancelled,
    /// Nobody finished it in time.
    Expired,
    /// X refused the PIN, which burned the request token.
    Rejected,
}

/// The X account behind a token pair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Account {
    /// 1–19 digits.
    pub user_id: String,
    /// Without the `@`.
    pub screen_name: String,
}

/// An authorization, as every route answers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Authorization {
    /// `UUIDv7`.
    pub id: String,
    /// Where it stands.
    pub state: AuthorizationState,
    /// The page where the account owner consents and reads the PIN; only while a PIN is awaited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorize_url: Option<String>,
    /// The same as a QR code, for the phone that is signed in to X: a line for each row of modules,
    /// `#` dark and `.` light, the quiet zone included. Left out when the address is too long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorize_qr: Option<String>,
    /// RFC 3339 UTC.
    pub created_at: String,
    /// RFC 3339 UTC; after it nothing of the authorization is left.
    pub expires_at: String,
    /// The app that asks.
    pub app: AppRef,
    /// The connection it repairs, or became.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_id: Option<String>,
    /// From here on only once authenticated: whose token pair it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<Account>,
    /// The access token: an identifier, shown in full. Its secret stays on the server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_token: Option<String>,
    /// What X granted; null while X has not told.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required))]
    pub access_level: Option<AccessLevel>,
    /// Which of the fourteen tasks that allows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<TaskAccess>,
    /// Other connections of the same account. For operators only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub duplicates: Vec<Duplicate>,
}

/// Another connection of the same account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Duplicate {
    /// `UUIDv7`.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// `POST /authorizations/{id}/pin`: Authenticate PIN.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PinEntry {
    /// What X showed: about seven digits, leading zeros kept. Spaces, dashes and full-width digits
    /// are understood.
    pub pin: WriteOnly,
}

/// What became of a token at X when it was let go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Cancelled {
    /// Whether X confirmed that the token is dead.
    pub revoked: bool,
    /// Why not: `nothing_granted`; `saved` (it lives on as a connection); `in_use` (another connection lives on the same token); `unknown`
    /// (an answer of X was lost, so it may have granted one); `another_provider`; or the code of the
    /// problem that X answered with. After the latter two, the server asks again for a day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}
