//! A button that copies a text, and says whether it did.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::{browser, words};

#[component]
pub(crate) fn CopyButton(
    label: &'static str,
    /// What is copied, asked for when the button is pressed.
    #[prop(into)]
    text: Callback<(), String>,
) -> impl IntoView {
    let outcome = RwSignal::new("");
    let copy = move |_| {
        let text = text.run(());
        spawn_local(async move {
            let said = if browser::copy(&text).await { words::COPIED } else { words::COPY_FAILED };
            outcome.try_set(said);
        });
    };
    view! {
        <button type="button" class="quiet copy" on:click=copy>{label}</button>
        <span class="outcome" role="status">{outcome}</span>
    }
}
