//! Many of many: ticks in a box that scrolls.

use std::cell::RefCell;
use std::slice::from_ref;

use crate::browser::{self, Parsed};
use crate::element::{El, el};
use crate::wire::{Object, said};

/// Things to be ticked, many of which may be offered one after the other.
pub(crate) struct Picked {
    list: El,
    items: RefCell<Vec<(String, El)>>,
}

impl Picked {
    pub(crate) fn new() -> Self {
        Self { list: el("div").class("choices"), items: RefCell::default() }
    }

    pub(crate) fn build(&self, legend: &str, search: Option<El>) -> El {
        let legend = el("legend").text(legend);
        el("fieldset").has(&[legend]).may_have(search).has(from_ref(&self.list))
    }

    /// Offers these, by their id. What is ticked stays.
    pub(crate) fn offer(&self, all: &[Parsed], id: &str, label: &str, ticked: bool) {
        let mut items = self.items.borrow_mut();
        items.retain(|(_, row)| {
            let stays = ticked || is_ticked(row);
            if !stays {
                row.node().remove();
            }
            stays
        });
        for it in all {
            let (id, label) = (said(it, id), said(it, label));
            if let Some((_, row)) = items.iter().find(|(old, _)| *old == id) {
                browser::tick_within(row.node(), true);
                continue;
            }
            let row = el("label").class("check").has(&[el("input").attr("type", "checkbox")]);
            let row = row.text(&label);
            browser::tick_within(row.node(), ticked);
            self.list.insert(&row, None);
            items.push((id, row));
        }
    }

    /// Ticks what is offered already.
    pub(crate) fn tick(&self, ids: &[String]) {
        for (id, row) in &*self.items.borrow() {
            browser::tick_within(row.node(), ids.contains(id));
        }
    }

    /// Adds what is ticked to an object.
    pub(crate) fn write(&self, object: Object, name: &str) -> Object {
        let items = self.items.borrow();
        let mut ids = Vec::with_capacity(items.len());
        for (id, row) in &*items {
            if is_ticked(row) {
                ids.push(id.as_str());
            }
        }
        object.list(name, &ids)
    }
}

fn is_ticked(row: &El) -> bool {
    browser::is_checked(row.child(0).node())
}
