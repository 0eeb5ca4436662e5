//! The rows of the list, group by group, and where each line of them stands. A million of them is
//! never held: a group has the rows that were scrolled to.

use pinfold_api::{Connection, ConnectionPage};

/// How many rows are asked for at a time.
pub const PAGE: usize = 100;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What it shows; without its tasks, which no row shows.
    pub connection: Connection,
    /// Whether its checkbox is ticked.
    pub picked: bool,
}

/// A group and what has come of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Section {
    /// `None`: what is in no group.
    pub group: Option<String>,
    /// How many there are, as the server counted them.
    pub count: usize,
    /// Those that have come.
    pub rows: Vec<Row>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// Whether all have come.
    pub whole: bool,
    /// Whether a page is under way.
    pub loading: bool,
    /// Whether its rows are shown.
    pub open: bool,
}

impl Section {
    /// Takes a page in.
    pub fn extend(&mut self, page: ConnectionPage) {
        self.rows.extend(page.items.into_iter().map(row));
        self.whole = page.next.is_none();
        self.next = page.next;
        self.loading = false;
    }

    /// How many lines its rows take: those to come are blank at first, one line later.
    fn lines(&self) -> usize {
        match self {
            Self { open: false, .. } => 0,
            Self { whole: true, rows, .. } => rows.len(),
            Self { rows, count, .. } if rows.is_empty() => (*count).min(PAGE),
            Self { rows, .. } => rows.len() + 1,
        }
    }
}

pub(super) fn row(mut connection: Connection) -> Row {
    connection.tasks = Vec::new();
    Row { connection, picked: false }
}

/// What a line of the list is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The heading of its group.
    Head,
    /// A row that has come.
    Row,
    /// A row that has not.
    Blank,
    /// Instead of all further rows.
    More,
}

/// A line of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Which group.
    pub section: usize,
    /// Which row of it; no matter for the others.
    pub row: usize,
    /// What it is.
    pub what: What,
    /// Where it begins, in pixels from the top of the list.
    pub top: usize,
    /// Which of all lines of the whole list, from 1.
    pub index: usize,
}

impl Line {
    /// Whether what is missing here is to be asked for. Not above the middle of what is seen: what
    /// is read there would be pushed away, again and again.
    pub fn is_wanted(&self, middle: usize) -> bool {
        self.what == What::Blank || self.what == What::More && self.top > middle
    }
}

/// How high lines are, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heights {
    /// The heading of a group.
    pub head: usize,
    /// Anything else.
    pub row: usize,
}

/// The lines that are seen between two heights, how high all are together, and how many there are.
pub fn lines(
    sections: &[Section],
    heights: Heights,
    from: usize,
    to: usize,
) -> (Vec<Line>, usize, usize) {
    let (mut top, mut index, mut seen) = (0, 1, Vec::new());
    let heads = has_heads(sections);
    for (section, it) in sections.iter().enumerate() {
        if heads {
            if top + heights.head > from && top < to {
                seen.push(Line { section, row: 0, what: What::Head, top, index });
            }
            top += heights.head;
            index += 1;
        }
        let lines = it.lines();
        let last = to.saturating_sub(top).div_ceil(heights.row).min(lines);
        for row in from.saturating_sub(top) / heights.row..last {
            let what = if row < it.rows.len() {
                What::Row
            } else if it.rows.is_empty() {
                What::Blank
            } else {
                What::More
            };
            seen.push(Line {
                section,
                row,
                what,
                top: top + row * heights.row,
                index: index + row,
            });
        }
        top += lines * heights.row;
        index += if it.open { lines.max(it.count) } else { 0 };
    }
    (seen, top, index - 1)
}

/// A list in which nothing is in a group is no list of groups.
pub fn has_heads(sections: &[Section]) -> bool {
    sections.len() > 1 || sections.iter().any(|it| it.group.is_some())
}
