//! Add: the dialog of a connection that is still to be made. It carries out what the wizard wants.

use leptos::prelude::*;
use leptos::task::{spawn_local, spawn_local_scoped_with_cancellation};
use pinfold_api::Session;

use super::dialog::DialogCard;
use crate::app::App;
use crate::routes::Route;
use crate::steps::{AppStep, AuthorizeStep, Dialog, PinStep, TokensStep};
use crate::widgets::{AftermathNotice, Notice, TextField};
use crate::wizard::{Busy, Effect, Event, Field, Flash, Note, Place, Wizard};
use crate::{browser, words};

const DRAFTS: [(Field, &str); 2] =
    [(Field::Name, "pinfold.draft.name"), (Field::Group, "pinfold.draft.group")];

#[component]
pub(crate) fn NewConnection(app: App, session: Session, resume: Option<String>) -> impl IntoView {
    browser::set_title(&format!("{} · {}", words::ADD_CONNECTION, words::BRAND));
    let [name, group] = DRAFTS.map(|(_, key)| browser::draft(key));
    let (wizard, first) =
        Wizard::open(session.registered_app.is_some(), resume, name, group);
    let hands = Hands { app, state: RwSignal::new(wizard), owner: StoredValue::new(Owner::current()) };
    let dialog = Dialog {
        state: hands.state,
        send: Callback::new(move |event| hands.send(event)),
        session: StoredValue::new(session),
    };
    hands.carry_out(first);
    let returned = browser::Listener::on_focus(move || {
        if !browser::is_typing_elsewhere(Field::Pin.id()) {
            hands.send(Event::Returned);
        }
    });
    StoredValue::new_local(returned);

    let aftermath =
        Memo::new(move |_| dialog.state.read().aftermath.as_ref().map(|(it, _)| it.clone()));
    let left = Memo::new(move |_| matches!(dialog.state.read().aftermath, Some((_, true))));
    let doing = dialog.doing(|busy| matches!(busy, Busy::Saving | Busy::Revoking { .. }));
    let nothing = Memo::new(move |_| dialog.state.read().note == Some(Note::NothingToSave));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        dialog.send.run(Event::Ok);
    };
    let main = view! {
        <form on:submit=submit>
            <TextField
                id=Field::Name.id()
                label=words::field_label(Field::Name)
                value=dialog.text(Field::Name)
                on_input=dialog.typing(Field::Name)
                hint=dialog.hint(Field::Name, words::NAME_HINT)
            />
            <TextField
                id=Field::Group.id()
                label=words::field_label(Field::Group)
                value=dialog.text(Field::Group)
                on_input=dialog.typing(Field::Group)
                hint=dialog.hint(Field::Group, words::GROUP_HINT)
                optional=true
            />
            <button type="submit" class="unseen" tabindex="-1" aria-hidden="true"></button>
            <Notice failure=dialog.trouble(Place::Main)/>
        </form>
    };
    let authentication = view! {
        <AppStep dialog/>
        <AuthorizeStep dialog/>
        <PinStep dialog/>
        <TokensStep dialog/>
    };
    let actions = view! {
        <Notice failure=dialog.trouble(Place::Actions)/>
        <div class="actions">
            <span class="status" role="status">
                {doing}
                {move || nothing.get().then(|| words::note(Note::NothingToSave))}
            </span>
            <button type="button" on:click=move |_| dialog.send.run(Event::Cancel)>
                {move || if left.get() { words::BACK } else { words::CANCEL }}
            </button>
            <button
                type="button"
                class="primary"
                hidden=left
                aria-disabled=move || dialog.state.read().busy.is_some().then_some("true")
                on:click=move |_| dialog.send.run(Event::Ok)
            >
                {words::OK}
            </button>
        </div>
    };
    view! {
        <DialogCard
            title=words::ADD_CONNECTION
            tab=dialog.read(|wizard| wizard.tab)
            select=Callback::new(move |tab| dialog.send.run(Event::Select(tab)))
            notices=view! { <AftermathNotice aftermath/> }.into_any()
            main=main.into_any()
            authentication=authentication.into_any()
            actions=actions.into_any()
        />
    }
}

/// Carries out what the wizard wants, and tells it what came of it.
#[derive(Clone, Copy)]
struct Hands {
    app: App,
    state: RwSignal<Wizard>,
    /// Of the page: what it waits for ends with it.
    owner: StoredValue<Option<Owner>>,
}

impl Hands {
    fn send(self, event: Event) {
        if let Event::Typed(field, text) = &event
            && let Some((_, key)) = DRAFTS.iter().find(|(draft, _)| draft == field)
        {
            browser::keep_draft(key, text);
        }
        if let Some(effects) = self.state.try_update(|wizard| wizard.step(event)) {
            self.carry_out(effects);
        }
    }

    fn carry_out(self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Open(address) => self.send(Event::Opened(browser::open_tab(&address))),
                Effect::Remember(id) => {
                    browser::replace_address(&Route::NewConnection(id).path());
                }
                Effect::Focus(spot) => browser::focus(spot.id()),
                Effect::Abandon(id) => {
                    // Outlives the page: nothing was granted, and nobody waits.
                    spawn_local(async move { drop(self.app.client.cancel(&id).await) });
                }
                Effect::Leave(flash) => self.leave(flash),
                call => self.call(call),
            }
        }
    }

    fn call(self, effect: Effect) {
        let client = self.app.client;
        let wait = async move {
            let event = match effect {
                Effect::Resume(id) => Event::Resumed(client.authorization(&id).await),
                Effect::Begin(new) => Event::Began(client.begin(&new).await),
                Effect::Exchange(id, pin) => {
                    Event::Exchanged(client.authenticate(&id, &pin).await)
                }
                Effect::Save(new) => Event::Saved(client.connect(&new).await),
                Effect::Revoke(id) => Event::Revoked(client.cancel(&id).await),
                _ => return,
            };
            self.send(event);
        };
        if let Some(owner) = self.owner.get_value() {
            owner.with(|| spawn_local_scoped_with_cancellation(wait));
        }
    }

    fn leave(self, flash: Option<Flash>) {
        for (_, key) in DRAFTS {
            browser::keep_draft(key, "");
        }
        self.app.flash.set(flash);
        self.app.go(Route::Connections);
    }
}
