//! The last step: the token pair, pasted or granted, and what it can do.

use pinfold_api::{Authorization, TaskAccess};

use super::Dialog;
use super::app::swap_button;
use super::frame::frame;
use crate::element::{El, Words, el};
use crate::widgets::{TextField, copy_button, enter_submits};
use crate::wizard::{Event, Field, Place, Stage, Step, Wizard};
use crate::words;

fn granted(wizard: &Wizard) -> Option<&Authorization> {
    match &wizard.stage {
        Stage::Authenticated(authorization) => Some(authorization),
        _ => None,
    }
}

fn token(wizard: &Wizard) -> String {
    match granted(wizard) {
        Some(it) => it.access_token.clone().unwrap_or_default(),
        None => wizard.entries[Field::AccessToken].clone(),
    }
}

fn secret(wizard: &Wizard) -> Words {
    match granted(wizard) {
        Some(_) => words::MASK.into(),
        None => wizard.entries[Field::AccessSecret].clone().into(),
    }
}

fn summary(wizard: &Wizard) -> Words {
    granted(wizard).map_or(Words::Borrowed(""), |it| {
        let name = it.account.as_ref().map_or("", |account| &account.screen_name);
        words::connected_as(name, it.access_level, &it.tasks).into()
    })
}

pub(crate) fn tokens_step(dialog: Dialog) -> El {
    let locked = move || dialog.read(|wizard| granted(wizard).is_some());
    // Only an authorization can repair.
    let closed = move || locked() || dialog.read(|wizard| wizard.repair.is_some());
    let twice = move || {
        dialog.read(|wizard| {
            // A repair adds none.
            let granted = granted(wizard).filter(|_| wizard.repair.is_none());
            let others = granted.map_or(&[][..], |it| &it.duplicates);
            words::duplicates(others.iter().map(|it| it.name.as_str()))
        })
    };
    let typing = move |field| move |text| dialog.tell(Event::Typed(field, text));
    let copy = copy_button(words::COPY_TOKEN, move || dialog.state.peek(token));
    let field = |field: Field| TextField::new(field.id(), words::field_label(field));
    let pair = [
        field(Field::AccessToken)
            .entry(move || dialog.read(token).into(), typing(Field::AccessToken))
            .hint(move || dialog.hint(Field::AccessToken, ""))
            .locked(closed)
            .beside(el("span").has(&[copy]).shown(locked))
            .beside(swap_button(dialog, Field::AccessToken, Field::AccessSecret))
            .build(),
        field(Field::AccessSecret)
            .entry(move || dialog.read(secret), typing(Field::AccessSecret))
            .hint(move || {
                let hint = if locked() { words::SECRET_KEPT } else { words::SECRET_HINT };
                dialog.hint(Field::AccessSecret, hint)
            })
            .locked(closed)
            .secret(move || !locked())
            .build(),
        enter_submits(),
    ];
    let can = el("div").content_of(
        move || dialog.read(|wizard| granted(wizard).map(|it| it.tasks.clone())),
        |granted| granted.as_deref().map(tasks),
    );
    let content = [
        el("p").class("hint").text(words::TOKENS_HINT).shown(move || !closed()),
        el("p")
            .class("notice warning")
            .text_of(move || twice().into())
            .shown(move || !twice().is_empty()),
        el("form").has(&pair).submitted(move || dialog.tell(Event::Ok)),
        can,
        dialog.notice(Place::Step(Step::Tokens)),
    ];
    let title = words::TOKENS_STEP;
    let summary = Box::new(move || dialog.read(summary));
    frame(dialog, Step::Tokens, title, summary, None, &content)
}

/// What a connection can and cannot do, folded away.
fn tasks(tasks: &[TaskAccess]) -> El {
    let list = |allowed: bool| {
        let list = el("ul").class(if allowed { "can" } else { "cannot" });
        tasks.iter().filter(|task| task.allowed == allowed).fold(list, |list, task| {
            let item = el("li").text(words::task(&task.task));
            let why = if allowed { String::new() } else { words::task_needs(&task.task) };
            list.has(&[item.text(&why)])
        })
    };
    let barred = tasks.iter().any(|task| !task.allowed);
    el("details").class("tasks").has(&[
        el("summary").text(words::TASKS),
        el("h3").text(words::CAN),
        list(true),
        el("h3").text(words::CANNOT).shown(move || barred),
        list(false),
    ])
}
