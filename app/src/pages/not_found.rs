//! Any address that no page has.

use leptos::prelude::*;

use crate::routes::Route;
use crate::{browser, words};

#[component]
pub(crate) fn NotFound() -> impl IntoView {
    browser::set_title(words::NOT_FOUND);
    view! {
        <div class="card">
            <h1>{words::NOT_FOUND}</h1>
            <p>{words::NOT_FOUND_HINT}</p>
            <a class="button primary" href=Route::Connections.path()>{words::BACK}</a>
        </div>
    }
}
