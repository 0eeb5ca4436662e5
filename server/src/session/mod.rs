//! Who may call: roles, cookies, bearer keys, one-time links, and which hosts and pages may ask.
//!
//! Tokens are 256-bit random text; only their SHA-256 is stored. A handler names the role it wants
//! by the extractor it takes: [`Operator`], [`Connector`], or [`User`] where task keys are let in.

mod caller;
mod cookie;
mod host;
mod origin;
mod peer;
mod token;
mod trusted;

pub use caller::{Caller, Connector, Operator, User};
pub(crate) use caller::{bearer, workspace_of};
pub use cookie::Cookie;
pub use host::Hosts;
pub use origin::Origins;
pub use peer::Peer;
pub use token::{Token, hash};

use crate::clock::Millis;

/// How long a session lasts: a working day.
pub const SESSION_MILLIS: Millis = 12 * 60 * 60 * 1000;
/// How long a one-time link waits to be opened.
pub const LINK_MILLIS: Millis = 15 * 60 * 1000;
