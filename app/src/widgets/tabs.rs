//! The two tabs of the dialog, by mouse and by arrow keys (the ARIA tabs pattern).

use crate::element::{El, Words, button, el};
use crate::wizard::Tab;
use crate::{browser, words};

/// The row of tabs, and a panel for each.
pub(crate) fn tabs(
    tab: impl Fn() -> Tab + Copy + 'static,
    select: impl Fn(Tab) + Copy + 'static,
    main: El,
    authentication: El,
) -> [El; 3] {
    let head = move |of: Tab, label: &str| {
        let (id, panel) = names(of);
        button(label)
            .id(id)
            .attr("role", "tab")
            .attr("aria-controls", panel)
            .attr_of("aria-selected", move || Some(word(tab() == of, "true", "false")))
            .attr_of("tabindex", move || Some(word(tab() == of, "0", "-1")))
            .pressed(move || select(of))
            .on("keydown", move |event| {
                let to = match browser::key(&event).as_str() {
                    "Home" => Tab::Main,
                    "End" => Tab::Authentication,
                    "ArrowLeft" | "ArrowRight" => of.other(),
                    _ => return,
                };
                event.prevent_default();
                select(to);
                browser::focus(names(to).0);
            })
    };
    let panel = move |of: Tab, content: El| {
        let (id, panel) = names(of);
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
