//! Apps: X apps that were saved once, for many connections. Their secrets are written, never shown.

use std::cell::RefCell;
use std::rc::Rc;

use pinfold_api::{Code, Session, paths};

use super::feed::{Feed, line};
use super::hands::{Asker, Waiter};
use super::waiting::skeleton;
use crate::app::App;
use crate::browser::{self, Parsed};
use crate::element::{El, Slot, button, el};
use crate::failure::Failure;
use crate::state::State;
use crate::widgets::{
    Hint, TextField, ask, choice, close_ask, enter_submits, notice, primary, quiet, status,
};
use crate::wire::SavedApp;
use crate::wizard::Field;
use crate::{wire, words};

const TITLE: &str = "apps";
const ACCESS: &str = "access";
const REPLACEMENT: &str = "replacement";

/// The page.
struct Vault {
    app: App,
    /// The name of the server's own.
    registered: Option<String>,
    list: Slot,
    asked: Slot,
    waiter: Waiter,
    all: RefCell<Vec<SavedApp>>,
    /// The one that is spoken of; one without an id is new, or the server's own.
    of: RefCell<SavedApp>,
    /// What a test told.
    told: [El; 3],
    said: El,
    failure: State<Option<Failure>>,
    busy: State<bool>,
}

/// What a press does.
type Deed = fn(&Rc<Vault>);

/// What was asked for; but for these, what is said when it is done: [`words::APP_DONE`].
const LISTED: usize = usize::MAX;
const TESTED: usize = LISTED - 1;
const SAVED: usize = 0;
const REVERTED: usize = 1;
const DELETED: usize = 2;

pub(crate) fn apps(app: App, session: &Session) -> El {
    browser::set_title(&words::page(words::APPS));
    let slot = || Slot::new(el("div"));
    let text = |class| el("p").class(class);
    let vault = Rc::new(Vault {
        app,
        registered: session.registered_app.as_ref().map(|it| it.name.clone()),
        list: slot(),
        asked: slot(),
        waiter: Waiter::new(),
        all: RefCell::default(),
        of: RefCell::default(),
        told: [text("what"), text("hint"), text("")],
        said: text("status").attr("role", "status"),
        failure: State::new(None),
        busy: State::new(false),
    });
    vault.list.fill(&skeleton);
    vault.load();
    browser::focus(TITLE);
    let adds = vault.clone();
    el("div").class("page").has(&[
        el("div").class("title").has(&[
            el("h1").id(TITLE).attr("tabindex", "-1").text(words::APPS),
            primary(words::ADD_APP).pressed(move || adds.form(&SavedApp::default())),
        ]),
        text("hint").text(words::APPS_HINT),
        vault.said.clone(),
        vault.list.host(),
        vault.asked.host(),
    ])
}

impl Vault {
    fn load(self: &Rc<Self>) {
        let asked = self.app.client.list(paths::APPS, "", None);
        self.waiter.then(asked, self.clone(), LISTED);
    }

    fn show(self: &Rc<Self>) {
        let list = || {
            let all = self.all.borrow();
            let list = el("ul").class("lines card");
            if let Some(name) = &self.registered {
                let own = SavedApp { name: name.clone(), ..SavedApp::default() };
                list.insert(&self.line(&own, words::REGISTERED_HINT), None);
            }
            for app in &*all {
                let about = words::app_line(app, &browser::ago(&app.secret_set_at));
                list.insert(&self.line(app, &about), None);
            }
            list
        };
        let none = self.all.borrow().is_empty() && self.registered.is_none();
        self.list.fill(&|| if none { el("p").class("empty").text(words::NO_APPS) } else { list() });
    }

    fn line(self: &Rc<Self>, of: &SavedApp, about: &str) -> El {
        let does = |label, deed: fn(&Rc<Self>, &SavedApp)| {
            let (vault, of) = (self.clone(), of.clone());
            let name = words::fill("%: %", &[label, &of.name]);
            quiet(label).attr("aria-label", &name).pressed(move || deed(&vault, &of))
        };
        let can = el("div").class("beside").has(&[does(words::TEST, Self::test)]);
        if !of.id.is_empty() {
            can.insert(&does(words::EDIT, Self::form), None);
            can.insert(&does(words::DELETE, Self::delete), None);
        }
        line(&of.name, about, can)
    }

    /// Add, or edit: rename, rotate the secret, change what it may ask for; and what it was.
    fn form(self: &Rc<Self>, of: &SavedApp) {
        let old = !of.id.is_empty();
        let title = if old { words::EDIT_APP } else { words::ADD_APP };
        let yes = if old { words::SAVE } else { words::ADD_APP };
        let (name, access) = (of.name.clone(), of.access.clone().unwrap_or_default());
        *self.of.borrow_mut() = of.clone();
        self.ask(title, (yes, "primary", Self::save), &|| {
            let hint = if old { words::ROTATE_HINT } else { words::SECRET_HINT };
            let sends = self.clone();
            let key = (!old).then(|| self.field(Field::ConsumerKey, "").build());
            let form = el("form")
                .class("asked")
                .submitted(move || sends.save())
                .has(&[self.field(Field::Name, "").begin(&name).build()])
                .may_have(key)
                .has(&[
                    self.field(Field::ConsumerSecret, hint).secret(|| true).build(),
                    choice(ACCESS, words::ASKS_FOR, &words::ASKS, &access),
                    enter_submits(),
                ]);
            el("div").class("asked").has(&[form]).may_have(old.then(|| self.versions()))
        });
    }

    fn field(&self, field: Field, hint: &'static str) -> TextField {
        let failure = self.failure;
        TextField::new(field.id(), words::field_label(field)).hint(move || {
            let about = failure.read(|it| it.as_ref().and_then(Field::of));
            Hint { refused: about == Some(field), ..hint.into() }
        })
    }

    fn save(self: &Rc<Self>) {
        let typed = |field: Field| browser::value(field.id());
        let [name, key, secret] =
            [Field::Name, Field::ConsumerKey, Field::ConsumerSecret].map(typed);
        let texts = [
            ("name", name.trim_ascii()),
            ("consumer_key", key.trim_ascii()),
            ("consumer_secret", secret.trim_ascii()),
        ];
        let method = if self.of.borrow().id.is_empty() { "POST" } else { "PATCH" };
        self.send(method, "", Some(wire::new_app(&texts, &browser::value(ACCESS))), SAVED);
    }

    /// What it was, folded away, and the way back.
    fn versions(self: &Rc<Self>) -> El {
        let (vault, id) = (self.clone(), self.of.borrow().id.clone());
        let reverts = id.clone();
        let feed = Feed {
            path: paths::APP_VERSIONS,
            id,
            read: wire::version,
            none: "",
            // The newest is what there is now.
            action: Some((1, words::REVERT)),
            act: Box::new(move |told| {
                let (client, version) = (vault.app.client, told.version.to_string());
                vault.begin();
                let asked = client.act(paths::APP_REVERT, &reverts, "version", &version);
                vault.waiter.then(asked, vault.clone(), REVERTED);
            }),
        };
        el("details").has(&[el("summary").text(words::VERSIONS), feed.build(self.app)])
    }

    /// X is asked for a request token, which is free and is thrown away.
    fn test(self: &Rc<Self>, of: &SavedApp) {
        let title = words::fill(words::TEST_APP, &[&of.name]);
        let path = match &*of.id {
            "" => paths::REGISTERED_APP_TEST.to_owned(),
            id => paths::with_id(paths::APP_TEST, id),
        };
        for place in &self.told {
            place.say("");
        }
        self.ask(&title, ("", "", |_| ()), &|| {
            el("div").class("checkup").attr("role", "status").has(&self.told)
        });
        self.begin();
        let asked = self.app.client.call("POST", &path, None, None);
        self.waiter.then(asked, self.clone(), TESTED);
    }

    /// One that is in use goes only when another one with the same key takes its place.
    fn delete(self: &Rc<Self>, of: &SavedApp) {
        let title = words::fill(words::DELETE_ONE, &[&of.name]);
        let all = self.all.borrow();
        let heirs = all.iter().filter(|it| it.id != of.id && it.hint == of.hint);
        let heirs: Vec<_> = heirs.map(|it| (&*it.id, &*it.name)).collect();
        let used = of.connections;
        let count = words::connections(used);
        *self.of.borrow_mut() = of.clone();
        let yes = if used > 0 && heirs.is_empty() { "" } else { words::DELETE };
        self.ask(&title, (yes, "danger", Self::deleted), &|| match (used, &*heirs) {
            (0, _) => el("p").text(words::APP_UNUSED),
            (_, []) => el("p").text(&words::fill(words::APP_NEEDED, &[&count])),
            (_, heirs) => el("div").class("asked").has(&[
                el("p").text(&words::fill(words::APP_USED, &[&count])),
                choice(REPLACEMENT, words::TAKES_OVER, heirs, ""),
            ]),
        });
    }

    fn deleted(self: &Rc<Self>) {
        let query = match browser::value(REPLACEMENT) {
            heir if heir.is_empty() => heir,
            heir => words::fill("?replacement=%", &[&heir]),
        };
        self.send("DELETE", &query, None, DELETED);
    }

    fn ask(
        self: &Rc<Self>,
        title: &str,
        (yes, class, act): (&str, &str, Deed),
        content: &dyn Fn() -> El,
    ) {
        self.failure.set(None);
        self.busy.set(false);
        self.said.say("");
        let (busy, failure) = (self.busy, self.failure);
        self.asked.fill(&|| {
            let vault = self.clone();
            let doing = status(move || if busy.get() { words::WORKING } else { "" });
            let answer = button(yes).class(class).busy(move || busy.get());
            let answer = answer.pressed(move || act(&vault));
            answer.show(!yes.is_empty());
            let no = if yes.is_empty() { words::CLOSE } else { words::CANCEL };
            ask(title, &[content(), notice(move || failure.get()), doing], no, &[answer])
        });
    }

    fn begin(&self) {
        self.busy.set(true);
        self.failure.set(None);
    }

    /// Sends it about the one that is spoken of, unless something is on its way.
    fn send(self: &Rc<Self>, method: &'static str, query: &str, body: Option<String>, what: usize) {
        if self.busy.peek(|busy| *busy) {
            return;
        }
        self.begin();
        let of = self.of.borrow();
        let (path, version) = match &*of.id {
            "" => (paths::APPS.to_owned(), None),
            id => (paths::with_id(paths::APP, id), Some(of.version)),
        };
        let asked = self.app.client.call(method, &(path + query), body, version);
        self.waiter.then(asked, self.clone(), what);
    }
}

impl Asker for Vault {
    fn take(self: Rc<Self>, what: usize, json: &Parsed) -> Option<()> {
        match what {
            LISTED => {
                *self.all.borrow_mut() = wire::saved_apps(json)?;
                self.show();
            }
            TESTED => {
                let told = wire::app_test(json)?;
                self.busy.set(false);
                match &told {
                    None => self.told[0].say(words::KEYS_ACCEPTED),
                    Some(told) => {
                        for (place, text) in self.told.iter().zip(told) {
                            place.say(&words::sentence(text));
                        }
                    }
                }
            }
            what => {
                close_ask();
                self.busy.set(false);
                self.said.say(words::APP_DONE[what]);
                self.load();
            }
        }
        Some(())
    }

    fn fail(self: Rc<Self>, _: usize, failure: Failure) {
        if self.busy.peek(|busy| *busy) {
            self.busy.set(false);
            if failure.code() == Some(Code::VersionStale) {
                // What is there now is looked at from the list.
                self.load();
            }
            self.failure.set(Some(failure));
        } else {
            self.list.fill(&|| {
                let (vault, failure) = (self.clone(), failure.clone());
                el("div").has(&[
                    notice(move || Some(failure.clone())),
                    button(words::TRY_AGAIN).pressed(move || vault.load()),
                ])
            });
        }
    }
}
