//! Activity: the audit log, filtered, page by page, and as a file.

use std::rc::Rc;

use pinfold_api::paths;

use super::feed::Feed;
use super::hands::{Asker, Waiter};
use crate::app::App;
use crate::browser::{self, Parsed};
use crate::element::{El, Slot, button, el};
use crate::failure::Failure;
use crate::state::State;
use crate::widgets::{TextField, choice, notice};
use crate::wire::Json;
use crate::{wire, words};

const TITLE: &str = "activity";
const FILE: &str = "pinfold-audit.jsonl";
const JSON_LINES: &str = "application/x-ndjson";

/// The parameters of the query, and the ids of what they are typed into.
const ACTION: &str = "action";
const RESULT: &str = "result";
const TEXT: &str = "text";

struct Log {
    app: App,
    list: Slot,
    waiter: Waiter,
    failure: State<Option<Failure>>,
}

pub(crate) fn activity(app: App) -> El {
    browser::set_title(&words::page(words::ACTIVITY));
    let log = Rc::new(Log {
        app,
        list: Slot::new(el("div").class("card")),
        waiter: Waiter::new(),
        failure: State::new(None),
    });
    log.show();
    browser::focus(TITLE);
    let (exports, filters, failure) = (log.clone(), log.clone(), log.failure);
    el("div").class("page").has(&[
        el("div").class("title").has(&[
            el("h1").id(TITLE).attr("tabindex", "-1").text(words::ACTIVITY),
            button(words::EXPORT_LINES).pressed(move || exports.export()),
        ]),
        // Not with each letter: every look at the log is itself written down.
        el("div").class("filters").on("change", move |_| filters.show()).has(&[
            choice(ACTION, words::ACTION, words::ACTION_GROUPS, ""),
            choice(RESULT, words::RESULT, words::RESULTS, ""),
            TextField::new(TEXT, words::SEARCH).hint(|| words::ACTIVITY_HINT.into()).build(),
        ]),
        notice(move || failure.get()),
        log.list.host(),
    ])
}

impl Log {
    /// Once more from the newest on, by the filters as they are now.
    fn show(&self) {
        self.list.fill(&|| {
            let feed = Feed {
                path: paths::AUDIT,
                id: query(),
                read: wire::audit_entry,
                none: words::NO_ACTIVITY,
                action: None,
                act: Box::new(|_| ()),
            };
            feed.build(self.app)
        });
    }

    fn export(self: &Rc<Self>) {
        self.failure.set(None);
        let asked = self.app.client.file(
            "GET",
            &(paths::AUDIT.to_owned() + &query()),
            None,
            Some(JSON_LINES),
        );
        self.waiter.then(asked, self.clone(), 0);
    }
}

fn query() -> String {
    let mut query = String::from("?");
    for name in [ACTION, RESULT, TEXT] {
        query += name;
        query += "=";
        query += &browser::encoded(&browser::value(name));
        query += "&";
    }
    query
}

impl Asker for Log {
    fn take(self: Rc<Self>, _: usize, json: &Parsed) -> Option<()> {
        browser::save(FILE, &json.text()?);
        Some(())
    }

    fn fail(self: Rc<Self>, failure: Failure) {
        self.failure.set(Some(failure));
    }
}
