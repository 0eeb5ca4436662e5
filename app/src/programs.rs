//! Which pages a program has: the wizard, the manager, and what is looked after now and then, so that
//! nobody loads what they did not come for (docs/decisions/0012). A program that lacks the page of an address
//! leaves, and the shell loads the one that has it.

use pinfold_api::Session;

use crate::app::App;
use crate::browser;
use crate::client::is_sending;
use crate::element::El;
use crate::pages;
use crate::routes::Route;

/// The page for an address; `None`: another program has it.
pub(crate) type Pages = fn(App, &Route, &Session) -> Option<El>;

/// The wizard: Get PIN, PIN, Authenticate PIN.
pub(crate) fn connect(app: App, route: &Route, session: &Session) -> Option<El> {
    let (resume, repair) = match route {
        Route::Connect(resume) => return Some(pages::hand_off(app, session, resume.clone())),
        Route::NewConnection(resume) => (resume.clone(), None),
        Route::Repair(id) => (None, Some(id.clone())),
        _ => return None,
    };
    Some(pages::new_connection(app, session.clone(), resume, repair))
}

/// Connections: all of them, and each.
pub(crate) fn manage(app: App, route: &Route, _: &Session) -> Option<El> {
    Some(match route {
        Route::Connections | Route::SignIn => pages::connections(app),
        Route::Connection(id) => pages::connection(app, id.clone()),
        Route::Deleted => pages::deleted(app),
        Route::NotFound => pages::not_found(),
        _ => return None,
    })
}

/// Apps, keys, the log, and what moves in and out.
pub(crate) fn admin(app: App, route: &Route, session: &Session) -> Option<El> {
    Some(match route {
        Route::Apps => pages::apps(app, session),
        Route::Activity => pages::activity(app),
        Route::Move => pages::moves(app),
        Route::Keys(connection) => pages::keys(app, connection.clone()),
        Route::Links(connection) => pages::links(app, connection.clone()),
        _ => return None,
    })
}

/// All pages, as `trunk serve` shows them.
pub(crate) fn all(app: App, route: &Route, session: &Session) -> Option<El> {
    let rest = || admin(app, route, session).or_else(|| manage(app, route, session));
    connect(app, route, session).or_else(rest)
}

/// Has the shell load the program that has the page, once everything that was sent has arrived.
pub(crate) fn elsewhere(app: App) -> El {
    leave(app);
    pages::skeleton()
}

fn leave(app: App) {
    if is_sending() {
        browser::after(SOON, move || leave(app));
    } else {
        app.pass_on();
        browser::reload();
    }
}

/// Milliseconds.
const SOON: i32 = 20;
