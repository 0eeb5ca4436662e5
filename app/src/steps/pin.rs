//! Step 3: the PIN. It never submits by itself, since a wrong PIN ends the link.

use leptos::prelude::*;

use super::Dialog;
use super::step::StepFrame;
use crate::widgets::{Notice, TextField};
use crate::wizard::{Busy, Doubt, Event, Field, Place, Stage, Step};
use crate::words;

#[component]
pub(crate) fn PinStep(dialog: Dialog) -> impl IntoView {
    let awaiting = Memo::new(move |_| matches!(dialog.state.read().stage, Stage::Awaiting(_)));
    let calm = Signal::derive(move || !awaiting.get());
    let questioned = move || {
        matches!(
            dialog.state.read().doubt(Field::Pin),
            Some(Doubt::PinLength(_) | Doubt::PinCharacters)
        )
    };
    let who = dialog.session.with_value(|it| words::began_by(it.role, &it.workspace));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        dialog.send.run(Event::AuthenticatePin);
    };
    view! {
        <StepFrame
            dialog
            step=Step::Pin
            title=words::PIN_STEP
            summary=words::PIN_ACCEPTED.to_owned()
        >
            <form on:submit=submit>
                <TextField
                    id=Field::Pin.id()
                    label=words::field_label(Field::Pin)
                    value=dialog.text(Field::Pin)
                    on_input=dialog.typing(Field::Pin)
                    hint=dialog.hint(Field::Pin, words::PIN_CALM)
                    disabled=calm
                    one_time_code=true
                >
                    <button
                        type="submit"
                        class=move || if awaiting.get() { "primary" } else { "" }
                        disabled=calm
                        aria-disabled=move || dialog.state.read().busy.is_some().then_some("true")
                    >
                        {words::AUTHENTICATE_PIN}
                    </button>
                    <button type="submit" hidden=move || !questioned()>{words::SEND_ANYWAY}</button>
                </TextField>
                <span class="status" role="status">
                    {dialog.doing(|busy| busy == Busy::Exchanging)}
                </span>
            </form>
            <p class="hint" hidden=move || !awaiting.get()>
                <strong>{words::PIN_ONLY_HERE}</strong>
                " "
                {who}
            </p>
            <Notice failure=dialog.trouble(Place::Step(Step::Pin))/>
        </StepFrame>
    }
}
