//! Who the browser is, and what it may do.

use serde::{Deserialize, Serialize};

use crate::{Handoff, WriteOnly};

/// What a caller may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Role {
    /// All of the workspace.
    Operator,
    /// Make or repair one connection.
    Connector,
    /// Use named connections.
    Task,
}

/// `POST /session`: exactly one of the two.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignIn {
    /// The operator's access key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_key: Option<WriteOnly>,
    /// A one-time sign-in link, whole or only the part after `#link=`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<WriteOnly>,
}

/// `GET /sign-in`: the ways in besides the access key and links.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignInWays {
    /// A provider of OpenID Connect; null: there is none.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub oidc: Option<OidcWay>,
}

/// "Sign in with …".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OidcWay {
    /// What stands on the button.
    pub name: String,
    /// Where it leads, on this server: the browser goes there and comes back signed in, or to
    /// `/sign-in#error=<code>`.
    pub url: String,
}

/// `GET /session`: who am I.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    /// What this session may do.
    pub role: Role,
    /// The unit of isolation between tenants.
    pub workspace: String,
    /// RFC 3339 UTC; null for the access key, which does not expire.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub expires_at: Option<String>,
    /// Who authorizes.
    pub provider: Provider,
    /// The operator's own app, when the server has one.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub registered_app: Option<RegisteredApp>,
    /// What a form may hold.
    pub limits: Limits,
    /// How far the server's clock is ahead of X's, in seconds, as X's last answer had it; negative:
    /// behind. Null: X was not asked yet.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required))]
    pub clock_skew_seconds: Option<i64>,
    /// Who asks for what, when this is a portal's session or was a hand-off link.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required))]
    pub handoff: Option<Box<Handoff>>,
}

/// The answer to `POST /session` of a page on another origin, which gets no cookie; and the only
/// one that holds the token.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignedIn {
    /// For `Authorization: Bearer …`.
    pub token: String,
    /// RFC 3339 UTC.
    pub expires_at: String,
}

impl std::fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedIn").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// The service that accounts are connected to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Provider {
    /// `X`, `sandbox`, or the host of another provider that speaks X's dialect.
    pub name: String,
    /// The base of every call, without a slash at the end.
    pub url: String,
    /// Whether this is the built-in imitation.
    pub sandbox: bool,
}

/// The operator's own X app, set on the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RegisteredApp {
    /// As in "Use the … registered app".
    pub name: String,
    /// The first characters of the consumer key.
    pub consumer_key_hint: String,
}

/// What a form may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Limits {
    /// Characters of a connection's name.
    pub name_chars: u32,
    /// Characters of a group.
    pub group_chars: u32,
    /// How long an authorization waits for its PIN, in seconds.
    pub authorization_seconds: u32,
}
