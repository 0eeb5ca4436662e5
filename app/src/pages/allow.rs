//! What a connection may be used for, whoever asks: everything, or the tasks and paths that are named.

use std::cell::RefCell;
use std::rc::Rc;

use pinfold_api::{Allow, Connection, paths};

use super::hands::{Asker, Waiter};
use super::sender::Sender;
use crate::app::App;
use crate::browser::{self, Parsed};
use crate::element::{El, el};
use crate::failure::Failure;
use crate::routes::Route;
use crate::state::State;
use crate::widgets::Picked;
use crate::wire::{Object, all};
use crate::wizard::{Edit, Flash};
use crate::{wire, words};

pub(super) struct Allowed {
    app: App,
    /// What else of the connection is edited: it is saved together with this.
    edit: State<Edit>,
    path: String,
    version: i64,
    waiter: Waiter,
    /// Whether it is narrowed at all.
    only: El,
    which: El,
    tasks: Picked,
    sender: Sender,
    /// As the connection was read.
    is_narrow: bool,
    allow: Allow,
    /// Its paths as they are sent.
    paths: String,
    /// Its tasks as they are sent, once there is something to tick.
    before: RefCell<Option<String>>,
}

/// What was asked for.
const TASKS: usize = 0;
const SAVED: usize = 1;

impl Allowed {
    pub(super) fn new(app: App, edit: State<Edit>, connection: &Connection) -> Rc<Self> {
        let (sender, allow) = (Sender::new(words::ALLOW_FIELDS), connection.allow.clone());
        let allow = allow.unwrap_or_default();
        if let Some(paths) = sender.form.input("paths") {
            paths.say(&allow.paths.join("\n"));
        }
        let card = Rc::new(Self {
            app,
            edit,
            path: paths::with_id(paths::CONNECTION, &connection.id),
            version: connection.version,
            waiter: Waiter::new(),
            only: el("input").attr("type", "checkbox"),
            which: el("div").class("asked"),
            tasks: Picked::new(),
            paths: sender.write(Object::new()),
            sender,
            is_narrow: connection.allow.is_some(),
            allow,
            before: RefCell::default(),
        });
        browser::set_checked(card.only.node(), connection.allow.is_some());
        card.which.show(connection.allow.is_some());
        card.waiter.then(app.client.list(paths::TASKS, "", None), card.clone(), TASKS);
        card
    }

    pub(super) fn build(&self, ok: impl FnMut() + 'static) -> El {
        let which = self.which.clone();
        let only = self.only.clone();
        let only = only.on("change", move |event| which.show(browser::ticked(&event)));
        let which = self.which.clone();
        el("div").class("asked").has(&[
            el("p").class("hint").text(words::ALLOW_HINT),
            el("label").class("check").has(&[only]).text(words::ALLOW_ONLY),
            which.has(&[self.tasks.build(words::KEY_TASKS, None), self.sender.form.build(ok)]),
            self.sender.notice(),
        ])
    }

    /// As the server takes it.
    fn named(&self) -> String {
        if !browser::is_checked(self.only.node()) {
            return "null".to_owned();
        }
        let tasks = if self.before.borrow().is_some() {
            self.tasks.write(Object::new(), "tasks")
        } else {
            let tasks: Vec<_> = self.allow.tasks.iter().map(String::as_str).collect();
            Object::new().list("tasks", &tasks)
        };
        self.sender.write(tasks)
    }

    /// Also when nobody could tick a task yet.
    pub(super) fn is_changed(&self) -> bool {
        let only = browser::is_checked(self.only.node());
        let retasked = |before: &String| *before != self.tasks.write(Object::new(), "tasks").end();
        only != self.is_narrow
            || only && self.sender.write(Object::new()) != self.paths
            || only && self.before.borrow().as_ref().is_some_and(retasked)
    }

    /// Saves it with the rest of the edit, and stays until that is done: what is refused is named here.
    pub(super) fn save(self: &Rc<Self>) {
        if !self.sender.begin() {
            return;
        }
        let change = self.edit.peek(|edit| wire::connection_change(&edit.change()));
        let change = Object::after(change).member("allow", &self.named()).end();
        let asked = self.app.client.call("PATCH", &self.path, Some(change), Some(self.version));
        self.waiter.then(asked, self.clone(), SAVED);
    }
}

impl Asker for Allowed {
    fn take(self: Rc<Self>, what: usize, json: &Parsed) -> Option<()> {
        if what == TASKS {
            self.tasks.offer(&all(json, "items"), "name", "title", false);
            self.tasks.tick(&self.allow.tasks);
            self.before.replace(Some(self.tasks.write(Object::new(), "tasks").end()));
            return Some(());
        }
        let connection = wire::connection(json)?;
        let said = words::fill(words::SAVED, &[&connection.name]);
        self.app.flash.set(Some(Flash::Said(said)));
        self.app.go(Route::Connections);
        Some(())
    }

    fn fail(self: Rc<Self>, _: usize, failure: Failure) {
        self.sender.refuse(failure);
    }
}
