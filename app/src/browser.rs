//! The browser: windows, history, clipboard, storage, dates, focus. The home of `web-sys` and
//! `js-sys`, but for elements (`element`) and requests (`client`).
//!
//! A long file on purpose: what the program asks of the browser is seen at one place.

use std::cell::Cell;
use std::pin::Pin;

use js_sys::{Array, Date, Intl, JSON, Object, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Document, Element, Event, HtmlElement, HtmlInputElement, KeyboardEvent, MouseEvent, Storage,
    Window,
};

use crate::wire::Json;

const THEME: &str = "pinfold.theme";

fn window() -> Window {
    web_sys::window().expect("a page has a window")
}

fn document() -> Document {
    window().document().expect("a window has a document")
}

/// An element of the static shell.
pub(crate) fn element(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// A new element. Those of SVG have a namespace of their own.
pub(crate) fn create(tag: &str) -> Element {
    let space = if matches!(tag, "svg" | "path") {
        "http://www.w3.org/2000/svg"
    } else {
        "http://www.w3.org/1999/xhtml"
    };
    let element = document().create_element_ns(Some(space), tag);
    // Not `expect`, which would print the exception, for which there is a JavaScript of its own.
    element.unwrap_or_else(|_| unreachable!("names of elements are written by us"))
}

/// The key of a keyboard event.
pub(crate) fn key(event: &Event) -> String {
    event.dyn_ref::<KeyboardEvent>().map(KeyboardEvent::key).unwrap_or_default()
}

/// What was typed into the input that an event came from.
pub(crate) fn typed(event: &Event) -> String {
    input(event).map(|input| input.value()).unwrap_or_default()
}

/// Whether the checkbox that an event came from is ticked.
pub(crate) fn ticked(event: &Event) -> bool {
    input(event).is_some_and(|input| input.checked())
}

/// Shows a tick as it is, whatever the press made of it.
pub(crate) fn tick(event: &Event, checked: bool) {
    if let Some(input) = input(event) {
        input.set_checked(checked);
    }
}

fn input(event: &Event) -> Option<HtmlInputElement> {
    event.target()?.dyn_into().ok()
}

// Addresses.

/// `location.pathname` and `location.search`.
pub(crate) fn address() -> (String, String) {
    let location = window().location();
    (location.pathname().unwrap_or_default(), location.search().unwrap_or_default())
}

/// Whether the address is a sign-in link.
pub(crate) fn has_sign_in_link() -> bool {
    window().location().hash().is_ok_and(|hash| hash.starts_with("#link="))
}

/// The `#link=…` of a sign-in link, taken out of the address so that it stays in no history.
pub(crate) fn take_sign_in_link() -> Option<String> {
    let location = window().location();
    let link = location.hash().ok()?.strip_prefix("#link=")?.to_owned();
    replace_address(&location.pathname().ok()?);
    Some(link)
}

/// Goes to another address without loading the page.
pub(crate) fn push_address(path: &str) {
    let history = window().history();
    let _ = history.and_then(|it| it.push_state_with_url(&JsValue::NULL, "", Some(path)));
}

/// Another page begins at its top.
pub(crate) fn to_top() {
    window().scroll_to_with_x_and_y(0.0, 0.0);
}

/// Corrects the address.
pub(crate) fn replace_address(path: &str) {
    let history = window().history();
    let _ = history.and_then(|it| it.replace_state_with_url(&JsValue::NULL, "", Some(path)));
}

/// The title of the tab.
pub(crate) fn set_title(title: &str) {
    document().set_title(title);
}

/// Calls back for the lifetime of the page.
fn listen(target: &web_sys::EventTarget, name: &str, act: impl FnMut(Event) + 'static) {
    let closure = Closure::<dyn FnMut(Event)>::new(act);
    let _ = target.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
    closure.forget();
}

/// Calls back when Back or Forward was pressed.
pub(crate) fn on_history(mut act: impl FnMut() + 'static) {
    listen(&window(), "popstate", move |_| act());
}

/// Calls back with the path of each plain click on a link of ours, which then loads no page.
pub(crate) fn on_link(mut act: impl FnMut(String) + 'static) {
    listen(&document(), "click", move |event| {
        let Some(path) = event.dyn_ref::<MouseEvent>().and_then(followed) else { return };
        event.prevent_default();
        act(path);
    });
}

fn followed(click: &MouseEvent) -> Option<String> {
    let changed = click.ctrl_key() || click.meta_key() || click.shift_key() || click.alt_key();
    if click.default_prevented() || click.button() != 0 || changed {
        return None;
    }
    let link = click.target()?.dyn_into::<Element>().ok()?.closest("a[href]").ok()??;
    let path = link.get_attribute("href")?;
    (path.starts_with('/') && !link.has_attribute("target")).then_some(path)
}

// Windows and focus.

thread_local! {
    static HELD: Cell<Option<Window>> = const { Cell::new(None) };
}

/// Opens an empty tab that cannot reach back, to be filled once the address is known.
///
/// Only straight from a press: once the server was waited for, Safari opens nothing any more, and
/// Firefox, which runs other callbacks inside `open`, would enter the running future again.
pub(crate) fn hold_tab() {
    drop_tab();
    // With "noopener" among the features there would be no tab to hold.
    let tab = window().open_with_url_and_target("", "_blank").ok().flatten();
    if let Some(tab) = &tab {
        let _ = tab.set_opener(&JsValue::NULL);
    }
    HELD.set(tab);
}

/// Shows X's page in the tab that is held. False: the browser did not let it open.
pub(crate) fn fill_tab(address: &str) -> bool {
    HELD.take().is_some_and(|tab| tab.location().replace(address).is_ok())
}

/// Closes the tab that is held: there is nothing to show in it.
pub(crate) fn drop_tab() {
    if let Some(tab) = HELD.take() {
        let _ = tab.close();
    }
}

/// Closes an empty tab when its page goes before the address has come.
pub(crate) struct HeldTab;

impl Drop for HeldTab {
    fn drop(&mut self) {
        drop_tab();
    }
}

/// Moves the focus, once what is to have it is on the page.
pub(crate) fn focus(id: &'static str) {
    later(move || {
        if let Some(element) = element(id) {
            let _ = element.focus();
        }
    });
}

/// Whether the person is typing in another field than this one.
pub(crate) fn is_typing_elsewhere(id: &str) -> bool {
    document().active_element().is_some_and(|active| {
        active.id() != id
            && active.dyn_ref::<HtmlInputElement>().is_some_and(|input| {
                input.type_() != "checkbox" && !input.read_only() && !input.value().is_empty()
            })
    })
}

/// Calls back for an event of the window until it is dropped.
pub(crate) struct Listener(Closure<dyn FnMut(Event)>);

impl Listener {
    /// Each time the window gets the focus.
    pub(crate) fn on_focus(mut act: impl FnMut() + 'static) -> Self {
        let act = Closure::<dyn FnMut(Event)>::new(move |_| act());
        let target = act.as_ref().unchecked_ref();
        let _ = window().add_event_listener_with_callback("focus", target);
        Self(act)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let target = self.0.as_ref().unchecked_ref();
        let _ = window().remove_event_listener_with_callback("focus", target);
    }
}

/// Acts when everything that is under way now is done.
pub(crate) fn later(act: impl FnOnce() + 'static) {
    let act = Closure::once_into_js(act);
    let _ = window().set_timeout_with_callback(act.unchecked_ref());
}

/// Calls back every so often until the handle is dropped.
pub(crate) struct Ticker {
    id: i32,
    _act: Closure<dyn FnMut()>,
}

impl Ticker {
    pub(crate) fn every(milliseconds: i32, act: impl FnMut() + 'static) -> Self {
        let act = Closure::<dyn FnMut()>::new(act);
        let id = window().set_interval_with_callback_and_timeout_and_arguments_0(
            act.as_ref().unchecked_ref(),
            milliseconds,
        );
        Self { id: id.unwrap_or_default(), _act: act }
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        window().clear_interval_with_handle(self.id);
    }
}

/// Copies a text; false when the browser said no.
pub(crate) async fn copy(text: &str) -> bool {
    let navigator = window().navigator();
    // Outside of a secure context there is no clipboard, whatever the bindings say.
    if !Reflect::has(&navigator, &"clipboard".into()).unwrap_or(false) {
        return false;
    }
    JsFuture::from(navigator.clipboard().write_text(text)).await.is_ok()
}

// Storage.

/// A draft that survives a reload of this tab.
pub(crate) fn draft(key: &str) -> String {
    let stored = session_storage().and_then(|storage| storage.get_item(key).ok().flatten());
    stored.unwrap_or_default()
}

/// Keeps a draft; an empty one is taken out.
pub(crate) fn keep_draft(key: &str, text: &str) {
    if let Some(storage) = session_storage() {
        let _ =
            if text.is_empty() { storage.remove_item(key) } else { storage.set_item(key, text) };
    }
}

fn session_storage() -> Option<Storage> {
    window().session_storage().ok().flatten()
}

/// The theme that was chosen: `light`, `dark`, or empty for the system's.
pub(crate) fn theme() -> &'static str {
    let chosen = document_element().and_then(|html| html.get_attribute("data-theme"));
    match chosen.as_deref() {
        Some("light") => "light",
        Some("dark") => "dark",
        _ => "",
    }
}

/// Chooses a theme and keeps the choice; `boot.js` applies it before the next first paint.
pub(crate) fn set_theme(theme: &str) {
    if let Some(html) = document_element() {
        let _ = html.set_attribute("data-theme", theme);
    }
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item(THEME, theme);
    }
}

fn document_element() -> Option<Element> {
    document().document_element()
}

// Talking.

/// A text as part of an address.
pub(crate) fn encoded(text: &str) -> String {
    String::from(js_sys::encode_uri_component(text))
}

// JSON.

/// A JSON value that the browser parsed; `undefined` when it could not.
pub(crate) struct Parsed(JsValue);

impl Parsed {
    pub(crate) fn parse(text: &str) -> Self {
        Self(JSON::parse(text).unwrap_or_default())
    }
}

impl Json for Parsed {
    fn get(&self, name: &str) -> Option<Self> {
        let member = Reflect::get(&self.0, &name.into()).ok()?;
        (!member.is_null() && !member.is_undefined()).then_some(Self(member))
    }

    fn text(&self) -> Option<String> {
        self.0.as_string()
    }

    fn number(&self) -> Option<i64> {
        #[expect(clippy::cast_possible_truncation, reason = "numbers of the API are small")]
        self.0.as_f64().map(|number| number as i64)
    }

    fn truth(&self) -> Option<bool> {
        self.0.as_bool()
    }

    fn items(&self) -> Option<Vec<Self>> {
        Some(self.0.dyn_ref::<Array>()?.iter().map(Self).collect())
    }
}

// Waiting.

/// Something to wait for. Boxed: the machinery that waits is there once, not once a future.
pub(crate) type Task = Pin<Box<dyn Future<Output = ()>>>;

/// Waits for a task, whatever happens to the page that asked for it.
pub(crate) fn spawn(task: Task) {
    wasm_bindgen_futures::spawn_local(task);
}

// Dates, in the person's own language.

/// The time now, as in RFC 3339.
pub(crate) fn now() -> String {
    String::from(Date::new_0().to_iso_string())
}

/// `3 min ago`.
pub(crate) fn ago(time: &str) -> String {
    let seconds = ((Date::now() - Date::parse(time)) / 1000.0).max(0.0);
    let (amount, unit) = match seconds {
        s if s < 60.0 => return relative(0.0, "second"),
        s if s < 3600.0 => (s / 60.0, "minute"),
        s if s < 86_400.0 => (s / 3600.0, "hour"),
        s => (s / 86_400.0, "day"),
    };
    relative(-amount.floor(), unit)
}

fn relative(amount: f64, unit: &str) -> String {
    let options = Object::new();
    for (name, value) in [("numeric", "auto"), ("style", "short")] {
        let _ = Reflect::set(&options, &name.into(), &value.into());
    }
    let format = Intl::RelativeTimeFormat::new(&Array::new(), &options);
    String::from(format.format(amount, unit))
}
