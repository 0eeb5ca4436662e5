//! Connections that were deleted: each can be brought back.

use pinfold_api::paths;

use super::Revert;
use super::feed::Feed;
use super::hands::Waiter;
use super::not_found::back;
use crate::app::App;
use crate::element::{El, el};
use crate::state::State;
use crate::widgets::notice;
use crate::{browser, wire, words};

const TITLE: &str = "deleted";

pub(crate) fn deleted(app: App) -> El {
    browser::set_title(&words::page(words::DELETED));
    browser::focus(TITLE);
    let (failure, waiter) = (State::new(None), Waiter::new());
    let feed = Feed {
        path: paths::DELETED,
        id: String::new(),
        read: wire::deleted,
        none: words::NONE_DELETED,
        action: Some((0, words::BRING_BACK)),
        act: Box::new(move |told| {
            Revert { app, said: words::IS_BACK, failure }.send(waiter, &told.id, told.version);
        }),
    };
    el("div").class("page narrow").has(&[
        el("div")
            .class("title")
            .has(&[el("h1").id(TITLE).attr("tabindex", "-1").text(words::DELETED), back()]),
        el("p").text(words::DELETED_HINT),
        notice(move || failure.get()),
        feed.build(app),
    ])
}
