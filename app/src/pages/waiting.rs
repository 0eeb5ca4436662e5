//! Before there is something to show: what is still coming, or why it does not come.

use crate::app::App;
use crate::element::{El, el};
use crate::failure::Failure;
use crate::widgets::{notice, primary};
use crate::words;

/// What is coming, in outline.
pub(crate) fn skeleton() -> El {
    el("div").class("skeleton").attr("role", "status").has(&[
        el("span").class("unseen").text(words::LOADING),
        el("i"),
        el("i"),
        el("i"),
    ])
}

/// The server did not say who is signed in.
pub(crate) fn untold(app: App, failure: Failure) -> El {
    el("div").class("card").has(&[
        el("h1").text(words::NO_ANSWER),
        notice(move || Some(failure.clone())),
        primary(words::TRY_AGAIN).pressed(move || app.ask()),
    ])
}
