//! Task keys: what there is, a new one, and its end.

use std::cell::RefCell;
use std::rc::Rc;
use std::slice::from_ref;

use pinfold_api::paths;

use super::hands::{Asker, Waiter};
use super::revocable::{Kind, Revocable};
use super::sender::Sender;
use crate::app::App;
use crate::browser::{self, Parsed};
use crate::element::{El, el};
use crate::failure::Failure;
use crate::widgets::{Picked, TextField, copy_text};
use crate::wire::{Json, Object, Told, all, amount, holds, said};
use crate::wizard::View;
use crate::words;

const TITLE: &str = "keys";

/// The page.
struct Keys {
    app: App,
    waiter: Waiter,
    searching: Waiter,
    sender: Rc<Sender>,
    list: Rc<Revocable>,
    connections: Picked,
    tasks: Picked,
    /// As the server describes them.
    known: RefCell<Vec<Parsed>>,
}

/// What was asked for.
const CONNECTION: usize = 0;
const CONNECTIONS: usize = 1;
const TASKS: usize = 2;
const MADE: usize = 3;

pub(crate) fn keys(app: App, connection: Option<String>) -> El {
    browser::set_title(&words::page(words::KEYS));
    browser::focus(TITLE);
    let sender = Rc::new(Sender::new(words::KEY_FIELDS));
    let kind = Kind {
        paths: [paths::KEYS, paths::KEY],
        read: key,
        none: words::NO_KEYS,
        hint: words::REVOKE_HINT,
    };
    let page = Rc::new(Keys {
        app,
        waiter: Waiter::new(),
        searching: Waiter::of_its_own(),
        list: Revocable::new(app, kind, sender.clone()),
        sender,
        connections: Picked::new(),
        tasks: Picked::new(),
        known: RefCell::default(),
    });
    page.list.load();
    page.search("");
    page.waiter.then(app.client.list(paths::TASKS, "", None), page.clone(), TASKS);
    if let Some(id) = connection {
        page.waiter.then(app.client.list(paths::CONNECTION, &id, None), page.clone(), CONNECTION);
    }
    let root = el("div")
        .class("page narrow")
        .markup(PAGE, &[words::KEYS, words::KEYS_HINT, words::NEW_KEY]);
    root.child(2).has(&page.list.hosts()).has(&[page.sender.made.host()]);
    root.child(3).has(&[page.maker()]);
    root
}

const FIND: &str = r#"<input type="search" aria-label="%" placeholder="%">"#;
const PAGE: &str = r#"<div class="title"><h1 id="keys" tabindex="-1">%</h1></div><p>%</p><div class="asked"></div><section class="card"><h2>%</h2></section>"#;

impl Keys {
    fn search(self: &Rc<Self>, text: &str) {
        let view = View { search: text.to_owned(), ..View::default() };
        let asked = self.app.client.connections(&view, None, None);
        // Only the last answer counts.
        self.searching.end();
        self.searching.then(asked, self.clone(), CONNECTIONS);
    }

    fn maker(self: &Rc<Self>) -> El {
        let (this, typing) = (self.clone(), self.clone());
        let search = el("div").markup(FIND, &[words::SEARCH, words::SEARCH]);
        let search = search.on("input", move |event| typing.search(&browser::typed(&event)));
        let fields = [
            self.connections.build(words::KEY_CONNECTIONS, Some(search)),
            self.tasks.build(words::KEY_TASKS, None),
        ];
        self.sender.build([&fields, &[]], words::MAKE_KEY, Rc::new(move || this.make()))
    }

    fn make(self: &Rc<Self>) {
        if self.sender.begin() {
            let json = self.connections.write(Object::new(), "connections");
            let json = self.sender.write(self.tasks.write(json, "tasks"));
            self.waiter.then(self.app.client.tell(paths::KEYS, "", json), self.clone(), MADE);
        }
    }

    /// The key, and how to use it: never shown again.
    fn made(&self, json: &Parsed) -> El {
        let key = said(json, "key");
        let curl = self.curl(json, &key);
        let copy = copy_text(words::COPY_KEY, key.clone());
        el("div").class("notice success").has(&[
            el("p").text(&words::fill(words::KEY_MADE, &[&said(json, "name")])),
            TextField::new("of-key", words::KEY).fixed(key).beside(copy).build(),
            el("pre").text(&curl),
            copy_text(words::COPY_CURL, curl),
        ])
    }

    /// A call that the key may make: a preview of its first task, or else its first path.
    fn curl(&self, json: &Parsed, key: &str) -> String {
        let first = |name: &str| all(json, name).first().and_then(Json::text).unwrap_or_default();
        let task = first("tasks");
        let of = |path: &str| paths::with_id(path, &first("connections"));
        let server = browser::server();
        let origin = if server.is_empty() { browser::origin() } else { server };
        if task.is_empty() {
            let path = of(paths::CONNECTION_PROXY.strip_suffix("/{path}").unwrap_or_default());
            let rule = first("paths");
            let (method, rest) = rule.split_once(' ').unwrap_or_default();
            return words::fill(words::PATH_CURL, &[key, method, &(origin + &path), rest]);
        }
        let path = of(paths::CONNECTION_TASK.strip_suffix("{task}").unwrap_or_default());
        let mut sample = Object::new().truth("preview", Some(true));
        for it in &*self.known.borrow() {
            for field in all(it, "fields") {
                if said(it, "name") == task && holds(&field, "required") {
                    let value = words::sample(&said(&field, "kind"));
                    sample = sample.text(&said(&field, "name"), Some(value));
                }
            }
        }
        words::fill(words::TASK_CURL, &[key, &sample.end(), &(origin + &path), &task])
    }
}

impl Asker for Keys {
    fn take(self: Rc<Self>, what: usize, json: &Parsed) -> Option<()> {
        match what {
            CONNECTION => self.connections.offer(from_ref(json), "id", "name", true),
            CONNECTIONS => self.connections.offer(&all(json, "items"), "id", "name", false),
            TASKS => {
                let tasks = all(json, "items");
                self.tasks.offer(&tasks, "name", "title", false);
                self.known.replace(tasks);
            }
            _ => {
                self.sender.show("of-key", &|| self.made(json));
                self.list.load();
            }
        }
        Some(())
    }

    fn fail(self: Rc<Self>, what: usize, failure: Failure) {
        if what == MADE {
            self.sender.refuse(failure);
        } else {
            self.sender.failure.set(Some(failure));
        }
    }
}

/// A line of the list: what it may do, until when, and what it has spent of what it may.
fn key(json: &Parsed) -> Option<Told> {
    let joined = |name: &str| json.get(name).map(|it| it.joined()).unwrap_or_default();
    let (mut may, paths) = (joined("tasks"), joined("paths"));
    if !may.is_empty() && !paths.is_empty() {
        may += ", ";
    }
    let connections = browser::number(all(json, "connections").len());
    let calls = json.get("calls")?.pretty();
    let mut about = words::fill(words::KEY_MAY, &[&(may + &paths), &connections, &calls]);
    if let Some(end) = json.get("expires_at").and_then(|it| it.text()) {
        about = words::fill(words::KEY_UNTIL, &[&about, &browser::day(&end)]);
    }
    let [spent, cap] = ["spent_today_usd", "per_day_usd"].map(|it| amount(json, it));
    if let (Some(spent), Some(cap)) = (spent, cap) {
        let [spent, cap] = [spent, cap].map(browser::dollars);
        about = words::fill(words::KEY_SPENT, &[&about, &spent, &cap]);
    }
    let at = json.get("last_used_at").and_then(|it| it.text());
    Some(Told { what: said(json, "name"), about, at, id: said(json, "id"), ..Told::default() })
}
