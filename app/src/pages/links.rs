//! Links: hand a connection to its account's owner; who can use Pinfold right now, and its end.

use std::rc::Rc;

use pinfold_api::paths;

use super::hands::{Asker, Waiter};
use super::revocable::{Kind, Revocable};
use super::sender::Sender;
use crate::app::App;
use crate::browser::{self, Parsed};
use crate::element::{El, el};
use crate::failure::Failure;
use crate::routes::Route;
use crate::widgets::{TextField, choice, copy_text};
use crate::wire::{Json, Object, Told, holds, said};
use crate::words;

const TITLE: &str = "links";
const ACCESS: &str = "link-access";
const TTL: &str = "link-ttl";

/// The page.
struct Links {
    app: App,
    /// What a link repairs; `None`: it makes a connection.
    repairs: Option<String>,
    waiter: Waiter,
    sender: Rc<Sender>,
    list: Rc<Revocable>,
}

pub(crate) fn links(app: App, connection: Option<String>) -> El {
    browser::set_title(&words::page(words::LINKS));
    browser::focus(TITLE);
    let sender = Rc::new(Sender::new(words::LINK_FIELDS));
    let kind = Kind {
        paths: [paths::SESSIONS, paths::SESSION_OF],
        read: session,
        none: words::NO_SESSIONS,
        hint: words::REVOKE_SESSION_HINT,
    };
    let page = Rc::new(Links {
        app,
        repairs: connection,
        waiter: Waiter::new(),
        list: Revocable::new(app, kind, sender.clone()),
        sender,
    });
    page.list.load();
    let purpose = el("p").text(words::LINK_MAKES);
    if let Some(id) = &page.repairs {
        let asked = app.client.list(paths::CONNECTION, id, None);
        page.waiter.then(asked, Rc::new(Purpose(purpose.clone())), 0);
    }
    let root = el("div")
        .class("page narrow")
        .markup(PAGE, &[words::LINKS, words::LINKS_HINT, words::NEW_LINK, words::SESSIONS]);
    let webhooks = el("a").class("button").leads_to(&Route::Webhooks).text(words::WEBHOOKS);
    root.child(0).has(&[webhooks]);
    root.child(2).has(&[purpose, page.maker(), page.sender.made.host()]);
    root.child(3).has(&page.list.hosts());
    root
}

const PAGE: &str = r#"<div class="title"><h1 id="links" tabindex="-1">%</h1></div><p>%</p><section class="card"><h2>%</h2></section><section class="card"><h2>%</h2></section>"#;

impl Links {
    fn maker(self: &Rc<Self>) -> El {
        let this = self.clone();
        let choices = [
            choice(ACCESS, words::ASKS_FOR, words::LINK_ACCESS, ""),
            choice(TTL, words::LINK_LIVES, words::LINK_TIMES, words::LINK_TIME),
        ];
        self.sender.build([&[], &choices], words::MAKE_LINK, Rc::new(move || this.make()))
    }

    fn make(self: &Rc<Self>) {
        if !self.sender.begin() {
            return;
        }
        let access = browser::value(ACCESS);
        let json = Object::new()
            .text("role", Some("connector"))
            .text("connection_id", self.repairs.as_deref())
            .text("access", Some(&*access).filter(|it| !it.is_empty()))
            .member("ttl", &browser::value(TTL));
        let asked = self.app.client.tell(paths::SESSIONS, "", self.sender.write(json));
        self.waiter.then(asked, self.clone(), 0);
    }
}

impl Asker for Links {
    fn take(self: Rc<Self>, _: usize, json: &Parsed) -> Option<()> {
        let link = said(json, "link");
        self.sender.show("of-link", &|| {
            let copy = copy_text(words::COPY_LINK, link.clone());
            el("div").class("notice success").has(&[
                el("p").text(words::LINK_MADE),
                TextField::new("of-link", words::LINK).fixed(link.clone()).beside(copy).build(),
            ])
        });
        self.list.load();
        Some(())
    }

    fn fail(self: Rc<Self>, _: usize, failure: Failure) {
        self.sender.refuse(failure);
    }
}

/// Says which connection a link repairs, once its name is known.
struct Purpose(El);

impl Asker for Purpose {
    fn take(self: Rc<Self>, _: usize, json: &Parsed) -> Option<()> {
        self.0.say(&words::fill(words::LINK_REPAIRS, &[&said(json, "name")]));
        Some(())
    }

    fn fail(self: Rc<Self>, _: usize, failure: Failure) {
        self.0.say(&words::explain(&failure).what);
    }
}

/// A line of the list; nothing for the session that looks: it ends by signing out.
fn session(json: &Parsed) -> Option<Told> {
    if holds(json, "current") {
        return None;
    }
    let [kind, state, origin, subject, note, made] =
        ["kind", "state", "origin", "subject", "note", "connection_name"].map(|it| said(json, it));
    let repairs = !said(json, "connection_id").is_empty();
    let mut what = words::session(&kind, &state, repairs).to_owned();
    for more in [origin, subject, note, made] {
        if !more.is_empty() {
            what = words::fill("% · %", &[&what, &more]);
        }
    }
    let end = browser::exactly(&said(json, "expires_at"));
    let about = words::fill(words::KEY_UNTIL, &[words::session_state(&kind, &state), &end]);
    let at = json.get("created_at").and_then(|it| it.text());
    Some(Told { what, about, at, id: said(json, "id"), ..Told::default() })
}
