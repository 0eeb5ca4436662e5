//! Which pages a program has: the wizard, the manager, and what is looked after now and then, so that
//! nobody loads what they did not come for (docs/decisions/0012). A program that lacks the page of an address
//! leaves, and the shell loads the one that has it.

use pinfold_api::Session;

use crate::app::{App, Who};
use crate::browser;
use crate::client::is_sending;
use crate::element::El;
use crate::pages;
use crate::routes::Route;

/// The page for an address and who is there; `None`: another program has it, or everyone.
pub(crate) type Pages = fn(App, &Route, &Who) -> Option<El>;

/// The wizard: Get PIN, PIN, Authenticate PIN.
pub(crate) fn connect(app: App, route: &Route, who: &Who) -> Option<El> {
    let session = match who {
        Who::Known(session) => session,
        Who::Left { done, said } => return Some(pages::left(app, *done, said)),
        Who::Nobody(failure)
            if matches!(route, Route::Connect(_)) && !browser::has_sign_in_link() =>
        {
            return Some(pages::link_over(failure.clone()));
        }
        _ => return None,
    };
    let (resume, repair) = match route {
        Route::Connect(resume) => return Some(pages::hand_off(app, session, resume.clone())),
        Route::NewConnection(resume) => (resume.clone(), None),
        Route::Repair(id) => (None, Some(id.clone())),
        _ => return None,
    };
    Some(pages::new_connection(app, session.clone(), resume, repair))
}

/// Connections: all of them, and each.
pub(crate) fn manage(app: App, route: &Route, who: &Who) -> Option<El> {
    session_of(who)?;
    Some(match route {
        Route::Connections => pages::connections(app),
        Route::Connection(id) => pages::connection(app, id.clone()),
        Route::Deleted => pages::deleted(app),
        Route::NotFound => pages::not_found(),
        _ => return None,
    })
}

/// Apps, keys, the log, and what moves in and out.
pub(crate) fn admin(app: App, route: &Route, who: &Who) -> Option<El> {
    let session = session_of(who)?;
    Some(match route {
        Route::Apps => pages::apps(app, session),
        Route::Activity => pages::activity(app),
        Route::Move => pages::moves(app),
        Route::Keys(connection) => pages::keys(app, connection.clone()),
        Route::Webhooks => pages::webhooks(app),
        Route::Links(connection) => pages::links(app, connection.clone()),
        _ => return None,
    })
}

/// All pages, as `trunk serve` shows them.
pub(crate) fn all(app: App, route: &Route, who: &Who) -> Option<El> {
    let rest = || admin(app, route, who).or_else(|| manage(app, route, who));
    connect(app, route, who).or_else(rest)
}

fn session_of(who: &Who) -> Option<&Session> {
    match who {
        Who::Known(session) => Some(session),
        _ => None,
    }
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
