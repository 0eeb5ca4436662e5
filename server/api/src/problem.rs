//! Errors are answers: RFC 9457 problem documents with stable codes.

use serde::{Deserialize, Serialize};

use crate::Authorization;

/// `application/problem+json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// A URI that names the kind of problem: `about:pinfold#<code>`.
    #[serde(rename = "type")]
    pub type_uri: String,
    /// What happened, in a few words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// Why, and what to do next.
    pub detail: String,
    /// Stable: programs go by this.
    pub code: Code,
    /// The field of the request that is wrong, as in `app.consumer_key`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Seconds until a retry makes sense.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
    /// How far the server's clock is ahead of X's, in seconds; negative: behind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_skew: Option<i64>,
    /// X's own words, when X refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x: Option<ProviderError>,
    /// A fresh authorization to continue with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Box<Authorization>>,
    /// As in the `x-request-id` header and the server's log.
    pub request_id: String,
}

/// What X answered, folded away beneath the problem.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProviderError {
    /// X's HTTP status.
    pub status: u16,
    /// X's numeric code, as in `{"errors":[{"code":32}]}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<i64>,
    /// The `type` of an X problem document.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub type_uri: Option<String>,
    /// X's words, shortened, as text.
    pub text: String,
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $word:tt,)+) => {
        /// Every problem has one. Documented in `/openapi.json`; a released code never changes its
        /// meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum Code {
            $($(#[doc = $doc])+ #[serde(rename = $word)] $variant,)+
            /// A code this version does not know.
            #[serde(other, rename = "unknown")]
            Unknown,
        }

        impl Code {
            /// Every code the server can answer with.
            pub const ALL: &[Code] = &[$(Code::$variant),+];

            /// As on the wire.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                    Self::Unknown => "unknown",
                }
            }
        }
    };
}

codes! {
    /// 400: the body is not JSON, or a field is missing or of the wrong kind.
    InvalidRequest = "invalid_request",
    /// 422: a field is understood but cannot be accepted.
    InvalidField = "invalid_field",
    /// 401: no session, or it expired.
    Unauthenticated = "unauthenticated",
    /// 401: the access key or the sign-in link is not right, used, or expired.
    SignInRefused = "sign_in_refused",
    /// 502: the provider of OpenID Connect does not answer, or cannot be used.
    ProviderUnreachable = "provider_unreachable",
    /// 401: the hand-off link was opened before, by another session.
    LinkUsed = "link_used",
    /// 401: the hand-off link is too old, or was revoked.
    LinkExpired = "link_expired",
    /// 403: the one connection of this hand-off is made; nothing more can be done with it.
    HandoffDone = "handoff_done",
    /// 403: signed in, but this role may not do that.
    Forbidden = "forbidden",
    /// 403: the request comes from a foreign page.
    ForeignOrigin = "foreign_origin",
    /// 421: the Host header is not the public one.
    ForeignHost = "foreign_host",
    /// 404: no such thing in this workspace.
    NotFound = "not_found",
    /// 405: the path exists, the method does not.
    MethodNotAllowed = "method_not_allowed",
    /// 409: another connection, or another app, of the workspace has this name.
    NameTaken = "name_taken",
    /// 409: another account authorized than the connection's; `replace` or `as_new` says what to do.
    AccountDiffers = "account_differs",
    /// 409: the connection's token belongs to another consumer key.
    AppDiffers = "app_differs",
    /// 409: the text holds a URL, which X bills dearer; `confirm_price` agrees to that.
    PriceUnconfirmed = "price_unconfirmed",
    /// 409: the connection has no token pair; Repair makes one.
    NeedsRepair = "needs_repair",
    /// 409: the authorization is not in the state this needs.
    WrongState = "wrong_state",
    /// 410: the authorization was not finished in time; `next` may hold a fresh one.
    AuthorizationExpired = "authorization_expired",
    /// 412: somebody else changed it first.
    VersionStale = "version_stale",
    /// 413: the body is larger than any valid one.
    TooLarge = "too_large",
    /// 415: the body is not `application/json`.
    UnsupportedMediaType = "unsupported_media_type",
    /// 408: the request did not arrive in time.
    RequestTimeout = "request_timeout",
    /// 429: too many tries; `retry_after` tells when.
    TooManyRequests = "too_many_requests",
    /// 400: the signing proxy takes paths of X below `/2/` and `/1.1/`, spelled plainly.
    PathRefused = "path_refused",
    /// 400: what is to be signed cannot be: a parameter given twice, or with a name that needs
    /// encoding.
    Unsignable = "unsignable",
    /// 403: the task key does not cover this.
    OutsideKey = "outside_key",
    /// 403: the connection is narrowed to other tasks and paths.
    OutsideConnection = "outside_connection",
    /// 429: the task key's calls cost what they may in a day; `retry_after` tells when it ends.
    SpendCapReached = "spend_cap_reached",
    /// 409: the server has no registered app.
    NoRegisteredApp = "no_registered_app",
    /// 409: connections use the app, or somebody is connecting with it.
    AppInUse = "app_in_use",
    /// 409: the workspace holds connections, or tokens that wait to be revoked.
    WorkspaceInUse = "workspace_in_use",
    /// 409: the workspace holds as many connections as it may.
    WorkspaceFull = "workspace_full",
    /// 422: X refused the PIN, which burned the request token; `next` holds a fresh authorization.
    PinRejected = "pin_rejected",
    /// 422: X no longer knows the request token (expired, or used); `next` holds a fresh one.
    RequestTokenRejected = "request_token_rejected",
    /// 422: consumer key and consumer secret do not fit (X 32).
    AppKeysRejected = "app_keys_rejected",
    /// 422: the access token and access secret do not fit, or were revoked (X 32, 89).
    TokenRejected = "token_rejected",
    /// 422: X wants some callback URL in the app's settings (X 415, 417).
    CallbackSetting = "callback_setting",
    /// 422: X suspended the app (X 416).
    AppSuspended = "app_suspended",
    /// 422: the app is in no project, or not enrolled (X 453, `client-forbidden`).
    AppNotEnrolled = "app_not_enrolled",
    /// 422: the account is locked until its owner signs in at X (X 326).
    AccountLocked = "account_locked",
    /// 422: X suspended the account (X 64).
    AccountSuspended = "account_suspended",
    /// 422: the token or app may only read (X 261, `oauth1-permissions`).
    ReadOnly = "read_only",
    /// 422: the app's X account has no credits (402).
    NoCredits = "no_credits",
    /// 502: the clocks of this server and X disagree (X 135).
    ClockSkew = "clock_skew",
    /// 503: X asks to wait (429).
    XRateLimited = "x_rate_limited",
    /// 502: X did not confirm the callback, so the answer cannot be trusted (CVE-2026-72887).
    CallbackUnconfirmed = "callback_unconfirmed",
    /// 502: X answered 5xx.
    XFailed = "x_failed",
    /// 502: X answered something that is not its dialect.
    XUnintelligible = "x_unintelligible",
    /// 502: X refused in a way not known here; its words are in `x`.
    XRefused = "x_refused",
    /// 504: no connection to X, or no answer in time.
    XUnreachable = "x_unreachable",
    /// 409: a stored secret does not open with the server's master keys.
    CannotDecrypt = "cannot_decrypt",
    /// 422: the passphrase does not open the file.
    PassphraseRejected = "passphrase_rejected",
    /// 422: the file is damaged, or is no export and no rc file.
    FileUnreadable = "file_unreadable",
    /// 503: the store does not answer or cannot write.
    StoreUnavailable = "store_unavailable",
    /// 500: a fault of this program; the log has it under the request id.
    Internal = "internal",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_the_same_in_rust_and_on_the_wire() {
        for code in Code::ALL {
            let wire = serde_json::to_string(code).expect("a code serializes");
            assert_eq!(wire, format!("\"{}\"", code.as_str()));
        }
        let newer: Code = serde_json::from_str("\"of_a_newer_server\"").expect("reads");
        assert_eq!(newer, Code::Unknown);
    }
}
