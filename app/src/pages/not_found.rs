//! Any address that no page has.

use crate::element::{El, el};
use crate::routes::Route;
use crate::{browser, words};

pub(crate) fn not_found() -> El {
    browser::set_title(words::NOT_FOUND);
    el("div").class("card").has(&[
        el("h1").text(words::NOT_FOUND),
        el("p").text(words::NOT_FOUND_HINT),
        back(),
    ])
}

/// The way back to the list.
pub(super) fn back() -> El {
    el("a").class("button").leads_to(&Route::Connections).text(words::BACK)
}
