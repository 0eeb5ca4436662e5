//! A menu of actions (the ARIA menu pattern): arrows, Home, End and Escape; anything else hides it.

use std::rc::Rc;

use crate::browser;
use crate::element::{El, button, el};

/// There is one at a time.
pub(crate) const MENU: &str = "menu";

/// The menu; [`browser::show_menu`] shows it.
pub(crate) fn menu(label: &str, items: &[&str], chosen: &Rc<dyn Fn(usize)>) -> El {
    let menu =
        el("div").id(MENU).attr("role", "menu").attr("aria-label", label).attr("popover", "");
    for (index, label) in items.iter().enumerate() {
        let chosen = chosen.clone();
        let item = button(label).attr("role", "menuitem").attr("tabindex", "-1");
        menu.clone().has(&[item.pressed(move || {
            browser::hide_menu(MENU);
            // What is chosen may take the page away, and with it whoever hears of this press next.
            let chosen = chosen.clone();
            browser::later(move || chosen(index));
        })]);
    }
    let list = menu.node().clone();
    menu.on("keydown", move |event| {
        match browser::key(&event).as_str() {
            "ArrowDown" => browser::move_focus(&list, 1),
            "ArrowUp" => browser::move_focus(&list, -1),
            "Home" => browser::move_focus(&list, 0),
            "End" => {
                browser::move_focus(&list, 0);
                browser::move_focus(&list, -1);
            }
            "Escape" | "Tab" => browser::hide_menu(MENU),
            _ => return,
        }
        event.prevent_default();
    })
}
