//! Step 2: Get PIN, and the three ways to X's page that need no popup.

use super::Dialog;
use super::frame::frame;
use super::qr::qr_code;
use crate::browser::{self, Ticker};
use crate::element::{El, Words, button, el};
use crate::state::{State, keep};
use crate::widgets::{copy_button, status};
use crate::wizard::{Busy, Event, Note, Place, Spot, Step};
use crate::words;

pub(crate) fn authorize_step(dialog: Dialog) -> El {
    let address = move || {
        dialog.read(|wizard| wizard.authorization().and_then(|it| it.authorize_url.clone()))
    };
    let said = move || {
        let note = dialog.read(|wizard| wizard.note);
        note.filter(|note| *note != Note::NothingToSave).map_or("", words::note)
    };
    let get_pin = button(words::GET_PIN)
        .class_of(move || if address().is_some() { "out" } else { "out primary" })
        .busy(move || dialog.is_busy())
        .pressed(move || dialog.tell(Event::GetPin));
    let doing =
        status(move || dialog.doing(|busy| matches!(busy, Busy::Beginning | Busy::Resuming)));
    let skew = dialog.session.peek(|session| session.clock_skew_seconds);
    let clock = skew
        .filter(|skew| skew.abs() >= WRONG_CLOCK)
        .map(|skew| el("p").class("hint").text(&words::clock_is(skew, words::CLOCK_CORRECTED)));
    let note = el("div").attr("role", "alert").word_of(said);
    let content = [
        el("p").text(words::AUTHORIZE_HINT),
        el("div").class("beside").has(&[get_pin, doing]),
        el("div").class("notice warning").has(&[note]).shown(move || !said().is_empty()),
        dialog.notice(Place::Step(Step::Authorize)),
        el("div").content_of(address, move |address| Some(ways(dialog, address.clone()?))),
    ];
    let content: Vec<_> = content.into_iter().chain(clock).collect();
    let summary = Box::new(|| words::AUTHORIZED.into());
    let title = words::AUTHORIZE_STEP;
    frame(dialog, Step::Authorize, title, summary, Some(words::START_OVER), &content)
}

/// Seconds from which on it is told; a network takes its time, too.
const WRONG_CLOCK: i64 = 30;

/// The plain link, the copyable address, and the QR code.
fn ways(dialog: Dialog, address: String) -> El {
    let tick = State::new(());
    keep(Box::new(Ticker::every(15_000, move || tick.set(()))));
    let age = move || {
        tick.get();
        let made = dialog.read(|it| it.authorization().map(|it| it.created_at.clone()));
        made.map_or(Words::Borrowed(""), |time| words::link_made(&browser::ago(&time)).into())
    };
    let blocked = move || dialog.read(|wizard| wizard.note == Some(Note::PopupBlocked));
    let open = move || if blocked() { words::OPEN_X } else { words::OPEN_X_AGAIN };
    let link = el("a")
        .id(Spot::Link.id())
        .attr("href", &address)
        .attr("target", "_blank")
        .attr("rel", "noopener noreferrer")
        .class_of(move || if blocked() { "out button primary" } else { "out button" })
        .has(&[el("span").word_of(open), el("span").class("unseen").text(words::NEW_TAB)]);
    let row = el("div").class("beside").has(&[link]);
    let qr = dialog.state.peek(|it| it.authorization().and_then(|it| it.authorize_qr.clone()));
    let code = el("div").class("qr").may_have(qr.as_deref().map(qr_code));
    let code = code.has(&[el("p").text(words::QR_HINT)]);
    let shown = el("p").class("address").text(&address);
    el("div").class("ways").has(&[
        row.has(&[
            copy_button(words::COPY_LINK, move || address.clone()),
            el("span").class("age").text_of(age),
        ]),
        el("details").has(&[el("summary").text(words::QR_CODE), code]),
        shown,
    ])
}
