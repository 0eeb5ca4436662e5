//! Stretches of an order that hold candidates, so that a walk need not go where there are none.
//!
//! For each beginning of a name (one letter, two, three) the postings know the rows that have it.
//! Held against the candidates they tell where in the order of names the next ones are; the same for
//! screen names, groups, apps, access levels and times of creation.

use std::collections::BTreeMap;
use std::pin::Pin;

use super::bits::{Block, Rows};
use super::sort::{Key, Place, Sort};
use super::terms::{bounds, family, levels, span, successor};
use super::walk::Work;
use crate::store::Result;
use crate::store::db::{AssertSqlSafe, Connection, query};

/// Terms read at first; each time four times as many, up to [`MOST_TERMS`].
const FIRST_TERMS: usize = 4;
const MOST_TERMS: usize = 64;
/// What a block of a term costs, in steps of a walk.
const READ: usize = 10;
/// After every term.
const LAST: &str = "\u{10ffff}";
/// Of so few candidates it is not asked more precisely where they are.
const FEW: usize = 500;

/// A stretch of an order, and the candidates in it.
pub(super) struct Span {
    pub(super) rows: Rows,
    /// The first key that lies in it.
    pub(super) first: Key,
    /// The first one after it; `None`: it reaches to the end.
    end: Option<Key>,
}

impl Span {
    /// Before all of it; `None`: where the order begins.
    pub(super) fn start(&self, sort: Sort) -> Option<Place> {
        let key = if sort.descends { self.end.clone()? } else { self.first.clone() };
        Some(Place { key, seq: 0 })
    }

    /// After all of it; `None`: where the order ends.
    pub(super) fn end(&self, sort: Sort) -> Option<Place> {
        let key = if sort.descends { self.first.clone() } else { self.end.clone()? };
        Some(Place { key, seq: 0 })
    }

    /// Whether all of it lies before a place (numbers begin at 1).
    fn is_over(&self, at: &Place, sort: Sort) -> bool {
        if sort.descends {
            self.first > at.key || (self.first == at.key && at.seq == 0)
        } else {
            self.end.as_ref().is_some_and(|end| *end <= at.key)
        }
    }
}

/// Terms of `$1` workspace from `$2` on up to `$3`, which is left out; `$4` at most. Plain bounds, without
/// an OR: a walk down the index begins at the upper one.
pub(super) fn terms_between(sort: Sort) -> String {
    format!(
        "SELECT DISTINCT term FROM postings
         WHERE workspace = $1 AND term >= $2 AND term < $3
         ORDER BY term {} LIMIT $4",
        sort.direction()
    )
}

/// The next span after a place that holds candidates; `None`: there are no more.
pub(super) async fn next(
    store: &mut Connection,
    workspace: &str,
    sort: Sort,
    candidates: &Rows,
    at: Option<&Place>,
    work: &mut Work,
) -> Result<Option<Span>> {
    let range = (family(sort.column, 1), successor(&family(sort.column, 1)));
    Search { workspace, sort, at }.within(store, candidates, 1, range, work).await
}

type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

#[derive(Clone, Copy)]
struct Search<'a> {
    workspace: &'a str,
    sort: Sort,
    at: Option<&'a Place>,
}

impl<'a> Search<'a> {
    fn within(
        self,
        store: &'a mut Connection,
        candidates: &'a Rows,
        level: usize,
        (mut low, mut high): (String, Option<String>),
        work: &'a mut Work,
    ) -> Answer<'a, Option<Span>> {
        Box::pin(async move {
            let column = self.sort.column;
            if let Some(at) = self.at {
                let here = span(column, level, &at.key);
                if self.sort.descends {
                    let after = format!("{here}\u{1}");
                    high = Some(high.map_or(after.clone(), |high| high.min(after)));
                } else {
                    low = low.max(here);
                }
            }
            let mut wanted = FIRST_TERMS;
            loop {
                let terms = self.terms(store, &low, high.as_deref(), wanted).await?;
                let mut postings = self.postings(store, &terms, work).await?;
                for term in &terms {
                    let rows = postings.remove(term).unwrap_or_default().and(candidates);
                    let count = rows.count();
                    let (first, end) = bounds(column, level, term);
                    let span = Span { rows, first, end };
                    if count == 0 || self.at.is_some_and(|at| span.is_over(at, self.sort)) {
                        continue;
                    }
                    if count <= FEW || level == levels(column) {
                        return Ok(Some(span));
                    }
                    let inner = self.inner(level, term);
                    let found = Search::within(self, store, &span.rows, level + 1, inner, work);
                    if let Some(span) = found.await? {
                        return Ok(Some(span));
                    }
                }
                let Some(last) = terms.last().filter(|_| terms.len() == wanted) else {
                    return Ok(None);
                };
                if self.sort.descends {
                    high = Some(last.clone());
                } else {
                    low = format!("{last}\u{1}");
                }
                wanted = (wanted * 4).min(MOST_TERMS);
            }
        })
    }

    /// The terms of the next level that lie in a term's span.
    fn inner(&self, level: usize, term: &str) -> (String, Option<String>) {
        let column = self.sort.column;
        let label = &term[family(column, level).len()..];
        let family = family(column, level + 1);
        // A key that is shorter than its level is its own span on every level.
        let high = match (bounds(column, level, term), successor(label)) {
            ((Key::Text(_), Some(Key::Text(end))), _) | (_, Some(end)) => {
                Some(format!("{family}{end}"))
            }
            (_, None) => successor(&family),
        };
        (format!("{family}{label}"), high)
    }

    /// The next terms from one on up to another, which is left out.
    async fn terms(
        &self,
        store: &mut Connection,
        low: &str,
        high: Option<&str>,
        limit: usize,
    ) -> Result<Vec<String>> {
        let rows = query(AssertSqlSafe(terms_between(self.sort)))
            .bind(self.workspace)
            .bind(low)
            .bind(high.unwrap_or(LAST))
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .fetch_all(store)
            .await?;
        Ok(rows.iter().map(|row| row.try_get(0)).collect::<std::result::Result<_, _>>()?)
    }

    async fn postings(
        &self,
        store: &mut Connection,
        terms: &[String],
        work: &mut Work,
    ) -> Result<BTreeMap<String, Rows>> {
        let wanted = serde_json::to_string(terms).unwrap_or_default();
        let blocks = query(
            "SELECT p.term, p.block, p.bits FROM json_each($2) wanted
             CROSS JOIN postings p WHERE p.workspace = $1 AND p.term = wanted.value",
        )
        .bind(self.workspace)
        .bind(wanted)
        .fetch_all(store)
        .await?;
        work.spend(blocks.len() * READ);
        let mut postings = BTreeMap::<String, Rows>::new();
        for block in &blocks {
            let rows = postings.entry(block.try_get(0)?).or_default();
            rows.put(block.try_get(1)?, Block::decode(block.try_get(2)?));
        }
        Ok(postings)
    }
}
