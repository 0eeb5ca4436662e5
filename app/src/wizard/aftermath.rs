//! What became of a token that was let go, told truthfully.

use pinfold_api::{Cancelled, Code};

use crate::failure::Failure;
use crate::wire::Fate;

/// What became of a token at X when its connection or authorization ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Aftermath {
    /// X confirmed that it is dead.
    Revoked,
    /// There was none.
    NothingGranted,
    /// It serves another connection, so it stays.
    InUse,
    /// An answer of X was lost, so that it may have granted one.
    Unknown,
    /// It came from another provider than the server uses now, which cannot revoke it.
    Elsewhere,
    /// X did not confirm: the code of the problem, if the server told.
    Alive(Option<String>),
    /// The server did not say.
    Untold(Failure),
}

impl Aftermath {
    /// Reads the server's answer.
    pub fn read(answer: Result<Cancelled, Failure>) -> Self {
        match answer {
            Err(failure) => Self::Untold(failure),
            Ok(Cancelled { revoked: true, .. }) => Self::Revoked,
            Ok(Cancelled { reason, .. }) => match reason.as_deref() {
                Some("nothing_granted") => Self::NothingGranted,
                Some("in_use") => Self::InUse,
                Some("unknown") => Self::Unknown,
                Some("another_provider") => Self::Elsewhere,
                _ => Self::Alive(reason),
            },
        }
    }

    /// Whether a person must read it before it goes away.
    pub fn needs_telling(&self) -> bool {
        !matches!(self, Self::Revoked | Self::NothingGranted)
    }
}

/// What became of one connection that was to be deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gone {
    /// It comes back with it.
    pub id: String,
    /// Its name.
    pub name: String,
    /// As it was last: to go back to.
    pub version: i64,
    /// What became of its token; or why it is still here.
    pub outcome: Result<Aftermath, Code>,
}

impl Gone {
    /// Reads the server's answer; `None`: it gave none.
    pub fn read(&mut self, fate: Option<&Fate>) {
        self.outcome = match fate {
            None => Err(Code::Unknown),
            Some(Fate { refused: Some(code), .. }) => Err(*code),
            Some(Fate { revoked, reason, .. }) => {
                Ok(Aftermath::read(Ok(Cancelled { revoked: *revoked, reason: reason.clone() })))
            }
        };
    }

    /// Whether there is more to say than that it went well.
    pub fn needs_telling(&self) -> bool {
        self.outcome.as_ref().map_or(true, Aftermath::needs_telling)
    }
}

/// How the wizard was left, when there is something to say of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parting {
    /// A connection of this name was made.
    Connected(String),
    /// That of this name was authorized once more.
    Repaired(String),
    /// Cancelled, and the token that was granted is dead.
    Cancelled,
    /// Cancelled, and the token stays, for another connection has the same.
    CancelledInUse,
}

/// The sentence the list greets with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flash {
    /// What became of what was to be deleted.
    Deleted(Vec<Gone>),
    /// Anything else that went well.
    Said(String),
}

impl Flash {
    /// Whether a person must read it.
    pub fn needs_telling(&self) -> bool {
        matches!(self, Self::Deleted(all) if all.iter().any(Gone::needs_telling))
    }
}
