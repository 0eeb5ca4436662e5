//! Apps: X apps that were saved once, for many connections. Their secrets are written, never shown.

use std::cell::RefCell;
use std::rc::Rc;

use pinfold_api::paths;

use super::feed::Feed;
use super::hands::Waiter;
use super::waiting::skeleton;
use crate::app::App;
use crate::browser::{self, Parsed};
use crate::client::{self, Answer, Asked};
use crate::element::{El, Slot, button, el};
use crate::failure::Failure;
use crate::state::State;
use crate::widgets::{
    MENU, TextField, ask, choice, close_ask, enter_submits, menu, notice, primary, status,
};
use crate::wire::SavedApp;
use crate::{wire, words};

const TITLE: &str = "apps";

/// A field of a question: the member that it becomes, its label, its hint, whether it is secret.
type Asked4 = (&'static str, &'static str, &'static str, bool);

const NAME: Asked4 = ("name", words::APP_NAME, words::APP_NAME_HINT, false);
const KEY: Asked4 = ("consumer_key", words::KEY_LABEL, "", false);
const SECRET: Asked4 = ("consumer_secret", words::SECRET_LABEL, words::SECRET_HINT, true);
const SECRET_ONCE: Asked4 = ("consumer_secret", words::SECRET_LABEL, words::ROTATE_HINT, true);

struct Vault {
    app: App,
    registered: Option<String>,
    list: Slot,
    menu: Slot,
    asked: Slot,
    waiter: Waiter,
    all: RefCell<Vec<SavedApp>>,
    /// What was typed into the question, and by which member.
    typed: RefCell<Vec<(&'static str, String)>>,
    failure: State<Option<Failure>>,
    busy: State<bool>,
    said: State<String>,
}

pub(crate) fn apps(app: App, registered: Option<String>) -> El {
    browser::set_title(&words::page(words::APPS));
    let slot = || Slot::new(el("div"));
    let vault = Rc::new(Vault {
        app,
        registered,
        list: slot(),
        menu: slot(),
        asked: slot(),
        waiter: Waiter::new(),
        all: RefCell::default(),
        typed: RefCell::default(),
        failure: State::new(None),
        busy: State::new(false),
        said: State::new(String::new()),
    });
    vault.list.fill(&skeleton);
    vault.load();
    browser::focus(TITLE);
    let (adds, said, failure) = (vault.clone(), vault.said, vault.failure);
    el("div").class("page").has(&[
        el("div").class("title").has(&[
            el("h1").id(TITLE).attr("tabindex", "-1").text(words::APPS),
            primary(words::ADD_APP).pressed(move || adds.add()),
        ]),
        el("p").class("hint").text(words::APPS_HINT),
        el("p").class("status").attr("role", "status").text_of(move || said.get().into()),
        notice(move || failure.get()),
        vault.list.host(),
        vault.menu.host(),
        vault.asked.host(),
    ])
}

impl Vault {
    fn load(self: &Rc<Self>) {
        let this = self.clone();
        let asked = self.app.client.list(paths::APPS, "", None);
        self.waiter.then(
            asked,
            Box::new(move |answer| match client::read(answer, wire::saved_apps) {
                Ok(all) => {
                    *this.all.borrow_mut() = all;
                    this.show();
                }
                Err(failure) => {
                    this.list.clear();
                    this.failure.set(Some(failure));
                }
            }),
        );
    }

    fn show(self: &Rc<Self>) {
        self.list.fill(&|| {
            let all = self.all.borrow();
            let list = el("ul").class("lines");
            let list = self.registered.iter().fold(list, |list, name| {
                let this = self.clone();
                let test = button(words::TEST).attr("aria-label", words::TEST_REGISTERED);
                let test = test.pressed(move || this.test(words::REGISTERED, None));
                list.has(&[line(name, words::REGISTERED_HINT, test)])
            });
            if all.is_empty() && self.registered.is_none() {
                return el("div")
                    .class("empty")
                    .has(&[el("h2").text(words::NO_APPS), el("p").text(words::APPS_HINT)]);
            }
            all.iter().enumerate().fold(list, |list, (index, app)| {
                let this = self.clone();
                let ago = browser::ago(&app.secret_set_at);
                let about = words::app_line(app, &ago);
                let name = words::fill(words::ACTIONS_OF, &[&app.name]);
                let more = button("").class("dots").attr("aria-haspopup", "menu");
                let more = more.attr("aria-label", &name);
                let at = more.node().clone();
                let more = more.pressed(move || this.open_menu(index, &name, &at));
                list.has(&[line(&app.name, &about, more)])
            })
        });
    }

    fn open_menu(self: &Rc<Self>, index: usize, name: &str, at: &web_sys::Element) {
        self.menu.fill(&|| {
            let this = self.clone();
            let chosen = Rc::new(move |action| this.act(index, action));
            menu(name, &words::APP_ACTIONS, &(chosen as Rc<dyn Fn(usize)>))
        });
        let (left, top) = browser::place(at);
        browser::show_menu(MENU, (left, top + 36));
    }

    /// What was chosen of [`words::APP_ACTIONS`].
    fn act(self: &Rc<Self>, index: usize, action: usize) {
        let Some(app) = self.all.borrow().get(index).cloned() else { return };
        match action {
            0 => self.test(&app.name.clone(), Some(app)),
            1 => {
                let typed = vec![("name", app.name.clone())];
                self.form(words::RENAME_APP, &app, &[NAME], words::SAVE, typed, "PATCH");
            }
            2 => self.form(words::ROTATE_APP, &app, &[SECRET_ONCE], words::ROTATE, vec![], "PATCH"),
            3 => self.versions(&app),
            _ => self.delete(&app),
        }
    }

    fn add(self: &Rc<Self>) {
        let new = SavedApp::default();
        self.form(words::ADD_APP, &new, &[NAME, KEY, SECRET], words::ADD_APP, vec![], "POST");
    }

    /// Asks for a few texts, and sends them as they are called.
    fn form(
        self: &Rc<Self>,
        title: &str,
        of: &SavedApp,
        fields: &[Asked4],
        yes: &str,
        typed: Vec<(&'static str, String)>,
        method: &'static str,
    ) {
        *self.typed.borrow_mut() = typed;
        let (this, of) = (self.clone(), of.clone());
        let send: Rc<dyn Fn()> = Rc::new(move || {
            let typed = this.typed.borrow();
            let members: Vec<_> = typed.iter().map(|(name, text)| (*name, text.trim())).collect();
            let (path, version) = match method {
                "POST" => (paths::APPS.to_owned(), None),
                _ => (paths::with_id(paths::APP, &of.id), Some(of.version)),
            };
            let body = Some(wire::texts(&members));
            this.done(this.app.client.call(method, &path, body, version), words::APP_SAVED);
        });
        let submit = send.clone();
        self.ask(title, yes, "primary", Some(send), &|vault| {
            let form = el("form").has(&[enter_submits()]);
            let submit = submit.clone();
            fields
                .iter()
                .fold(form, |form, field| form.has(&[vault.field(field)]))
                .submitted(move || submit())
        });
    }

    fn field(self: &Rc<Self>, &(name, label, hint, secret): &Asked4) -> El {
        let typed = self.typed.borrow();
        let now = typed.iter().find(|it| it.0 == name).map_or("", |it| &it.1).to_owned();
        let (this, failure) = (self.clone(), self.failure);
        let field = TextField::new(name, label)
            .entry(
                move || now.clone().into(),
                move |text| {
                    let mut typed = this.typed.borrow_mut();
                    typed.retain(|it| it.0 != name);
                    typed.push((name, text));
                },
            )
            .hint(move || {
                let refused = failure.read(|it| words::field_of(it.as_ref()) == Some(name));
                crate::widgets::Hint { refused, ..hint.into() }
            });
        if secret { field.secret(|| true).build() } else { field.build() }
    }

    /// X is asked for a request token, which is free and is thrown away.
    fn test(self: &Rc<Self>, name: &str, of: Option<SavedApp>) {
        let path = match &of {
            Some(app) => paths::with_id(paths::APP_TEST, &app.id),
            None => paths::REGISTERED_APP_TEST.to_owned(),
        };
        let told: [El; 3] = [el("p").class("what"), el("p"), el("p")];
        told[0].say(words::WORKING);
        let title = words::fill(words::TEST_APP, &[name]);
        self.ask(&title, "", "", None, &|_| el("div").attr("role", "status").has(&told));
        let asked = self.app.client.call("POST", &path, None, None);
        let told = told.clone();
        self.waiter.then(
            asked,
            Box::new(move |answer| {
                let said = match client::read(answer, wire::app_test) {
                    Ok(None) => [words::KEYS_ACCEPTED.into(), "".into(), "".into()],
                    Ok(Some(said)) => said.map(|it| words::capital(&it).into()),
                    Err(failure) => {
                        let it = words::explain(&failure);
                        [it.what, it.why, it.next]
                    }
                };
                for (place, text) in told.iter().zip(&said) {
                    place.say(text);
                }
            }),
        );
    }

    fn versions(self: &Rc<Self>, app: &SavedApp) {
        let title = words::fill("% · %", &[words::VERSIONS, &app.name]);
        let id = app.id.clone();
        self.ask(&title, "", "", None, &|vault| {
            let (this, id) = (vault.clone(), id.clone());
            let feed = Feed {
                path: paths::APP_VERSIONS.into(),
                id: id.clone(),
                read: wire::version,
                none: "",
                action: Some((1, words::REVERT)),
                act: Box::new(move |told| {
                    let version = told.version.to_string();
                    let client = this.app.client;
                    let asked = client.act(paths::APP_REVERT, &id, "version", &version);
                    this.done(asked, words::APP_REVERTED);
                }),
            };
            feed.build(vault.app)
        });
    }

    fn delete(self: &Rc<Self>, app: &SavedApp) {
        let title = words::fill(words::DELETE_ONE, &[&app.name]);
        let heirs: Vec<SavedApp> = {
            let all = self.all.borrow();
            let fits = |it: &&SavedApp| it.id != app.id && it.hint == app.hint;
            all.iter().filter(fits).cloned().collect()
        };
        let used = app.connections > 0;
        let first = heirs.first().filter(|_| used).map(|it| it.id.clone()).unwrap_or_default();
        *self.typed.borrow_mut() = vec![("replacement", first)];
        let (this, of) = (self.clone(), app.clone());
        let send: Rc<dyn Fn()> = Rc::new(move || {
            let mut path = paths::with_id(paths::APP, &of.id);
            let typed = this.typed.borrow();
            if let Some((_, heir)) = typed.first().filter(|(_, heir)| !heir.is_empty()) {
                path += "?replacement=";
                path += heir;
            }
            let version = Some(of.version);
            this.done(this.app.client.call("DELETE", &path, None, version), words::APP_DELETED);
        });
        let send = (!used || !heirs.is_empty()).then_some(send);
        let count = app.connections.to_string();
        self.ask(&title, words::DELETE, "danger", send, &|vault| match &heirs[..] {
            _ if !used => el("p").text(words::APP_UNUSED),
            [] => el("p").text(&words::fill(words::APP_NEEDED, &[&count])),
            heirs => {
                let this = vault.clone();
                let options: Vec<_> =
                    heirs.iter().map(|it| (it.id.as_str(), it.name.as_str())).collect();
                el("div").has(&[
                    el("p").text(&words::fill(words::APP_USED, &[&count])),
                    choice("replacement", words::REPLACEMENT, &options, move |id| {
                        *this.typed.borrow_mut() = vec![("replacement", id)];
                    }),
                ])
            }
        });
    }

    fn ask(
        self: &Rc<Self>,
        title: &str,
        yes: &str,
        class: &str,
        send: Option<Rc<dyn Fn()>>,
        content: &dyn Fn(&Rc<Self>) -> El,
    ) {
        self.failure.set(None);
        self.said.set(String::new());
        let (busy, failure) = (self.busy, self.failure);
        self.asked.fill(&|| {
            let doing = status(move || if busy.get() { words::WORKING } else { "" });
            let trouble = notice(move || failure.get());
            let answers: Vec<El> = send
                .iter()
                .map(|send| {
                    let send = send.clone();
                    button(yes).class(class).busy(move || busy.get()).pressed(move || send())
                })
                .collect();
            let no = if answers.is_empty() { words::CLOSE } else { words::CANCEL };
            ask(title, &[content(self), trouble, doing], no, &answers)
        });
    }

    /// What comes of it: the question ends when it was done.
    fn done(self: &Rc<Self>, asked: Asked, said: &'static str) {
        if self.busy.peek(|busy| *busy) {
            return;
        }
        self.busy.set(true);
        self.failure.set(None);
        let this = self.clone();
        let act = move |answer: Answer<Parsed>| {
            this.busy.set(false);
            match answer {
                Ok(_) => {
                    close_ask();
                    this.said.set(said.to_owned());
                    this.load();
                }
                Err(failure) => this.failure.set(Some(failure)),
            }
        };
        self.waiter.then(asked, Box::new(act));
    }
}

fn line(name: &str, about: &str, action: El) -> El {
    let text = el("div").has(&[el("p").text(name), el("p").class("hint").text(about)]);
    el("li").has(&[text, action])
}
