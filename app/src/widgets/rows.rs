//! A list of which only the lines in sight are on the page, however many there are.
//!
//! Each line has a height known beforehand and a place of its own, so that scrolling moves nothing
//! and makes only the few lines that come into sight.

use std::cell::{Cell, RefCell};

use crate::browser::{self, Element, Event};
use crate::element::El;
use crate::wizard::{Heights, Line, What};

/// How far beyond its edges the sight is filled, in pixels.
const BEYOND: usize = 800;

/// The lines that are on the page.
pub(crate) struct Rows {
    body: El,
    shown: RefCell<Vec<(Line, El)>>,
    edition: Cell<usize>,
    heights: Cell<Heights>,
}

impl Rows {
    /// The element that holds the lines.
    pub(crate) fn new(body: El) -> Self {
        let heights = Cell::new(Heights { head: 44, row: 52 });
        Self { body, shown: RefCell::default(), edition: Cell::new(0), heights }
    }

    pub(crate) fn heights(&self) -> Heights {
        self.heights.get()
    }

    /// From where to where lines are wanted, and the middle of what is seen.
    pub(crate) fn sight(&self) -> (usize, usize, usize) {
        let (from, to) = browser::sight(self.body.node());
        (from.saturating_sub(BEYOND), to + BEYOND, usize::midpoint(from, to))
    }

    /// Shows these lines and no others. Those that stay are left alone, unless it is another
    /// edition. True: their heights are others than those they were laid out with.
    pub(crate) fn show(
        &self,
        edition: usize,
        lines: &[Line],
        height: usize,
        make: &dyn Fn(&Line) -> El,
    ) -> bool {
        browser::set_length(self.body.node(), "height", height);
        let anew = self.edition.replace(edition) != edition;
        let mut shown = self.shown.borrow_mut();
        let same = |one: &Line, other: &Line| {
            (one.section, one.row, one.what) == (other.section, other.row, other.what)
        };
        shown.retain(|(line, element)| {
            let stays = !anew && lines.iter().any(|it| same(it, line));
            if !stays {
                element.node().remove();
            }
            stays
        });
        let mut next: Option<El> = None;
        let mut all = Vec::with_capacity(lines.len());
        for &line in lines.iter().rev() {
            let kept = shown.iter().find(|(it, _)| same(it, &line));
            let element = kept.map_or_else(
                || {
                    let element = make(&line);
                    self.body.insert(&element, next.as_ref());
                    element
                },
                |(_, element)| element.clone(),
            );
            browser::set_length(element.node(), "top", line.top);
            next = Some(element.clone());
            all.push((line, element));
        }
        *shown = all;
        self.measure(&shown)
    }

    fn measure(&self, shown: &[(Line, El)]) -> bool {
        let old = self.heights.get();
        let of = |head: bool, old: usize| {
            let line = shown.iter().find(|(line, _)| (line.what == What::Head) == head);
            line.map(|(_, it)| browser::height(it.node())).filter(|it| *it > 0).unwrap_or(old)
        };
        let new = Heights { head: of(true, old.head), row: of(false, old.row) };
        self.heights.set(new);
        new != old
    }

    /// The line that an event came from, and its element.
    pub(crate) fn line_of(&self, event: &Event) -> Option<(Line, Element)> {
        let row = browser::closest(event, "tr")?;
        let shown = self.shown.borrow();
        let (line, _) = shown.iter().find(|(_, element)| *element.node() == row)?;
        Some((*line, row))
    }

    /// Does something to each line that is on the page.
    pub(crate) fn each(&self, act: &dyn Fn(&Line, &El)) {
        for (line, element) in &*self.shown.borrow() {
            act(line, element);
        }
    }
}
