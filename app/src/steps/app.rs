//! Step 1: which app asks.

use pinfold_api::Role;

use super::Dialog;
use super::frame::frame;
use crate::element::{El, Words, button, el};
use crate::widgets::{choice, enter_submits};
use crate::wizard::{Doubt, Event, Field, Place, Step};
use crate::{browser, words};

const HINT: &str = "use-registered-hint";
const SAVED: &str = "saved-app";

pub(crate) fn app_step(dialog: Dialog) -> El {
    let name = dialog.app_name();
    let registered = words::registered_app(name.as_deref());
    let has_registered = name.is_some();
    let keeps = move || dialog.read(|wizard| wizard.repair.is_some() && wizard.keeps_app);
    let uses = move || dialog.read(|wizard| wizard.use_registered);
    let types = move || !uses() && dialog.read(|wizard| wizard.saved.is_empty());
    let summary = Box::new(move || {
        if keeps() {
            return words::KEPT_APP.into();
        }
        if uses() {
            return registered.clone().into();
        }
        dialog.read(|wizard| {
            let saved = wizard.apps.iter().find(|(id, _)| *id == wizard.saved);
            saved.map_or(words::OWN_APP.into(), |(_, name)| name.clone().into())
        })
    });
    let keep = el("input")
        .attr("type", "checkbox")
        .checked_of(keeps)
        .on("change", move |event| dialog.tell(Event::KeepApp(browser::ticked(&event))));
    let keep = el("label").class("check").has(&[keep]).text(words::KEEP_APP);
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
    let why = if has_registered { "" } else { words::NO_REGISTERED_APP };
    let choose = [
        el("label").class("check").has(&[tick]).text(&words::use_registered(name.as_deref())),
        el("p").class("hint").id(HINT).text(why),
        saved(dialog).shown(move || !uses()),
        keys(dialog).shown(types),
    ];
    let content = [
        keep.shown(move || dialog.read(|wizard| wizard.repair.is_some())),
        el("div").class("asked").has(&choose).shown(move || !keeps()),
        dialog.notice(Place::Step(Step::App)),
    ];
    frame(dialog, Step::App, words::APP_STEP, summary, Some(words::CHANGE_APP), &content)
}

/// The saved apps to choose from, if there are any.
fn saved(dialog: Dialog) -> El {
    el("div").content_of(
        // There are more of them, or a name has come.
        move || dialog.read(|wizard| wizard.apps.iter().map(|it| it.1.len() + 1).sum::<usize>()),
        move |count| {
            let field = dialog.state.peek(|wizard| {
                let mut options = vec![("", words::TYPE_KEYS)];
                options.extend(wizard.apps.iter().map(|it| (&*it.0, &*it.1)));
                choice(SAVED, words::SAVED_APP, &options, "")
            });
            let chosen = move || Words::Owned(dialog.read(|wizard| wizard.saved.clone()));
            field.child(1).value_of(chosen).on("change", move |_| {
                dialog.tell(Event::UseSaved(browser::value(SAVED)));
            });
            (*count > 0).then_some(field)
        },
    )
}

/// The keys of an own app, and the name to save it under.
fn keys(dialog: Dialog) -> El {
    let is_operator = dialog.session.peek(|session| session.role == Role::Operator);
    let save_as = dialog.field(Field::SaveAs);
    let save_as = save_as.hint(move || dialog.hint(Field::SaveAs, words::SAVE_AS_HINT)).build();
    save_as.show(is_operator);
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
        save_as,
        enter_submits(),
    ];
    el("form").has(&keys).submitted(move || dialog.tell(Event::GetPin))
}

/// Offered when two entries stand in each other's place.
pub(super) fn swap_button(dialog: Dialog, one: Field, other: Field) -> El {
    button(words::SWAP)
        .shown(move || dialog.read(|wizard| wizard.doubt(one) == Some(Doubt::Swapped)))
        .pressed(move || dialog.tell(Event::Swap(one, other)))
}
