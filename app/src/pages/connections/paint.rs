//! Painting: what the list is now, as what is seen.

use std::rc::Rc;

use pinfold_api::{AppKind, Connection};

use super::Page;
use super::markup::part;
use crate::browser;
use crate::element::El;
use crate::routes::Route;
use crate::wizard::{Editable, Grid, Line, Row, Section, has_heads, lines};
use crate::words;

impl Page {
    /// Everything that is seen.
    pub(super) fn paint(self: &Rc<Self>) {
        self.frame(&self.grid.borrow());
        self.failure.set(self.grid.borrow().failure.clone());
        self.draw();
    }

    fn frame(&self, grid: &Grid) {
        let (total, searched) = (grid.total.unwrap_or_default(), !grid.view.search.is_empty());
        let none = grid.total == Some(0);
        let picked = grid.shown().filter(|row| row.picked).count();
        let all = picked > 0 && picked == grid.shown().count();
        let part = &self.parts;
        part[part::COUNT].say(&if total > 0 { browser::number(total) } else { String::new() });
        part[part::FOLD].say(if grid.view.folded { words::UNFOLD } else { words::FOLD });
        browser::set_value(part[part::SEARCH].node(), &grid.view.search);
        // The head is a row, too.
        part[part::TABLE].set("aria-rowcount", &(grid.count() + 1).to_string());
        part[part::TABLE].set("aria-busy", if grid.loading { "true" } else { "false" });
        for (column, head) in part[part::HEADS..part::BODY].iter().enumerate() {
            head.set(
                "aria-sort",
                match (grid.view.column == column, grid.view.descending) {
                    (false, _) => "none",
                    (_, false) => "ascending",
                    (_, true) => "descending",
                },
            );
        }
        browser::set_checked(part[part::ALL].node(), all);
        part[part::SELECTED].say(&words::fill(words::SELECTED, &[&browser::number(picked)]));
        for (at, on) in [
            (part::FOLD, has_heads(&grid.sections)),
            (part::ADD, total > 0 || searched),
            (part::AGAIN, grid.failure.is_some()),
            (part::SKELETON, grid.total.is_none() && grid.failure.is_none()),
            (part::NONE, none && !searched),
            (part::NO_MATCH, none && searched),
            (part::TABLE, total > 0),
            (part::BULK, picked > 0),
        ] {
            part[at].show(on);
        }
    }

    /// Puts the lines in sight on the page, and asks for what is missing of them.
    pub(super) fn draw(self: &Rc<Self>) {
        if self.back_to.get() == 0 {
            self.app.scrolled.set(browser::scrolled());
        }
        let (from, to, middle) = self.rows.sight();
        let (seen, again) = {
            let grid = self.grid.borrow();
            let (seen, height, _) = lines(&grid.sections, self.rows.heights(), from, to);
            let again = self.rows.show(grid.edition, &seen, height, &|line| self.line(&grid, line));
            self.rows.each(&|line, row| {
                browser::tick_within(row.node(), grid.row(line).is_some_and(|it| it.picked));
            });
            (seen, again)
        };
        if again {
            // They were laid out for other heights.
            return self.draw();
        }
        for line in seen {
            if line.is_wanted(middle) {
                self.more(line.section);
            }
        }
    }

    fn line(&self, grid: &Grid, line: &Line) -> El {
        let row = self.lines[line.what as usize].copy();
        // The head of the table is the first row.
        row.set("aria-rowindex", &(line.index + 1).to_string());
        let section = &grid.sections[line.section];
        match grid.row(line) {
            Some(it) if row.children() > 1 => self.fill(&row, it),
            _ => fill_head(&row, section),
        }
        row
    }

    fn fill(&self, row: &El, it: &Row) {
        let it = &it.connection;
        let Editable { name, group, .. } = self.app.edited(it);
        let account = it.account.as_ref().map(|it| words::at(&it.screen_name));
        let used = it.last_used_at.as_deref().map(browser::ago);
        let within = |at: usize| row.child(at).child(0);
        within(0).set("aria-label", &words::fill(words::SELECT, &[&name]));
        within(1).say(&name);
        within(1).set("title", &name);
        within(1).set("href", &browser::based(&Route::Connection(it.id.clone()).path()));
        within(6).set("data-state", words::health_tone(it.health.state));
        within(6).say(words::health(it.health.state));
        within(8).set("aria-label", &words::fill(words::ACTIONS_OF, &[&name]));
        for (at, text) in [
            (2, account.as_deref().unwrap_or(words::NONE)),
            (3, if group.is_empty() { words::NONE } else { &group }),
            (4, &app_of(it)),
            (5, words::access(it.access_level)),
            (7, used.as_deref().unwrap_or(words::NEVER)),
        ] {
            row.child(at).say(text);
        }
    }
}

/// The heading of a group, or what stands for its further rows.
fn fill_head(row: &El, section: &Section) {
    let within = row.child(0).child(0);
    if within.children() > 0 {
        within.set("aria-expanded", if section.open { "true" } else { "false" });
        within.child(0).say(section.group.as_deref().unwrap_or(words::UNGROUPED));
        within.child(1).say(&browser::number(section.count));
    } else if !section.rows.is_empty() {
        let left = section.count.saturating_sub(section.rows.len());
        within.say(&words::fill(words::MORE, &[&browser::number(left)]));
    }
}

/// The app of a connection, shortly.
pub(crate) fn app_of(connection: &Connection) -> String {
    let app = &connection.app;
    match app.kind {
        AppKind::Registered => words::REGISTERED.to_owned(),
        _ => app.name.clone().unwrap_or_else(|| app.consumer_key_hint.clone()),
    }
}
