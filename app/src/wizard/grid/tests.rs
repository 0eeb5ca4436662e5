//! The list, told what happens, shows the right lines and asks for the right pages.

use pinfold_api::{Connection, ConnectionPage};

use super::*;
use crate::wizard::fixtures;

const HEIGHTS: Heights = Heights { head: 40, row: 50 };

fn connection(name: &str, group: Option<&str>) -> Connection {
    let mut connection = fixtures::connection(name, 1);
    connection.group = group.map(str::to_owned);
    connection
}

fn page(rows: &[(&str, Option<&str>)], next: Option<&str>) -> ConnectionPage {
    let items = rows.iter().map(|(name, group)| connection(name, *group)).collect();
    ConnectionPage { items, next: next.map(str::to_owned) }
}

fn counts(groups: &[(Option<&str>, usize)]) -> Groups {
    let total = groups.iter().map(|it| it.1).sum();
    let items = groups.iter().map(|(group, count)| (group.map(str::to_owned), *count)).collect();
    Groups { items, total }
}

/// Two groups on one page.
fn small() -> Grid {
    let mut grid = Grid::default();
    grid.take_groups(counts(&[(Some("News"), 2), (None, 1)]));
    grid.take_first(page(&[("a", Some("News")), ("b", None), ("c", Some("News"))], None));
    grid
}

/// A million in one group and three in another.
fn large() -> Grid {
    let mut grid = Grid::default();
    grid.take_first(page(&[("a", None)], Some("2")));
    grid.take_groups(counts(&[(Some("All"), 1_000_000), (Some("Some"), 3)]));
    grid
}

fn seen(grid: &Grid, from: usize, to: usize) -> Vec<Line> {
    lines(&grid.sections, HEIGHTS, from, to).0
}

fn kinds(grid: &Grid, from: usize, to: usize) -> Vec<What> {
    seen(grid, from, to).into_iter().map(|line| line.what).collect()
}

/// Which groups are asked for their next page when this is seen.
fn see(grid: &mut Grid, from: usize, to: usize) -> Vec<usize> {
    let lines = seen(grid, from, to);
    let wanted = lines.iter().filter(|line| line.is_wanted(0)).map(|line| line.section);
    wanted.filter(|section| grid.ask(*section)).collect()
}

fn at(section: usize, row: usize) -> Line {
    Line { section, row, what: What::Row, top: 0, index: 1 }
}

fn picked(grid: &Grid) -> usize {
    grid.shown().filter(|row| row.picked).count()
}

#[test]
fn what_fits_one_page_is_shared_out_among_its_groups() {
    let mut grid = small();
    let all = usize::MAX / 4;
    assert_eq!(kinds(&grid, 0, all), [What::Head, What::Row, What::Row, What::Head, What::Row]);
    assert!(see(&mut grid, 0, all).is_empty(), "everything is here");
    let (_, height, count) = lines(&grid.sections, HEIGHTS, 0, 0);
    assert_eq!((height, count, grid.count(), grid.total), (230, 5, 5, Some(3)));
}

#[test]
fn of_a_million_only_what_is_seen_is_drawn_and_asked_for() {
    let mut grid = large();
    let first = kinds(&grid, 0, 500);
    assert_eq!(first.len(), 11, "{first:?}");
    assert_eq!(first[..2], [What::Head, What::Blank]);
    assert_eq!(see(&mut grid, 0, 500), [0]);
    assert!(see(&mut grid, 0, 500).is_empty(), "not twice");

    let rows: Vec<_> = (0..PAGE).map(|_| ("a", Some("All"))).collect();
    grid.take_page(0, page(&rows, Some("2")));
    assert!(see(&mut grid, 0, 500).is_empty(), "the next page is far");
    let end = 40 + 100 * 50;
    assert_eq!(kinds(&grid, end - 40, end + 60), [What::Row, What::More, What::Head]);
    assert_eq!(see(&mut grid, end - 500, end + 10), [0]);
    let (all, _, count) = lines(&grid.sections, HEIGHTS, end + 50, usize::MAX / 4);
    assert_eq!(all[0].index, 1_000_002, "lines are numbered as if all had come");
    assert_eq!(count, 1_000_005);
}

#[test]
fn a_page_may_be_empty_and_not_the_last() {
    let mut grid = large();
    assert_eq!(see(&mut grid, 0, 100), [0]);
    grid.take_page(0, page(&[], Some("further")));
    assert_eq!(see(&mut grid, 0, 100), [0], "it is looked further");
}

#[test]
fn what_is_read_is_not_pushed_away_by_what_comes_above() {
    let line = Line { what: What::More, top: 5000, ..at(0, 100) };
    assert!(line.is_wanted(4800) && !line.is_wanted(5200));
    assert!(Line { what: What::Blank, ..line }.is_wanted(5200));
    assert!(!Line { what: What::Row, ..line }.is_wanted(0));
}

#[test]
fn a_row_whose_group_was_not_told_of_is_not_lost() {
    let mut grid = Grid::default();
    grid.take_groups(counts(&[(Some("News"), 1), (None, 1)]));
    grid.take_first(page(&[("a", Some("New")), ("b", None)], None));
    assert_eq!(see(&mut grid, 0, 500), [0, 1]);
}

#[test]
fn without_groups_there_are_no_headings() {
    let mut grid = Grid::default();
    grid.take_groups(counts(&[(None, 2)]));
    grid.take_first(page(&[("a", None)], Some("2")));
    assert_eq!(kinds(&grid, 0, 10_000), [What::Row, What::More]);
}

#[test]
fn a_folded_group_keeps_its_heading_only() {
    let mut grid = small();
    grid.turn(Some(0));
    assert_eq!(kinds(&grid, 0, 10_000), [What::Head, What::Head, What::Row]);
    grid.turn(None);
    assert_eq!(kinds(&grid, 0, 10_000), [What::Head, What::Head]);
    grid.turn(Some(1));
    assert_eq!(kinds(&grid, 0, 10_000), [What::Head, What::Head, What::Row]);
}

#[test]
fn a_search_waits_until_nobody_types_and_keeps_the_old_rows_until_then() {
    let mut grid = small();
    let first = grid.typed("b".into());
    let second = grid.typed("br".into());
    assert!(!grid.is_rested(first) && grid.is_rested(second));
    grid.reload();
    assert!(grid.loading && grid.sections.len() == 2);
    grid.take_groups(counts(&[]));
    assert_eq!(grid.sections.len(), 2, "still");
    grid.take_first(page(&[], None));
    assert_eq!((grid.sections.len(), grid.total), (0, Some(0)));
}

#[test]
fn sorting_twice_turns_around() {
    let mut view = View::default();
    view.sort_by(1);
    assert_eq!(view.sort(), "account");
    view.sort_by(1);
    assert_eq!(view.sort(), "-account");
    view.sort_by(0);
    assert_eq!(view.sort(), "name");
}

#[test]
fn by_group_the_groups_are_sorted_and_their_rows_by_name() {
    let view = View { column: GROUP, descending: true, ..View::default() };
    let mut grid = Grid { view, ..Grid::default() };
    assert_eq!(grid.view.sort_within(), "name");
    grid.take_groups(counts(&[(Some("A"), 1), (Some("B"), 1)]));
    grid.take_first(page(&[("a", Some("A")), ("b", Some("B"))], None));
    assert_eq!(grid.row(&at(0, 0)).map(|row| &row.connection.name[..]), Some("b"));
}

#[test]
fn a_range_is_picked_from_the_last_pick() {
    let mut grid = small();
    grid.pick(&at(0, 0), false);
    assert_eq!(picked(&grid), 1);
    grid.pick(&at(1, 0), true);
    assert_eq!(picked(&grid), 3);
    grid.pick_all(false);
    assert_eq!(picked(&grid), 0);
    grid.turn(Some(0));
    grid.pick_all(true);
    assert_eq!(grid.sections.iter().flat_map(|it| &it.rows).filter(|it| it.picked).count(), 1);
}

#[test]
fn the_view_is_read_as_it_was_written() {
    let same: fn(&str) -> String = str::to_owned;
    let mut view = View::default();
    assert_eq!(view.query(same), "");
    view.search = "brief".into();
    view.sort_by(6);
    view.sort_by(6);
    view.turn(Some("News"));
    view.turn(None);
    assert_eq!(view.query(same), "?search=brief&sort=-last_used_at&group=News&group=");
    assert_eq!(View::parse(&view.query(same), same), view);
    view.turn_all();
    assert_eq!(View::parse(&view.query(same), same), view);
    assert_eq!(View::parse("?sort=shoe_size&x=y", same), View::default());
}

#[test]
fn a_failure_is_shown_and_can_be_tried_again() {
    let mut grid = large();
    grid.fail(Failure::Unreachable);
    assert!(see(&mut grid, 0, 500).is_empty(), "it does not hammer");
    grid.reload();
    assert_eq!(see(&mut grid, 0, 500), [0]);
}
