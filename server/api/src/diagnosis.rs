//! What the error doctor says: why X refused, how one can tell, and the one next thing to do.

use serde::{Deserialize, Serialize};

use crate::{Code, ProviderError};

/// One row of the doctor's table, with what was seen this time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Diagnosis {
    /// As in a problem.
    pub code: Code,
    /// What is wrong.
    pub cause: String,
    /// What shows that it is that.
    pub proof: String,
    /// The one thing to do next.
    pub next: String,
    /// How far the server's clock is ahead of X's, in seconds; negative: behind. Left out while X's
    /// `Date` is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_skew_seconds: Option<i64>,
    /// Seconds to wait before X is asked again, when X said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
    /// X's own words, when X answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x: Option<ProviderError>,
}
