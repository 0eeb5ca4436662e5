//! Export and import: a file of connections and saved apps, made or taken in.

use std::cell::RefCell;
use std::rc::Rc;

use pinfold_api::{Code, paths};

use super::feed::line;
use super::hands::{Asker, Waiter};
use crate::app::App;
use crate::browser::{self, Parsed};
use crate::element::{El, Slot, el};
use crate::failure::Failure;
use crate::state::{State, keep};
use crate::widgets::{Hint, TextField, choice, enter_submits, notice, primary, status};
use crate::wire::{Json, Report};
use crate::wizard::Import;
use crate::{wire, words};

const TITLE: &str = "move";
const NEW_PASSPHRASE: &str = "new-passphrase";
const AGAIN: &str = "passphrase-again";
const PASSPHRASE: &str = "passphrase";
const PASTED: &str = "pasted";
const ON_CLASH: &str = "on-clash";
/// Where the ids of the connections to be exported are kept, with commas between.
const CHOSEN: &str = "pinfold.export";

/// So many entries of a file are shown.
const SHOWN: usize = 200;

/// What is under way, or was last.
const EXPORT: usize = 0;
const LOOK: usize = 1;
const IMPORT: usize = 2;

/// Chooses what the page exports, instead of everything.
pub(super) fn choose(ids: &[&str]) {
    browser::keep_draft(CHOSEN, &ids.join(","));
}

/// A choice goes with the page.
struct Chosen;

impl Drop for Chosen {
    fn drop(&mut self) {
        choose(&[]);
    }
}

struct Mover {
    app: App,
    waiter: Waiter,
    import: RefCell<Import>,
    busy: State<Option<usize>>,
    failure: State<Option<(usize, Failure)>>,
    /// Two passphrases were typed where one was meant.
    differ: State<bool>,
    found: Slot,
    unlock: El,
    clash: El,
    verify: El,
    price: El,
    go: El,
}

pub(crate) fn moves(app: App) -> El {
    browser::set_title(&words::page(words::MOVE_PAGE));
    browser::focus(TITLE);
    keep(Box::new(Chosen));
    let tick = el("input").id("verify").attr("type", "checkbox");
    let price = el("span");
    let mover = Rc::new(Mover {
        app,
        waiter: Waiter::new(),
        import: RefCell::default(),
        busy: State::new(None),
        failure: State::new(None),
        differ: State::new(false),
        found: Slot::new(el("div").attr("role", "status")),
        unlock: el("form"),
        clash: el("div").has(&[choice(ON_CLASH, words::ON_CLASH, &words::CLASHES, "")]),
        verify: el("label").class("check").has(&[tick, price.clone()]),
        price,
        go: primary(words::LOOK_INSIDE),
    });
    mover.paint();
    let drops = mover.clone();
    el("div")
        .class("page narrow")
        // Wherever it is dropped: else the browser would leave for the file.
        .on("dragover", |event| event.prevent_default())
        .on("drop", move |event| {
            event.prevent_default();
            drops.read(&event);
        })
        .has(&[
            el("div")
                .class("title")
                .has(&[el("h1").id(TITLE).attr("tabindex", "-1").text(words::MOVE_PAGE)]),
            mover.export_card(),
            mover.import_card(),
        ])
}

impl Mover {
    fn card(
        self: &Rc<Self>,
        title: &str,
        hint: &str,
        content: &[El],
        go: El,
        at: [usize; 2],
    ) -> El {
        let (failure, busy) = (self.failure, self.busy);
        let trouble = move || {
            let here =
                |(what, failure): &(usize, Failure)| at.contains(what).then(|| failure.clone());
            failure.read(|it| it.as_ref().and_then(here))
        };
        let works = move || busy.read(|it| it.is_some_and(|what| at.contains(&what)));
        el("section")
            .class("card")
            .has(&[el("h2").text(title), el("p").text(hint)])
            .has(content)
            .has(&[
                notice(trouble),
                el("div").class("beside").has(&[
                    go.busy(move || busy.read(Option::is_some)),
                    status(move || if works() { words::WORKING } else { "" }),
                ]),
            ])
    }

    fn passphrase(&self, id: &'static str, hint: &'static str) -> El {
        let failure = self.failure;
        let field = TextField::new(id, words::PASSPHRASE).secret(|| true).hint(move || {
            let code = |it: &Option<(usize, Failure)>| it.as_ref().and_then(|it| it.1.code());
            let refused = failure.read(code) == Some(Code::PassphraseRejected);
            Hint { refused: refused && id == PASSPHRASE, ..hint.into() }
        });
        field.build()
    }

    fn export_card(self: &Rc<Self>) -> El {
        let what = match chosen().len() {
            0 => words::EXPORT_ALL.to_owned(),
            some => words::fill(words::EXPORT_SOME, &[&browser::number(some)]),
        };
        let (enters, presses) = (self.clone(), self.clone());
        let differ = self.differ;
        let again =
            TextField::new(AGAIN, words::PASSPHRASE_AGAIN).secret(|| true).hint(move || {
                if differ.read(|it| *it) {
                    Hint { refused: true, ..words::PASSPHRASES_DIFFER.into() }
                } else {
                    words::PASSPHRASE_AGAIN_HINT.into()
                }
            });
        let form = el("form")
            .submitted(move || enters.export())
            .on("input", move |_| differ.set(false))
            .has(&[
                self.passphrase(NEW_PASSPHRASE, words::EXPORT_HINT),
                again.build(),
                enter_submits(),
            ]);
        let go = primary(words::EXPORT).pressed(move || presses.export());
        self.card(words::EXPORT, &what, &[form], go, [EXPORT; 2])
    }

    fn export(self: &Rc<Self>) {
        let passphrase = browser::value(NEW_PASSPHRASE);
        self.differ.set(browser::value(AGAIN) != passphrase);
        if self.differ.peek(|it| *it) {
            browser::focus(AGAIN);
            return;
        }
        let body = wire::export(&chosen(), &passphrase);
        self.send(EXPORT, paths::EXPORT, body, Some(words::file(&passphrase).1));
    }

    fn import_card(self: &Rc<Self>) -> El {
        let (chooses, pastes) = (self.clone(), self.clone());
        let (unlocks, types, goes) = (self.clone(), self.clone(), self.clone());
        let labelled = |id: &str, label: &str, input: El| {
            let label = el("label").attr("for", id).text(label);
            el("div").class("field").has(&[label, input.id(id)])
        };
        let file = el("input").attr("type", "file").on("change", move |event| chooses.read(&event));
        let paste = el("textarea")
            .attr("rows", "3")
            .attr("autocomplete", "off")
            .attr("spellcheck", "false")
            .on("input", move |_| pastes.chosen(browser::value(PASTED), false));
        let unlock = self.unlock.clone();
        let unlock = unlock
            .submitted(move || unlocks.go())
            // What was seen was seen with another passphrase.
            .on("input", move |_| {
                let content = types.import.borrow().content.clone();
                types.chosen(content, false);
            })
            .has(&[self.passphrase(PASSPHRASE, words::IMPORT_LOCKED), enter_submits()]);
        let content = [
            labelled("file", words::FILE, file),
            labelled(PASTED, words::PASTE, paste),
            unlock,
            self.found.host(),
            self.clash.clone(),
            self.verify.clone(),
        ];
        let go = self.go.clone().pressed(move || goes.go());
        let busy = self.busy;
        let content = el("div").class("asked").has(&content);
        let content = content.flag("inert", move || busy.read(Option::is_some));
        self.card(words::IMPORT, words::IMPORT_HINT, &[content], go, [LOOK, IMPORT])
    }

    /// Reads the file that was chosen or dropped.
    fn read(self: &Rc<Self>, event: &browser::Event) {
        let Some(reading) = browser::file(event) else { return };
        let mover = self.clone();
        self.waiter.wait(Box::pin(async move {
            let text = reading.await;
            mover.chosen(text, true);
        }));
    }

    /// There is another file, or another passphrase for it. It is looked into at once when that can
    /// be done.
    fn chosen(self: &Rc<Self>, content: String, at_once: bool) {
        // What comes back is of what was sent.
        if self.busy.peek(Option::is_some) {
            return;
        }
        let import = Import::chosen(content);
        let look = at_once && !import.is_locked();
        self.import.replace(import);
        self.paint();
        if look {
            self.go();
        }
    }

    /// Looks into the file; once that was seen, takes it in.
    fn go(self: &Rc<Self>) {
        let import = self.import.borrow();
        if import.content.is_empty() || import.done {
            return;
        }
        let dry = !import.is_ready();
        let (passphrase, on_clash) = (browser::value(PASSPHRASE), browser::value(ON_CLASH));
        let verify = !dry && browser::is_checked(self.verify.child(0).node());
        let body = wire::import(&import.content, &passphrase, &on_clash, verify, dry);
        self.send(if dry { LOOK } else { IMPORT }, paths::IMPORT, body, None);
    }

    fn send(self: &Rc<Self>, what: usize, path: &str, body: String, kind: Option<&'static str>) {
        if self.busy.peek(Option::is_some) {
            return;
        }
        self.busy.set(Some(what));
        self.failure.set(None);
        let asked = self.app.client.file("POST", path, Some(body), kind);
        self.waiter.then(asked, self.clone(), what);
    }

    /// Everything of the import that changes.
    fn paint(&self) {
        let import = self.import.borrow();
        let ready = import.is_ready();
        self.unlock.show(import.is_locked() && !import.done);
        self.clash.show(import.clashes());
        let pairs = import.report.as_ref().map_or(0, |it| it.pairs);
        self.verify.show(ready && pairs > 0);
        self.price.say(&words::verify(pairs));
        self.go.say(if ready { words::IMPORT } else { words::LOOK_INSIDE });
        self.go.show(!import.done);
        match &import.report {
            Some(report) => self.found.fill(&|| found(report, import.done)),
            None => self.found.clear(),
        }
    }
}

/// The ids of those that were chosen; none: all.
fn chosen() -> Vec<String> {
    let ids = browser::draft(CHOSEN);
    ids.split(',').filter(|id| !id.is_empty()).map(str::to_owned).collect()
}

fn found(report: &Report, done: bool) -> El {
    let list = el("ul").class("lines");
    for (fate, entry) in report.entries.iter().take(SHOWN) {
        let label = el("span").class("fate").attr("data-fate", fate).text(&words::capital(fate));
        list.insert(&line(&entry.what, &entry.about, label), None);
    }
    let left = report.entries.len().saturating_sub(SHOWN);
    let more = words::fill(words::MORE_ENTRIES, &[&browser::number(left)]);
    let more = el("p").class("hint").text(if left > 0 { &more } else { "" });
    el("div").has(&[el("p").text(&words::found(report, done)), list, more])
}

impl Asker for Mover {
    fn take(self: Rc<Self>, what: usize, json: &Parsed) -> Option<()> {
        if what == EXPORT {
            let name = words::file(&browser::value(NEW_PASSPHRASE)).0;
            browser::save(name, &json.text()?);
        } else {
            let report = wire::report(json)?;
            self.import.borrow_mut().told(report, what == IMPORT);
        }
        self.busy.set(None);
        self.paint();
        Some(())
    }

    fn fail(self: Rc<Self>, _: usize, failure: Failure) {
        let what = self.busy.peek(|it| it.unwrap_or_default());
        self.busy.set(None);
        self.failure.set(Some((what, failure)));
    }
}
