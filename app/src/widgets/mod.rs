//! How it looks: props in, events out. No widget knows what it is used for.

mod copy;
mod field;
mod notice;
mod tabs;

pub(crate) use copy::CopyButton;
pub(crate) use field::{Hint, TextField};
pub(crate) use notice::{AftermathNotice, Notice};
pub(crate) use tabs::Tabs;
