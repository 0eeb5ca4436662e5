//! Add: the dialog of a connection that is still to be made. It carries out what the wizard wants.

use pinfold_api::{Role, Session};

use super::dialog::Card;
use super::hands::Waiter;
use crate::app::{App, Who};
use crate::element::{El, Words, button, el};
use crate::routes::Route;
use crate::state::{State, keep};
use crate::steps::{Dialog, app_step, authorize_step, pin_step, tokens_step};
use crate::widgets::{aftermath_notice, enter_submits, primary, status};
use crate::wizard::{Busy, Effect, Event, Field, Flash, Note, Parting, Place, Spot, Wizard};
use crate::{browser, wire, words};

const DRAFTS: [(Field, &str); 2] =
    [(Field::Name, "pinfold.draft.name"), (Field::Group, "pinfold.draft.group")];

pub(crate) fn new_connection(
    app: App,
    session: Session,
    resume: Option<String>,
    repair: Option<String>,
) -> El {
    let title = if repair.is_some() { words::REPAIR_CONNECTION } else { words::ADD_CONNECTION };
    browser::set_title(&words::page(title));
    let [name, group] = DRAFTS.map(|(_, key)| browser::draft(key));
    let (mut wizard, first) = Wizard::open(session.registered_app.is_some(), resume, name, group);
    wizard.repair = repair;
    let dialog = begin(app, session, wizard, first);
    let card = Card {
        title,
        notice: el("div").has(&[aftermath(dialog), repairs(dialog)]),
        main: Some(el("div").has(&[main(dialog)])),
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

/// The wizard, and hands to carry out what it wants.
pub(super) fn begin(app: App, session: Session, wizard: Wizard, first: Vec<Effect>) -> Dialog {
    let hands = Hands { app, state: State::new(wizard), waiter: Waiter::new() };
    hands.carry_out(first);
    let repairs =
        hands.state.peek(|wizard| wizard.repair.clone().filter(|_| wizard.handed.is_none()));
    if let Some(id) = repairs {
        let repaired = app.client.connection(&id).then(Event::Repairs);
        hands.waiter.wait(Box::pin(async move { hands.send(repaired.await) }));
    }
    if session.role == Role::Operator {
        let apps = app.client.app_names().then(Event::Apps);
        hands.waiter.wait(Box::pin(async move { hands.send(apps.await) }));
    }
    keep(Box::new(browser::HeldTab));
    keep(Box::new(browser::Listener::on("focus", move || {
        if !browser::is_typing_elsewhere(Field::Pin.id()) {
            hands.send(Event::Returned);
        }
    })));
    Dialog {
        state: hands.state,
        send: State::new(Box::new(move |event| hands.send(event))),
        session: State::new(session),
    }
}

/// What became of a token that the person must know.
pub(super) fn aftermath(dialog: Dialog) -> El {
    aftermath_notice(move || {
        dialog.read(|wizard| wizard.aftermath.as_ref().map(|(it, _)| it.clone()))
    })
}

/// What a repair is of, and who has to sign in for it.
fn repairs(dialog: Dialog) -> El {
    let told = move || dialog.read(|it| it.repaired.as_deref().map(words::repairs));
    let text = el("p").text_of(move || told().unwrap_or_default().into());
    text.shown(move || told().is_some())
}

fn main(dialog: Dialog) -> El {
    let repairs = move || dialog.read(|wizard| wizard.repair.is_some());
    let name = move || if repairs() { words::REPAIR_KEEPS } else { words::NAME_HINT };
    el("form").submitted(move || dialog.tell(Event::Ok)).has(&[
        dialog
            .field(Field::Name)
            .hint(move || dialog.hint(Field::Name, name()))
            .locked(repairs)
            .build(),
        dialog
            .field(Field::Group)
            .hint(move || dialog.hint(Field::Group, words::GROUP_HINT))
            .locked(repairs)
            .build(),
        enter_submits(),
        dialog.notice(Place::Main),
    ])
}

pub(super) fn foot(dialog: Dialog) -> El {
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
        .shown(move || !left() && dialog.read(|wizard| wizard.can_save() && !wizard.differs))
        .busy(move || dialog.is_busy())
        .pressed(move || dialog.tell(Event::Ok));
    el("div")
        .class("foot")
        .has(&[differs(dialog), dialog.notice(Place::Actions)])
        .has(&[el("div").class("actions").has(&[doing, cancel, ok])])
}

/// Another account than the connection's authorized: nothing changed, and it is asked what shall.
fn differs(dialog: Dialog) -> El {
    let answer = |label, event: fn() -> Event| {
        let busy = move || dialog.is_busy();
        button(label).busy(busy).pressed(move || dialog.tell(event()))
    };
    let id = Spot::Question.id();
    // Who was asked for one account can only bring that one.
    let asked = dialog.session.peek(|it| it.handoff.as_ref()?.connection.clone());
    let handed = asked.is_some();
    let hint = move || {
        if let Some(asked) = &asked {
            let ours = asked.screen_name.as_deref().unwrap_or(&asked.name);
            return words::fill(words::ASKED_FOR_ANOTHER, &[ours, ours]).into();
        }
        dialog.read(|wizard| {
            let theirs = wizard.authorization().and_then(|it| it.account.as_ref());
            match (&wizard.repaired, theirs) {
                (Some(ours), Some(it)) => words::account_differs(ours, &it.screen_name).into(),
                _ => Words::Borrowed(words::ACCOUNT_DIFFERS_HINT),
            }
        })
    };
    let back = if handed { words::START_AGAIN } else { words::OTHER_ACCOUNT };
    el("section")
        .class("notice warning")
        .attr("aria-labelledby", id)
        .shown(move || dialog.read(|wizard| wizard.differs))
        .has(&[
            el("h2").id(id).attr("tabindex", "-1").text(words::ACCOUNT_DIFFERS),
            el("p").text_of(hint),
            el("div")
                .class("beside")
                .may_have((!handed).then(|| answer(words::REPLACE_ACCOUNT, || Event::Replace)))
                .may_have((!handed).then(|| answer(words::ADD_AS_NEW, || Event::AddAsNew)))
                .has(&[answer(back, || Event::StartOver).class(if handed {
                    "primary"
                } else {
                    ""
                })]),
        ])
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
                    let repair = self.state.peek(|wizard| wizard.repair.clone());
                    let handed = self.state.peek(|wizard| wizard.handed.is_some());
                    let route = match (id, repair) {
                        (id, _) if handed => Route::Connect(id),
                        (None, Some(id)) => Route::Repair(id),
                        (id, _) => Route::NewConnection(id),
                    };
                    browser::replace_address(&route.path());
                }
                Effect::Focus(spot) => browser::focus(spot.id()),
                // Outlives the page: nothing was granted, and nobody waits.
                Effect::Abandon(id) => browser::spawn(Box::pin(async move {
                    drop(self.app.client.cancel(&id).await);
                })),
                Effect::Leave(parting) => self.leave(parting.as_ref()),
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
            Effect::Save(new) => client.connect(&new).then(|answer| {
                if let Ok(connection) = &answer {
                    browser::frame::say(&wire::connected(connection));
                }
                Event::Saved(answer)
            }),
            Effect::Revoke(id) => client.cancel(&id).then(Event::Revoked),
            _ => return,
        };
        self.waiter.wait(Box::pin(async move { self.send(event.await) }));
    }

    fn leave(self, parting: Option<&Parting>) {
        forget_drafts();
        let said = parting.map(words::parting);
        if self.state.peek(|wizard| wizard.handed.is_some()) {
            let done = matches!(parting, Some(Parting::Connected(_) | Parting::Repaired(_)));
            if !done {
                browser::frame::say(r#"{"type":"exit"}"#);
            }
            return self.app.who.set(Who::Left { done, said: said.unwrap_or_default() });
        }
        self.app.flash.set(said.map(Flash::Said));
        self.app.go(Route::Connections);
    }
}
