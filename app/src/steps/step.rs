//! The frame of a step: its number, its heading, and the line it shrinks to when it is done.

use leptos::prelude::*;

use super::Dialog;
use crate::wizard::{Event, Spot, Standing, Step};
use crate::words;

#[component]
pub(super) fn StepFrame(
    dialog: Dialog,
    step: Step,
    title: &'static str,
    /// What the line says when the step is done.
    #[prop(into)]
    summary: Signal<String>,
    /// The way back from the line.
    #[prop(optional)]
    back: Option<&'static str>,
    children: Children,
) -> impl IntoView {
    let id = Spot::Heading(step).id();
    let standing = Memo::new(move |_| dialog.state.read().standing(step));
    let done = move || standing.get() == Standing::Done;
    let look = move || match standing.get() {
        Standing::Calm => "step calm",
        Standing::Open => "step",
        Standing::Done => "step done",
    };
    // The last step is what the dialog is for: it stays open.
    let shrinks = step != Step::Tokens;
    view! {
        <section class=look aria-labelledby=id>
            <div class="head">
                <h2 id=id tabindex="-1">
                    {title}
                    <span class="unseen" hidden=move || !done()>{words::DONE}</span>
                    <span class="summary" hidden=move || !done()>{summary}</span>
                </h2>
                {back.map(|label| view! {
                    <button
                        type="button"
                        class="quiet"
                        hidden=move || !done()
                        on:click=move |_| dialog.send.run(Event::StartOver)
                    >
                        {label}
                    </button>
                })}
            </div>
            <div class="body" hidden=move || shrinks && done()>{children()}</div>
        </section>
    }
}
