//! A button that copies a text, and says whether it did.

use crate::element::{El, el};
use crate::state::State;
use crate::{browser, words};

/// The text is asked for when the button is pressed.
pub(crate) fn copy_button(label: &str, text: impl Fn() -> String + 'static) -> El {
    copy_of(label, Box::new(text))
}

/// The same for a text that stays.
pub(crate) fn copy_text(label: &str, text: String) -> El {
    copy_of(label, Box::new(move || text.clone()))
}

/// Once, and not for each text.
fn copy_of(label: &str, text: Box<dyn Fn() -> String>) -> El {
    let outcome = State::new("");
    let button = super::quiet(label).class("quiet copy").pressed(move || {
        let text = text();
        browser::spawn(Box::pin(async move {
            let said = if browser::copy(&text).await { words::COPIED } else { words::COPY_FAILED };
            outcome.set(said);
        }));
    });
    el("span").class("beside").has(&[button, super::status(move || outcome.get())])
}
