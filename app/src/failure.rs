//! What can go wrong between the browser and the server, as a value. Only `client` makes them; what
//! people read about them is in [`crate::words`].

use pinfold_api::{Authorization, Code, Problem};

/// Why a call has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The server said no, and why.
    Answered(Box<Problem>),
    /// The server did not answer at all.
    Unreachable,
    /// Something answered with this status, but not in the words of the API.
    Unintelligible(u16),
}

impl Failure {
    /// The problem document, when there is one.
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Answered(problem) => Some(problem),
            Self::Unreachable | Self::Unintelligible(_) => None,
        }
    }

    /// The stable code of the problem document.
    pub fn code(&self) -> Option<Code> {
        self.problem().map(|problem| problem.code)
    }

    /// The fresh authorization to continue with.
    pub fn next(&self) -> Option<&Authorization> {
        self.problem()?.next.as_deref()
    }
}
