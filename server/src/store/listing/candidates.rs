//! Which rows can match: what the postings say, without those that changed since.

use super::bits::{Block, Rows};
use super::sort::{Column, Key};
use super::terms::{grams, lower, span};
use crate::store::Result;
use crate::store::db::{Connection, query};

/// What a row must be to be listed.
pub(super) struct Filter<'a> {
    pub(super) workspace: &'a str,
    /// Part of name, screen name or group, in lower case.
    pub(super) text: Option<String>,
    /// The group in lower case; empty: in none.
    pub(super) group: Option<String>,
}

/// The same, of a row named `c`, with `$1` the workspace, `$2` the text and `$3` the group.
pub(super) const MATCHES: &str = "c.workspace = $1
    AND ($2 IS NULL OR instr(c.name_key, $2) > 0 OR instr(lower(c.screen_name), $2) > 0
        OR instr(ifnull(c.group_key, ''), $2) > 0)
    AND ($3 IS NULL OR ifnull(c.group_key, '') = $3)";

/// Rows that can match.
pub(super) struct Candidates {
    /// By their terms.
    pub(super) listed: Rows,
    /// Those whose terms are not known: each must be looked at.
    pub(super) unlisted: Vec<i64>,
}

impl<'a> Filter<'a> {
    pub(super) fn new(workspace: &'a str, search: Option<&str>, group: Option<&str>) -> Self {
        let text = search.filter(|text| !text.is_empty()).map(lower);
        Self { workspace, text, group: group.map(lower) }
    }

    /// Whether every row of the workspace is listed.
    pub(super) fn is_open(&self) -> bool {
        self.text.is_none() && self.group.is_none()
    }

    pub(super) async fn candidates(&self, store: &mut Connection) -> Result<Candidates> {
        let mut terms = self.text.as_deref().map(grams).unwrap_or_default();
        if let Some(group) = &self.group {
            terms.push(span(Column::Group, 1, &Key::Text(group.clone())));
        }
        let mut listed: Option<Rows> = None;
        for term in &terms {
            let rows = posting(store, self.workspace, term).await?;
            let both = match &listed {
                None => rows,
                Some(before) => before.and(&rows),
            };
            let is_empty = both.count() == 0;
            listed = Some(both);
            if is_empty {
                break;
            }
        }
        let mut listed = listed.unwrap_or_default();
        let unlisted = unlisted(store, self.workspace).await?;
        for seq in &unlisted {
            listed.remove(*seq);
        }
        Ok(Candidates { listed, unlisted })
    }
}

async fn posting(store: &mut Connection, workspace: &str, term: &str) -> Result<Rows> {
    let blocks = query("SELECT block, bits FROM postings WHERE workspace = $1 AND term = $2")
        .bind(workspace)
        .bind(term)
        .fetch_all(store)
        .await?;
    let mut rows = Rows::default();
    for block in blocks {
        rows.put(block.try_get(0)?, Block::decode(block.try_get(1)?));
    }
    Ok(rows)
}

async fn unlisted(store: &mut Connection, workspace: &str) -> Result<Vec<i64>> {
    let rows = query("SELECT seq FROM unlisted WHERE workspace = $1")
        .bind(workspace)
        .fetch_all(store)
        .await?;
    Ok(rows.iter().map(|row| row.try_get(0)).collect::<std::result::Result<_, _>>()?)
}
