//! The two tabs of the dialog, by mouse and by arrow keys (the ARIA tabs pattern).

use std::rc::Rc;

use crate::element::{El, Words, button, el};
use crate::wizard::Tab;
use crate::{browser, words};

/// The row of tabs, and a panel for each.
pub(crate) fn tabs(
    tab: &Rc<dyn Fn() -> Tab>,
    select: &Rc<dyn Fn(Tab)>,
    main: El,
    authentication: El,
) -> [El; 3] {
    let head = |of: Tab, label: &str| {
        let (id, panel) = names(of);
        let (selected, reached) = (tab.clone(), tab.clone());
        let (press, key) = (select.clone(), select.clone());
        button(label)
            .id(id)
            .attr("role", "tab")
            .attr("aria-controls", panel)
            .attr_of("aria-selected", move || Some(word(selected() == of, "true", "false")))
            .attr_of("tabindex", move || Some(word(reached() == of, "0", "-1")))
            .pressed(move || press(of))
            .on("keydown", move |event| {
                let to = match browser::key(&event).as_str() {
                    "Home" => Tab::Main,
                    "End" => Tab::Authentication,
                    "ArrowLeft" | "ArrowRight" => of.other(),
                    _ => return,
                };
                event.prevent_default();
                key(to);
                browser::focus(names(to).0);
            })
    };
    let panel = |of: Tab, content: El| {
        let (id, panel) = names(of);
        let tab = tab.clone();
        // A form of its own, since a form may not be a panel (ARIA in HTML).
        el("div")
            .has(&[content])
            .id(panel)
            .attr("role", "tabpanel")
            .attr("aria-labelledby", id)
            .shown(move || tab() == of)
    };
    let heads = el("div").class("tabs").attr("role", "tablist").has(&[
        head(Tab::Main, words::MAIN_SETTINGS),
        head(Tab::Authentication, words::AUTHENTICATION),
    ]);
    [heads, panel(Tab::Main, main), panel(Tab::Authentication, authentication)]
}

fn word(choice: bool, yes: &'static str, no: &'static str) -> Words {
    if choice { yes } else { no }.into()
}

const fn names(tab: Tab) -> (&'static str, &'static str) {
    match tab {
        Tab::Main => ("tab-main", "panel-main"),
        Tab::Authentication => ("tab-authentication", "panel-authentication"),
    }
}
