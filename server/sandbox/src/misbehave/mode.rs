//! What can go wrong at X, and where it does.

use axum::http::Method;
use serde::{Deserialize, Serialize};

macro_rules! modes {
    ($($(#[doc = $doc:literal])+ $mode:ident,)+) => {
        /// What goes wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub(crate) enum Mode {
            $($(#[doc = $doc])+ $mode,)+
        }

        impl Mode {
            /// All of them, for the page to choose from.
            pub(crate) const ALL: &[Mode] = &[$(Mode::$mode),+];
        }
    };
}

modes! {
    /// `oauth_callback_confirmed` is missing (CVE-2026-72887).
    OmitCallbackConfirmed,
    /// `oauth_callback_confirmed=false`.
    CallbackConfirmedFalse,
    /// Even the right PIN is wrong, which burns the request token.
    Burn,
    /// The request token turns out to have expired.
    Expire,
    /// A wrong PIN, told in Japanese.
    InvalidVerifierLocalised,
    /// 32.
    BadCredentials,
    /// The provider's clock is `seconds` ahead (6 minutes unless told): 135, and a `Date` to match.
    ClockSkew,
    /// The same clock, but X says only that it does not believe the signature.
    ClockSkewUnsaid,
    /// 215.
    BadAuthentication,
    /// 401 without any code.
    Unauthorized,
    /// 326.
    Locked,
    /// 64.
    Suspended,
    /// 415, as JSON.
    CallbackJson,
    /// 415, as XML.
    CallbackXml,
    /// 417.
    DesktopOnlyXml,
    /// 417, as JSON.
    DesktopOnlyJson,
    /// 416.
    AppSuspended,
    /// Only read access is granted; a write is refused.
    ReadOnly,
    /// 261.
    AppReadOnly,
    /// 403 `oauth1-permissions`.
    TokenReadOnly,
    /// 403 `client-forbidden`.
    NotEnrolled,
    /// The same reason in a problem without a type.
    NotEnrolledUntyped,
    /// 453.
    AccessTier,
    /// 403 `unsupported-authentication`.
    WrongAuthentication,
    /// 402.
    NoCredits,
    /// 429 `usage-capped`.
    UsageCapped,
    /// 187.
    Duplicate,
    /// 186.
    TooLong,
    /// 400 `invalid-request`.
    InvalidRequest,
    /// 429 until `seconds` from now (a minute unless told).
    RateLimited,
    /// 500.
    ServerError,
    /// 503, as a page.
    Unavailable,
    /// 302 to a page of something in between.
    Redirect,
    /// 200 and nonsense.
    Garbage,
    /// The right answer, after `seconds` (5 unless told).
    Slow,
    /// The connection is reset before any answer.
    Reset,
    /// The right answer without `x-access-level`.
    NoAccessLevel,
}

/// Where it goes wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Step {
    RequestToken,
    AccessToken,
    Api,
    Revoke,
    /// Wherever X would do it.
    #[default]
    Any,
}

impl Mode {
    /// The steps where X does this.
    pub(super) fn is_natural_at(self, step: Step, method: &Method) -> bool {
        match self {
            Self::OmitCallbackConfirmed
            | Self::CallbackConfirmedFalse
            | Self::CallbackJson
            | Self::CallbackXml
            | Self::DesktopOnlyXml
            | Self::DesktopOnlyJson => step == Step::RequestToken,
            Self::Burn | Self::Expire | Self::InvalidVerifierLocalised => step == Step::AccessToken,
            Self::Locked | Self::Suspended | Self::NoAccessLevel => {
                matches!(step, Step::AccessToken | Step::Api)
            }
            Self::ReadOnly => step == Step::AccessToken || step == Step::Api && !method.is_safe(),
            Self::AppReadOnly | Self::TokenReadOnly | Self::Duplicate | Self::TooLong => {
                step == Step::Api && !method.is_safe()
            }
            Self::NotEnrolled
            | Self::NotEnrolledUntyped
            | Self::AccessTier
            | Self::WrongAuthentication
            | Self::UsageCapped
            | Self::InvalidRequest
            | Self::NoCredits => step == Step::Api,
            _ => true,
        }
    }

    /// An answer of its own can be given anywhere. These only change the answer of one step.
    pub(super) fn is_bound_to(self) -> Option<Step> {
        match self {
            Self::OmitCallbackConfirmed | Self::CallbackConfirmedFalse => Some(Step::RequestToken),
            Self::Burn | Self::Expire | Self::InvalidVerifierLocalised => Some(Step::AccessToken),
            _ => None,
        }
    }
}
