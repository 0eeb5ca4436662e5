//! Add: the dialog of a connection that is still to be made. It carries out what the wizard wants.

use pinfold_api::Session;

use super::dialog::Card;
use super::hands::Waiter;
use crate::app::App;
use crate::element::{El, button, el};
use crate::routes::Route;
use crate::state::{State, keep};
use crate::steps::{Dialog, app_step, authorize_step, pin_step, tokens_step};
use crate::widgets::{aftermath_notice, enter_submits, primary, status};
use crate::wizard::{Busy, Effect, Event, Field, Flash, Note, Place, Wizard};
use crate::{browser, words};

const DRAFTS: [(Field, &str); 2] =
    [(Field::Name, "pinfold.draft.name"), (Field::Group, "pinfold.draft.group")];

pub(crate) fn new_connection(app: App, session: Session, resume: Option<String>) -> El {
    browser::set_title(&words::page(words::ADD_CONNECTION));
    let [name, group] = DRAFTS.map(|(_, key)| browser::draft(key));
    let (wizard, first) = Wizard::open(session.registered_app.is_some(), resume, name, group);
    let hands = Hands { app, state: State::new(wizard), waiter: Waiter::new() };
    hands.carry_out(first);
    keep(Box::new(browser::HeldTab));
    keep(Box::new(browser::Listener::on_focus(move || {
        if !browser::is_typing_elsewhere(Field::Pin.id()) {
            hands.send(Event::Returned);
        }
    })));
    let dialog = Dialog {
        state: hands.state,
        send: State::new(Box::new(move |event| hands.send(event))),
        session: State::new(session),
    };
    let card = Card {
        title: words::ADD_CONNECTION,
        notice: aftermath_notice(move || {
            dialog.read(|wizard| wizard.aftermath.as_ref().map(|(it, _)| it.clone()))
        }),
        main: el("div").has(&[main(dialog)]),
        authentication: el("div").has(&[
            app_step(dialog),
            authorize_step(dialog),
            pin_step(dialog),
            tokens_step(dialog),
        ]),
        foot: foot(dialog),
    };
    card.build(move || dialog.read(|wizard| wizard.tab), move |tab| dialog.tell(Event::Select(tab)))
}

fn main(dialog: Dialog) -> El {
    el("form").submitted(move || dialog.tell(Event::Ok)).has(&[
        dialog.field(Field::Name).hint(move || dialog.hint(Field::Name, words::NAME_HINT)).build(),
        dialog
            .field(Field::Group)
            .hint(move || dialog.hint(Field::Group, words::GROUP_HINT))
            .build(),
        enter_submits(),
        dialog.notice(Place::Main),
    ])
}

fn foot(dialog: Dialog) -> El {
    let left = move || dialog.read(|wizard| matches!(wizard.aftermath, Some((_, true))));
    let doing = status(move || {
        if dialog.read(|wizard| wizard.note == Some(Note::NothingToSave)) {
            return words::note(Note::NothingToSave);
        }
        dialog.doing(|busy| matches!(busy, Busy::Saving | Busy::Revoking { .. }))
    });
    let cancel = button("").pressed(move || dialog.tell(Event::Cancel));
    let cancel = cancel.word_of(move || if left() { words::BACK } else { words::CANCEL });
    let ok = primary(words::OK)
        .shown(move || !left())
        .busy(move || dialog.is_busy())
        .pressed(move || dialog.tell(Event::Ok));
    el("div")
        .class("foot")
        .has(&[dialog.notice(Place::Actions), el("div").class("actions").has(&[doing, cancel, ok])])
}

/// What was typed for one connection is not for the next, nor for the next person.
pub(crate) fn forget_drafts() {
    for (_, key) in DRAFTS {
        browser::keep_draft(key, "");
    }
}

/// Carries out what the wizard wants, and tells it what came of it.
#[derive(Clone, Copy)]
struct Hands {
    app: App,
    state: State<Wizard>,
    waiter: Waiter,
}

impl Hands {
    fn send(self, event: Event) {
        if let Event::Typed(field, text) = &event
            && let Some((_, key)) = DRAFTS.iter().find(|(draft, _)| draft == field)
        {
            browser::keep_draft(key, text);
        }
        if let Some(effects) = self.state.update(|wizard| wizard.step(event)) {
            self.carry_out(effects);
        }
    }

    fn carry_out(self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Open(address) => self.send(Event::Opened(browser::fill_tab(&address))),
                Effect::Remember(id) => {
                    browser::replace_address(&Route::NewConnection(id).path());
                }
                Effect::Focus(spot) => browser::focus(spot.id()),
                // Outlives the page: nothing was granted, and nobody waits.
                Effect::Abandon(id) => browser::spawn(Box::pin(async move {
                    drop(self.app.client.cancel(&id).await);
                })),
                Effect::Leave(flash) => self.leave(flash),
                call => {
                    if matches!(call, Effect::Begin(_)) {
                        browser::hold_tab();
                    }
                    self.call(call);
                }
            }
        }
    }

    fn call(self, effect: Effect) {
        let client = self.app.client;
        let event = match effect {
            Effect::Resume(id) => client.authorization(&id).then(Event::Resumed),
            Effect::Begin(new) => client.begin(&new).then(|answer| {
                if answer.is_err() {
                    browser::drop_tab();
                }
                Event::Began(answer)
            }),
            Effect::Exchange(id, pin) => client.authenticate(&id, &pin).then(Event::Exchanged),
            Effect::Save(new) => client.connect(&new).then(Event::Saved),
            Effect::Revoke(id) => client.cancel(&id).then(Event::Revoked),
            _ => return,
        };
        self.waiter.wait(Box::pin(async move { self.send(event.await) }));
    }

    fn leave(self, flash: Option<Flash>) {
        forget_drafts();
        self.app.flash.set(flash);
        self.app.go(Route::Connections);
    }
}
