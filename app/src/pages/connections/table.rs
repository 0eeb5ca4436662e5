//! The grid: its head, and what is pressed in its rows.

use web_sys::Event;

use super::Page;
use crate::browser;
use crate::element::{El, Words, button, el};
use crate::widgets::{MENU, Rows};
use crate::wizard::{GridEvent, What};
use crate::words;

/// The roles are spelled out: the elements are laid out as a grid, which would take away their
/// meaning.
pub(super) fn table(page: Page) -> El {
    let all = el("input")
        .attr("type", "checkbox")
        .attr("aria-label", words::SELECT_ALL)
        .checked_of(move || page.grid.read(|grid| grid.is_all_picked()))
        .on("change", move |_| page.send(GridEvent::PickAll));
    let cell = |content: El| el("th").attr("role", "columnheader").attr("scope", "col").has(&[content]);
    let head = el("tr").attr("role", "row").has(&[cell(all)]);
    let head = (0..words::COLUMNS.len()).fold(head, |head, column| {
        let order = move || {
            page.grid.read(|grid| match (grid.view.column == column, grid.view.descending) {
                (false, _) => None,
                (_, false) => Some(Words::Borrowed("ascending")),
                (_, true) => Some(Words::Borrowed("descending")),
            })
        };
        let sort = button(words::COLUMNS[column]);
        head.has(&[cell(sort.pressed(move || page.send(GridEvent::SortBy(column))))
            .attr_of("aria-sort", order)])
    });
    let head = head.has(&[cell(el("span").class("unseen").text(words::ACTIONS_COLUMN))]);
    let count = move || {
        // The head is a row, too.
        page.grid.read(|grid| Some(Words::Owned((grid.count() + 1).to_string())))
    };
    let body = page.rows.peek(|rows| rows.body());
    el("table")
        .attr("role", "table")
        .attr("aria-label", words::CONNECTIONS)
        .attr_of("aria-rowcount", count)
        .attr_of("aria-busy", move || page.grid.read(|grid| grid.loading).then(|| "true".into()))
        .has(&[
            el("thead").attr("role", "rowgroup").has(&[head]),
            body.on("click", move |event| page.pressed(&event))
                .on("contextmenu", move |event| page.open_menu(&event))
                .on("keydown", move |event| {
                    let key = browser::key(&event);
                    if key == "ContextMenu" || key == "F10" && browser::shift(&event) {
                        page.open_menu(&event);
                    }
                }),
        ])
}

impl Page {
    /// One listener for all rows: they come and go as one scrolls.
    fn pressed(self, event: &Event) {
        let Some((line, _)) = self.rows.peek(|rows: &Rows| rows.line_of(event)) else { return };
        let on = |selector| browser::closest(event, selector).is_some();
        let (section, row) = (line.section, line.row);
        match line.what {
            What::Head if on("button") => self.send(GridEvent::Turn(section)),
            What::More if on("button") => self.send(GridEvent::More(section)),
            What::Row if on("input") => {
                self.send(GridEvent::Pick { section, row, range: browser::shift(event) });
            }
            What::Row if on("button") => self.open_menu(event),
            _ => {}
        }
    }

    fn open_menu(self, event: &Event) {
        let Some((line, element)) = self.rows.peek(|rows: &Rows| rows.line_of(event)) else { return };
        let of = self.grid.peek(|grid| grid.row(line.section, line.row).map(|it| it.connection.clone()));
        if line.what != What::Row || of.is_none() {
            return;
        }
        event.prevent_default();
        // By keyboard: at the button, wherever in the row the focus is.
        let at = browser::pointer(event).unwrap_or_else(|| {
            let button = element.query_selector("button").ok().flatten().unwrap_or(element);
            let (left, top) = browser::place(&button);
            (left, top + 36)
        });
        self.menu.set(of);
        browser::show_menu(MENU, at);
    }
}
