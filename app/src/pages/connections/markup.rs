//! What the page is made of, as markup: a tenth of what the same would be as program. It holds our
//! own words only; names are set as text, later.

use pinfold_api::paths::pages;

use crate::element::{El, el};
use crate::words;

/// What changes, in the order of the markup's `data-p`.
pub(super) mod part {
    pub(in super::super) const COUNT: usize = 0;
    pub(in super::super) const FOLD: usize = 1;
    pub(in super::super) const SEARCH: usize = 2;
    pub(in super::super) const ADD: usize = 3;
    pub(in super::super) const NOTICES: usize = 4;
    pub(in super::super) const AGAIN: usize = 5;
    pub(in super::super) const SKELETON: usize = 6;
    pub(in super::super) const NONE: usize = 7;
    pub(in super::super) const NO_MATCH: usize = 8;
    pub(in super::super) const TABLE: usize = 9;
    pub(in super::super) const ALL: usize = 10;
    /// The first of seven.
    pub(in super::super) const HEADS: usize = 11;
    pub(in super::super) const BODY: usize = 18;
    pub(in super::super) const BULK: usize = 19;
    pub(in super::super) const SELECTED: usize = 20;
    pub(in super::super) const ASIDE: usize = 21;
}

/// The roles are spelled out: the elements are laid out as a grid, which would take away their
/// meaning.
const PAGE: &str = r#"<div class="title"><h1 id="connections" tabindex="-1">%</h1><span class="count" data-p="0"></span><button type="button" class="quiet" data-p="1" data-do="fold"></button><a class="button quiet" href="%">%</a><input type="search" aria-label="%" placeholder="%" data-p="2"><a class="button primary" href="%" data-p="3">%</a></div><div class="notices" data-p="4"></div><button type="button" data-p="5" data-do="load">%</button><div class="skeleton" role="status" data-p="6"><span class="unseen">%</span><i></i><i></i><i></i></div><div class="empty" data-p="7"><h2>%</h2><p>%</p><a class="button primary" href="%">%</a></div><div class="empty" data-p="8"><h2>%</h2><p>%</p><button type="button" data-do="clear">%</button></div><table role="table" aria-label="%" data-p="9"><thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col"><input type="checkbox" aria-label="%" data-p="10" data-do="all"></th><th role="columnheader" scope="col" data-p="11"><button type="button" data-do="0">%</button></th><th role="columnheader" scope="col" data-p="12"><button type="button" data-do="1">%</button></th><th role="columnheader" scope="col" data-p="13"><button type="button" data-do="2">%</button></th><th role="columnheader" scope="col" data-p="14"><button type="button" data-do="3">%</button></th><th role="columnheader" scope="col" data-p="15"><button type="button" data-do="4">%</button></th><th role="columnheader" scope="col" data-p="16"><button type="button" data-do="5">%</button></th><th role="columnheader" scope="col" data-p="17"><button type="button" data-do="6">%</button></th><th role="columnheader" scope="col"><span class="unseen">%</span></th></tr></thead><tbody role="rowgroup" data-p="18"></tbody></table><div class="bulk" role="region" aria-label="%" data-p="19"><span class="status" role="status" data-p="20"></span><button type="button" data-do="group">%</button><button type="button" data-do="export">%</button><button type="button" data-do="delete">%</button><button type="button" class="quiet" data-do="none">%</button></div><div data-p="21"></div>"#;

const ROW: &str = r#"<td role="cell" class="tick"><input type="checkbox" data-do="pick"></td><th role="rowheader" scope="row" class="name"><a></a></th><td role="cell" class="account"></td><td role="cell" class="of"></td><td role="cell" class="app"></td><td role="cell" class="access"></td><td role="cell" class="state"><span class="health"></span></td><td role="cell" class="used"></td><td role="cell" class="do"><button type="button" class="quiet dots" aria-haspopup="menu" data-do="menu"></button></td>"#;

const HEAD: &str = r#"<th role="rowheader" scope="rowgroup"><button type="button" data-do="turn"><span></span> <span class="count"></span></button></th>"#;

const MORE: &str = r#"<td role="cell" class="name"><button type="button" class="quiet" data-do="more"></button></td>"#;

const BLANK: &str = r#"<td role="cell" class="name"><i></i></td>"#;

/// The page.
pub(super) fn page() -> El {
    let [c0, c1, c2, c3, c4, c5, c6] = words::COLUMNS;
    let words = [
        words::CONNECTIONS,
        pages::DELETED,
        words::DELETED,
        words::SEARCH,
        words::SEARCH,
        pages::NEW_CONNECTION,
        words::ADD,
        words::TRY_AGAIN,
        words::LOADING,
        words::EMPTY,
        words::EMPTY_HINT,
        pages::NEW_CONNECTION,
        words::ADD,
        words::NO_MATCH,
        words::NO_MATCH_HINT,
        words::CLEAR_SEARCH,
        words::CONNECTIONS,
        words::SELECT_ALL,
        c0,
        c1,
        c2,
        c3,
        c4,
        c5,
        c6,
        words::ACTIONS_COLUMN,
        words::SELECTION,
        words::MOVE_TO_GROUP,
        words::EXPORT_MANY,
        words::DELETE_MANY_BUTTON,
        words::CLEAR_SELECTION,
    ];
    el("div").class("page").markup(PAGE, &words)
}

/// What of it changes.
pub(super) fn parts(page: &El) -> Vec<El> {
    (0..=part::ASIDE)
        .map(|at| page.find(&words::fill("[data-p='%']", &[&at.to_string()])))
        .collect()
}

/// One line of each kind, to be copied.
pub(super) fn lines() -> [El; 4] {
    let row = |class, markup| el("tr").attr("role", "row").class(class).markup(markup, &[]);
    [row("group", HEAD), row("", ROW), row("blank", BLANK), row("", MORE)]
}
