//! Step 1: which app asks.

use super::Dialog;
use super::frame::frame;
use crate::element::{El, button, el};
use crate::wizard::{Doubt, Event, Field, Place, Step};
use crate::{browser, words};

const HINT: &str = "use-registered-hint";

pub(crate) fn app_step(dialog: Dialog) -> El {
    let name = dialog.app_name();
    let registered = words::registered_app(name.as_deref());
    let has_registered = name.is_some();
    let uses = move || dialog.read(|wizard| wizard.use_registered);
    let summary =
        Box::new(move || if uses() { registered.clone().into() } else { words::OWN_APP.into() });
    let tick = el("input")
        .id("use-registered")
        .attr("type", "checkbox")
        .attr("aria-describedby", HINT)
        .flag("disabled", move || !has_registered)
        .checked_of(uses)
        .on("change", move |event| {
            dialog.tell(Event::UseRegistered(browser::ticked(&event)));
            browser::tick(&event, uses());
        });
    let keys = [
        dialog
            .field(Field::ConsumerKey)
            .hint(move || dialog.hint(Field::ConsumerKey, ""))
            .beside(swap_button(dialog, Field::ConsumerKey, Field::ConsumerSecret))
            .build(),
        dialog
            .field(Field::ConsumerSecret)
            .hint(move || dialog.hint(Field::ConsumerSecret, words::SECRET_HINT))
            .secret(|| true)
            .build(),
    ];
    let why = if has_registered { "" } else { words::NO_REGISTERED_APP };
    let keys = el("form")
        .has(&keys)
        .has(&[crate::widgets::enter_submits()])
        .submitted(move || dialog.tell(Event::GetPin));
    let content = [
        el("label").class("check").has(&[tick]).text(&words::use_registered(name.as_deref())),
        el("p").class("hint").id(HINT).text(why),
        keys.shown(move || !uses()),
        dialog.notice(Place::Step(Step::App)),
    ];
    frame(dialog, Step::App, words::APP_STEP, summary, Some(words::CHANGE_APP), &content)
}

/// Offered when two entries stand in each other's place.
pub(super) fn swap_button(dialog: Dialog, one: Field, other: Field) -> El {
    button(words::SWAP)
        .shown(move || dialog.read(|wizard| wizard.doubt(one) == Some(Doubt::Swapped)))
        .pressed(move || dialog.tell(Event::Swap(one, other)))
}
