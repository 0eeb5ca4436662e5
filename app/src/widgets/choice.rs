//! One of a few: a native select with its label.

use crate::browser;
use crate::element::{El, el};

/// `options` are each a value and what it is called; the first is chosen.
pub(crate) fn choice(
    id: &str,
    label: &str,
    options: &[(&str, &str)],
    chosen: impl Fn(String) + 'static,
) -> El {
    let select = options.iter().fold(el("select").id(id), |select, (value, label)| {
        select.has(&[el("option").attr("value", value).text(label)])
    });
    let select = select.on("change", move |event| chosen(browser::chosen(&event)));
    el("div").class("field").has(&[el("label").attr("for", id).text(label), select])
}
