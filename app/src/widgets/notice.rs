//! A failure as an answer: what happened, why, the one next thing, and X's own words folded away.

use leptos::prelude::*;

use super::CopyButton;
use crate::browser::{self, Ticker};
use crate::failure::Failure;
use crate::wizard::Aftermath;
use crate::words;

#[component]
pub(crate) fn Notice(#[prop(into)] failure: Signal<Option<Failure>>) -> impl IntoView {
    // The region for alerts is there before its content: otherwise it may not be read out.
    view! {
        <div class="notice danger" hidden=move || failure.read().is_none()>
            <div role="alert">
                {move || failure.read().as_ref().map(|failure| {
                    let words = words::explain(failure);
                    view! {
                        <p class="what">{words.what}</p>
                        <p>{words.why}</p>
                        <p>{words.next}</p>
                    }
                })}
            </div>
            {move || failure.get().map(|failure| view! { <Beneath failure/> })}
        </div>
    }
}

/// The countdown is not part of the alert, which would be read out each second.
#[component]
fn Beneath(failure: Failure) -> impl IntoView {
    let wait = failure.problem().and_then(|problem| problem.retry_after);
    let x = failure.problem().and_then(|problem| problem.x.as_ref()).map(words::x_words);
    let report = move |()| words::report(&failure, &browser::now());
    view! {
        {wait.map(|seconds| view! { <Countdown seconds/> })}
        <div class="beneath">
            {x.map(|text| view! {
                <details>
                    <summary>{words::X_SAYS}</summary>
                    <pre>{text}</pre>
                </details>
            })}
            <CopyButton label=words::COPY_REPORT text=Callback::new(report)/>
        </div>
    }
}

#[component]
fn Countdown(seconds: u64) -> impl IntoView {
    let left = RwSignal::new(seconds);
    let tick = Ticker::every(1000, move || left.update(|left| *left = left.saturating_sub(1)));
    StoredValue::new_local(tick);
    view! { <p class="countdown">{move || words::retry_in(left.get())}</p> }
}

/// What became of a token, with the way to X's page when it may still be alive.
#[component]
pub(crate) fn AftermathNotice(#[prop(into)] aftermath: Signal<Option<Aftermath>>) -> impl IntoView {
    view! {
        <div class="notice warning" role="alert" hidden=move || aftermath.read().is_none()>
            {move || aftermath.read().as_ref().map(|aftermath| {
                let (what, why, by_hand) = words::aftermath(aftermath);
                view! {
                    <p class="what">{what}</p>
                    <p>
                        {why}
                        {by_hand.then(|| view! {
                            " "
                            <a href=words::CONNECTED_APPS target="_blank" rel="noopener noreferrer">
                                {words::CONNECTED_APPS_LINK}
                            </a>
                            "."
                        })}
                    </p>
                }
            })}
        </div>
    }
}
