//! The frame: who is signed in, which page is shown, and what every page shares.

use pinfold_api::{Code, Connection, Session};

use crate::client::Client;
use crate::element::{El, Words, button, el};
use crate::failure::Failure;
use crate::routes::Route;
use crate::state::State;
use crate::wizard::{Flash, Outgoing};
use crate::{browser, pages, words};

/// Who uses the browser.
#[derive(Clone, PartialEq)]
pub(crate) enum Who {
    /// Not known yet.
    Asking,
    /// Nobody, until they sign in; with the reason when a session ended while it was in use.
    Nobody(Option<Failure>),
    /// Somebody.
    Known(Session),
    /// The server did not say.
    Untold(Failure),
}

/// What every page shares.
#[derive(Clone, Copy)]
pub(crate) struct App {
    pub(crate) client: Client,
    pub(crate) route: State<Route>,
    pub(crate) who: State<Who>,
    /// What the list greets with.
    pub(crate) flash: State<Option<Flash>>,
    /// The edit that is being sent, or was refused.
    pub(crate) outgoing: State<Option<Outgoing>>,
    /// What of the list was looked at last, as in its address.
    pub(crate) view: State<String>,
}

impl App {
    fn new() -> Self {
        // With a link, nobody is signed in until it answers: the page that opens it is not built
        // again meanwhile.
        let linked = browser::has_sign_in_link();
        let who = State::new(if linked { Who::Nobody(None) } else { Who::Asking });
        let client = Client::new(move |failure| {
            let ended = who.peek(|who| matches!(who, Who::Known(_)));
            if ended || who.peek(|who| !matches!(who, Who::Nobody(_))) {
                who.set(Who::Nobody(ended.then(|| failure.clone())));
            }
        });
        Self {
            client,
            route: State::new(here()),
            who,
            flash: State::new(None),
            outgoing: State::new(None),
            view: State::new(String::new()),
        }
    }

    /// Leaves a dialog for another page. The dialog's address goes: what was begun there is over,
    /// and Back is not to lead to it.
    pub(crate) fn go(self, route: Route) {
        let mut path = route.path();
        if route == Route::Connections {
            self.view.peek(|view| path.push_str(view));
        }
        browser::replace_address(&path);
        self.route.set(route);
        browser::to_top();
    }

    /// Goes to another page, as a link does.
    pub(crate) fn visit(self, path: &str) {
        browser::push_address(path);
        self.route.set(here());
        browser::to_top();
    }

    /// Sends an edit. Whoever shows the connection shows it edited meanwhile.
    pub(crate) fn save(self, edit: Outgoing) {
        let id = edit.before.id.clone();
        let saving = self.client.change(&id, &edit.change, edit.before.version);
        self.outgoing.set(Some(edit));
        browser::spawn(Box::pin(async move {
            match saving.await {
                Ok(connection) => {
                    self.outgoing.set(None);
                    self.flash
                        .set(Some(Flash::Said(words::fill(words::SAVED, &[&connection.name]))));
                }
                Err(failure) => {
                    let refused =
                        |edit: &mut Option<Outgoing>| edit.as_mut()?.refused(failure).then_some(());
                    if self.outgoing.update(refused).flatten().is_some() {
                        let theirs = self.client.connection(&id).await.ok();
                        self.outgoing.update(|edit| edit.as_mut().map(|it| it.theirs = theirs));
                    }
                }
            }
        }));
    }

    /// Name and group of a connection, with the edit of it that is being sent.
    pub(crate) fn edited(self, connection: &Connection) -> (String, String) {
        let group = || connection.group.clone().unwrap_or_default();
        self.outgoing.peek(|edit| match edit {
            Some(edit) => edit.applied(connection),
            None => (connection.name.clone(), group()),
        })
    }

    /// Asks the server who is signed in.
    pub(crate) fn ask(self) {
        browser::spawn(Box::pin(async move {
            let who = match self.client.session().await {
                Ok(session) => Who::Known(session),
                // The client told.
                Err(failure) if failure.code() == Some(Code::Unauthenticated) => return,
                Err(failure) => Who::Untold(failure),
            };
            self.who.set(who);
        }));
    }

    fn sign_out(self) {
        browser::spawn(Box::pin(async move {
            match self.client.sign_out().await {
                Ok(()) => {
                    pages::forget_drafts();
                    self.who.set(Who::Nobody(None));
                }
                // The page shows what the server says next.
                Err(_) => self.ask(),
            }
        }));
    }
}

fn here() -> Route {
    let (path, query) = browser::address();
    Route::parse(&path, &query)
}

/// Puts the program into the static shell, for as long as the page lives.
pub fn mount() {
    // As `leptos::mount` does it, without a view.
    let _ = any_spawner::Executor::init_wasm_bindgen();
    let owner = leptos::prelude::Owner::new();
    owner.with(start);
    std::mem::forget(owner);
}

fn start() {
    let app = App::new();
    browser::on_history(move || {
        // A fragment, or the id that the dialog itself put into its address, is no other page.
        let next = here();
        let dialog = |route: &Route| matches!(route, Route::NewConnection(_) | Route::Repair(_));
        if !(dialog(&next) && app.route.peek(dialog)) {
            app.route.set(next);
        }
    });
    browser::on_link(move |path| {
        app.visit(&path);
    });
    if let Some(slot) = El::shell("bar") {
        bar(slot, app);
    }
    if let Some(slot) = El::shell("main") {
        let shown = move || (app.route.get(), app.who.get());
        slot.content_of(shown, move |(route, who)| Some(page(app, route, who)));
    }
    if app.who.peek(|who| *who == Who::Asking) {
        app.ask();
    }
}

fn bar(slot: El, app: App) -> El {
    let known = move || app.who.read(|who| matches!(who, Who::Known(_)));
    let sandbox = move || app.who.read(|who| matches!(who, Who::Known(it) if it.provider.sandbox));
    let theme = State::new(browser::theme());
    let switch = move || {
        let next = match theme.peek(|theme| *theme) {
            "" => "light",
            "light" => "dark",
            _ => "",
        };
        browser::set_theme(next);
        theme.set(next);
    };
    let link = |to: Route, label: &str| {
        let here = to.clone();
        let current = move || app.route.read(|it| *it == here).then_some(Words::Borrowed("page"));
        el("a").attr("href", &to.path()).text(label).attr_of("aria-current", current)
    };
    let nav = el("nav").shown(known).has(&[
        link(Route::Connections, words::CONNECTIONS),
        link(Route::Apps, words::APPS),
        link(Route::Activity, words::ACTIVITY),
    ]);
    slot.has(&[
        nav,
        el("span")
            .class("badge")
            .attr("title", words::SANDBOX_TITLE)
            .text(words::SANDBOX)
            .shown(sandbox),
        el("button")
            .attr("type", "button")
            .class("theme")
            .word_of(move || words::theme(theme.get()))
            .pressed(switch),
        button(words::SIGN_OUT).shown(known).pressed(move || app.sign_out()),
    ])
}

/// Another session or another address is another page. Where a session is missing one signs in on
/// the spot, and is back where one was.
fn page(app: App, route: &Route, who: &Who) -> El {
    match (who, route) {
        (_, Route::SignIn) | (Who::Nobody(_), _) => pages::sign_in(app),
        (Who::Asking, _) => pages::skeleton(),
        (Who::Untold(failure), _) => pages::untold(app, failure.clone()),
        (Who::Known(_), Route::Connections) => pages::connections(app),
        (Who::Known(session), Route::NewConnection(resume)) => {
            pages::new_connection(app, session.clone(), resume.clone(), None)
        }
        (Who::Known(session), Route::Repair(id)) => {
            pages::new_connection(app, session.clone(), None, Some(id.clone()))
        }
        (Who::Known(_), Route::Deleted) => pages::deleted(app),
        (Who::Known(_), Route::Connection(id)) => pages::connection(app, id.clone()),
        (Who::Known(session), Route::Apps) => {
            pages::apps(app, session.registered_app.as_ref().map(|it| it.name.clone()))
        }
        (Who::Known(_), Route::Activity) => pages::activity(app),
        (Who::Known(_), Route::Move(ids)) => pages::moves(app, ids.clone()),
        (Who::Known(_), Route::NotFound) => pages::not_found(),
    }
}
