//! Before there is something to show: what is still coming, or why it does not come.

use leptos::prelude::*;

use crate::app::App;
use crate::failure::Failure;
use crate::widgets::Notice;
use crate::words;

/// What is coming, in outline.
#[component]
pub(crate) fn Skeleton() -> impl IntoView {
    view! {
        <div class="skeleton" role="status">
            <span class="unseen">{words::LOADING}</span>
            <i></i>
            <i></i>
            <i></i>
        </div>
    }
}

/// The server did not say who is signed in.
#[component]
pub(crate) fn Untold(app: App, failure: Failure) -> impl IntoView {
    view! {
        <div class="card">
            <h1>{words::NO_ANSWER}</h1>
            <Notice failure=Some(failure)/>
            <button type="button" class="primary" on:click=move |_| app.ask()>
                {words::TRY_AGAIN}
            </button>
        </div>
    }
}
