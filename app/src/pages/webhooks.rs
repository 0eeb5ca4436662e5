//! Webhooks: which servers are told of connections, and what became of each message.

use std::rc::Rc;

use pinfold_api::paths;

use super::feed::Feed;
use super::hands::{Asker, Waiter};
use super::sender::Sender;
use super::waiting::skeleton;
use crate::app::App;
use crate::browser::{self, Parsed};
use crate::element::{El, Slot, button, el};
use crate::failure::Failure;
use crate::widgets::{TextField, ask, close_ask, copy_text};
use crate::wire::{Json, Object, Told, all, said};
use crate::words;

const TITLE: &str = "webhooks";

/// The page.
struct Webhooks {
    app: App,
    waiter: Waiter,
    sender: Sender,
    list: Slot,
    question: Slot,
}

/// What was asked for.
const LIST: usize = 0;
const MADE: usize = 1;
const REMOVED: usize = 2;

pub(crate) fn webhooks(app: App) -> El {
    browser::set_title(&words::page(words::WEBHOOKS));
    browser::focus(TITLE);
    let slot = || Slot::new(el("div"));
    let page = Rc::new(Webhooks {
        app,
        waiter: Waiter::new(),
        sender: Sender::new(words::WEBHOOK_FIELDS),
        list: slot(),
        question: slot(),
    });
    page.list.fill(&skeleton);
    page.load();
    let again = page.clone();
    let root = el("div")
        .class("page narrow")
        .markup(PAGE, &[words::WEBHOOKS, words::WEBHOOKS_HINT, words::NEW_WEBHOOK]);
    root.child(0).has(&[button(words::REFRESH).pressed(move || again.load())]);
    root.child(2).has(&[page.maker(), page.sender.made.host()]);
    root.has(&[page.list.host(), page.question.host()])
}

const PAGE: &str = r#"<div class="title"><h1 id="webhooks" tabindex="-1">%</h1></div><p>%</p><section class="card"><h2>%</h2></section>"#;

impl Webhooks {
    fn load(self: &Rc<Self>) {
        let asked = self.app.client.list(paths::WEBHOOKS, "", None);
        self.waiter.then(asked, self.clone(), LIST);
    }

    fn maker(self: &Rc<Self>) -> El {
        let this = self.clone();
        self.sender.build([&[], &[]], words::ADD_WEBHOOK, Rc::new(move || this.make()))
    }

    fn make(self: &Rc<Self>) {
        if self.sender.begin() {
            let asked = self.sender.write(Object::new());
            let asked = self.app.client.tell(paths::WEBHOOKS, "", asked);
            self.waiter.then(asked, self.clone(), MADE);
        }
    }

    /// One of them, with its last messages.
    fn card(self: &Rc<Self>, json: &Parsed) -> El {
        let (url, id) = (said(json, "url"), said(json, "id"));
        let (this, name) = (self.clone(), words::fill("%: %", &[words::REMOVE, &url]));
        let messages = Feed {
            path: paths::WEBHOOK_DELIVERIES,
            id: id.clone(),
            read: delivery,
            none: words::NO_MESSAGES,
            action: None,
            act: Box::new(|_| {}),
        };
        let title = el("h2").class("address").text(&url);
        let remove =
            button(words::REMOVE).attr("aria-label", &name).pressed(move || this.ask(&url, &id));
        el("section")
            .class("card")
            .has(&[el("div").class("title").has(&[title, remove]), messages.build(self.app)])
    }

    fn ask(self: &Rc<Self>, url: &str, id: &str) {
        let title = words::fill(words::REMOVE_WEBHOOK, &[url]);
        self.question.fill(&|| {
            let (this, id) = (self.clone(), id.to_owned());
            let remove = button(words::REMOVE).class("danger").pressed(move || {
                close_ask();
                let asked = this.app.client.delete(paths::WEBHOOK, &id);
                this.waiter.then(asked, this.clone(), REMOVED);
            });
            ask(&title, &[el("p").text(words::REMOVE_WEBHOOK_HINT)], words::CANCEL, &[remove])
        });
    }
}

impl Asker for Webhooks {
    fn take(self: Rc<Self>, what: usize, json: &Parsed) -> Option<()> {
        match what {
            LIST => {
                let items = all(json, "items");
                self.list.fill(&|| {
                    let none = if items.is_empty() { words::NO_WEBHOOKS } else { "" };
                    let cards: Vec<El> = items.iter().map(|it| self.card(it)).collect();
                    el("div").class("cards").has(&[el("p").class("hint").text(none)]).has(&cards)
                });
            }
            MADE => {
                if let Some(url) = self.sender.form.input("url") {
                    browser::set_value(url.node(), "");
                }
                let secret = said(json, "secret");
                self.sender.show("of-webhook", &|| {
                    let copy = copy_text(words::COPY_SECRET, secret.clone());
                    let field = TextField::new("of-webhook", words::WEBHOOK_SECRET);
                    el("div").class("notice success").has(&[
                        el("p").text(words::WEBHOOK_MADE),
                        field.fixed(secret.clone()).beside(copy).build(),
                    ])
                });
                self.load();
            }
            _ => {
                self.sender.made.clear();
                self.load();
            }
        }
        Some(())
    }

    fn fail(self: Rc<Self>, what: usize, failure: Failure) {
        if what == LIST {
            self.list.clear();
        }
        if what == MADE {
            self.sender.refuse(failure);
        } else {
            self.sender.failure.set(Some(failure));
        }
    }
}

/// A message: what it told, and what the other server said to it.
fn delivery(json: &Parsed) -> Option<Told> {
    let attempts = json.get("attempts")?.items()?;
    let mut about = words::delivery(&said(json, "state"), attempts.len());
    if let Some(last) = attempts.last() {
        let answer = match last.get("status").and_then(|it| it.number()) {
            Some(status) => words::fill(words::ANSWERED, &[&status.to_string()]),
            None => said(last, "error"),
        };
        about = words::fill("% · %", &[&about, &answer]);
    }
    let what = words::event(&said(json, "event")).to_owned();
    let at = json.get("created_at").and_then(|it| it.text());
    Some(Told { what, about, at, ..Told::default() })
}
