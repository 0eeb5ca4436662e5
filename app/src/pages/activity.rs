//! Activity: the audit log, filtered, page by page, and as a file.

use std::rc::Rc;

use pinfold_api::paths;

use super::feed::Feed;
use super::hands::Waiter;
use crate::app::App;
use crate::element::{El, Slot, button, el};
use crate::failure::Failure;
use crate::state::State;
use crate::widgets::{choice, notice};
use crate::wire::Json;
use crate::{browser, client, wire, words};

const TITLE: &str = "activity";
const FILE: &str = "pinfold-activity.jsonl";
const JSON_LINES: &str = "application/x-ndjson";

/// The names of the query's parameters, and what each is set to.
type Filter = [(&'static str, String); 5];

struct Log {
    app: App,
    filter: State<Filter>,
    slot: Slot,
    waiter: Waiter,
    failure: State<Option<Failure>>,
}

pub(crate) fn activity(app: App) -> El {
    browser::set_title(&words::page(words::ACTIVITY));
    let filter = ["action", "who", "result", "since", "until"].map(|name| (name, String::new()));
    let log = Rc::new(Log {
        app,
        filter: State::new(filter),
        slot: Slot::new(el("div")),
        waiter: Waiter::new(),
        failure: State::new(None),
    });
    log.show();
    browser::focus(TITLE);
    let set = |index: usize| {
        let log = log.clone();
        move |value: String| log.set(index, value)
    };
    let day = |id: &str, label: &str, index: usize| {
        let set = set(index);
        let input = el("input").id(id).attr("type", "date").on("change", move |event| {
            // Until the end of that day.
            set(browser::midnight(&browser::typed(&event), index - 3));
        });
        el("div").class("field").has(&[el("label").attr("for", id).text(label), input])
    };
    let export = log.clone();
    el("div").class("page").has(&[
        el("div").class("title").has(&[
            el("h1").id(TITLE).attr("tabindex", "-1").text(words::ACTIVITY),
            button(words::EXPORT_LINES).pressed(move || export.export()),
        ]),
        el("div").class("filters").has(&[
            choice("filter-action", words::ACTION, words::ACTION_KINDS, set(0)),
            choice("filter-who", words::WHO, words::ROLES, set(1)),
            choice("filter-result", words::RESULT, words::RESULTS, set(2)),
            day("filter-since", words::SINCE, 3),
            day("filter-until", words::UNTIL, 4),
        ]),
        notice({
            let failure = log.failure;
            move || failure.get()
        }),
        log.slot.host(),
    ])
}

impl Log {
    fn set(self: &Rc<Self>, index: usize, value: String) {
        self.filter.update(|filter| filter[index].1 = value);
        self.show();
    }

    fn path(&self) -> String {
        let mut path = paths::AUDIT.to_owned();
        self.filter.peek(|filter| {
            for (name, value) in filter.iter().filter(|(_, value)| !value.is_empty()) {
                path += if path.contains('?') { "&" } else { "?" };
                path += name;
                path += "=";
                path += &browser::encoded(value);
            }
        });
        path
    }

    fn show(&self) {
        self.slot.fill(&|| {
            let feed = Feed {
                path: self.path().into(),
                id: String::new(),
                read: wire::audit_entry,
                none: words::NO_ACTIVITY,
                action: None,
                act: Box::new(|_| ()),
            };
            feed.build(self.app)
        });
    }

    fn export(self: &Rc<Self>) {
        let asked = self.app.client.file("GET", &self.path(), None, JSON_LINES);
        let failure = self.failure;
        failure.set(None);
        self.waiter.then(
            asked,
            Box::new(move |answer| match client::read(answer, Json::text) {
                Ok(text) => browser::save(FILE, JSON_LINES, &text),
                Err(why) => failure.set(Some(why)),
            }),
        );
    }
}
