//! For who was asked to connect an account, by a link or in the page of a portal: who asks and for
//! what, the PIN, done. No keys, no other connections.

use pinfold_api::{Code, Session};

use super::dialog::Card;
use super::new_connection::{aftermath, begin, foot};
use crate::app::{App, Who};
use crate::element::{El, el};
use crate::failure::Failure;
use crate::steps::{app_step, authorize_step, pin_step};
use crate::widgets::{notice, primary};
use crate::wizard::{Event, HandedApp, Tab, Wizard};
use crate::{browser, words};

/// The wizard for a hand-off. Who is signed in otherwise came here by accident, and may use it, too.
pub(crate) fn hand_off(app: App, session: &Session, resume: Option<String>) -> El {
    let Some(handoff) = &session.handoff else {
        return super::new_connection(app, session.clone(), resume, None);
    };
    let repairs = handoff.connection.as_ref();
    let title = if repairs.is_some() { words::RECONNECT_ACCOUNT } else { words::CONNECT_ACCOUNT };
    browser::set_title(&words::page(title));
    if handoff.done {
        return left(app, true, words::HANDOFF_DONE);
    }
    let named = handoff.app.is_some();
    // Whoever comes back, by the link or by another token, goes on.
    let resume = handoff.authorization_id.clone().or(resume);
    let (mut wizard, first) = Wizard::open(false, resume, String::new(), String::new());
    wizard.handed = Some(if named { HandedApp::Named } else { HandedApp::Typed });
    wizard.repair = repairs.map(|it| it.id.clone());
    let dialog = begin(app, session.clone(), wizard, first);
    if browser::frame::is_framed() {
        browser::frame::on_close(move || dialog.tell(Event::Cancel));
        browser::frame::say(r#"{"type":"ready"}"#);
    }
    let asks = el("div").class("asks");
    let asks = match &handoff.note {
        Some(note) => asks.has(&[el("blockquote").text(note)]),
        None => asks,
    };
    let asks = asks.has(&[el("p").text(&words::asks(handoff))]);
    let card = Card {
        title,
        notice: el("div").has(&[aftermath(dialog), asks]),
        main: None,
        authentication: el("div").has(&[
            el("div").may_have((!named).then(|| app_step(dialog))),
            authorize_step(dialog),
            pin_step(dialog),
        ]),
        foot: foot(dialog),
    };
    card.build(|| Tab::Authentication, |_| ())
}

const OVER: &str = "over";

/// It is over: connected, or not.
pub(crate) fn left(app: App, done: bool, said: &str) -> El {
    let title = if done { words::ALL_DONE } else { words::NOTHING_CONNECTED };
    browser::set_title(&words::page(title));
    browser::focus(OVER);
    let close = if browser::frame::is_framed() { "" } else { words::CLOSE_PAGE };
    let again = primary(words::START_AGAIN).pressed(move || {
        app.who.set(Who::Asking);
        app.ask();
    });
    again.show(!done);
    el("div").class("card sign-in").attr("role", "status").has(&[
        el("h1").id(OVER).attr("tabindex", "-1").text(title),
        el("p").text(said),
        el("p").class("hint").text(close),
        again,
    ])
}

/// The link, or the session that it gave, cannot be used; or there is none.
pub(crate) fn link_over(failure: Option<Failure>) -> El {
    let title = if failure.is_some() { words::LINK_OVER } else { words::NO_LINK };
    browser::set_title(&words::page(title));
    // Who was sent here has no key, and nowhere to sign in.
    let hint = match failure.as_ref().map(Failure::code) {
        None => words::NO_LINK_HINT,
        Some(Some(Code::SignInRefused)) => words::LINK_CUT_OFF,
        Some(Some(Code::Unauthenticated)) => words::LINK_ENDED,
        Some(_) => "",
    };
    let why = notice(move || failure.clone().filter(|_| hint.is_empty()));
    let hint = el("p").attr("role", "alert").text(hint);
    browser::focus(OVER);
    let title = el("h1").id(OVER).attr("tabindex", "-1").text(title);
    el("div").class("card sign-in").has(&[title, hint, why])
}
