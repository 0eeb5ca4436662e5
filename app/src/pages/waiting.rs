//! Before there is something to show: what is still coming, or why it does not come.

use pinfold_api::Code;

use crate::app::App;
use crate::element::{El, el};
use crate::failure::Failure;
use crate::widgets::{notice, primary};
use crate::{browser, words};

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
    let not_let_in = browser::frame::is_framed() && failure.code() == Some(Code::Unauthenticated);
    let (title, why) = if not_let_in {
        (words::NOT_LET_IN, el("p").attr("role", "alert").text(words::NOT_LET_IN_HINT))
    } else {
        (words::NO_ANSWER, notice(move || Some(failure.clone())))
    };
    el("div").class("card").has(&[
        el("h1").text(title),
        why,
        primary(words::TRY_AGAIN).pressed(move || app.ask()),
    ])
}
