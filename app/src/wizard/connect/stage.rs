//! How far the attempt is, and what it looks like.

use pinfold_api::Authorization;

/// How far the authorization is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    /// None is under way.
    #[default]
    Choosing,
    /// X shows a PIN to whoever opens the authorize page.
    Awaiting(Authorization),
    /// X granted a token pair.
    Authenticated(Authorization),
}

/// What the server is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Busy {
    /// Looking up where the person was.
    Resuming,
    /// Asking X for a request token.
    Beginning,
    /// Exchanging the PIN.
    Exchanging,
    /// Saving the connection.
    Saving,
    /// Revoking what was granted; then leave, or begin anew.
    Revoking {
        /// Whether the dialog closes afterwards.
        leave: bool,
    },
}

/// How a step looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Not reached.
    Calm,
    /// The one to do now.
    Open,
    /// Shrunk to a line with a tick.
    Done,
}

/// Something to say that is not a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    /// The browser did not let X's page open.
    PopupBlocked,
    /// Get PIN once more: the link before counts no more.
    LinkRenewed,
    /// What was to be resumed is over.
    AttemptOver,
    /// OK without anything to save.
    NothingToSave,
}
