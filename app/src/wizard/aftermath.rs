//! What became of a token that was let go, told truthfully.

use pinfold_api::Cancelled;

use crate::failure::Failure;

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

/// The sentence the list greets with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flash {
    /// A connection of this name was made.
    Connected(String),
    /// The changes of the connection of this name were saved.
    Changed(String),
    /// Cancelled, and the token that was granted is dead.
    CancelledAndRevoked,
    /// Deleted, and its token is dead.
    DeletedAndRevoked(String),
}
