//! The signing proxy: `ANY /connections/{id}/x/{path}` signs a call with a connection and streams it
//! to X and back.
//!
//! The caller chooses nothing but method, path, query and body. The host is configuration's; path and
//! query are parsed, and what was checked is what is signed and sent; headers pass by two short
//! lists. An answer of X's comes through as it is. An answer of ours is a problem document and says
//! so in `pinfold-error`.
//!
//! It has a way of its own past the layers of [`crate::router`], because every microsecond counts
//! here: [`lane`] does what they do, and nothing that a program's call does not need.

mod accounts;
mod call;
mod entitled;
mod headers;
mod lane;
mod parameters;
mod payload;
mod price;
mod sent;
mod target;

#[cfg(any(test, feature = "fuzz"))]
pub(crate) use {
    crate::x::pass::encode,
    headers::{accepted, from_x},
    parameters::decode,
    target::part,
};

pub use accounts::{Account, Accounts};
pub use call::{PERHAPS, not_passed};
pub use lane::{answer, takes};
pub(crate) use price::may_hold_url;
pub use sent::Sent;
pub use target::{Target, is_segment};
