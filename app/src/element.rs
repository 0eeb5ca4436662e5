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
use crate::routes::Route;
use crate::state::keep;
use crate::words::fill;

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

    /// The element itself, for what is measured of it.
    pub(crate) fn node(&self) -> &Element {
        &self.0
    }

    /// Puts a child in front of another one; without that, at the end.
    pub(crate) fn insert(&self, child: &El, before: Option<&El>) {
        let _ = self.0.insert_before(&child.0, before.map(|it| it.0.as_ref()));
    }

    /// Fills it with markup of our own, and that with words of our own: nothing else is ever read as
    /// markup, hence the lifetimes.
    pub(crate) fn markup(self, markup: &'static str, words: &[&'static str]) -> Self {
        self.0.set_inner_html(&fill(markup, words));
        browser::base_links(&self.0);
        self
    }

    /// An element of the page.
    pub(crate) fn of(element: Element) -> Self {
        Self(element)
    }

    /// Puts another one after it.
    pub(crate) fn after(&self, next: &El) {
        let _ = self.0.after_with_node_1(&next.0);
    }

    /// The first within it that a selector names; itself when there is none.
    pub(crate) fn find(&self, selector: &str) -> El {
        let found = self.0.query_selector(selector).ok().flatten();
        El(found.unwrap_or_else(|| self.0.clone()))
    }

    /// Another one like it, with all that is within.
    pub(crate) fn copy(&self) -> El {
        El(browser::copy_of(&self.0))
    }

    /// How many elements are right within it.
    pub(crate) fn children(&self) -> usize {
        self.0.child_element_count() as usize
    }

    /// One of them; itself when there is none.
    #[inline(never)]
    pub(crate) fn child(&self, at: usize) -> El {
        let child = u32::try_from(at).ok().and_then(|at| self.0.children().item(at));
        El(child.unwrap_or_else(|| self.0.clone()))
    }

    /// Shows it or not.
    #[inline(never)]
    pub(crate) fn show(&self, on: bool) {
        let _ = self.0.toggle_attribute_with_force("hidden", !on);
    }

    /// Sets an attribute.
    #[inline(never)]
    pub(crate) fn set(&self, name: &str, value: &str) {
        let _ = self.0.set_attribute(name, value);
    }

    /// Says another text.
    #[inline(never)]
    pub(crate) fn say(&self, text: &str) {
        Part::Text.write(&self.0, Some(text));
    }

    #[inline(never)]
    pub(crate) fn attr(self, name: &str, value: &str) -> Self {
        let _ = self.0.set_attribute(name, value);
        self
    }

    /// Where a link leads.
    pub(crate) fn leads_to(self, route: &Route) -> Self {
        self.attr("href", &browser::based(&route.path()))
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
    fn listen(self, event: &str, mut act: Box<dyn Hear<Event>>) -> Self {
        let act = Closure::<dyn FnMut(Event)>::new(move |event| act.hear(event));
        let _ = self.0.add_event_listener_with_callback(event, act.as_ref().unchecked_ref());
        // It goes when its element goes.
        keep(Box::new(act));
        self
    }

    /// Acts on the event, and the browser does not.
    #[inline(never)]
    fn instead(self, event: &str, mut act: Box<dyn Hear<()>>) -> Self {
        self.on(event, move |event| {
            event.prevent_default();
            act.hear(());
        })
    }

    pub(crate) fn pressed(self, mut act: impl FnMut() + 'static) -> Self {
        self.instead("click", Box::new(move |()| act()))
    }

    /// What happens on Enter, or on a press of the button of type `submit`.
    pub(crate) fn submitted(self, mut act: impl FnMut() + 'static) -> Self {
        self.instead("submit", Box::new(move |()| act()))
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
    fn replaced(self, content: Box<dyn Give<Option<Option<El>>>>) -> Self {
        let host = self.0.clone();
        let parent = Owner::current().unwrap_or_default();
        let last = RefCell::new(None::<Owner>);
        effect(Box::new(move || {
            let owner = parent.child();
            let Some(content) = owner.with(|| content.give()) else { return };
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

/// A place for one thing after another. Each is under an owner of its own, which ends with it.
pub(crate) struct Slot {
    host: El,
    parent: Owner,
    last: RefCell<Owner>,
}

impl Slot {
    pub(crate) fn new(host: El) -> Self {
        let parent = Owner::current().unwrap_or_default();
        let last = RefCell::new(parent.child());
        Self { host, parent, last }
    }

    /// The place itself.
    pub(crate) fn host(&self) -> El {
        self.host.clone()
    }

    /// Puts something there, instead of what is there.
    #[inline(never)]
    pub(crate) fn fill(&self, content: &dyn Fn() -> El) {
        let owner = self.parent.child();
        let content = owner.with(|| untrack(content));
        self.last.replace(owner).cleanup();
        self.host.0.set_text_content(None);
        let _ = self.host.0.append_child(&content.0);
    }

    /// Makes something that stays when the place is filled again.
    pub(crate) fn beside(&self, content: &dyn Fn() -> El) -> El {
        self.parent.with(content)
    }

    /// Leaves it empty.
    pub(crate) fn clear(&self) {
        self.last.borrow().cleanup();
        self.host.0.set_text_content(None);
    }
}

/// What gives a value, as `Fn() -> T`; but the table of a `dyn Fn` holds ways to call it but once,
/// too: one more function for each closure of the program.
trait Give<T> {
    fn give(&self) -> T;
}

impl<T, F: Fn() -> T> Give<T> for F {
    fn give(&self) -> T {
        self()
    }
}

/// What hears of something, as `FnMut(T)`.
trait Hear<T> {
    fn hear(&mut self, of: T);
}

impl<T, F: FnMut(T)> Hear<T> for F {
    fn hear(&mut self, of: T) {
        self(of);
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
    Words(Box<dyn Give<Option<Words>>>),
    Text(Box<dyn Give<Words>>),
    Word(Box<dyn Give<&'static str>>),
    /// With what stands for yes and for no.
    Flag(Box<dyn Give<bool>>, Option<&'static str>, Option<&'static str>),
}

impl Source {
    fn read(&self) -> Option<Words> {
        match self {
            Self::Words(read) => read.give(),
            Self::Text(read) => Some(read.give()),
            Self::Word(read) => Some(Words::Borrowed(read.give())),
            Self::Flag(read, yes, no) => if read.give() { *yes } else { *no }.map(Words::Borrowed),
        }
    }
}

/// Acts now, and again whenever a signal that was read changes, until the owner ends.
#[inline(never)]
pub(crate) fn effect(act: Box<dyn Fn()>) {
    keep(Box::new(RenderEffect::new(move |_: Option<()>| act())));
}
