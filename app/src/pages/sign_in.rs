//! Sign in, by a one-time link or by the access key. Shown wherever a session is missing, so that one
//! is back where one was.

use leptos::prelude::*;
use leptos::task::spawn_local;
use pinfold_api::{SignIn as Credentials, WriteOnly};

use crate::app::{App, Who};
use crate::failure::Failure;
use crate::routes::Route;
use crate::widgets::{Notice, TextField};
use crate::{browser, words};

#[component]
pub(crate) fn SignIn(app: App) -> impl IntoView {
    browser::set_title(words::SIGN_IN);
    let key = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<Failure>);

    let send = move |credentials| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        failure.set(None);
        spawn_local(async move {
            match app.client.sign_in(credentials).await {
                Ok(()) => {
                    if app.route.get_untracked() == Route::SignIn {
                        browser::replace_address(&Route::Connections.path());
                        app.who.set(Who::Asking);
                        app.route.set(Route::Connections);
                    }
                    app.ask();
                }
                Err(refusal) => {
                    failure.try_set(Some(refusal));
                    busy.try_set(false);
                }
            }
        });
    };
    if let Some(link) = browser::take_sign_in_link() {
        send(Credentials { link: Some(WriteOnly::new(link)), access_key: None });
    }
    // Somebody who is signed in already needs no form.
    Effect::new(move || {
        if !busy.get()
            && app.route.get_untracked() == Route::SignIn
            && matches!(*app.who.read(), Who::Known(_))
            && failure.read().is_none()
        {
            browser::replace_address(&Route::Connections.path());
            app.route.set(Route::Connections);
        }
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let typed = key.get_untracked().trim().to_owned();
        if typed.is_empty() {
            browser::focus("access-key");
        } else {
            send(Credentials { access_key: Some(WriteOnly::new(typed)), link: None });
        }
    };
    view! {
        <form class="card sign-in" on:submit=submit>
            <h1>{words::SIGN_IN}</h1>
            <p>{words::SIGN_IN_HINT}</p>
            <TextField
                id="access-key"
                label=words::ACCESS_KEY
                value=key
                on_input=Callback::new(move |text| key.set(text))
                secret=true
            />
            <Notice failure/>
            <div class="beside">
                <button type="submit" class="primary" aria-disabled=move || busy.get().then_some("true")>
                    {words::SIGN_IN}
                </button>
                <span class="status" role="status">
                    {move || busy.get().then_some(words::SIGNING_IN)}
                </span>
            </div>
            <p class="hint">{words::SIGN_IN_LINK_HINT}</p>
        </form>
    }
}
