//! What came of what was done last, and the way to take it back.

use std::rc::Rc;

use pinfold_api::{Code, paths};

use super::{Page, UNDO};
use crate::app::App;
use crate::element::{El, Slot, button, effect, el};
use crate::routes::Route;
use crate::widgets::by_hand;
use crate::wizard::{Flash, Gone};
use crate::words;

/// What was said goes with the page that said it.
pub(super) struct Greeted(pub(super) App);

impl Drop for Greeted {
    fn drop(&mut self) {
        self.0.flash.set(None);
    }
}

/// A deletion tells what X answered, an edit that was refused what somebody else saved.
pub(super) fn greeting(page: &Rc<Page>) -> El {
    // The regions are there before their content: otherwise it may not be read out.
    let said = Slot::new(el("div").attr("role", "status"));
    let refused = Slot::new(el("div").attr("role", "alert"));
    let host = el("div").class("said").has(&[said.host(), refused.host()]);
    let (app, flashes, edits) = (page.app, page.clone(), page.clone());
    effect(Box::new(move || {
        app.flash.read(|flash| match flash {
            Some(flash) => said.fill(&|| flashed(&flashes, flash)),
            None => said.clear(),
        });
    }));
    effect(Box::new(move || {
        let refusal = app.outgoing.read(|edit| {
            let edit = edit.as_ref()?;
            let failure = edit.trouble.as_ref()?;
            let stale = failure.code() == Some(Code::VersionStale);
            Some((words::refused(edit, failure), stale, edit.id.clone()))
        });
        match refusal {
            Some((lines, stale, id)) => refused.fill(&|| rolled_back(&edits, &lines, stale, &id)),
            None => refused.clear(),
        }
    }));
    host
}

fn flashed(page: &Rc<Page>, flash: &Flash) -> El {
    let tone = if flash.needs_telling() { "notice warning" } else { "notice success" };
    let notice = el("div").class(tone).has(&[el("p").text(&words::flash(flash))]);
    let Flash::Deleted(all) = flash else { return notice };
    let mut back = Vec::new();
    for it in all {
        if it.needs_telling() {
            let (what, link) = words::gone(it);
            notice.clone().has(&[el("p").text(&what).may_have(link.then(by_hand))]);
        }
        if it.outcome.is_ok() {
            back.push(it.clone());
        }
    }
    let (page, any) = (page.clone(), !back.is_empty());
    let undo = button(words::UNDO).pressed(move || {
        page.undo.replace((back.clone(), String::new()));
        page.undo();
    });
    undo.show(any);
    notice.has(&[undo])
}

fn rolled_back(page: &Rc<Page>, lines: &[String], stale: bool, id: &str) -> El {
    let notice = el("div").class("notice warning");
    for line in lines {
        notice.clone().has(&[el("p").text(line)]);
    }
    let again = el("a").class("button").leads_to(&Route::Connection(id.to_owned()));
    let redo = button(words::REDO).pressed(page.does(|page| {
        if let Some(edit) = page.app.outgoing.peek(Clone::clone) {
            page.app.save(edit.redone());
        }
    }));
    let theirs = button(if stale { words::TAKE_THEIRS } else { words::DISCARD });
    let theirs = theirs.pressed(page.does(|page| page.app.outgoing.set(None)));
    notice.has(&[el("div").class("beside").has(&[theirs, redo, again.text(words::EDIT_AGAIN)])])
}

impl Page {
    /// Brings back what was deleted, one after the other, and says what came of it.
    fn undo(self: &Rc<Self>) {
        let next = self.undo.borrow_mut().0.pop();
        let Some(Gone { id, version, .. }) = next else {
            let said = self.undo.take().1;
            self.app.flash.set(Some(Flash::Said(said)));
            return self.load();
        };
        let (path, version) = (paths::CONNECTION_REVERT, version.to_string());
        self.aside.then(self.app.client.act(path, &id, "version", &version), self.clone(), UNDO);
    }

    pub(super) fn undone(self: &Rc<Self>, said: &str) {
        self.undo.borrow_mut().1 += said;
        self.undo();
    }
}
