//! A labelled input with its hint, which turns into what is wrong with the entry.

use crate::browser;
use std::rc::Rc;

use crate::element::{El, Words, el};

/// What stands beneath an input.
#[derive(Clone, Default)]
pub(crate) struct Hint {
    pub(crate) text: Words,
    /// It looks unusual.
    pub(crate) doubted: bool,
    /// It cannot be accepted.
    pub(crate) refused: bool,
}

impl From<&'static str> for Hint {
    fn from(text: &'static str) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

/// An input that is still being described.
pub(crate) struct TextField {
    id: &'static str,
    label: El,
    input: El,
    beside: Vec<El>,
    hint: El,
}

impl TextField {
    pub(crate) fn new(id: &'static str, label: &str) -> Self {
        let described = format!("{id}-hint");
        let input = el("input")
            .id(id)
            .attr("name", id)
            .attr("autocomplete", "off")
            .attr("autocapitalize", "off")
            .attr("spellcheck", "false")
            .attr("aria-describedby", &described);
        Self {
            id,
            label: el("label").attr("for", id).text(label),
            input,
            beside: Vec::new(),
            hint: el("p").id(&described).class("hint"),
        }
    }

    /// What it holds, and what becomes of what is typed.
    pub(crate) fn entry(
        mut self,
        value: impl Fn() -> Words + 'static,
        typed: impl Fn(String) + 'static,
    ) -> Self {
        self.input =
            self.input.value_of(value).on("input", move |event| typed(browser::typed(&event)));
        self
    }

    /// What it holds, not to be changed.
    pub(crate) fn fixed(mut self, value: impl Into<Words>) -> Self {
        let value = value.into();
        self.input = self.input.attr("value", &value).attr("readonly", "");
        self
    }

    /// What it holds before anything is typed.
    pub(crate) fn begin(mut self, value: &str) -> Self {
        self.input = self.input.attr("value", value);
        self
    }

    pub(crate) fn locked(mut self, locked: impl Fn() -> bool + 'static) -> Self {
        self.input = self.input.flag("readonly", locked);
        self
    }

    /// Not reached yet.
    pub(crate) fn disabled(mut self, disabled: impl Fn() -> bool + 'static) -> Self {
        self.input = self.input.flag("disabled", disabled);
        self
    }

    /// Hides what is typed.
    pub(crate) fn secret(mut self, secret: impl Fn() -> bool + 'static) -> Self {
        let kind = move || Some(if secret() { "password" } else { "text" }.into());
        self.input = self.input.attr_of("type", kind);
        self
    }

    /// A number that is read elsewhere and typed once.
    pub(crate) fn one_time_code(mut self) -> Self {
        self.input = self.input.attr("inputmode", "numeric").attr("autocomplete", "one-time-code");
        self
    }

    /// A day, picked or typed; `2026-11-22` to whoever reads it.
    pub(crate) fn day(mut self) -> Self {
        self.input = self.input.attr("type", "date");
        self
    }

    pub(crate) fn beside(mut self, element: El) -> Self {
        self.beside.push(element);
        self
    }

    pub(crate) fn hint(self, hint: impl Fn() -> Hint + 'static) -> Self {
        self.hint_of(Rc::new(hint))
    }

    /// Once, and not for each field.
    fn hint_of(mut self, hint: Rc<dyn Fn() -> Hint>) -> Self {
        let (look, invalid, alert) = (hint.clone(), hint.clone(), hint.clone());
        self.input =
            self.input.attr_of("aria-invalid", move || invalid().refused.then(|| "true".into()));
        self.hint = self.hint.text_of(move || hint().text).class_of(move || match look() {
            Hint { refused: true, .. } => "hint refused",
            Hint { doubted: true, .. } => "hint doubted",
            _ => "hint",
        });
        // The field has the focus already when its entry is questioned, so that is read out.
        self.hint = self.hint.attr_of("role", move || alert().refused.then(|| "alert".into()));
        self
    }

    pub(crate) fn build(self) -> El {
        let row = el("div").class("beside").has(&[self.input]).has(&self.beside);
        el("div").class("field").attr("data-field", self.id).has(&[self.label, row, self.hint])
    }
}
