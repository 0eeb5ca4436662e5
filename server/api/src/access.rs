//! What a connection may do at X, and which of the fourteen Twitter tasks that allows.

use serde::{Deserialize, Serialize};

use crate::task::TASK_NEEDS;

/// The access level that X grants a token, as its `x-access-level` header spells it. Ordered: each
/// level can do what the one before can.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum AccessLevel {
    /// Read.
    #[serde(rename = "read")]
    Read,
    /// Read and write.
    #[serde(rename = "read-write")]
    ReadWrite,
    /// Read, write and direct messages.
    #[serde(rename = "read-write-directmessages")]
    ReadWriteDirectMessages,
}

impl AccessLevel {
    /// X's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::ReadWrite => "read-write",
            Self::ReadWriteDirectMessages => "read-write-directmessages",
        }
    }

    /// The same in words for people.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::ReadWrite => "read and write",
            Self::ReadWriteDirectMessages => "read, write and direct messages",
        }
    }

    /// Reads X's word; anything else is `None` (X may add levels).
    pub fn from_x(word: &str) -> Option<Self> {
        [Self::Read, Self::ReadWrite, Self::ReadWriteDirectMessages]
            .into_iter()
            .find(|level| level.as_str() == word.trim())
    }
}

/// Whether a connection can run a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaskAccess {
    /// The task's name, as in [`TASKS`](crate::TASKS).
    pub task: String,
    /// Whether the granted access level is enough. While X has not told the level, nothing is
    /// ruled out.
    pub allowed: bool,
    /// Why not, or why it is not certain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Matches a granted access level (`None`: X has not told yet) with the fourteen tasks.
pub fn task_access(level: Option<AccessLevel>) -> Vec<TaskAccess> {
    TASK_NEEDS
        .into_iter()
        .map(|(task, needs)| {
            let reason = match level {
                None => Some("X has not told the access level yet".to_owned()),
                Some(level) if level < needs => {
                    Some(format!("needs {}; X granted {}", needs.words(), level.words()))
                }
                Some(_) => None,
            };
            let allowed = level.is_none_or(|level| level >= needs);
            TaskAccess { task: task.to_owned(), allowed, reason }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(level: AccessLevel) -> usize {
        task_access(Some(level)).iter().filter(|task| task.allowed).count()
    }

    #[test]
    fn each_level_allows_more_tasks() {
        assert_eq!(allowed(AccessLevel::Read), 6);
        assert_eq!(allowed(AccessLevel::ReadWrite), 12);
        assert_eq!(allowed(AccessLevel::ReadWriteDirectMessages), 14);
    }

    #[test]
    fn an_unknown_level_rules_nothing_out_but_says_so() {
        let tasks = task_access(None);
        assert!(tasks.iter().all(|task| task.allowed && task.reason.is_some()));
        assert_eq!(AccessLevel::from_x("read-write-everything"), None);
    }
}
