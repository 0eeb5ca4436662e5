//! Elements of the page, in the manner of Leptos' own builder: `el("p").class("hint").text("…")`.
//!
//! Leptos' `view!` makes a type of every tree of tags, and code of every type: the pages of this
//! program were 137 KB of brotli that way, with erased components 128. Here one type serves all tags;
//! signals, effects and owners are Leptos'. It renders in browsers only, and knows no pages.

use std::borrow::Cow;
use std::cell::RefCell;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Event, HtmlInputElement};

use crate::browser;
use crate::state::keep;

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

    pub(crate) fn on(self, event: &str, act: impl FnMut(Event) + 'static) -> Self {
        self.listen(event, Box::new(act))
    }

    #[inline(never)]
    fn listen(self, event: &str, act: Box<dyn FnMut(Event)>) -> Self {
        let act = Closure::wrap(act);
        let _ = self.0.add_event_listener_with_callback(event, act.as_ref().unchecked_ref());
        // It goes when its element goes.
        keep(Box::new(act));
        self
    }

    /// Acts on the event, and the browser does not.
    #[inline(never)]
    fn instead(self, event: &str, mut act: Box<dyn FnMut()>) -> Self {
        self.on(event, move |event| {
            event.prevent_default();
            act();
        })
    }

    pub(crate) fn pressed(self, act: impl FnMut() + 'static) -> Self {
        self.instead("click", Box::new(act))
    }

    /// What happens on Enter, or on a press of the button of type `submit`.
    pub(crate) fn submitted(self, act: impl FnMut() + 'static) -> Self {
        self.instead("submit", Box::new(act))
    }

    /// An attribute that changes; `None` takes it away.
    pub(crate) fn attr_of(
        self,
        name: &'static str,
        value: impl Fn() -> Option<Words> + 'static,
    ) -> Self {
        self.bind(Part::Attribute(name), Source::Words(Box::new(value)))
    }

    pub(crate) fn class_of(self, class: impl Fn() -> &'static str + 'static) -> Self {
        self.bind(Part::Attribute("class"), Source::Word(Box::new(class)))
    }

    /// An attribute that is there or not.
    pub(crate) fn flag(self, name: &'static str, on: impl Fn() -> bool + 'static) -> Self {
        self.bind(Part::Attribute(name), Source::Flag(Box::new(on), Some(""), None))
    }

    pub(crate) fn shown(self, shown: impl Fn() -> bool + 'static) -> Self {
        self.bind(Part::Attribute("hidden"), Source::Flag(Box::new(shown), None, Some("")))
    }

    /// While it is, a press does nothing.
    pub(crate) fn busy(self, busy: impl Fn() -> bool + 'static) -> Self {
        let part = Part::Attribute("aria-disabled");
        self.bind(part, Source::Flag(Box::new(busy), Some("true"), None))
    }

    pub(crate) fn checked_of(self, checked: impl Fn() -> bool + 'static) -> Self {
        self.bind(Part::Checked, Source::Flag(Box::new(checked), Some(""), None))
    }

    pub(crate) fn text_of(self, text: impl Fn() -> Words + 'static) -> Self {
        self.bind(Part::Text, Source::Text(Box::new(text)))
    }

    /// A text of which each is known beforehand.
    pub(crate) fn word_of(self, word: impl Fn() -> &'static str + 'static) -> Self {
        self.bind(Part::Text, Source::Word(Box::new(word)))
    }

    /// What an input holds.
    pub(crate) fn value_of(self, value: impl Fn() -> Words + 'static) -> Self {
        self.bind(Part::Value, Source::Text(Box::new(value)))
    }

    /// Writes to the page only what is new: a live region would be read out again.
    #[inline(never)]
    fn bind(self, part: Part, source: Source) -> Self {
        let element = self.0.clone();
        let last = RefCell::new(None);
        effect(Box::new(move || {
            let value = Some(source.read());
            if *last.borrow() != value {
                part.write(&element, value.as_ref().and_then(Option::as_deref));
                last.replace(value);
            }
        }));
        self
    }

    /// Another content for each value of `of`; it stays as long as the value does.
    pub(crate) fn content_of<T: PartialEq + 'static>(
        self,
        of: impl Fn() -> T + 'static,
        content: impl Fn(&T) -> Option<El> + 'static,
    ) -> Self {
        let last = RefCell::new(None);
        self.replaced(Box::new(move || {
            let value = Some(of());
            let is_new = *last.borrow() != value;
            is_new.then(|| {
                let content = untrack(|| content(value.as_ref()?));
                last.replace(value);
                content
            })
        }))
    }

    /// Another content whenever there is one: under an owner that ends with it.
    #[inline(never)]
    fn replaced(self, content: Box<dyn Fn() -> Option<Option<El>>>) -> Self {
        let host = self.0.clone();
        let parent = Owner::current().unwrap_or_default();
        let last = RefCell::new(None::<Owner>);
        effect(Box::new(move || {
            let owner = parent.child();
            let Some(content) = owner.with(&content) else { return };
            if let Some(last) = last.replace(Some(owner)) {
                last.cleanup();
            }
            host.set_text_content(None);
            if let Some(content) = content {
                let _ = host.append_child(&content.0);
            }
        }));
        self
    }
}

/// What of an element changes.
enum Part {
    Attribute(&'static str),
    Text,
    Value,
    Checked,
}

impl Part {
    fn write(&self, element: &Element, value: Option<&str>) {
        let input = element.unchecked_ref::<HtmlInputElement>();
        match (self, value) {
            (Self::Attribute(name), Some(value)) => drop(element.set_attribute(name, value)),
            (Self::Attribute(name), None) => drop(element.remove_attribute(name)),
            (Self::Text, text) => element.set_text_content(text),
            (Self::Checked, on) => input.set_checked(on.is_some()),
            // Setting what is there already would move the cursor.
            (Self::Value, value) if input.value() != value.unwrap_or_default() => {
                input.set_value(value.unwrap_or_default());
            }
            (Self::Value, _) => {}
        }
    }
}

/// Where a changing value comes from. The kinds are told apart when it is read, not by the
/// compiler: a closure for each kind of each value would be most of the program.
enum Source {
    Words(Box<dyn Fn() -> Option<Words>>),
    Text(Box<dyn Fn() -> Words>),
    Word(Box<dyn Fn() -> &'static str>),
    /// With what stands for yes and for no.
    Flag(Box<dyn Fn() -> bool>, Option<&'static str>, Option<&'static str>),
}

impl Source {
    fn read(&self) -> Option<Words> {
        match self {
            Self::Words(read) => read(),
            Self::Text(read) => Some(read()),
            Self::Word(read) => Some(Words::Borrowed(read())),
            Self::Flag(read, yes, no) => if read() { *yes } else { *no }.map(Words::Borrowed),
        }
    }
}

/// Acts now, and again whenever a signal that was read changes, until the owner ends.
#[inline(never)]
fn effect(act: Box<dyn Fn()>) {
    keep(Box::new(RenderEffect::new(move |_: Option<()>| act())));
}
