//! Step 1: which app asks.

use leptos::prelude::*;

use super::Dialog;
use super::step::StepFrame;
use crate::widgets::{Notice, TextField};
use crate::wizard::{Doubt, Event, Field, Place, Step};
use crate::{browser, words};

#[component]
pub(crate) fn AppStep(dialog: Dialog) -> impl IntoView {
    let name = dialog.app_name();
    let registered = words::registered_app(name.as_deref());
    let summary = Signal::derive(move || {
        if dialog.state.read().use_registered { registered.clone() } else { words::OWN_APP.to_owned() }
    });
    let has_registered = dialog.state.read_untracked().has_registered;
    let own = dialog.read(|wizard| !wizard.use_registered);
    view! {
        <StepFrame dialog step=Step::App title=words::APP_STEP summary back=words::CHANGE_APP>
            <label class="check">
                <input
                    id="use-registered"
                    type="checkbox"
                    disabled=!has_registered
                    aria-describedby="use-registered-hint"
                    prop:checked=dialog.read(|wizard| wizard.use_registered)
                    on:change=move |event| {
                        dialog.send.run(Event::UseRegistered(browser::ticked(&event)));
                    }
                />
                {words::use_registered(name.as_deref())}
            </label>
            <p class="hint" id="use-registered-hint">
                {(!has_registered).then_some(words::NO_REGISTERED_APP)}
            </p>
            <div hidden=move || !own.get()>
                <TextField
                    id=Field::ConsumerKey.id()
                    label=words::field_label(Field::ConsumerKey)
                    value=dialog.text(Field::ConsumerKey)
                    on_input=dialog.typing(Field::ConsumerKey)
                    hint=dialog.hint(Field::ConsumerKey, "")
                >
                    <SwapButton dialog one=Field::ConsumerKey other=Field::ConsumerSecret/>
                </TextField>
                <TextField
                    id=Field::ConsumerSecret.id()
                    label=words::field_label(Field::ConsumerSecret)
                    value=dialog.text(Field::ConsumerSecret)
                    on_input=dialog.typing(Field::ConsumerSecret)
                    hint=dialog.hint(Field::ConsumerSecret, words::SECRET_HINT)
                    secret=true
                />
            </div>
            <Notice failure=dialog.trouble(Place::Step(Step::App))/>
        </StepFrame>
    }
}

/// Offered when two entries stand in each other's place.
#[component]
pub(super) fn SwapButton(dialog: Dialog, one: Field, other: Field) -> impl IntoView {
    let swapped = move || dialog.state.read().doubt(one) == Some(Doubt::Swapped);
    view! {
        <button
            type="button"
            hidden=move || !swapped()
            on:click=move |_| dialog.send.run(Event::Swap(one, other))
        >
            {words::SWAP}
        </button>
    }
}
