//! A question on top of the page, which waits for the answer (a native dialog: Escape is no).

use crate::browser;
use crate::element::{El, button, el};

/// There is one at a time.
const ASK: &str = "ask";

/// Shows it. `actions` are the answers but no, which comes first.
pub(crate) fn ask(title: &str, content: &[El], no: &str, actions: &[El]) -> El {
    close_ask();
    browser::show_dialog(ASK);
    el("dialog").id(ASK).attr("aria-labelledby", "ask-title").has(&[
        el("h2").id("ask-title").text(title),
        el("div").class("asked").has(content),
        el("div").class("actions").has(&[button(no).pressed(close_ask)]).has(actions),
    ])
}

/// Ends the question: the focus goes back to where it was.
pub(crate) fn close_ask() {
    browser::close_dialog(ASK);
}
