//! The browser: windows, history, clipboard, storage, dates, focus. The home of `web-sys` and
//! `js-sys`, but for elements (`element`) and requests (`client`).
//!
//! A long file on purpose: what the program asks of the browser is seen at one place.

use std::cell::Cell;
use std::pin::Pin;

use js_sys::{Array, Date, Function, Intl, JSON, Object, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Document, HtmlDialogElement, HtmlElement, HtmlInputElement, KeyboardEvent, MouseEvent, Storage,
    Window,
};
/// What pages and widgets pass on and do not look into.
pub(crate) use web_sys::{Element, Event};

use crate::wire::Json;

pub(crate) mod frame;

const THEME: &str = "pinfold.theme";
const SESSION: &str = "pinfold.session";

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

/// What the input, select or text area of this id holds; nothing when there is none.
pub(crate) fn value(id: &str) -> String {
    element(id).map(|it| it.unchecked_ref::<HtmlInputElement>().value()).unwrap_or_default()
}

/// Whether the checkbox that an event came from is ticked.
pub(crate) fn ticked(event: &Event) -> bool {
    input(event).is_some_and(|input| input.checked())
}

/// What a field holds: an input, a text area, or a choice.
pub(crate) fn held(field: &Element) -> String {
    field.unchecked_ref::<HtmlInputElement>().value()
}

/// Whether a checkbox is ticked.
pub(crate) fn is_checked(input: &Element) -> bool {
    input.unchecked_ref::<HtmlInputElement>().checked()
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

/// `location.pathname` below the base, and `location.search`.
pub(crate) fn address() -> (String, String) {
    let location = window().location();
    let path = location.pathname().unwrap_or_default();
    let below = path.strip_prefix(&*hosted("base")).map(ToOwned::to_owned);
    (below.unwrap_or(path), location.search().unwrap_or_default())
}

/// The server's origin; empty when it is this page's own.
pub(crate) fn server() -> String {
    hosted("server")
}

/// The address of a page of ours on this host.
pub(crate) fn based(path: &str) -> String {
    hosted("base") + path
}

/// Has the links of ours within an element lead below the base.
pub(crate) fn base_links(element: &Element) {
    if hosted("base").is_empty() {
        return;
    }
    if let Ok(links) = element.query_selector_all("a[href^='/']") {
        for at in 0..links.length() {
            if let Some(link) = links.get(at).and_then(|it| it.dyn_into::<Element>().ok()) {
                let path = link.get_attribute("href").unwrap_or_default();
                let _ = link.set_attribute("href", &based(&path));
            }
        }
    }
}

/// What `pinfold.json` says of the host (`app/start.js`).
fn hosted(what: &str) -> String {
    let root = document().document_element().and_then(|root| root.dyn_into::<HtmlElement>().ok());
    root.and_then(|root| root.dataset().get(what)).unwrap_or_default()
}

/// Whether another page frames this one.
pub(crate) fn is_in_a_page() -> bool {
    let window = window();
    window.parent().is_ok_and(|parent| parent.as_ref() != Some(&window))
}

/// The origin of the page of a portal that frames this one, as the address has it.
pub(crate) fn framing_origin() -> Option<String> {
    let query = window().location().search().ok()?;
    let mut pairs = query.trim_start_matches('?').split('&');
    let framed = pairs.clone().any(|pair| pair == "embed=1");
    let origin = pairs.find_map(|pair| pair.strip_prefix("origin="))?;
    framed.then(|| decoded(origin))
}

/// Whether the address is a sign-in link.
pub(crate) fn has_sign_in_link() -> bool {
    window().location().hash().is_ok_and(|hash| hash.starts_with("#link="))
}

/// What follows `#link=` or `#error=`, taken out of the address so that it stays in no history.
pub(crate) fn take_fragment(name: &str) -> Option<String> {
    let hash = window().location().hash().ok()?;
    let value = hash.strip_prefix(name)?.to_owned();
    replace_address(&address().0);
    Some(value)
}

/// Where this server is reached, as the person reached it.
pub(crate) fn origin() -> String {
    window().location().origin().unwrap_or_default()
}

/// Goes to another address without loading the page.
pub(crate) fn push_address(path: &str) {
    let history = window().history();
    let _ = history.and_then(|it| it.push_state_with_url(&JsValue::NULL, "", Some(&based(path))));
}

/// Another page begins at its top.
pub(crate) fn to_top() {
    scroll_to(0);
}

/// How far down the page one is, in pixels.
pub(crate) fn scrolled() -> i32 {
    pixels(&window().scroll_y())
}

pub(crate) fn scroll_to(top: i32) {
    window().scroll_to_with_x_and_y(0.0, top.into());
}

/// Corrects the address.
pub(crate) fn replace_address(path: &str) {
    let history = window().history();
    let _ =
        history.and_then(|it| it.replace_state_with_url(&JsValue::NULL, "", Some(&based(path))));
}

/// Loads the page of the address anew.
pub(crate) fn reload() {
    let _ = window().location().reload();
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
    let path = path.strip_prefix(&*hosted("base")).unwrap_or(&path);
    (path.starts_with('/') && !link.has_attribute("target")).then(|| path.to_owned())
}

// Lists and menus.

/// The part of an element that is in sight: from where to where, in pixels from its top.
pub(crate) fn sight(element: &Element) -> (usize, usize) {
    let from = scrolled() - place(element).1;
    let to = from + pixels(&window().inner_height().map(|it| it.as_f64().unwrap_or_default()));
    (from.try_into().unwrap_or(0), to.try_into().unwrap_or(0))
}

#[expect(clippy::cast_possible_truncation, reason = "whole pixels are enough")]
fn pixels(number: &Result<f64, JsValue>) -> i32 {
    number.as_ref().map_or(0, |number| *number as i32)
}

/// Where an element begins on the page, from the left and from the top.
pub(crate) fn place(element: &Element) -> (i32, i32) {
    let (mut left, mut top) = (0, 0);
    let mut next = Some(element.clone());
    while let Some(element) = next.as_ref().and_then(|it| it.dyn_ref::<HtmlElement>()) {
        left += element.offset_left();
        top += element.offset_top();
        next = element.offset_parent();
    }
    (left, top)
}

/// How high an element is.
pub(crate) fn height(element: &Element) -> usize {
    let height = element.dyn_ref::<HtmlElement>().map_or(0, HtmlElement::offset_height);
    height.try_into().unwrap_or(0)
}

/// Sets a length of an element, past its style sheet.
pub(crate) fn set_length(element: &Element, property: &str, pixels: usize) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        let _ = element.style().set_property(property, &format!("{pixels}px"));
    }
}

/// The element that an event came from, or the closest around it, that a selector names.
pub(crate) fn closest(event: &Event, selector: &str) -> Option<Element> {
    event.target()?.dyn_ref::<Element>()?.closest(selector).ok()?
}

/// Whether the shift key was down.
pub(crate) fn shift(event: &Event) -> bool {
    let click = event.dyn_ref::<MouseEvent>().map(MouseEvent::shift_key);
    click.or_else(|| event.dyn_ref::<KeyboardEvent>().map(KeyboardEvent::shift_key)) == Some(true)
}

/// Where a press was, on the page; `None` for one by keyboard.
pub(crate) fn pointer(event: &Event) -> Option<(i32, i32)> {
    let press = event.dyn_ref::<MouseEvent>()?;
    let at = (press.page_x(), press.page_y());
    (press.button() == 2 && at != (0, 0)).then_some(at)
}

/// Ticks the checkbox in an element, or unticks it, and marks the element.
pub(crate) fn tick_within(element: &Element, ticked: bool) {
    let input = element.query_selector("input").ok().flatten();
    if let Some(input) = input {
        set_checked(&input, ticked);
        let _ = element.toggle_attribute_with_force("data-picked", ticked);
    }
}

/// Another element like this one, with all that is within.
pub(crate) fn copy_of(element: &Element) -> Element {
    let copy = element.clone_node_with_deep(true).ok().and_then(|it| it.dyn_into().ok());
    copy.unwrap_or_else(|| element.clone())
}

/// Shows a tick in a checkbox.
pub(crate) fn set_checked(input: &Element, checked: bool) {
    input.unchecked_ref::<HtmlInputElement>().set_checked(checked);
}

/// Puts a text into an input. Setting what is there already would move the cursor.
pub(crate) fn set_value(input: &Element, text: &str) {
    let input = input.unchecked_ref::<HtmlInputElement>();
    if input.value() != text {
        input.set_value(text);
    }
}

/// The place below the first thing of a kind in an element, for a menu.
pub(crate) fn below(element: &Element, selector: &str) -> (i32, i32) {
    let thing = element.query_selector(selector).ok().flatten();
    let (left, top) = place(thing.as_ref().unwrap_or(element));
    (left, top + 36)
}

/// Shows a dialog on top of the page, which waits for it.
pub(crate) fn show_dialog(id: &'static str) {
    later(move || {
        if let Some(dialog) = element(id).and_then(|it| it.dyn_into::<HtmlDialogElement>().ok()) {
            let _ = dialog.show_modal();
        }
    });
}

/// Closes a dialog for good: the focus goes back to where it was.
pub(crate) fn close_dialog(id: &str) {
    if let Some(dialog) = element(id).and_then(|it| it.dyn_into::<HtmlDialogElement>().ok()) {
        dialog.close();
        dialog.remove();
    }
}

/// Shows a menu at a place on the page, within its width, until something else is pressed.
pub(crate) fn show_menu(id: &'static str, (left, top): (i32, i32)) {
    later(move || {
        let Some(menu) = element(id) else { return };
        let _ = menu.show_popover();
        let room = document_element().map_or(0, |it| it.client_width()) - menu.offset_width() - 8;
        set_length(&menu, "left", left.min(room).max(0).try_into().unwrap_or(0));
        set_length(&menu, "top", top.try_into().unwrap_or(0));
        move_focus(&menu, 0);
    });
}

/// Hides a menu: the focus goes back to where it was.
pub(crate) fn hide_menu(id: &str) {
    if let Some(menu) = element(id) {
        let _ = menu.hide_popover();
    }
}

/// Moves the focus among the children of an element, round and round: to the first, or by a step.
pub(crate) fn move_focus(parent: &Element, step: i32) {
    let children = parent.children();
    let count = children.length();
    let active = document().active_element();
    let now = (0..count).find(|&at| children.item(at) == active);
    let to = match (step, now) {
        (0, _) | (_, None) => 0,
        (step, Some(now)) => now.wrapping_add_signed(step).wrapping_add(count) % count,
    };
    if let Some(child) = children.item(to).and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
        let _ = child.focus();
    }
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

/// Moves the focus to an element that is on the page.
pub(crate) fn focus_on(element: &Element) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        let _ = element.focus();
    }
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
pub(crate) struct Listener(&'static str, Closure<dyn FnMut(Event)>);

impl Listener {
    /// Each time the window tells of it.
    pub(crate) fn on(event: &'static str, mut act: impl FnMut() + 'static) -> Self {
        let act = Closure::<dyn FnMut(Event)>::new(move |_| act());
        let target = act.as_ref().unchecked_ref();
        let _ = window().add_event_listener_with_callback(event, target);
        Self(event, act)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let target = self.1.as_ref().unchecked_ref();
        let _ = window().remove_event_listener_with_callback(self.0, target);
    }
}

/// Acts when everything that is under way now is done.
pub(crate) fn later(act: impl FnOnce() + 'static) {
    after(0, act);
}

/// Acts when so much time has gone by.
pub(crate) fn after(milliseconds: i32, act: impl FnOnce() + 'static) {
    let act = Closure::once_into_js(act);
    let _ = window()
        .set_timeout_with_callback_and_timeout_and_arguments_0(act.unchecked_ref(), milliseconds);
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

/// The session of a page on another origin than the server's. It goes with the tab.
pub(crate) fn session_token() -> Option<String> {
    Some(draft(SESSION)).filter(|token| !token.is_empty() && !server().is_empty())
}

/// Keeps it, or forgets it.
pub(crate) fn keep_session_token(token: Option<&str>) {
    keep_draft(SESSION, token.unwrap_or_default());
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

/// What a part of an address says.
pub(crate) fn decoded(text: &str) -> String {
    js_sys::decode_uri_component(text).map_or_else(|_| String::new(), String::from)
}

/// A number in the person's own way of writing.
pub(crate) fn number(number: usize) -> String {
    formatted(&number.into(), &Object::new())
}

/// US dollars, to a tenth of a cent.
pub(crate) fn dollars(amount: f64) -> String {
    let options = Object::new();
    for (name, value) in [("minimumFractionDigits", 2.into()), ("maximumFractionDigits", 3.into())]
    {
        let _ = Reflect::set(&options, &name.into(), &value);
    }
    // Not as a currency: some engines part the sign from the number.
    ["$", &formatted(&amount.into(), &options)].concat()
}

fn formatted(number: &JsValue, options: &Object) -> String {
    let format = Intl::NumberFormat::new(&Array::new(), options).format();
    let text = format.call1(&JsValue::NULL, number).ok().and_then(|it| it.as_string());
    text.unwrap_or_default()
}

// JSON.

/// A JSON value that the browser parsed; `undefined` when it could not.
#[derive(Clone)]
pub(crate) struct Parsed(JsValue);

impl Parsed {
    /// A text, as it is.
    pub(crate) fn of(text: &str) -> Self {
        Self(text.into())
    }

    pub(crate) fn parse(text: &str) -> Self {
        Self(JSON::parse(text).unwrap_or_default())
    }

    /// Whether it is a number.
    pub(crate) fn is_number(&self) -> bool {
        self.0.as_f64().is_some()
    }

    /// The items of a list as one text.
    pub(crate) fn joined(&self) -> String {
        self.0.dyn_ref::<Array>().map(|list| String::from(list.join(", "))).unwrap_or_default()
    }

    /// As text again, to be read by people.
    pub(crate) fn pretty(&self) -> String {
        let text = JSON::stringify_with_replacer_and_space(&self.0, &JsValue::NULL, &2.into());
        text.map(String::from).unwrap_or_default()
    }

    /// The members of an object that are texts or numbers, with their names.
    pub(crate) fn members(&self) -> Vec<[String; 2]> {
        let pairs = Object::entries(self.0.unchecked_ref());
        let pairs = pairs.iter().map(|pair| {
            let pair = Parsed(pair).items().unwrap_or_default();
            let value = pair.get(1).map(|it| it.text().unwrap_or_else(|| it.pretty()));
            [pair.first().and_then(Json::text).unwrap_or_default(), value.unwrap_or_default()]
        });
        pairs.collect()
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

    fn amount(&self) -> Option<f64> {
        self.0.as_f64()
    }

    fn truth(&self) -> Option<bool> {
        self.0.as_bool()
    }

    fn items(&self) -> Option<Vec<Self>> {
        Some(self.0.dyn_ref::<Array>()?.iter().map(Self).collect())
    }
}

// Files. By reflection: the typed way would be a dozen functions more.

/// The text of a file, when it has been read.
pub(crate) type Reading = Pin<Box<dyn Future<Output = String>>>;

/// The file that was chosen in an input, or dropped.
pub(crate) fn file(event: &Event) -> Option<Reading> {
    let member = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).ok();
    let dropped = member(event, "dataTransfer").filter(JsValue::is_object);
    let source = dropped.or_else(|| event.target().map(Into::into))?;
    let file = member(&member(&source, "files")?, "0")?;
    let text = member(&file, "text")?.dyn_into::<Function>().ok()?.call0(&file).ok()?;
    let text = JsFuture::from(text.dyn_into::<js_sys::Promise>().ok()?);
    Some(Box::pin(async move { text.await.ok().and_then(|it| it.as_string()).unwrap_or_default() }))
}

/// Gives the person a file to keep.
pub(crate) fn save(name: &str, text: &str) {
    let blob = web_sys::Blob::new_with_str_sequence(&Array::of1(&text.into()));
    let Ok(address) = blob.and_then(|it| web_sys::Url::create_object_url_with_blob(&it)) else {
        return;
    };
    let link = create("a");
    let _ = link.set_attribute("href", &address);
    let _ = link.set_attribute("download", name);
    // The address lives as long as the page: nobody tells when the file has been read.
    link.unchecked_ref::<HtmlElement>().click();
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

/// So many days from now, as in RFC 3339.
pub(crate) fn in_days(days: &str) -> String {
    let days = Parsed::parse(days).amount().unwrap_or_default();
    let date = Date::new(&(Date::now() + days * 86_400_000.0).into());
    String::from(date.to_iso_string())
}

/// The instant, as in RFC 3339, at which a day (`2026-11-22`) or one so many days later begins
/// where the person is; empty for no day.
pub(crate) fn midnight(day: &str, later: u32) -> String {
    let date = Date::new(&(day.to_owned() + "T00:00").into());
    if date.get_time().is_nan() {
        return String::new();
    }
    // Not so many hours: a day of a clock change has 23 or 25.
    date.set_date(date.get_date() + later);
    String::from(date.to_iso_string())
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

/// A time to the second, in the person's own way of writing.
pub(crate) fn exactly(time: &str) -> String {
    let text = Date::new(&time.into()).to_locale_string("default", &JsValue::UNDEFINED);
    String::from(text)
}

/// A day in the person's own way of writing.
pub(crate) fn day(time: &str) -> String {
    let format = Intl::DateTimeFormat::new(&Array::new(), &Object::new()).format();
    let text = format.call1(&JsValue::NULL, &Date::parse(time).into()).ok();
    text.and_then(|it| it.as_string()).unwrap_or_default()
}

fn relative(amount: f64, unit: &str) -> String {
    let options = Object::new();
    for (name, value) in [("numeric", "auto"), ("style", "short")] {
        let _ = Reflect::set(&options, &name.into(), &value.into());
    }
    let format = Intl::RelativeTimeFormat::new(&Array::new(), &options);
    String::from(format.format(amount, unit))
}
