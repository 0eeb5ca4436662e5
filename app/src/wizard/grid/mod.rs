//! The list of connections: search, sort, groups, a selection, and pages that come as one scrolls.
//!
//! Methods rather than events, unlike the dialogs: nearly everything here is one step, and a type
//! of all events would be 3 KB of the program.

mod sections;
#[cfg(test)]
mod tests;
mod view;

use pinfold_api::{Connection, ConnectionPage};

pub use sections::{Heights, Line, PAGE, Row, Section, What, has_heads, lines};
pub use view::{COLUMNS, GROUP, View};

use crate::failure::Failure;
use crate::wire::Groups;

/// The state of the list.
#[derive(Debug, Default)]
pub struct Grid {
    /// What of it is looked at.
    pub view: View,
    /// Nothing until the first answer.
    pub sections: Vec<Section>,
    /// How many match, whether they have come or not; `None` until the first answer.
    pub total: Option<usize>,
    /// Whether everything is asked anew; until then, the old is shown.
    pub loading: bool,
    /// Why there is nothing, or no more.
    pub failure: Option<Failure>,
    /// Changes when all rows are others.
    pub edition: usize,
    typed: usize,
    groups: Option<Groups>,
    first: Option<ConnectionPage>,
    last_picked: (usize, usize),
}

impl Grid {
    /// A list of which nothing has come.
    pub fn new(view: View) -> Self {
        Self { view, ..Self::default() }
    }

    /// The row of a line.
    pub fn row(&self, line: &Line) -> Option<&Row> {
        self.sections.get(line.section)?.rows.get(line.row)
    }

    /// How many lines the whole list has, whether they have come or not.
    pub fn count(&self) -> usize {
        lines(&self.sections, Heights { head: 1, row: 1 }, 0, 0).2
    }

    /// The rows that have come and are not folded away.
    pub fn shown(&self) -> impl Iterator<Item = &Row> {
        self.sections.iter().filter(|it| it.open).flat_map(|it| &it.rows)
    }

    /// Takes in what was typed into the search. Tells which of the many times this was.
    pub fn typed(&mut self, text: String) -> usize {
        self.view.search = text;
        self.typed += 1;
        self.typed
    }

    /// Whether nothing was typed since.
    pub const fn is_rested(&self, typed: usize) -> bool {
        self.typed == typed
    }

    /// Everything is asked anew: groups and the first page.
    pub fn reload(&mut self) {
        (self.groups, self.first, self.failure) = (None, None, None);
        self.loading = true;
    }

    /// An answer was none.
    pub fn fail(&mut self, failure: Failure) {
        self.loading = false;
        self.failure = Some(failure);
    }

    /// The groups came.
    pub fn take_groups(&mut self, groups: Groups) {
        self.groups = Some(groups);
        self.arrange();
    }

    /// The first page of everything came.
    pub fn take_first(&mut self, page: ConnectionPage) {
        self.first = Some(page);
        self.arrange();
    }

    /// The next page of a group came.
    pub fn take_page(&mut self, section: usize, page: ConnectionPage) {
        if let Some(section) = self.sections.get_mut(section) {
            section.extend(page);
        }
    }

    /// Once both have come: everything, when it is one page, or else the groups to be filled.
    fn arrange(&mut self) {
        let (Some(groups), Some(_)) = (&self.groups, &self.first) else { return };
        self.total = Some(groups.total);
        self.sections.clear();
        for (group, count) in &groups.items {
            let open = self.view.is_open(group.as_deref());
            let (group, count) = (group.clone(), *count);
            self.sections.push(Section { group, count, open, ..Section::default() });
        }
        if self.view.column == GROUP && self.view.descending {
            self.sections.reverse();
        }
        if let Some(page) = self.first.take() {
            match &mut self.sections[..] {
                [one] => one.extend(page),
                many if page.next.is_none() => share_out(many, page.items),
                _ => {}
            }
        }
        self.loading = false;
        self.edition += 1;
    }

    /// Folds a group, or unfolds it; `None`: all.
    pub fn turn(&mut self, section: Option<usize>) {
        match section.and_then(|it| self.sections.get(it)) {
            Some(section) => self.view.turn(section.group.as_deref()),
            None => self.view.turn_all(),
        }
        for section in &mut self.sections {
            section.open = self.view.is_open(section.group.as_deref());
        }
        self.edition += 1;
    }

    /// Whether the next page of a group is to be asked for; it counts as asked for then.
    pub fn ask(&mut self, section: usize) -> bool {
        let free = self.failure.is_none();
        match self.sections.get_mut(section) {
            Some(it) => free && !it.whole && !std::mem::replace(&mut it.loading, true),
            None => false,
        }
    }

    /// Ticks a row, or unticks it; with all that lies between it and the last one.
    pub fn pick(&mut self, line: &Line, range: bool) {
        let at = (line.section, line.row);
        let picked = self.row(line).is_some_and(|row| !row.picked);
        let other = if range { self.last_picked } else { at };
        let (from, to) = (at.min(other), at.max(other));
        for (section, it) in self.sections.iter_mut().enumerate() {
            for (row, it) in it.rows.iter_mut().enumerate().filter(|_| it.open) {
                if (section, row) >= from && (section, row) <= to {
                    it.picked = picked;
                }
            }
        }
        self.last_picked = at;
    }

    /// Ticks all that is shown, or unticks it. What is folded away is not ticked with the rest.
    pub fn pick_all(&mut self, picked: bool) {
        for section in &mut self.sections {
            for row in &mut section.rows {
                row.picked = picked && section.open;
            }
        }
    }
}

/// Everything has come at once: each to its group. If one has none, which happens when somebody
/// changes it meanwhile, the groups are asked one by one.
fn share_out(sections: &mut [Section], all: Vec<Connection>) {
    let mut whole = true;
    for connection in all {
        let group = connection.group.as_deref().unwrap_or_default();
        let same =
            |it: &&mut Section| it.group.as_deref().unwrap_or_default().eq_ignore_ascii_case(group);
        match sections.iter_mut().find(same) {
            Some(section) => section.rows.push(sections::row(connection)),
            None => whole = false,
        }
    }
    for section in sections {
        section.whole = whole;
        if !whole {
            section.rows.clear();
        }
    }
}
