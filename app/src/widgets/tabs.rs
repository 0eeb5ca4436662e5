//! The two tabs of the dialog, by mouse and by arrow keys (the ARIA tabs pattern).

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use crate::wizard::Tab;
use crate::{browser, words};

#[component]
pub(crate) fn Tabs(
    #[prop(into)] tab: Signal<Tab>,
    #[prop(into)] select: Callback<Tab>,
    main: AnyView,
    authentication: AnyView,
) -> impl IntoView {
    let keys = move |event: KeyboardEvent| {
        let to = match (event.key().as_str(), tab.get_untracked()) {
            ("ArrowLeft" | "ArrowRight", Tab::Authentication) | ("Home", _) => Tab::Main,
            ("ArrowLeft" | "ArrowRight", Tab::Main) | ("End", _) => Tab::Authentication,
            _ => return,
        };
        event.prevent_default();
        select.run(to);
        browser::focus(names(to).0);
    };
    let button = move |of: Tab, label: &'static str| {
        let (id, panel) = names(of);
        view! {
            <button
                type="button"
                role="tab"
                id=id
                aria-controls=panel
                aria-selected=move || if tab.get() == of { "true" } else { "false" }
                tabindex=move || if tab.get() == of { "0" } else { "-1" }
                on:click=move |_| select.run(of)
                on:keydown=keys
            >
                {label}
            </button>
        }
    };
    let panel = move |of: Tab, content: AnyView| {
        let (id, panel) = names(of);
        view! {
            <div role="tabpanel" id=panel aria-labelledby=id hidden=move || tab.get() != of>
                {content}
            </div>
        }
    };
    view! {
        <div class="tabs" role="tablist">
            {button(Tab::Main, words::MAIN_SETTINGS)}
            {button(Tab::Authentication, words::AUTHENTICATION)}
        </div>
        {panel(Tab::Main, main)}
        {panel(Tab::Authentication, authentication)}
    }
}

const fn names(tab: Tab) -> (&'static str, &'static str) {
    match tab {
        Tab::Main => ("tab-main", "panel-main"),
        Tab::Authentication => ("tab-authentication", "panel-authentication"),
    }
}
