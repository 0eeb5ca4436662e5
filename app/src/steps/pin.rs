//! Step 3: the PIN. It never submits by itself, since a wrong PIN ends the link.

use super::Dialog;
use super::frame::frame;
use crate::element::{El, button, el};
use crate::widgets::status;
use crate::wizard::{Busy, Doubt, Event, Field, Place, Stage, Step};
use crate::words;

pub(crate) fn pin_step(dialog: Dialog) -> El {
    let awaiting = move || dialog.read(|wizard| matches!(wizard.stage, Stage::Awaiting(_)));
    let questioned = move || {
        let doubt = dialog.read(|wizard| wizard.doubt(Field::Pin));
        matches!(doubt, Some(Doubt::PinLength(_) | Doubt::PinCharacters))
    };
    let authenticate = button(words::AUTHENTICATE_PIN)
        .attr("type", "submit")
        .class_of(move || if awaiting() { "primary" } else { "" })
        .flag("disabled", move || !awaiting())
        .busy(move || dialog.is_busy());
    let anyway = button(words::SEND_ANYWAY).attr("type", "submit").shown(questioned);
    let field = dialog
        .field(Field::Pin)
        .hint(move || dialog.hint(Field::Pin, if awaiting() { "" } else { words::PIN_CALM }))
        .disabled(move || !awaiting())
        .one_time_code()
        .beside(authenticate)
        .beside(anyway)
        .build();
    let doing = status(move || dialog.doing(|busy| busy == Busy::Exchanging));
    let who = dialog.session.peek(|it| words::began_by(it.role, &it.workspace));
    let only_here = el("strong").text(words::PIN_ONLY_HERE);
    let content = [
        el("form").has(&[field, doing]).submitted(move || dialog.tell(Event::AuthenticatePin)),
        el("p").class("hint").has(&[only_here]).text(" ").text(&who).shown(awaiting),
        dialog.notice(Place::Step(Step::Pin)),
    ];
    frame(
        dialog,
        Step::Pin,
        words::PIN_STEP,
        Box::new(|| words::PIN_ACCEPTED.into()),
        None,
        &content,
    )
}
