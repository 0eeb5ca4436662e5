//! Activity: the audit log, filtered, page by page, and as a file.

use std::cell::RefCell;
use std::rc::Rc;

use pinfold_api::paths;

use super::feed::Feed;
use super::hands::{Asker, Waiter};
use crate::app::App;
use crate::browser::{self, Parsed};
use crate::element::{El, Slot, button, el};
use crate::failure::Failure;
use crate::routes::Route;
use crate::state::State;
use crate::widgets::{TextField, choice, notice};
use crate::wire::Json;
use crate::{wire, words};

const TITLE: &str = "activity";
const FILE: &str = "pinfold-audit.jsonl";
const JSON_LINES: &str = "application/x-ndjson";

/// The filters: parameters of the address, and the ids of what they are typed into.
const FILTERS: [&str; 5] = [ACTION, RESULT, TEXT, SINCE, UNTIL];
const ACTION: &str = "action";
const RESULT: &str = "result";
const TEXT: &str = "text";
/// The first and the last day, as `2026-11-22`.
const SINCE: &str = "since";
const UNTIL: &str = "until";

struct Log {
    app: App,
    /// What each of [`FILTERS`] is set to.
    filters: RefCell<[String; 5]>,
    list: Slot,
    waiter: Waiter,
    failure: State<Option<Failure>>,
}

pub(crate) fn activity(app: App) -> El {
    browser::set_title(&words::page(words::ACTIVITY));
    let log = Rc::new(Log {
        app,
        filters: RefCell::new(FILTERS.map(in_address)),
        list: Slot::new(el("div").class("card")),
        waiter: Waiter::new(),
        failure: State::new(None),
    });
    log.show();
    browser::focus(TITLE);
    let (exports, changed, failure) = (log.clone(), log.clone(), log.failure);
    let [action, result, text, since, until] = log.filters.borrow().clone();
    el("div").class("page").has(&[
        el("div").class("title").has(&[
            el("h1").id(TITLE).attr("tabindex", "-1").text(words::ACTIVITY),
            button(words::EXPORT_LINES).pressed(move || exports.export()),
        ]),
        // Not with each letter: every look at the log is itself written down.
        el("div").class("filters").on("change", move |_| changed.change()).has(&[
            choice(ACTION, words::ACTION, words::ACTION_GROUPS, &action),
            choice(RESULT, words::RESULT, words::RESULTS, &result),
            TextField::new(SINCE, words::FIRST_DAY).day().begin(&since).build(),
            TextField::new(UNTIL, words::LAST_DAY).day().begin(&until).build(),
            TextField::new(TEXT, words::SEARCH)
                .begin(&text)
                .hint(|| words::ACTIVITY_HINT.into())
                .build(),
        ]),
        notice(move || failure.get()),
        log.list.host(),
    ])
}

impl Log {
    /// Other filters: kept in the address, for a reload and for sharing.
    fn change(&self) {
        self.filters.replace(FILTERS.map(browser::value));
        let mut address = Route::Activity.path();
        let mut mark = '?';
        for (name, value) in FILTERS.iter().zip(&*self.filters.borrow()) {
            if !value.is_empty() {
                address.push(mark);
                address += &(name.to_string() + "=" + &browser::encoded(value));
                mark = '&';
            }
        }
        browser::replace_address(&address);
        self.show();
    }

    /// The same for the server, to which a time is an instant.
    fn query(&self) -> String {
        let mut query = String::from("?");
        for (name, value) in FILTERS.iter().zip(&*self.filters.borrow()) {
            let value = match *name {
                SINCE => browser::midnight(value, 0),
                UNTIL => browser::midnight(value, 1),
                _ => value.clone(),
            };
            query += &(name.to_string() + "=" + &browser::encoded(&value) + "&");
        }
        query
    }

    /// Once more from the newest on, by the filters as they are now.
    fn show(&self) {
        self.list.fill(&|| {
            let feed = Feed {
                path: paths::AUDIT,
                id: self.query(),
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
            &(paths::AUDIT.to_owned() + &self.query()),
            None,
            Some(JSON_LINES),
        );
        self.waiter.then(asked, self.clone(), 0);
    }
}

fn in_address(name: &str) -> String {
    let query = browser::address().1;
    let mut pairs = query.trim_start_matches('?').split('&').filter_map(|it| it.split_once('='));
    pairs.find(|(key, _)| *key == name).map_or_else(String::new, |(_, it)| browser::decoded(it))
}

impl Asker for Log {
    fn take(self: Rc<Self>, _: usize, json: &Parsed) -> Option<()> {
        browser::save(FILE, &json.text()?);
        Some(())
    }

    fn fail(self: Rc<Self>, _: usize, failure: Failure) {
        self.failure.set(Some(failure));
    }
}
