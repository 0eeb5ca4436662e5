//! One of a few: a native select with its label.

use crate::element::{El, el};

/// `options` are each a value and what it is called; `chosen` is the value of the one that is chosen.
pub(crate) fn choice(id: &str, label: &str, options: &[(&str, &str)], chosen: &str) -> El {
    let select = el("select").id(id);
    for (value, label) in options {
        let option = el("option").attr("value", value).text(label);
        if *value == chosen {
            option.set("selected", "");
        }
        select.insert(&option, None);
    }
    el("div").class("field").has(&[el("label").attr("for", id).text(label), select])
}
