//! The misbehaviours that are an answer and nothing else.

use axum::response::Response;

use super::Mode;
use crate::dialect;
use crate::meter::Rate;
use crate::world::Standing;

/// What X says at this path. `None`: it is not words that go wrong.
pub(super) fn of(mode: Mode, path: &str, reset: u64) -> Option<Response> {
    Some(match mode {
        Mode::BadAuthentication => dialect::bad_request(),
        Mode::ClockSkewUnsaid if path.starts_with("/2/") => dialect::unauthorized(path),
        Mode::Unauthorized => dialect::unauthorized(path),
        Mode::BadCredentials | Mode::ClockSkewUnsaid => dialect::bad_credentials(),
        Mode::Locked => dialect::standing(Standing::Locked),
        Mode::Suspended => dialect::standing(Standing::Suspended),
        Mode::CallbackJson => dialect::callback_json(),
        Mode::CallbackXml => dialect::callback_xml(),
        Mode::DesktopOnlyXml => dialect::desktop_only(),
        Mode::DesktopOnlyJson => dialect::desktop_only_json(),
        Mode::AppSuspended => dialect::app_suspended(),
        Mode::AppReadOnly => dialect::app_read_only(),
        Mode::TokenReadOnly => dialect::read_only(),
        Mode::NotEnrolled => dialect::not_enrolled(),
        Mode::NotEnrolledUntyped => dialect::not_enrolled_untyped(),
        Mode::AccessTier => dialect::access_tier(),
        Mode::WrongAuthentication => dialect::wrong_authentication(),
        Mode::NoCredits => dialect::no_credits(),
        Mode::UsageCapped => dialect::usage_capped(),
        Mode::Duplicate => dialect::duplicate(),
        Mode::TooLong => dialect::too_long(),
        Mode::InvalidRequest => dialect::invalid_request(),
        Mode::RateLimited => dialect::rate_limited(path, Rate { limit: 75, left: 0, reset }),
        Mode::ServerError => dialect::server_error(),
        Mode::Unavailable => dialect::unavailable(),
        Mode::Redirect => dialect::redirect(),
        Mode::Garbage => dialect::garbage(),
        _ => return None,
    })
}
