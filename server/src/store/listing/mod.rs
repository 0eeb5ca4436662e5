//! The manager's list: any order, any search, from any place on, among a million connections.
//!
//! Without a filter a page is read off the order's index. With one, the postings say which rows can
//! match ([`candidates`]); few are looked at and sorted, many are met soon on a [`walk`] along the
//! index, which leaps over what holds none ([`spans`]). What a page may cost is bounded: one that
//! costs more ends early, with a cursor to go on from. Each page is read from one snapshot, and a
//! cursor is a place rather than a row, so what nobody touches is listed exactly once.

mod bits;
mod candidates;
mod fold;
mod groups;
mod sort;
mod spans;
mod terms;
#[cfg(test)]
mod tests;
mod walk;

use self::candidates::Filter;
use self::sort::Place;
use self::walk::Effort;
use super::{ConnectionRow, Result, Store};
use crate::store::db::{Connection, Row, query};

pub use groups::Groups;
pub use sort::{Column, Cursor, Sort};
pub(crate) use terms::lower;

/// Which page of which list.
#[derive(Clone, Debug, Default)]
pub struct ListQuery {
    /// Part of a name, screen name or group.
    pub search: Option<String>,
    /// Exactly this group, without regard to case; empty: those in none.
    pub group: Option<String>,
    /// The order.
    pub sort: Sort,
    /// The end of the page before.
    pub after: Option<Cursor>,
    /// How many at most.
    pub limit: u32,
}

/// A page of a list.
#[derive(Debug, Default)]
pub struct Page {
    /// In their order.
    pub rows: Vec<ConnectionRow>,
    /// Where to go on; `None`: that was all. A page can be short, even empty, and go on.
    pub next: Option<Cursor>,
    /// Changed connections that the postings do not know yet: each costs every search a look.
    pub unlisted: usize,
}

impl Store {
    /// A page of a workspace's connections.
    pub async fn connections(&self, workspace: &str, query: &ListQuery) -> Result<Page> {
        self.page(workspace, query, Effort::OF_A_PAGE).await
    }

    async fn page(&self, workspace: &str, query: &ListQuery, effort: Effort) -> Result<Page> {
        let mut snapshot = self.pool.snapshot().await?;
        let filter = Filter::new(workspace, query.search.as_deref(), query.group.as_deref());
        let after = query.after.as_ref().map(|cursor| cursor.place.clone());
        // One more than asked for tells whether there is a next page.
        let limit = query.limit as usize + 1;
        let mut found = if filter.is_open() {
            let places = walk::places(&mut snapshot, workspace, query.sort, after, limit).await?;
            walk::Found { places, ..walk::Found::default() }
        } else {
            walk::search(&mut snapshot, &filter, query.sort, after, limit, effort).await?
        };
        let mut next = found.unfinished;
        if found.places.len() >= limit {
            found.places.truncate(limit - 1);
            next = found.places.last().cloned();
        }
        let rows = rows_at(&mut snapshot, &found.places).await?;
        let next = next.map(|place| Cursor::new(place, query.sort));
        Ok(Page { rows, next, unlisted: found.unlisted })
    }
}

/// The rows themselves, in this order.
async fn rows_at(store: &mut Connection, places: &[Place]) -> Result<Vec<ConnectionRow>> {
    if places.is_empty() {
        return Ok(Vec::new());
    }
    let seqs = json(places.iter().map(|place| place.seq));
    let rows = query(
        "SELECT c.* FROM json_each($1) wanted CROSS JOIN connections c
         WHERE c.seq = CAST(wanted.value AS BIGINT)
         ORDER BY wanted.key",
    )
    .bind(seqs)
    .fetch_all(store)
    .await?;
    let read = rows.iter().map(ConnectionRow::read);
    Ok(read.collect::<std::result::Result<_, _>>()?)
}

/// Many numbers in one parameter.
fn json(seqs: impl Iterator<Item = i64>) -> String {
    let mut text = String::from("[");
    for (at, seq) in seqs.enumerate() {
        if at > 0 {
            text.push(',');
        }
        text.push_str(&seq.to_string());
    }
    text.push(']');
    text
}

fn number(row: &Row, column: usize) -> Result<usize> {
    let value: i64 = row.try_get(column)?;
    Ok(usize::try_from(value).unwrap_or_default())
}
