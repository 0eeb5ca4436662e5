//! Many connections at once: how many a group holds, and one thing done to all that are chosen.

use serde::{Deserialize, Serialize};

use crate::Code;

/// `GET /connections/groups`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GroupCounts {
    /// Those in no group first, then by name. At most 1,000; the smallest are left out.
    pub items: Vec<GroupCount>,
    /// All connections that match, in whichever group.
    pub total: u64,
    /// The search matches so many that not each was looked at: the counts are upper bounds.
    #[serde(default, skip_serializing_if = "is_false")]
    pub approximate: bool,
}

/// A group and the connections in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GroupCount {
    /// Null: those in no group. Of several spellings (`News`, `news`) that of the latest change.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub group: Option<String>,
    /// How many; with a search, how many of them match it.
    pub count: u64,
}

/// `POST /connections/bulk`: to each of `ids` what the single call would do, without `If-Match`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BulkChange {
    /// 1 to 200 connections.
    pub ids: Vec<String>,
    /// What to do.
    pub action: BulkAction,
    /// `group` only: the new group; empty takes them out of their groups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

/// What can be done to many connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum BulkAction {
    /// Move to a group.
    Group,
    /// Delete, and revoke at X.
    Delete,
}

/// The answer to [`BulkChange`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BulkOutcome {
    /// One for each id, in the order asked; an id that was named twice is answered once.
    pub results: Vec<BulkResult>,
}

/// What became of one connection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BulkResult {
    /// Which.
    pub id: String,
    /// Whether it was done.
    pub done: bool,
    /// Not done: why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// Deleted: whether X confirmed that the token is revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<bool>,
    /// Deleted but not revoked: why, as `DELETE /connections/{id}` says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}
