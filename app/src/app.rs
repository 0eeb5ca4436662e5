//! The frame: who is signed in, which page is shown, and what every page shares.

use pinfold_api::{Code, Connection, Role, Session};

use crate::client::Client;
use crate::element::{El, Words, button, effect, el};
use crate::failure::Failure;
use crate::programs::{self, Pages};
use crate::routes::Route;
use crate::state::State;
use crate::wizard::{Editable, Flash, Outgoing};
use crate::{browser, pages, wire, words};

/// Who uses the browser.
#[derive(Clone)]
pub(crate) enum Who {
    /// Not known yet.
    Asking,
    /// Nobody, until they sign in; with the reason when a session ended while it was in use.
    Nobody(Option<Failure>),
    /// Somebody.
    Known(Session),
    /// Somebody who was asked for one connection, and has made it or left.
    Left {
        /// It was made.
        done: bool,
        /// What is said of it.
        said: String,
    },
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
    /// How far down it.
    pub(crate) scrolled: State<i32>,
}

impl App {
    fn new() -> Self {
        // With a link, or back from a provider that refused, nobody is signed in until the person
        // has read it: the page that says so is not built again meanwhile.
        let refused = browser::take_fragment("#error=").map(|code| wire::refusal(&code));
        let returned = refused.is_some() || browser::has_sign_in_link();
        let who = State::new(if returned { Who::Nobody(refused) } else { Who::Asking });
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
            flash: State::new(Some(passed_on(FLASH)).filter(|it| !it.is_empty()).map(Flash::Said)),
            outgoing: State::new(None),
            view: State::new(passed_on(VIEW)),
            scrolled: State::new(0),
        }
    }

    /// What the next program has to know: what the list is to greet with, and how it looked.
    pub(crate) fn pass_on(self) {
        let said = self.flash.peek(|flash| flash.as_ref().map(words::flash));
        browser::keep_draft(FLASH, &said.unwrap_or_default());
        self.view.peek(|view| browser::keep_draft(VIEW, view));
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
        let id = edit.id.clone();
        let saving = self.client.change(&id, &edit.change, edit.before.version);
        let sent = edit.clone();
        self.outgoing.set(Some(edit));
        browser::spawn(Box::pin(async move {
            let answer = saving.await;
            // Another one may be on its way by now.
            let is_mine = |edit: &Option<Outgoing>| edit.as_ref().is_some_and(|it| it.id == id);
            let is_last = self.outgoing.peek(is_mine);
            match answer {
                Ok(connection) => {
                    if is_last {
                        self.outgoing.set(None);
                    }
                    self.flash
                        .set(Some(Flash::Said(words::fill(words::SAVED, &[&connection.name]))));
                }
                Err(failure) => {
                    if !is_last {
                        self.outgoing.set(Some(sent));
                    }
                    let refused =
                        |edit: &mut Option<Outgoing>| edit.as_mut()?.refused(failure).then_some(());
                    if self.outgoing.update(refused).flatten().is_some() {
                        let theirs = self.client.connection(&id).await.ok();
                        self.outgoing.update(|edit| {
                            let edit = edit.as_mut().filter(|it| it.id == id)?;
                            edit.theirs = theirs.as_ref().map(Editable::of);
                            Some(())
                        });
                    }
                }
            }
        }));
    }

    /// A connection with the edit of it that is being sent.
    pub(crate) fn edited(self, connection: &Connection) -> Editable {
        let edited = |edit: &Outgoing| edit.applied(connection);
        let edited = self.outgoing.peek(|edit| edit.as_ref().map(edited));
        edited.unwrap_or_else(|| Editable::of(connection))
    }

    /// Asks the server who is signed in.
    pub(crate) fn ask(self) {
        browser::spawn(Box::pin(async move {
            if browser::frame::is_framed() && !browser::frame::begun().await {
                return self.who.set(Who::Untold(wire::refusal("unauthenticated")));
            }
            let who = match self.client.session().await {
                Ok(session) if is_foreign(&session) => {
                    browser::frame::refuse();
                    Who::Untold(wire::refusal("unauthenticated"))
                }
                Ok(session) => {
                    // The wizard keeps in the address what it began: it goes on there. Who was
                    // asked for one connection has nothing to look for elsewhere.
                    let mut route = here();
                    if session.handoff.is_some() && !matches!(route, Route::Connect(_)) {
                        route = Route::Connect(None);
                        browser::replace_address(&route.path());
                    }
                    self.route.set(route);
                    Who::Known(session)
                }
                // The client told; in a portal's page nobody signs in.
                Err(failure)
                    if failure.code() == Some(Code::Unauthenticated)
                        && !browser::frame::is_framed() =>
                {
                    return;
                }
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

const FLASH: &str = "pinfold.flash";
const VIEW: &str = "pinfold.view";

/// What another program kept for this one.
fn passed_on(key: &str) -> String {
    let text = browser::draft(key);
    browser::keep_draft(key, "");
    text
}

/// Whether the session was minted for another page than the one around this one.
fn is_foreign(session: &Session) -> bool {
    let handoff = session.handoff.as_ref();
    let minted_for = handoff.and_then(|handoff| handoff.origin.as_deref());
    browser::frame::is_framed() && browser::frame::origin().as_deref() != minted_for
}

fn here() -> Route {
    let (path, query) = browser::address();
    Route::parse(&path, &query)
}

/// Puts all pages into the static shell, for as long as the page lives.
pub fn mount_all() {
    listen_to_portal();
    mount(programs::all);
}

/// Puts the wizard there.
pub fn mount_connect() {
    listen_to_portal();
    mount(programs::connect);
}

/// Puts the connections there.
pub fn mount_manage() {
    mount(programs::manage);
}

/// Puts apps, keys, activity, export and import there.
pub fn mount_admin() {
    mount(programs::admin);
}

/// In the page of a portal, it is the portal that says who the person is.
fn listen_to_portal() {
    if let (Some(origin), Route::Connect(_)) = (browser::framing_origin(), here()) {
        browser::frame::open(&origin);
    }
}

fn mount(pages: Pages) {
    if browser::is_in_a_page() && !browser::frame::is_framed() {
        // Only the wizard is for the pages of others: this one could be made to press anything.
        if let Some(slot) = El::shell("main") {
            slot.say(words::IN_A_PAGE);
        }
        return;
    }
    // As `leptos::mount` does it, without a view.
    let _ = any_spawner::Executor::init_wasm_bindgen();
    let owner = leptos::prelude::Owner::new();
    owner.with(|| start(pages));
    std::mem::forget(owner);
}

fn start(pages: Pages) {
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
        // Who it is changes seldom, and then the page does: no need to compare sessions.
        let times = State::new(0);
        effect(Box::new(move || {
            app.who.read(|_| ());
            times.set(times.peek(|times| times + 1));
        }));
        let shown = move || (app.route.get(), times.get());
        slot.content_of(shown, move |(route, _)| {
            Some(page(app, pages, route, &app.who.peek(Who::clone)))
        });
    }
    if app.who.peek(|who| matches!(who, Who::Asking)) {
        app.ask();
    }
}

fn bar(slot: El, app: App) -> El {
    let operates = |who: &Who| matches!(who, Who::Known(it) if it.role == Role::Operator);
    let known = move || app.who.read(operates);
    let sandbox = move || app.who.read(|who| matches!(who, Who::Known(it) if it.provider.sandbox));
    let link = |of: Route, label: &str| {
        let link = el("a").leads_to(&of).text(label);
        let current = move || {
            app.route.read(|route| match (route, &of) {
                (Route::Webhooks, Route::Links(None)) => true,
                (route, of) => route == of,
            })
        };
        link.attr_of("aria-current", move || current().then_some(Words::Borrowed("page")))
    };
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
    slot.has(&[
        el("nav").shown(known).has(&[
            link(Route::Connections, words::CONNECTIONS),
            link(Route::Apps, words::APPS),
            link(Route::Activity, words::ACTIVITY),
            link(Route::Move, words::MOVE),
            link(Route::Keys(None), words::KEYS),
            link(Route::Links(None), words::LINKS),
        ]),
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
fn page(app: App, has: Pages, route: &Route, who: &Who) -> El {
    if *route == Route::SignIn {
        return pages::sign_in(app);
    }
    has(app, route, who).unwrap_or_else(|| match who {
        Who::Nobody(_) => pages::sign_in(app),
        Who::Asking => pages::skeleton(),
        Who::Untold(failure) => pages::untold(app, failure.clone()),
        _ => programs::elsewhere(app),
    })
}
