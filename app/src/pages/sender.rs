//! A form that is sent to the server, once at a time. What is refused is said at its field, or else
//! above the button.

use std::cell::Cell;
use std::rc::Rc;

use crate::browser::{self, Parsed};
use crate::element::{El, Slot, el};
use crate::failure::Failure;
use crate::state::State;
use crate::widgets::{Form, notice, primary};
use crate::wire::{Json as _, Object};

pub(super) struct Sender {
    pub(super) form: Form,
    pub(super) failure: State<Option<Failure>>,
    /// What was made by it, this once; empty on a page that makes nothing.
    pub(super) made: Slot,
    busy: Cell<bool>,
}

impl Sender {
    /// Its fields as `words` describe them.
    pub(super) fn new(fields: &str) -> Self {
        Self {
            form: Form::new(Parsed::parse(fields).items().unwrap_or_default()),
            failure: State::new(None),
            made: Slot::new(el("div").attr("role", "status")),
            busy: Cell::new(false),
        }
    }

    /// The fields between others, what is wrong, and the button.
    pub(super) fn build(&self, parts: [&[El]; 2], label: &str, send: Rc<dyn Fn()>) -> El {
        let [before, after] = parts;
        let (enter, press) = (send.clone(), send);
        let button = primary(label).pressed(move || press());
        let form = self.form.build(move || enter());
        let below = [self.notice(), el("div").class("beside").has(&[button])];
        el("div").class("asked").has(before).has(&[form]).has(after).has(&below)
    }

    pub(super) fn notice(&self) -> El {
        let failure = self.failure;
        notice(move || failure.get())
    }

    /// Whether it can be sent now; until that is over, not again.
    pub(super) fn begin(&self) -> bool {
        if self.busy.replace(true) {
            return false;
        }
        self.failure.set(None);
        self.form.calm();
        true
    }

    /// What was entered, added to the rest.
    pub(super) fn write(&self, rest: Object) -> String {
        self.form.write(rest).end()
    }

    /// Something was made: it is shown, and has the focus.
    pub(super) fn show(&self, id: &'static str, told: &dyn Fn() -> El) {
        self.busy.set(false);
        self.made.fill(told);
        browser::focus(id);
    }

    pub(super) fn refuse(&self, failure: Failure) {
        self.busy.set(false);
        if !self.form.refuse(&failure) {
            self.failure.set(Some(failure));
        }
    }
}
