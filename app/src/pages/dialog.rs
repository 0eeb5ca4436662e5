//! The card that both dialogs are: heading, tabs, and the actions at its foot.

use leptos::prelude::*;

use crate::widgets::Tabs;
use crate::wizard::{Spot, Tab};
use crate::words;

#[component]
pub(super) fn DialogCard(
    title: &'static str,
    #[prop(into)] tab: Signal<Tab>,
    #[prop(into)] select: Callback<Tab>,
    main: AnyView,
    authentication: AnyView,
    /// Above the tabs: what is said about the whole.
    notices: AnyView,
    actions: AnyView,
) -> impl IntoView {
    view! {
        <div class="card dialog">
            <h1 id=Spot::Dialog.id() tabindex="-1">
                {title}
                <span class="kind">" · "{words::KIND}</span>
            </h1>
            {notices}
            <Tabs tab select main authentication/>
            {actions}
        </div>
    }
}
