//! Elements of the page, in the manner of Leptos' own builder: `el("p").class("hint").text("…")`.
//!
//! Leptos' `view!` makes a type of every tree of tags, and code of every type: the pages of this
//! program were 137 KB of brotli that way, with erased components 128. Here one type serves all tags;
//! signals, effects and owners are Leptos'. It renders in browsers only, and knows no pages.

use std::borrow::Cow;
use std::cell::RefCell;

use leptos::prelude::*;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, HtmlInputElement};

use crate::browser;

/// Words that may have been put together.
pub(crate) type Words = Cow<'static, str>;

/// An element, its listeners and its effects. The effects belong to the owner that it was made
/// under, and end with it.
#[derive(Clone)]
pub(crate) struct El(Element);

/// Makes an element.
#[inline(never)]
pub(crate) fn el(tag: &str) -> El {
    El(browser::create(tag))
}

/// A button that does what its words say. It is busy rather than disabled while the server works:
/// a disabled one would lose the focus.
pub(crate) fn button(label: &str) -> El {
    el("button").attr("type", "button").text(label)
}

impl El {
    /// Takes an element of the static shell.
    pub(crate) fn shell(id: &str) -> Option<Self> {
        browser::element(id).map(|element| Self(element.into()))
    }

    #[inline(never)]
    pub(crate) fn attr(self, name: &str, value: &str) -> Self {
        let _ = self.0.set_attribute(name, value);
        self
    }

    pub(crate) fn id(self, id: &str) -> Self {
        self.attr("id", id)
    }

    #[inline(never)]
    pub(crate) fn class(self, class: &str) -> Self {
        self.attr("class", class)
    }

    /// Adds a text. It is never read as markup.
    #[inline(never)]
    pub(crate) fn text(self, text: &str) -> Self {
        let _ = self.0.append_with_str_1(text);
        self
    }

    #[inline(never)]
    pub(crate) fn has(self, children: &[El]) -> Self {
        for child in children {
            let _ = self.0.append_child(&child.0);
        }
        self
    }

    #[inline(never)]
    pub(crate) fn may_have(self, child: Option<El>) -> Self {
        match child {
            Some(child) => self.has(&[child]),
            None => self,
        }
    }

    /// Puts one element in the place of all that is inside.
    fn only(&self, child: &El) {
        self.0.set_text_content(None);
        let _ = self.0.append_child(&child.0);
    }

    pub(crate) fn on(self, event: &str, act: impl FnMut(Event) + 'static) -> Self {
        self.listen(event, Box::new(act))
    }

    #[inline(never)]
    fn listen(self, event: &str, act: Box<dyn FnMut(Event)>) -> Self {
        let act = Closure::wrap(act);
        let _ = self.0.add_event_listener_with_callback(event, act.as_ref().unchecked_ref());
        // It goes when its element goes.
        StoredValue::new_local(act);
        self
    }

    pub(crate) fn pressed(self, mut act: impl FnMut() + 'static) -> Self {
        self.on("click", move |_| act())
    }

    /// What happens on Enter, or on a press of the button of type `submit`.
    pub(crate) fn submitted(self, mut act: impl FnMut() + 'static) -> Self {
        self.on("submit", move |event| {
            event.prevent_default();
            act();
        })
    }

    /// An attribute that changes; `None` takes it away.
    pub(crate) fn attr_of(
        self,
        name: &'static str,
        value: impl Fn() -> Option<Words> + 'static,
    ) -> Self {
        let element = self.0.clone();
        on_change(Box::new(value), move |value| {
            let _ = match value {
                Some(value) => element.set_attribute(name, value),
                None => element.remove_attribute(name),
            };
        });
        self
    }

    pub(crate) fn class_of(self, class: impl Fn() -> &'static str + 'static) -> Self {
        self.attr_of("class", move || Some(class().into()))
    }

    /// An attribute that is there or not.
    pub(crate) fn flag(self, name: &'static str, on: impl Fn() -> bool + 'static) -> Self {
        self.attr_of(name, move || on().then(|| Words::Borrowed("")))
    }

    pub(crate) fn shown(self, shown: impl Fn() -> bool + 'static) -> Self {
        self.flag("hidden", move || !shown())
    }

    /// While it is, a press does nothing.
    pub(crate) fn busy(self, busy: impl Fn() -> bool + 'static) -> Self {
        self.attr_of("aria-disabled", move || busy().then(|| "true".into()))
    }

    pub(crate) fn text_of(self, text: impl Fn() -> Words + 'static) -> Self {
        let element = self.0.clone();
        on_change(Box::new(move || Some(text())), move |text| {
            element.set_text_content(text.as_deref());
        });
        self
    }

    /// What an input holds.
    pub(crate) fn value_of(self, value: impl Fn() -> Words + 'static) -> Self {
        let input: HtmlInputElement = self.0.clone().unchecked_into();
        on_change(Box::new(move || Some(value())), move |value| {
            let value = value.as_deref().unwrap_or_default();
            // Setting what is there already would move the cursor.
            if input.value() != value {
                input.set_value(value);
            }
        });
        self
    }

    pub(crate) fn checked_of(self, checked: impl Fn() -> bool + 'static) -> Self {
        let input: HtmlInputElement = self.0.clone().unchecked_into();
        effect(Box::new(move || input.set_checked(checked())));
        self
    }

    /// Another content for each value of `of`; it stays as long as the value does.
    pub(crate) fn content_of<T: PartialEq + 'static>(
        self,
        of: impl Fn() -> T + 'static,
        content: impl Fn(&T) -> Option<El> + 'static,
    ) -> Self {
        let host = self.clone();
        let parent = Owner::current().unwrap_or_default();
        let last = RefCell::new(None::<(T, Owner)>);
        effect(Box::new(move || {
            let value = of();
            if last.borrow().as_ref().is_some_and(|(last, _)| *last == value) {
                return;
            }
            if let Some((_, owner)) = last.take() {
                owner.cleanup();
            }
            let owner = parent.child();
            match owner.with(|| untrack(|| content(&value))) {
                Some(content) => host.only(&content),
                None => host.0.set_text_content(None),
            }
            last.replace(Some((value, owner)));
        }));
        self
    }
}

/// Writes to the page only what is new: a live region would be read out again.
#[inline(never)]
fn on_change(value: Box<dyn Fn() -> Option<Words>>, write: impl Fn(&Option<Words>) + 'static) {
    let last = RefCell::new(None);
    effect(Box::new(move || {
        let value = Some(value());
        if *last.borrow() != value {
            write(value.as_ref().unwrap_or(&None));
            last.replace(value);
        }
    }));
}

/// Acts now, and again whenever a signal that was read changes, until the owner ends.
#[inline(never)]
pub(crate) fn effect(act: Box<dyn Fn()>) {
    StoredValue::new_local(RenderEffect::new(move |_: Option<()>| act()));
}

impl From<El> for JsValue {
    fn from(el: El) -> Self {
        el.0.into()
    }
}
