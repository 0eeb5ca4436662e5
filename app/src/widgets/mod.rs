//! How it looks: values in, events out. No widget knows what it is used for.

mod ask;
mod choice;
mod copy;
mod field;
mod form;
mod menu;
mod notice;
mod picked;
mod rows;
mod tabs;

pub(crate) use ask::{ask, close_ask};
pub(crate) use choice::choice;
pub(crate) use copy::{copy_button, copy_text};
pub(crate) use field::{Hint, TextField};
pub(crate) use form::{CONFIRM, Form};
pub(crate) use menu::{MENU, menu};
pub(crate) use notice::{aftermath_notice, by_hand, notice};
pub(crate) use picked::Picked;
pub(crate) use rows::Rows;
pub(crate) use tabs::tabs;

use crate::element::{El, button, el};

/// The button that one is most likely to press.
pub(crate) fn primary(label: &str) -> El {
    button(label).class("primary")
}

/// A button of less weight.
pub(crate) fn quiet(label: &str) -> El {
    button(label).class("quiet")
}

/// What the server is doing, next to the button that asked for it; read out politely.
pub(crate) fn status(words: impl Fn() -> &'static str + 'static) -> El {
    el("span").class("status").attr("role", "status").word_of(words)
}

/// Lets Enter do what a button outside of the form does.
pub(crate) fn enter_submits() -> El {
    button("")
        .attr("type", "submit")
        .class("unseen")
        .attr("tabindex", "-1")
        .attr("aria-hidden", "true")
}
