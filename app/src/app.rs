//! The frame: who is signed in, which page is shown, and what every page shares.

use leptos::mount::mount_to;
use leptos::prelude::*;
use leptos::task::spawn_local;
use pinfold_api::{Code, Session};

use crate::client::Client;
use crate::failure::Failure;
use crate::routes::Route;
use crate::wizard::Flash;
use crate::{browser, pages, words};

/// Who uses the browser.
#[derive(Clone, PartialEq)]
pub(crate) enum Who {
    /// Not known yet.
    Asking,
    /// Nobody, until they sign in.
    Nobody,
    /// Somebody.
    Known(Session),
    /// The server did not say.
    Untold(Failure),
}

/// What every page shares.
#[derive(Clone, Copy)]
pub(crate) struct App {
    pub(crate) client: Client,
    pub(crate) route: RwSignal<Route>,
    pub(crate) who: RwSignal<Who>,
    /// What the list greets with.
    pub(crate) flash: RwSignal<Option<Flash>>,
}

impl App {
    fn new() -> Self {
        let who = RwSignal::new(Who::Asking);
        let client = Client::new(Callback::new(move |()| who.set(Who::Nobody)));
        Self { client, route: RwSignal::new(here()), who, flash: RwSignal::new(None) }
    }

    /// Shows another page, and its address.
    pub(crate) fn go(self, route: Route) {
        browser::push_address(&route.path());
        self.route.set(route);
    }

    /// Asks the server who is signed in.
    pub(crate) fn ask(self) {
        spawn_local(async move {
            let who = match self.client.session().await {
                Ok(session) => Who::Known(session),
                Err(failure) if failure.code() == Some(Code::Unauthenticated) => Who::Nobody,
                Err(failure) => Who::Untold(failure),
            };
            self.who.set(who);
        });
    }

    fn sign_out(self) {
        spawn_local(async move {
            // Signed out or not answering: either way the page shows what the server says next.
            let _ = self.client.sign_out().await;
            self.ask();
        });
    }
}

fn here() -> Route {
    let (path, query) = browser::address();
    Route::parse(&path, &query)
}

/// Puts the program into the static shell.
pub fn mount() {
    // Lives as long as the page does.
    let root = Owner::new();
    root.set();
    let app = App::new();
    browser::on_history(move || app.route.set(here()));
    browser::on_link(move |path| {
        browser::push_address(&path);
        app.route.set(here());
    });
    if let Some(slot) = browser::element("bar") {
        mount_to(slot, move || view! { <Bar app/> }).forget();
    }
    if let Some(slot) = browser::element("main") {
        browser::empty(&slot);
        mount_to(slot, move || view! { <Page app/> }).forget();
    }
    app.ask();
    std::mem::forget(root);
}

#[component]
fn Bar(app: App) -> impl IntoView {
    let known = Memo::new(move |_| matches!(*app.who.read(), Who::Known(_)));
    let sandbox = Memo::new(move |_| match &*app.who.read() {
        Who::Known(session) => session.provider.sandbox,
        _ => false,
    });
    let theme = RwSignal::new(browser::theme());
    let next = move |_| {
        theme.update(|theme| {
            *theme = match theme.as_str() {
                "light" => "dark",
                "dark" => "",
                _ => "light",
            }
            .to_owned();
        });
        browser::set_theme(&theme.get_untracked());
    };
    let current = move || (*app.route.read() == Route::Connections).then_some("page");
    view! {
        <nav hidden=move || !known.get()>
            <a href=Route::Connections.path() aria-current=current>{words::CONNECTIONS}</a>
        </nav>
        <span class="badge" title=words::SANDBOX_TITLE hidden=move || !sandbox.get()>
            {words::SANDBOX}
        </span>
        <button type="button" class="icon theme" on:click=next>
            {move || words::theme_of(&theme.read())}
        </button>
        <button type="button" class="quiet" hidden=move || !known.get() on:click=move |_| app.sign_out()>
            {words::SIGN_OUT}
        </button>
    }
}

/// Which page is shown. Another session or another address is another page.
#[component]
fn Page(app: App) -> impl IntoView {
    move || {
        let route = app.route.get();
        match app.who.get() {
            _ if route == Route::SignIn => view! { <pages::SignIn app/> }.into_any(),
            Who::Asking => view! { <pages::Skeleton/> }.into_any(),
            Who::Nobody => view! { <pages::SignIn app/> }.into_any(),
            Who::Untold(failure) => view! { <pages::Untold app failure/> }.into_any(),
            Who::Known(session) => match route {
                Route::Connections => view! { <pages::Connections app/> }.into_any(),
                Route::NewConnection(resume) => {
                    view! { <pages::NewConnection app session resume/> }.into_any()
                }
                Route::Connection(id) => view! { <pages::Connection app id/> }.into_any(),
                Route::SignIn | Route::NotFound => view! { <pages::NotFound/> }.into_any(),
            },
        }
    }
}
