//! A list of what can be revoked: keys, links, sessions. It asks first, and then shows what is left.

use std::rc::Rc;

use super::feed::Feed;
use super::hands::{Asker, Waiter};
use super::sender::Sender;
use crate::app::App;
use crate::browser::Parsed;
use crate::element::{El, Slot, button, el};
use crate::failure::Failure;
use crate::widgets::{ask, close_ask};
use crate::wire::Told;
use crate::words;

/// What the list is of.
pub(super) struct Kind {
    /// The path of all, and of one.
    pub(super) paths: [&'static str; 2],
    pub(super) read: fn(&Parsed) -> Option<Told>,
    /// Said when there is nothing.
    pub(super) none: &'static str,
    /// What a revocation means.
    pub(super) hint: &'static str,
}

pub(super) struct Revocable {
    app: App,
    kind: Kind,
    waiter: Waiter,
    list: Slot,
    question: Slot,
    /// What makes them: what it showed of one is gone with the first that is revoked.
    maker: Rc<Sender>,
}

impl Revocable {
    pub(super) fn new(app: App, kind: Kind, maker: Rc<Sender>) -> Rc<Self> {
        let slot = || Slot::new(el("div"));
        Rc::new(Self { app, kind, waiter: Waiter::new(), list: slot(), question: slot(), maker })
    }

    pub(super) fn hosts(&self) -> [El; 2] {
        [self.list.host(), self.question.host()]
    }

    /// Once more, as it is now.
    pub(super) fn load(self: &Rc<Self>) {
        self.list.fill(&|| {
            let (this, kind) = (self.clone(), &self.kind);
            Feed {
                path: kind.paths[0],
                id: String::new(),
                read: kind.read,
                none: kind.none,
                action: Some((0, words::REVOKE)),
                act: Box::new(move |told| this.ask(told)),
            }
            .build(self.app)
        });
    }

    fn ask(self: &Rc<Self>, told: &Told) {
        let title = words::fill(words::REVOKE_ONE, &[&told.what]);
        self.question.fill(&|| {
            let (this, id) = (self.clone(), told.id.clone());
            let revoke = button(words::REVOKE).class("danger").pressed(move || {
                close_ask();
                let asked = this.app.client.delete(this.kind.paths[1], &id);
                this.waiter.then(asked, this.clone(), 0);
            });
            let which = el("p").text(&told.about);
            ask(&title, &[which, el("p").text(self.kind.hint)], words::CANCEL, &[revoke])
        });
    }
}

impl Asker for Revocable {
    fn take(self: Rc<Self>, _: usize, _: &Parsed) -> Option<()> {
        self.maker.made.clear();
        self.load();
        Some(())
    }

    fn fail(self: Rc<Self>, _: usize, failure: Failure) {
        self.maker.failure.set(Some(failure));
    }
}
