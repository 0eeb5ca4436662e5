//! The frame of a step: its number, its heading, and the line it shrinks to when it is done.

use super::Dialog;
use crate::element::{El, Words, el};
use crate::widgets::quiet;
use crate::wizard::{Event, Spot, Standing, Step};
use crate::words;

/// `summary` is what the line says, `back` the way back from it.
pub(super) fn frame(
    dialog: Dialog,
    step: Step,
    title: &str,
    summary: Box<dyn Fn() -> Words>,
    back: Option<&str>,
    content: &[El],
) -> El {
    let id = Spot::Heading(step).id();
    let standing = move || dialog.read(|wizard| wizard.standing(step));
    let done = move || standing() == Standing::Done;
    // The last step is what the dialog is for: it stays open.
    let shrinks = step != Step::Tokens;
    let heading = el("h2").id(id).attr("tabindex", "-1").text(title).has(&[
        el("span").class("unseen").text(words::DONE).shown(done),
        el("span").class("summary").text_of(summary).shown(done),
    ]);
    let back =
        back.map(|label| quiet(label).shown(done).pressed(move || dialog.tell(Event::StartOver)));
    el("section")
        .attr("aria-labelledby", id)
        .class_of(move || match standing() {
            Standing::Calm => "step calm",
            Standing::Open => "step",
            Standing::Done => "step done",
        })
        .has(&[
            el("div").class("head").has(&[heading]).may_have(back),
            el("div").class("body").has(content).shown(move || !(shrinks && done())),
        ])
}
