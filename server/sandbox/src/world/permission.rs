//! What an app or a token may do, in X's words.

use serde::{Deserialize, Serialize};

/// Ordered: each can do what the one before can.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Permission {
    #[serde(rename = "read")]
    Read,
    #[serde(rename = "read-write")]
    ReadWrite,
    #[serde(rename = "read-write-directmessages")]
    ReadWriteDirectMessages,
}

impl Permission {
    /// As `x-access-level` spells it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::ReadWrite => "read-write",
            Self::ReadWriteDirectMessages => "read-write-directmessages",
        }
    }

    /// As `x_auth_access_type` asks for less.
    pub(crate) fn from_access_type(word: &str) -> Option<Self> {
        match word {
            "read" => Some(Self::Read),
            "write" => Some(Self::ReadWrite),
            _ => None,
        }
    }
}
