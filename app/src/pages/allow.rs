//! What a connection may be used for, whoever asks: everything, or the tasks and paths that are named.

use std::cell::Cell;
use std::rc::Rc;

use pinfold_api::{Allow, Connection, paths};

use super::hands::{Asker, Waiter};
use crate::app::App;
use crate::browser::Parsed;
use crate::element::{El, el};
use crate::failure::Failure;
use crate::routes::Route;
use crate::state::State;
use crate::widgets::{Form, Picked, notice, primary};
use crate::wire::{Json as _, Object, all};
use crate::wizard::Flash;
use crate::{wire, words};

struct Allowed {
    app: App,
    path: String,
    version: i64,
    waiter: Waiter,
    tasks: Picked,
    form: Form,
    /// As the connection was read.
    allow: Allow,
    failure: State<Option<Failure>>,
    loaded: Cell<bool>,
    busy: Cell<bool>,
}

/// What was asked for.
const TASKS: usize = 0;
const SAVED: usize = 1;

pub(super) fn allow(app: App, connection: &Connection) -> El {
    let failure = State::new(None);
    let card = Rc::new(Allowed {
        app,
        path: paths::with_id(paths::CONNECTION, &connection.id),
        version: connection.version,
        waiter: Waiter::new(),
        tasks: Picked::new(),
        form: Form::new(Parsed::parse(words::ALLOW_FIELDS).items().unwrap_or_default()),
        allow: connection.allow.clone().unwrap_or_default(),
        failure,
        loaded: Cell::new(false),
        busy: Cell::new(false),
    });
    if let Some(paths) = card.form.input("paths") {
        paths.say(&card.allow.paths.join("\n"));
    }
    card.waiter.then(app.client.list(paths::TASKS, "", None), card.clone(), TASKS);
    let (enter, press) = (card.clone(), card.clone());
    el("div").class("asked").has(&[
        el("p").class("hint").text(words::ALLOW_HINT),
        card.tasks.build(words::KEY_TASKS, None),
        card.form.build(move || enter.save()),
        notice(move || failure.get()),
        el("div").class("beside").has(&[primary(words::SAVE).pressed(move || press.save())]),
    ])
}

impl Allowed {
    fn save(self: &Rc<Self>) {
        // Before the tasks are there, what is ticked says nothing.
        if !self.loaded.get() || self.busy.replace(true) {
            return;
        }
        self.failure.set(None);
        self.form.calm();
        let named = self.form.write(self.tasks.write(Object::new(), "tasks")).end();
        let named = if named == r#"{"tasks":[]}"# { "null" } else { &named };
        let change = Object::new().member("allow", named).end();
        let asked = self.app.client.call("PATCH", &self.path, Some(change), Some(self.version));
        self.waiter.then(asked, self.clone(), SAVED);
    }
}

impl Asker for Allowed {
    fn take(self: Rc<Self>, what: usize, json: &Parsed) -> Option<()> {
        if what == TASKS {
            self.tasks.offer(&all(json, "items"), "name", "title", false);
            self.tasks.tick(&self.allow.tasks);
            self.loaded.set(true);
            return Some(());
        }
        let connection = wire::connection(json)?;
        let said = words::fill(words::SAVED, &[&connection.name]);
        self.app.flash.set(Some(Flash::Said(said)));
        self.app.go(Route::Connections);
        Some(())
    }

    fn fail(self: Rc<Self>, failure: Failure) {
        self.busy.set(false);
        if !self.form.refuse(&failure) {
            self.failure.set(Some(failure));
        }
    }
}
