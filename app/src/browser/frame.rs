//! The page of a portal that this program is framed by. The two speak through one channel, and the
//! token lives in memory only: docs/EMBED.md, "What the loader and the frame say to each other".

use std::cell::RefCell;

use js_sys::{Function, JSON, Promise};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Event, MessageEvent, MessagePort, ResizeObserver};

use super::{Parsed, document, listen, window};
use crate::wire::Json;

/// What the loader may set of how the wizard looks.
const VARS: [&str; 4] = ["--accent-hue", "--radius-card", "--radius-control", "--font"];

#[derive(Default)]
struct Frame {
    origin: String,
    port: Option<MessagePort>,
    token: Option<String>,
    /// The page could give none when it was asked last.
    refused: bool,
    /// Told whether the next session has come.
    waiting: Vec<Function>,
    close: Option<Box<dyn Fn()>>,
}

thread_local! {
    static FRAME: RefCell<Option<Frame>> = const { RefCell::new(None) };
}

/// Listens for the channel, and says hello to the page that its address names: to no other.
pub(crate) fn open(origin: &str) {
    FRAME.set(Some(Frame { origin: origin.to_owned(), ..Frame::default() }));
    listen(&window(), "message", take_port);
    listen(&window(), "keydown", |event| {
        if super::key(&event) == "Escape" {
            close();
        }
    });
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-framed", "");
    }
    observe_height();
    let hello = object(r#"{"type":"pinfold:hello"}"#);
    if let Ok(Some(parent)) = window().parent() {
        let _ = parent.post_message(&hello, origin);
    }
}

/// Whether there is such a page.
pub(crate) fn is_framed() -> bool {
    FRAME.with_borrow(Option::is_some)
}

/// Its origin, as the address has it.
pub(crate) fn origin() -> Option<String> {
    FRAME.with_borrow(|frame| frame.as_ref().map(|frame| frame.origin.clone()))
}

/// The token that it gave last.
pub(crate) fn token() -> Option<String> {
    FRAME.with_borrow(|frame| frame.as_ref()?.token.clone())
}

/// Refuses the token: it is another page's.
pub(crate) fn refuse() {
    FRAME.with_borrow_mut(|frame| {
        if let Some(frame) = frame {
            (frame.token, frame.refused) = (None, true);
        }
    });
    say(
        r#"{"type":"error","code":"foreign_origin","message":"The session was minted for another origin than this page's."}"#,
    );
}

/// Waits for another token. False: there is none.
pub(crate) async fn renewed() -> bool {
    let next = Promise::new(&mut |resolve, _| {
        FRAME.with_borrow_mut(|frame| frame.as_mut().map(|frame| frame.waiting.push(resolve)));
    });
    say(r#"{"type":"expired"}"#);
    JsFuture::from(next).await.is_ok_and(|came| came.is_truthy())
}

/// Waits for the first token, or asks for one when there was none. False: there is none.
pub(crate) async fn begun() -> bool {
    let (is_here, refused) = FRAME.with_borrow(|frame| {
        frame.as_ref().map_or((false, false), |frame| (frame.token.is_some(), frame.refused))
    });
    if is_here {
        return true;
    }
    if refused {
        return renewed().await;
    }
    let first = Promise::new(&mut |resolve, _| {
        FRAME.with_borrow_mut(|frame| frame.as_mut().map(|frame| frame.waiting.push(resolve)));
    });
    JsFuture::from(first).await.is_ok_and(|came| came.is_truthy())
}

/// Says something to the page, as JSON.
pub(crate) fn say(json: &str) {
    let port = FRAME.with_borrow(|frame| frame.as_ref()?.port.clone());
    if let Some(port) = port {
        let _ = port.post_message(&object(json));
    }
}

/// What is done when the page, or Escape, closes the wizard.
pub(crate) fn on_close(act: impl Fn() + 'static) {
    FRAME.with_borrow_mut(|frame| {
        if let Some(frame) = frame {
            frame.close = Some(Box::new(act));
        }
    });
}

fn close() {
    // Taken out meanwhile: it may come back here.
    let act = FRAME.with_borrow_mut(|frame| frame.as_mut()?.close.take());
    match act {
        Some(act) => {
            act();
            FRAME.with_borrow_mut(|frame| {
                frame.as_mut().map(|frame| frame.close.get_or_insert(act)).is_some()
            });
        }
        None => say(r#"{"type":"exit"}"#),
    }
}

/// One port, once, from the parent, if that is who the address says.
fn take_port(event: Event) {
    let event: MessageEvent = event.unchecked_into();
    let parent = window().parent().ok().flatten();
    let from_parent = parent.is_some_and(|it| {
        event.source().is_some_and(|from| JsValue::from(from) == JsValue::from(it))
    });
    let kind = Parsed(event.data()).get("type").and_then(|it| it.text());
    let port = event.ports().get(0);
    FRAME.with_borrow_mut(|frame| {
        let Some(frame) = frame else { return };
        let expected = from_parent && event.origin() == frame.origin && frame.port.is_none();
        if expected && kind.as_deref() == Some("pinfold:port") && !port.is_undefined() {
            let port: MessagePort = port.unchecked_into();
            let hear = Closure::<dyn FnMut(MessageEvent)>::new(|event| hear(&event));
            // It starts the port, too.
            port.set_onmessage(Some(hear.as_ref().unchecked_ref()));
            hear.forget();
            frame.port = Some(port);
        }
    });
}

fn hear(event: &MessageEvent) {
    let said = Parsed(event.data());
    let kind = said.get("type").and_then(|it| it.text());
    match kind.as_deref() {
        Some("session") => {
            look(&said);
            let token = said.get("token").and_then(|it| it.text());
            go_on(token.is_some(), token);
        }
        Some("no-session") => go_on(false, None),
        Some("look") => look(&said),
        Some("close") => close(),
        _ => {}
    }
}

fn go_on(came: bool, token: Option<String>) {
    let waiting = FRAME.with_borrow_mut(|frame| {
        let frame = frame.as_mut()?;
        frame.token = token.or_else(|| frame.token.take());
        frame.refused = !came;
        Some(std::mem::take(&mut frame.waiting))
    });
    for resolve in waiting.unwrap_or_default() {
        let _ = resolve.call1(&JsValue::NULL, &came.into());
    }
}

/// Theme and variables, for as long as the page lives: the frame keeps nothing.
fn look(said: &Parsed) {
    let Some(root) = document().document_element() else { return };
    let root: web_sys::HtmlElement = root.unchecked_into();
    let theme = said.get("theme").and_then(|it| it.text());
    root.dataset().delete("theme");
    if let Some(theme @ ("light" | "dark")) = theme.as_deref() {
        let _ = root.dataset().set("theme", theme);
    }
    for name in VARS {
        let value = said.get("vars").and_then(|it| it.get(name)?.text()).unwrap_or_default();
        let _ = root.style().set_property(name, &value);
    }
}

/// The frame is as tall as what is in it.
fn observe_height() {
    let Some(body) = document().body() else { return };
    let tell = Closure::<dyn FnMut()>::new({
        let body = body.clone();
        move || {
            let height = body.offset_height();
            say(&["{\"type\":\"height\",\"px\":", &height.to_string(), "}"].concat());
        }
    });
    if let Ok(observer) = ResizeObserver::new(tell.as_ref().unchecked_ref()) {
        observer.observe(&body);
        std::mem::forget(observer);
    }
    tell.forget();
}

fn object(json: &str) -> JsValue {
    JSON::parse(json).unwrap_or_default()
}
