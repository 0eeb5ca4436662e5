//! Hand-offs: the right to make one connection, or to repair one, given to somebody else by a portal
//! or by a link.

use serde::{Deserialize, Serialize};

use crate::{RegisteredApp, RequestedAccess, Role};

/// `POST /sessions`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewSession {
    /// `connector`: no other is given away.
    pub role: Role,
    /// The page that may use the token, one of `--allow-origin`. Left out: a link is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// Repair this connection. Left out: make one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_id: Option<String>,
    /// Who it is, in the portal's words, up to 100 characters. With an origin, the next token for
    /// the same subject and connection goes on where the last one stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Seconds: 60–1800 with an origin, 60–604800 without one; 1800 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttl: Option<u32>,
    /// For the account's owner, up to 500 characters: who asks, and what for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What is asked of X. Left out: what the app has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<RequestedAccess>,
    /// The saved app that asks. Left out: the connection's own app, or the registered app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_id: Option<String>,
}

/// The answer to `POST /sessions`, and the only one that holds the token or the link.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MintedSession {
    /// `UUIDv7`: what it is listed and revoked by, and what the audit log calls its session.
    pub id: String,
    /// For `Authorization: Bearer …`; null for a link that lives longer than 30 minutes.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub token: Option<String>,
    /// To be opened once, on any device; null with an origin.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub link: Option<String>,
    /// RFC 3339 UTC: until when either can be used.
    pub expires_at: String,
}

impl std::fmt::Debug for MintedSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MintedSession").field("id", &self.id).finish_non_exhaustive()
    }
}

/// In `GET /session` of a connector that was minted: who asks, and for what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Handoff {
    /// `UUIDv7`.
    pub id: String,
    /// The only page that may use the token; a frame goes on only under this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// Who asks, and what for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What is asked of X; left out: what the app has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<RequestedAccess>,
    /// What is to be repaired; left out: a connection is to be made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<HandoffConnection>,
    /// The app that asks; left out: there is none, so its keys have to be typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<RegisteredApp>,
    /// What was begun and is not finished: whoever comes back goes on there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_id: Option<String>,
    /// Whether its one connection is made or repaired: nothing more can be done.
    #[serde(default)]
    pub done: bool,
    /// That connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_id: Option<String>,
}

/// The connection that a hand-off repairs: no more of it than its owner knows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HandoffConnection {
    /// `UUIDv7`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its account, without the `@`; left out: it was never connected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub screen_name: Option<String>,
}

/// What somebody is signed in by, or could be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum SessionKind {
    /// A browser that signed in itself.
    Browser,
    /// A token for a page of a portal's.
    Embed,
    /// A hand-off link.
    Link,
}

/// Where a session or a link stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum SessionState {
    /// The link was not opened yet.
    Waiting,
    /// Somebody can use it.
    Open,
    /// Its one connection is made or repaired.
    Done,
}

/// One entry of `GET /sessions`; never a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LiveSession {
    /// `UUIDv7`.
    pub id: String,
    /// What it is.
    pub kind: SessionKind,
    /// Where it stands.
    pub state: SessionState,
    /// What it may do.
    pub role: Role,
    /// Whether it is the asker's own.
    pub current: bool,
    /// As it was minted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// As it was minted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// As it was minted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// As it was minted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<RequestedAccess>,
    /// As it was minted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_id: Option<String>,
    /// What it repairs; once done, what it made or repaired.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_id: Option<String>,
    /// Its name, while it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_name: Option<String>,
    /// RFC 3339 UTC.
    pub created_at: String,
    /// RFC 3339 UTC: when the link was opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened_at: Option<String>,
    /// RFC 3339 UTC.
    pub expires_at: String,
}

/// `GET /sessions`: the newest 500, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionList {
    /// What is live.
    pub items: Vec<LiveSession>,
}

#[cfg(test)]
mod tests {
    use super::MintedSession;

    #[test]
    fn a_minted_session_does_not_print_its_token() {
        let minted = MintedSession {
            id: "i".into(),
            token: Some("canary".into()),
            link: Some("canary".into()),
            expires_at: "t".into(),
        };
        assert!(!format!("{minted:?}").contains("canary"));
    }
}
