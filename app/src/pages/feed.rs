//! A list that is only read, page by page: versions, users, what was deleted.

use std::cell::RefCell;
use std::rc::Rc;

use super::hands::{Asker, Waiter};
use super::waiting::skeleton;
use crate::app::App;
use crate::browser::{self, Parsed};
use crate::element::{El, Slot, button, el};
use crate::failure::Failure;
use crate::wire::{Json, Told};
use crate::words;

/// What a list is of.
pub(super) struct Feed {
    pub(super) path: &'static str,
    /// What fills the `{id}` of its path, if that has one; or a query, which begins with `?`.
    pub(super) id: String,
    pub(super) read: fn(&Parsed) -> Option<Told>,
    /// Said when there is nothing.
    pub(super) none: &'static str,
    /// What can be done with each of its items but the first so many, and how it is called.
    pub(super) action: Option<(usize, &'static str)>,
    pub(super) act: Box<dyn Fn(&Told)>,
}

impl Feed {
    /// The list, which begins to load.
    pub(super) fn build(self, app: App) -> El {
        let waiter = Waiter::new();
        let (list, foot) = (el("ul").class("lines"), Slot::new(el("div")));
        let host = el("div").has(&[list.clone(), foot.host()]);
        let (count, next) = (RefCell::default(), RefCell::default());
        let shown = Rc::new(Shown { feed: self, app, waiter, list, foot, count, next });
        shown.load();
        host
    }
}

struct Shown {
    feed: Feed,
    app: App,
    waiter: Waiter,
    list: El,
    foot: Slot,
    count: RefCell<usize>,
    /// Where the next page begins.
    next: RefCell<Option<String>>,
}

impl Shown {
    fn load(self: &Rc<Self>) {
        self.foot.fill(&skeleton);
        let next = self.next.borrow();
        let asked = self.app.client.list(self.feed.path, &self.feed.id, next.as_deref());
        self.waiter.then(asked, self.clone(), 0);
    }

    fn loads(self: &Rc<Self>, label: &'static str) -> El {
        let this = self.clone();
        button(label).pressed(move || this.load())
    }

    fn line(self: &Rc<Self>, told: &Told) -> El {
        let ago = told.at.as_deref().map_or_else(|| words::NEVER.to_owned(), browser::ago);
        let about =
            if told.about.is_empty() { ago } else { words::fill("% · %", &[&told.about, &ago]) };
        let index = self.count.replace_with(|count| *count + 1);
        let action = self.feed.action.filter(|(from, _)| index >= *from).map(|(_, label)| {
            let (this, told, name) =
                (self.clone(), told.clone(), words::fill("%: %", &[label, &told.what]));
            button(label).attr("aria-label", &name).pressed(move || (this.feed.act)(&told))
        });
        let exactly = told.at.as_deref().map_or_else(String::new, browser::exactly);
        line(&told.what, &about, action.unwrap_or_else(|| el("span"))).attr("title", &exactly)
    }
}

/// What it is, more about it, and what can be done with it.
pub(super) fn line(what: &str, about: &str, action: El) -> El {
    let text = el("div").has(&[el("p").text(what), el("p").class("hint").text(about)]);
    el("li").has(&[text, action])
}

impl Asker for Shown {
    fn take(self: Rc<Self>, _: usize, json: &Parsed) -> Option<()> {
        for told in json.get("items")?.items()?.iter().filter_map(self.feed.read) {
            self.list.clone().has(&[self.foot.beside(&|| self.line(&told))]);
        }
        let none = *self.count.borrow() == 0;
        let next = json.get("next").and_then(|it| it.text());
        let is_last = next.is_none();
        self.next.replace(next);
        self.foot.fill(&|| {
            if is_last {
                el("p").class("hint").text(if none { self.feed.none } else { "" })
            } else {
                self.loads(words::LOAD_MORE)
            }
        });
        Some(())
    }

    fn fail(self: Rc<Self>, _: usize, failure: Failure) {
        let told = words::explain(&failure);
        self.foot.fill(&|| {
            let what = el("p").class("hint refused").text(&told.what);
            el("div").has(&[what, self.loads(words::TRY_AGAIN)])
        });
    }
}
