//! One connection: the same dialog, filled. Rename, move to a group, delete and revoke.

use pinfold_api::{AppKind, Connection};

use super::dialog::Card;
use super::hands::Waiter;
use super::not_found::back;
use super::waiting::skeleton;
use crate::app::App;
use crate::element::{El, button, el};
use crate::routes::Route;
use crate::state::State;
use crate::steps::tasks;
use crate::widgets::{
    Hint, TextField, aftermath_notice, copy_button, enter_submits, notice, primary, quiet, status,
};
use crate::wizard::{Edit, EditBusy, EditEffect, EditEvent, Field, Place, Spot};
use crate::{browser, words};

pub(crate) fn connection(app: App, id: String) -> El {
    browser::set_title(&words::page(words::EDIT_CONNECTION));
    let (edit, first) = Edit::open();
    let editor = Editor { app, id: State::new(id), state: State::new(edit), waiter: Waiter::new() };
    editor.carry_out(first);
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
        editor.notice(Place::Actions),
        el("div").class("beside").shown(failed).has(&[
            button(words::TRY_AGAIN).pressed(move || editor.send(EditEvent::Retry)),
            back(),
        ]),
    ])
}

fn filled(editor: Editor, connection: &Connection) -> El {
    let card = Card {
        title: words::EDIT_CONNECTION,
        notice: aftermath_notice(move || editor.read(|edit| edit.aftermath.clone())),
        main: el("div").has(&[main(editor)]),
        authentication: granted(connection),
        foot: el("div").class("foot").has(&[
            question(editor),
            editor.notice(Place::Actions),
            actions(editor),
        ]),
    };
    card.build(move || editor.read(|edit| edit.tab), move |tab| editor.send(EditEvent::Select(tab)))
}

fn main(editor: Editor) -> El {
    el("form").submitted(move || editor.send(EditEvent::Ok)).has(&[
        editor.field(Field::Name, "").build(),
        editor.field(Field::Group, words::GROUP_HINT).build(),
        enter_submits(),
        editor.notice(Place::Main),
        stale(editor),
    ])
}

/// Somebody else saved other values.
fn stale(editor: Editor) -> El {
    let stale = move || editor.read(|edit| edit.stale);
    let saved = move || {
        editor.read(|edit| {
            let saved = edit.connection.as_ref().filter(|_| edit.stale);
            saved.map(|it| words::saved_values(&it.name, it.group.as_deref()))
        })
    };
    let words = words::stale();
    let alert = el("div").attr("role", "alert").content_of(stale, move |stale| {
        stale.then(|| {
            el("div").has(&[
                el("p").class("what").text(&words.what),
                el("p").text_of(move || saved().unwrap_or_default().into()),
                el("p").text(&words.why).text(" ").text(&words.next),
            ])
        })
    });
    let take = button(words::TAKE_THEIRS).pressed(move || editor.send(EditEvent::TakeTheirs));
    el("div").class("notice warning").shown(stale).has(&[alert, take])
}

/// What cannot be changed here: the app, the account and the token pair.
fn granted(connection: &Connection) -> El {
    let app = match connection.app.kind {
        AppKind::Registered => words::REGISTERED.to_owned(),
        _ => words::own_app(&connection.app.consumer_key_hint),
    };
    let token = connection.access_token.clone().unwrap_or_default();
    let summary = connection.account.as_ref().map_or_else(
        || words::health(connection.health.state).to_owned(),
        |it| words::connected_as(&it.screen_name, connection.access_level, &connection.tasks),
    );
    let field = |field: Field| TextField::new(field.id(), words::field_label(field));
    el("div").has(&[
        el("p").class("connected").text(&summary),
        TextField::new("app", words::APP_STEP).fixed(app).build(),
        field(Field::AccessToken)
            .fixed(token.clone())
            .beside(copy_button(words::COPY_TOKEN, move || token.clone()))
            .build(),
        field(Field::AccessSecret)
            .fixed(if connection.access_secret_set { words::MASK } else { "" })
            .hint(|| words::SECRET_KEPT.into())
            .build(),
        tasks(&connection.tasks),
    ])
}

/// Asked before a deletion.
fn question(editor: Editor) -> El {
    let words = move || {
        editor.read(|edit| {
            let name = edit.connection.as_ref().map(|it| words::delete_question(&it.name));
            name.unwrap_or_default().into()
        })
    };
    let id = Spot::Question.id();
    let yes = button(words::DELETE_AND_REVOKE).class("danger");
    let choice = el("div").class("beside").has(&[
        yes.busy(move || editor.is_busy()).pressed(move || editor.send(EditEvent::Confirm)),
        button(words::KEEP).pressed(move || editor.send(EditEvent::Keep)),
        status(move || editor.doing(|busy| busy == EditBusy::Deleting)),
    ]);
    el("section")
        .class("notice danger")
        .attr("aria-labelledby", id)
        .shown(move || editor.read(|edit| edit.asking))
        .has(&[
            el("h2").id(id).attr("tabindex", "-1").text_of(words),
            el("p").text(words::DELETE_HINT),
            choice,
        ])
}

fn actions(editor: Editor) -> El {
    let gone = move || editor.read(|edit| edit.aftermath.is_some());
    let delete = quiet(words::DELETE)
        .shown(move || editor.read(|edit| !edit.asking && edit.aftermath.is_none()))
        .pressed(move || editor.send(EditEvent::Delete));
    let cancel = button("").pressed(move || editor.send(EditEvent::Cancel));
    let ok = primary(words::OK)
        .shown(move || !gone())
        .busy(move || editor.is_busy())
        .pressed(move || editor.send(EditEvent::Ok));
    el("div").class("actions").has(&[
        delete,
        status(move || editor.doing(|busy| busy != EditBusy::Deleting)),
        cancel.word_of(move || if gone() { words::BACK } else { words::CANCEL }),
        ok,
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

    fn is_busy(self) -> bool {
        self.read(|edit| edit.busy.is_some())
    }

    fn doing(self, which: fn(EditBusy) -> bool) -> &'static str {
        self.read(|edit| edit.busy).filter(|busy| which(*busy)).map_or("", words::edit_busy)
    }

    fn field(self, field: Field, hint: &'static str) -> TextField {
        TextField::new(field.id(), words::field_label(field))
            .entry(
                move || self.read(|edit| edit.entries[field].clone()).into(),
                move |text| self.send(EditEvent::Typed(field, text)),
            )
            .hint(move || {
                let refused = self.read(|edit| edit.is_refused(field));
                Hint { refused, ..hint.into() }
            })
            .locked(move || self.read(|edit| edit.aftermath.is_some()))
    }

    fn notice(self, place: Place) -> El {
        notice(move || {
            self.read(|edit| match &edit.trouble {
                Some((at, failure)) if *at == place => Some(failure.clone()),
                _ => None,
            })
        })
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
                EditEffect::Leave(flash) => {
                    self.app.flash.set(flash);
                    self.app.go(Route::Connections);
                }
                call => self.call(call),
            }
        }
    }

    fn call(self, effect: EditEffect) {
        let (client, id) = (self.app.client, self.id.peek(String::clone));
        let event = match effect {
            EditEffect::Load => client.connection(&id).then(EditEvent::Loaded),
            EditEffect::Change(change, version) => {
                client.change(&id, &change, version).then(EditEvent::Changed)
            }
            EditEffect::Delete => client.delete(&id).then(EditEvent::Deleted),
            EditEffect::Focus(_) | EditEffect::Leave(_) => return,
        };
        self.waiter.wait(Box::pin(async move { self.send(event.await) }));
    }
}
