//! The audit log: who did what, when, and with what result.

use serde::{Deserialize, Serialize};

/// One entry of the log, chained to the one before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEntry {
    /// Counts the entries of the whole server from 1; other workspaces' are left out of an answer.
    pub seq: i64,
    /// RFC 3339 UTC.
    pub at: String,
    /// The tenant; what nobody did who was signed in stands in `default`.
    pub workspace: String,
    /// Who did it, or tried.
    pub who: AuditWho,
    /// One of [`Action`]'s words.
    pub action: String,
    /// The id of what it was done to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// How it went.
    pub result: AuditResult,
    /// The problem's code, when it was not done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// A few more words, never a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The `hash` of the entry before, as 64 hexadecimal digits; zeros for the first.
    pub previous: String,
    /// HMAC-SHA256 over this entry and `previous`.
    pub hash: String,
}

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditWho {
    /// `operator`, `connector` or `task`; `nobody`: not signed in; `server`: Pinfold itself, or a
    /// command beside it.
    pub role: String,
    /// The session or key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
    /// The address that the request came from; behind a reverse proxy, the proxy's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// How it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum AuditResult {
    /// It happened.
    Done,
    /// It was not allowed, or could not be accepted (4xx).
    Refused,
    /// The server, its store or X could not do it (5xx).
    Failed,
}

impl AuditResult {
    /// As on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

/// `GET /audit`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditPage {
    /// The newest first.
    pub items: Vec<AuditEntry>,
    /// The `cursor` of the next page; null on the last.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub next: Option<String>,
}

macro_rules! actions {
    ($($(#[doc = $doc:literal])+ $variant:ident = $word:literal,)+) => {
        /// What is written down. A word with a dot belongs to the group before the dot, by which
        /// `GET /audit?action=` can ask as well.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Action {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Action {
            /// All of them, in the order of the documentation.
            pub const ALL: &[Action] = &[$(Action::$variant),+];

            /// As on the wire.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }
    };
}

actions! {
    /// A browser signed in, or was refused.
    SignIn = "session.sign_in",
    /// A browser signed out.
    SignOut = "session.sign_out",
    /// A session or a hand-off link was minted.
    SessionMint = "session.mint",
    /// A session or a hand-off link was revoked.
    SessionRevoke = "session.revoke",
    /// A workspace made, with its access key.
    WorkspaceCreate = "workspace.create",
    /// A workspace's name, registered app or limits changed.
    WorkspaceEdit = "workspace.edit",
    /// A workspace deleted, with all that it held.
    WorkspaceDelete = "workspace.delete",
    /// Another access key in the place of a workspace's old one.
    WorkspaceRekey = "workspace.rekey",
    /// A webhook made.
    WebhookCreate = "webhook.create",
    /// A webhook deleted, and all that waited for it.
    WebhookDelete = "webhook.delete",
    /// Get PIN.
    AuthorizationBegin = "authorization.begin",
    /// Authenticate PIN.
    AuthorizationPin = "authorization.pin",
    /// Cancel, or signed out before OK.
    AuthorizationCancel = "authorization.cancel",
    /// Nobody saved what X granted in time.
    AuthorizationExpire = "authorization.expire",
    /// OK, or a pasted pair.
    ConnectionCreate = "connection.create",
    /// Name, group or app changed.
    ConnectionEdit = "connection.edit",
    /// Connected again, in place.
    ConnectionRepair = "connection.repair",
    /// The settings copied.
    ConnectionClone = "connection.clone",
    /// Deleted; its token is let go.
    ConnectionDelete = "connection.delete",
    /// Gone back to an older version.
    ConnectionRevert = "connection.revert",
    /// A deleted one brought back.
    ConnectionRestore = "connection.restore",
    /// Made or changed by an import.
    ConnectionImport = "connection.import",
    /// Tested live: a call that X bills.
    ConnectionTest = "connection.test",
    /// A token revoked at X.
    TokenRevoke = "token.revoke",
    /// An app saved.
    AppCreate = "app.create",
    /// An app renamed, or its consumer key changed.
    AppEdit = "app.edit",
    /// An app's secret written anew.
    AppRotate = "app.rotate",
    /// An app deleted.
    AppDelete = "app.delete",
    /// Gone back to an older version of an app.
    AppRevert = "app.revert",
    /// A deleted app brought back.
    AppRestore = "app.restore",
    /// An app made or changed by an import.
    AppImport = "app.import",
    /// An app's keys tried at X.
    AppTest = "app.test",
    /// A key for tasks made.
    KeyCreate = "key.create",
    /// A key for tasks withdrawn.
    KeyDelete = "key.delete",
    /// A task run, and not only shown. The detail names the task, never what was given to it.
    TaskRun = "task.run",
    /// A signed request. Only refusals are written down.
    Use = "use",
    /// Connections exported.
    Export = "export",
    /// Connections imported.
    Import = "import",
    /// The log itself begun.
    AuditBegin = "audit.begin",
    /// The log itself read.
    AuditRead = "audit.read",
    /// The log itself exported.
    AuditExport = "audit.export",
    /// The secrets of the store sealed with another master key.
    MasterKeyRotate = "master_key.rotate",
    /// Anything else that was refused.
    Request = "request",
}
