//! One connection: the same dialog, filled; how it fares, what uses it, and what it was.

use std::rc::Rc;

use pinfold_api::{Connection, paths};

use super::Revert;
use super::allow::Allowed;
use super::checkup::checkup;
use super::connections::app_of;
use super::desk::{Desk, target};
use super::dialog::Card;
use super::feed::Feed;
use super::hands::Waiter;
use super::not_found::back;
use super::trial::trial;
use super::waiting::skeleton;
use crate::app::{App, Who};
use crate::element::{El, button, el};
use crate::routes::Route;
use crate::state::State;
use crate::widgets::{TextField, choice, copy_button, enter_submits, notice, primary, quiet};
use crate::wire::Told;
use crate::wizard::{Edit, EditEffect, EditEvent, Field, Gone, REGISTERED};
use crate::{browser, wire, words};

const APP: &str = "app";

pub(crate) fn connection(app: App, id: String) -> El {
    browser::set_title(&words::page(words::EDIT_CONNECTION));
    // What was refused of it is there to be mended.
    let refused = app.outgoing.update(|edit| {
        let it = edit.take_if(|it| it.id == id && it.trouble.is_some())?;
        Some(it.change)
    });
    let (edit, first) = Edit::open(refused.flatten());
    let editor = Editor { app, id: State::new(id), state: State::new(edit), waiter: Waiter::new() };
    editor.carry_out(first);
    let apps = app.client.app_names();
    browser::spawn(Box::pin(async move { editor.send(EditEvent::Apps(apps.await)) }));
    el("div").content_of(
        move || editor.read(|edit| edit.connection.is_some()),
        move |_| {
            let connection = editor.state.peek(|edit| edit.connection.clone());
            Some(connection.map_or_else(|| loading(editor), |it| filled(editor, &it)))
        },
    )
}

fn loading(editor: Editor) -> El {
    let failed = move || editor.read(|edit| edit.trouble.is_some());
    el("div").class("card").has(&[
        el("h1").text(words::EDIT_CONNECTION),
        el("div").has(&[skeleton()]).shown(move || !failed()),
        notice(move || editor.read(|edit| edit.trouble.clone())),
        el("div").class("beside").shown(failed).has(&[
            button(words::TRY_AGAIN).pressed(move || editor.send(EditEvent::Retry)),
            back(),
        ]),
    ])
}

fn filled(editor: Editor, connection: &Connection) -> El {
    let desk = Desk::new(editor.app, move || editor.app.go(Route::Connections));
    let allowed = Allowed::new(editor.app, editor.state, connection);
    let ok: Rc<dyn Fn()> = {
        let allowed = allowed.clone();
        Rc::new(
            move || {
                if allowed.is_changed() { allowed.save() } else { editor.send(EditEvent::Ok) }
            },
        )
    };
    let card = Card {
        title: words::EDIT_CONNECTION,
        notice: el("div").attr("hidden", ""),
        main: Some(el("div").has(&[main(editor, ok.clone())])),
        authentication: granted(editor, connection),
        foot: el("div").class("foot").has(&[actions(editor, &desk, connection, ok.clone())]),
    };
    let card = card.build(
        move || editor.read(|edit| edit.tab),
        move |tab| editor.send(EditEvent::Select(tab)),
    );
    let app = editor.app;
    let (id, failed) = (connection.id.clone(), State::new(None));
    let feed = |path, read, none, action, act| {
        Feed { path, id: id.clone(), read, none, action, act }.build(app)
    };
    let usages = feed(
        paths::CONNECTION_USAGES,
        wire::usage,
        words::NO_USAGES,
        None,
        Box::new(|_: &Told| ()),
    );
    let of = id.clone();
    let revert = move |told: &Told| {
        let revert = Revert { app, said: words::REVERTED, failure: failed };
        revert.send(editor.waiter, &of, told.version);
    };
    // The newest is what there is now.
    let action = Some((1, words::REVERT));
    let versions = feed(paths::CONNECTION_VERSIONS, wire::version, "", action, Box::new(revert));
    let section = |title: &str, content: El| {
        el("section").class("card").has(&[el("h2").text(title), content])
    };
    let keys = el("a").class("button").leads_to(&Route::Keys(Some(id.clone())));
    let usages = el("div").class("asked").has(&[usages, keys.text(words::MAKE_KEY_FOR)]);
    // Moves on when something was tried: it may have taught how the connection fares.
    let calls = State::new(0);
    el("div").class("sides").has(&[
        el("div").class("cards").has(&[
            card,
            section(words::HEALTH, checkup(app, &id, calls)),
            section(words::ALLOW, allowed.build(move || ok())),
        ]),
        el("div").class("cards").has(&[
            section(words::TRY, trial(app, connection, calls)),
            section(words::USAGES, usages),
            section(words::VERSIONS, el("div").has(&[notice(move || failed.get()), versions])),
        ]),
        desk.slot(),
    ])
}

fn main(editor: Editor, ok: Rc<dyn Fn()>) -> El {
    el("form").submitted(move || ok()).has(&[
        editor.field(Field::Name, ""),
        editor.field(Field::Group, words::GROUP_HINT),
        enter_submits(),
    ])
}

/// The app, and what is changed by a repair only: the account and the token pair.
fn granted(editor: Editor, connection: &Connection) -> El {
    let token = connection.access_token.clone().unwrap_or_default();
    let summary = connection.account.as_ref().map_or_else(
        || words::health(connection.health.state).to_owned(),
        |it| words::connected_as(&it.screen_name, connection.access_level, &connection.tasks),
    );
    let field = |field: Field| TextField::new(field.id(), words::field_label(field));
    el("div").has(&[
        el("p").class("connected").text(&summary),
        el("div").content_of(
            move || editor.read(|edit| edit.apps.len()),
            move |_| Some(app_choice(editor)),
        ),
        el("p").class("hint").text(words::APP_MOVES),
        field(Field::AccessToken)
            .fixed(token.clone())
            .beside(copy_button(words::COPY_TOKEN, move || token.clone()))
            .build(),
        field(Field::AccessSecret)
            .fixed(if connection.access_secret_set { words::MASK } else { "" })
            .hint(|| words::SECRET_KEPT.into())
            .build(),
    ])
}

/// The app that it has, and those that it could have.
fn app_choice(editor: Editor) -> El {
    let registered = editor.app.who.peek(|who| match who {
        Who::Known(session) => session.registered_app.as_ref().map(|it| it.name.clone()),
        _ => None,
    });
    let name = registered.map(|name| words::registered_app(Some(&name)));
    let field = editor.state.peek(|edit| {
        let mut options: Vec<(&str, &str)> =
            name.iter().map(|name| (REGISTERED, &**name)).collect();
        options.extend(edit.apps.iter().map(|(id, name)| (&**id, &**name)));
        let has = edit.connection.as_ref().map(app_of).unwrap_or_default();
        if options.iter().all(|(value, _)| *value != edit.app) {
            options.insert(0, (&edit.app, &has));
        }
        choice(APP, words::APP_STEP, &options, &edit.app)
    });
    field.on("change", move |_| editor.send(EditEvent::UseApp(browser::value(APP))))
}

fn actions(editor: Editor, desk: &Rc<Desk>, connection: &Connection, ok: Rc<dyn Fn()>) -> El {
    let ask = |label, ask: fn(&Rc<Desk>, Gone)| {
        let (desk, of) = (desk.clone(), target(connection));
        quiet(label).pressed(move || ask(&desk, of.clone()))
    };
    el("div").class("actions").has(&[
        ask(words::DELETE, |desk, of| desk.delete(vec![of])),
        ask(words::CLONE, Desk::clone_of),
        el("span").class("status"),
        button(words::CANCEL).pressed(move || editor.app.go(Route::Connections)),
        primary(words::OK).pressed(move || ok()),
    ])
}

/// The state of the dialog, and the hands that carry out what it wants.
#[derive(Clone, Copy)]
struct Editor {
    app: App,
    id: State<String>,
    state: State<Edit>,
    waiter: Waiter,
}

impl Editor {
    fn read<T>(self, part: impl FnOnce(&Edit) -> T) -> T {
        self.state.read(part)
    }

    fn field(self, field: Field, hint: &'static str) -> El {
        TextField::new(field.id(), words::field_label(field))
            .entry(
                move || self.read(|edit| edit.entries[field].clone()).into(),
                move |text| self.send(EditEvent::Typed(field, text)),
            )
            .hint(move || hint.into())
            .build()
    }

    fn send(self, event: EditEvent) {
        if let Some(effects) = self.state.update(|edit| edit.step(event)) {
            self.carry_out(effects);
        }
    }

    fn carry_out(self, effects: Vec<EditEffect>) {
        for effect in effects {
            match effect {
                EditEffect::Focus(spot) => browser::focus(spot.id()),
                EditEffect::Leave(edit) => {
                    if let Some(edit) = edit {
                        self.app.save(*edit);
                    }
                    self.app.go(Route::Connections);
                }
                EditEffect::Load => {
                    let load = self.app.client.connection(&self.id.peek(String::clone));
                    self.waiter.wait(Box::pin(async move {
                        self.send(EditEvent::Loaded(Box::new(load.await)));
                    }));
                }
            }
        }
    }
}
