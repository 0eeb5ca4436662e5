//! A labelled input with its hint, which turns into what is wrong with the entry.

use std::borrow::Cow;

use leptos::prelude::*;

use crate::{browser, words};

/// What stands beneath an input.
#[derive(Clone, Default, PartialEq)]
pub(crate) struct Hint {
    pub(crate) text: Cow<'static, str>,
    /// It looks unusual.
    pub(crate) doubted: bool,
    /// It cannot be accepted.
    pub(crate) refused: bool,
}

impl From<&'static str> for Hint {
    fn from(text: &'static str) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

#[component]
pub(crate) fn TextField(
    id: &'static str,
    label: &'static str,
    #[prop(into)] value: Signal<String>,
    #[prop(into)] on_input: Callback<String>,
    #[prop(into, optional)] hint: Signal<Hint>,
    /// Shown, but not to be changed.
    #[prop(into, optional)]
    locked: Signal<bool>,
    /// Not reached yet.
    #[prop(into, optional)]
    disabled: Signal<bool>,
    /// Hides what is typed, and asks the browser not to keep it.
    #[prop(into, optional)]
    secret: Signal<bool>,
    /// A number that is read from elsewhere and typed once.
    #[prop(optional)]
    one_time_code: bool,
    #[prop(optional)] optional: bool,
    /// What stands beside the input.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let (mode, complete) =
        if one_time_code { (Some("numeric"), "one-time-code") } else { (None, "off") };
    let described = format!("{id}-hint");
    view! {
        <div class="field">
            <label for=id>
                {label}
                {optional.then(|| view! { <span class="optional">{words::OPTIONAL}</span> })}
            </label>
            <div class="beside">
                <input
                    id=id
                    name=id
                    type=move || if secret.get() { "password" } else { "text" }
                    autocomplete=complete
                    autocapitalize="off"
                    spellcheck="false"
                    inputmode=mode
                    readonly=locked
                    disabled=disabled
                    aria-describedby=described.clone()
                    aria-invalid=move || hint.read().refused.then_some("true")
                    prop:value=value
                    on:input=move |event| on_input.run(browser::typed(&event))
                />
                {children.map(|children| children())}
            </div>
            <p
                id=described
                class="hint"
                class:doubted=move || hint.read().doubted
                class:refused=move || hint.read().refused
            >
                {move || hint.read().text.clone()}
            </p>
        </div>
    }
}
