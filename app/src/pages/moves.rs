//! Moving in and out: a file of connections and apps, made or taken in.

use std::rc::Rc;

use pinfold_api::paths;

use super::hands::Waiter;
use crate::app::App;
use crate::browser;
use crate::element::{El, el};
use crate::failure::Failure;
use crate::state::State;
use crate::widgets::{Hint, TextField, choice, enter_submits, notice, primary, status};
use crate::wire::Json;
use crate::wizard::{Ask, Import, ImportEvent};
use crate::{client, wire, words};

const TITLE: &str = "move";

pub(crate) fn moves(app: App, ids: Vec<String>) -> El {
    browser::set_title(&words::page(words::MOVE_PAGE));
    browser::focus(TITLE);
    el("div").class("page narrow").has(&[
        el("div")
            .class("title")
            .has(&[el("h1").id(TITLE).attr("tabindex", "-1").text(words::MOVE_PAGE)]),
        export(app, ids),
        import(app),
    ])
}

fn export(app: App, ids: Vec<String>) -> El {
    let passphrase = State::new(String::new());
    let failure = State::new(None::<Failure>);
    let busy = State::new(false);
    let waiter = Waiter::new();
    let what = match ids.len() {
        0 => words::EXPORT_ALL.to_owned(),
        some => words::fill(words::EXPORT_SOME, &[&browser::number(some)]),
    };
    let go: Rc<dyn Fn()> = Rc::new(move || {
        if busy.peek(|busy| *busy) {
            return;
        }
        busy.set(true);
        failure.set(None);
        let secret = passphrase.get();
        let kind = if secret.is_empty() { words::JSON_FILE } else { words::AGE_FILE };
        let body = wire::export(&ids, &secret);
        let asked = app.client.file("POST", paths::EXPORT, Some(body), kind.1);
        waiter.then(
            asked,
            Box::new(move |answer| {
                busy.set(false);
                match client::read(answer, Json::text) {
                    Ok(text) => browser::save(kind.0, kind.1, &text),
                    Err(why) => failure.set(Some(why)),
                }
            }),
        );
    });
    let send = go.clone();
    let field = TextField::new("export-passphrase", words::PASSPHRASE)
        .entry(move || passphrase.get().into(), move |text| passphrase.set(text))
        .secret(|| true)
        .hint(move || {
            let refused = failure.read(Option::is_some);
            Hint { refused, ..words::EXPORT_HINT.into() }
        });
    let form = el("form").submitted(move || go()).has(&[field.build(), enter_submits()]);
    el("section").class("card").has(&[
        el("h2").text(words::EXPORT_TITLE),
        el("p").text(&what),
        form,
        notice(move || failure.get()),
        el("div").class("beside").has(&[
            primary(words::EXPORT_NOW).busy(move || busy.get()).pressed(move || send()),
            status(move || if busy.get() { words::WORKING } else { "" }),
        ]),
    ])
}

#[derive(Clone, Copy)]
struct Importer {
    app: App,
    state: State<Import>,
    waiter: Waiter,
}

impl Importer {
    fn send(self, event: ImportEvent) {
        let Some(Some(Ask { dry })) = self.state.update(|it| it.step(event)) else { return };
        let body = self.state.peek(|it| {
            wire::import(&it.content, &it.passphrase, it.on_clash, it.verify && !dry, dry)
        });
        let asked = self.app.client.call("POST", paths::IMPORT, Some(body), None);
        self.waiter.then(
            asked,
            Box::new(move |answer| {
                self.send(ImportEvent::Answered(client::read(answer, wire::report)));
            }),
        );
    }

    fn read(self, file: Option<browser::Reading>) {
        if let Some(reading) = file {
            self.waiter.wait(Box::pin(async move {
                self.send(ImportEvent::Chosen(reading.await));
            }));
        }
    }
}

fn import(app: App) -> El {
    let it = Importer { app, state: State::new(Import::default()), waiter: Waiter::new() };
    let locked = move || it.state.read(Import::is_locked);
    let file = el("input")
        .id("file")
        .attr("type", "file")
        .on("change", move |event| it.read(browser::file(&event)));
    let field = TextField::new("import-passphrase", words::PASSPHRASE)
        .entry(
            move || it.state.read(|it| it.passphrase.clone()).into(),
            move |text| it.send(ImportEvent::Passphrase(text)),
        )
        .secret(|| true)
        .hint(|| words::IMPORT_LOCKED.into());
    let form = el("form").shown(locked).submitted(move || it.send(ImportEvent::Go));
    let clash = choice("on-clash", words::ON_CLASH, &words::CLASH_CHOICES, move |chosen| {
        let known = words::CLASH_CHOICES.iter().find(|choice| choice.0 == chosen);
        it.send(ImportEvent::OnClash(known.map_or("skip", |choice| choice.0)));
    });
    let verify = el("label").class("check").has(&[
        el("input").attr("type", "checkbox").on("change", move |event| {
            it.send(ImportEvent::Verify(browser::ticked(&event)));
        }),
        el("span").text(words::VERIFY),
    ]);
    let ready = move || it.state.read(Import::is_ready);
    let found = el("div").attr("role", "status").content_of(
        move || it.state.read(|it| it.report.clone()),
        |report| {
            let report = report.as_ref()?;
            let said = el("p").text(&words::report_line(report));
            let lines = report.entries.iter().map(|entry| {
                let fate = el("span").class("fate").attr("data-fate", &entry.fate);
                let about = words::entry_line(entry);
                let text =
                    el("div").has(&[el("p").text(&entry.name), el("p").class("hint").text(&about)]);
                el("li").has(&[text, fate.text(&words::capital(&entry.fate))])
            });
            Some(el("div").has(&[said, el("ul").class("lines").has(&lines.collect::<Vec<_>>())]))
        },
    );
    let go = primary("")
        .word_of(move || if ready() { words::IMPORT_NOW } else { words::PREVIEW })
        .shown(move || ready() || locked() && !it.state.read(|it| it.done))
        .busy(move || it.state.read(|it| it.busy))
        .pressed(move || it.send(ImportEvent::Go));
    el("section")
        .class("card")
        .on("dragover", |event| event.prevent_default())
        .on("drop", move |event| {
            event.prevent_default();
            it.read(browser::file(&event));
        })
        .has(&[
            el("h2").text(words::IMPORT_TITLE),
            el("p").text(words::IMPORT_HINT),
            el("div")
                .class("field")
                .has(&[el("label").attr("for", "file").text(words::FILE), file]),
            form.has(&[field.build(), enter_submits()]),
            notice(move || it.state.read(|it| it.trouble.clone())),
            found,
            el("div").shown(move || it.state.read(Import::clashes)).has(&[clash]),
            el("div").shown(ready).has(&[verify]),
            el("div").class("beside").has(&[
                go,
                status(move || if it.state.read(|it| it.busy) { words::WORKING } else { "" }),
            ]),
        ])
}
