//! Matches in their order: few candidates are looked at and sorted; on the way to many, the index
//! of the order is walked along and only what is a candidate is looked at.

use super::bits::Rows;
use super::candidates::{Candidates, Filter, MATCHES};
use super::sort::{Key, Place, Sort};
use super::spans::{self, Span};
use super::{json, terms};
use crate::store::Result;
use crate::store::db::{AssertSqlSafe, Connection, Query, Row, query};

/// Looking at a row costs as much as so many steps along an index.
const LOOK: usize = 8;

/// How much is done at once, and what one page may cost. The unit is a step along an index: on a
/// slow core 0.4 µs.
#[derive(Clone, Copy)]
pub(super) struct Effort {
    /// So many candidates are looked at and sorted at once.
    pub(super) few: usize,
    /// The same for those of one span.
    pub(super) few_of_a_span: usize,
    /// Steps of the first walk; each time twice as many, up to the most.
    pub(super) first_steps: usize,
    pub(super) most_steps: usize,
    /// What one page may cost.
    pub(super) budget: usize,
}

impl Effort {
    /// What a page takes at most is then about ten milliseconds.
    pub(super) const OF_A_PAGE: Self = Self {
        few: 2_000,
        few_of_a_span: 500,
        first_steps: 512,
        most_steps: 8_192,
        budget: 30_000,
    };
}

/// Matches, and whether there are more.
#[derive(Default)]
pub(super) struct Found {
    pub(super) places: Vec<Place>,
    /// The work was too much for one page: everything up to here was looked at.
    pub(super) unfinished: Option<Place>,
    pub(super) unlisted: usize,
}

/// What is left of a page's budget.
pub(super) struct Work(usize);

impl Work {
    pub(super) fn spend(&mut self, steps: usize) {
        self.0 = self.0.saturating_sub(steps);
    }

    fn is_spent(&self) -> bool {
        self.0 == 0
    }
}

/// The next `limit` matches after a place.
pub(super) async fn search(
    store: &mut Connection,
    filter: &Filter<'_>,
    sort: Sort,
    after: Option<Place>,
    limit: usize,
    effort: Effort,
) -> Result<Found> {
    let Candidates { listed, unlisted } = filter.candidates(store).await?;
    let mut walk =
        Walk { filter, sort, limit, listed, places: Vec::new(), effort, work: Work(effort.budget) };
    let fresh = walk.look_at(store, unlisted.iter().copied(), after.as_ref(), limit).await?;
    let mut unfinished = None;
    if walk.listed.count() <= effort.few {
        let seqs: Vec<i64> = walk.listed.seqs().collect();
        walk.places = walk.look_at(store, seqs.into_iter(), after.as_ref(), limit).await?;
    } else {
        unfinished = walk.along(store, after).await?;
    }
    let mut places = walk.places;
    places.extend(
        fresh.into_iter().filter(|place| {
            unfinished.as_ref().is_none_or(|reached| !place.is_past(reached, sort))
        }),
    );
    places.sort();
    if sort.descends {
        places.reverse();
    }
    places.truncate(limit);
    Ok(Found { places, unfinished, unlisted: unlisted.len() })
}

struct Walk<'a> {
    filter: &'a Filter<'a>,
    sort: Sort,
    limit: usize,
    listed: Rows,
    effort: Effort,
    places: Vec<Place>,
    work: Work,
}

impl Walk<'_> {
    fn missing(&self) -> usize {
        self.limit - self.places.len()
    }

    /// Walks until the page is full or the order is over; answers where the budget ended it.
    async fn along(
        &mut self,
        store: &mut Connection,
        mut at: Option<Place>,
    ) -> Result<Option<Place>> {
        let mut steps = self.effort.first_steps;
        loop {
            let seqs = seqs(store, self.filter.workspace, self.sort, at.as_ref(), steps).await?;
            self.work.spend(seqs.len());
            let hits: Vec<i64> =
                seqs.iter().copied().filter(|seq| self.listed.contains(*seq)).collect();
            let sparse = hits.len() < seqs.len() / 64;
            let found = self.look_at(store, hits.into_iter(), at.as_ref(), self.missing()).await?;
            self.places.extend(found);
            if self.missing() == 0 || seqs.len() < steps {
                return Ok(None);
            }
            if let Some(last) = seqs.last() {
                at = place_of(store, self.sort, *last).await?.or(at);
            }
            if sparse && terms::levels(self.sort.column) > 0 {
                let (column, listed) = (self.sort, &self.listed);
                let workspace = self.filter.workspace;
                let span =
                    spans::next(store, workspace, column, listed, at.as_ref(), &mut self.work);
                let Some(span) = span.await? else { return Ok(None) };
                match self.through(store, span, at).await? {
                    Some(place) => at = Some(place),
                    None => return Ok(None),
                }
                if self.missing() == 0 {
                    return Ok(None);
                }
            }
            if self.work.is_spent() {
                return Ok(at);
            }
            steps = (steps * 2).min(self.effort.most_steps);
        }
    }

    /// Takes what a span holds when that can be done without walking; answers where to go on.
    async fn through(
        &mut self,
        store: &mut Connection,
        span: Span,
        at: Option<Place>,
    ) -> Result<Option<Place>> {
        let exact = terms::is_exact(self.sort.column);
        let seqs: Vec<i64> = if span.rows.count() <= self.effort.few_of_a_span {
            span.rows.seqs().collect()
        } else if exact {
            // One key: what comes next is next by number.
            let begun = at.as_ref().filter(|at| at.key == span.first);
            let is_next = |seq: &i64| match begun {
                Some(at) if self.sort.descends => *seq < at.seq,
                Some(at) => *seq > at.seq,
                None => true,
            };
            let next: Vec<i64> = if self.sort.descends {
                span.rows.seqs().rev().filter(is_next).take(self.effort.few_of_a_span).collect()
            } else {
                span.rows.seqs().filter(is_next).take(self.effort.few_of_a_span).collect()
            };
            let last = next.last().copied();
            let found = self.look_at(store, next.into_iter(), at.as_ref(), self.missing()).await?;
            self.places.extend(found);
            return Ok(match last {
                Some(seq) => Some(Place { key: span.first, seq }),
                None => span.end(self.sort),
            });
        } else {
            let start = span.start(self.sort);
            let ahead = match (&start, &at) {
                (Some(start), Some(at)) => start.is_past(at, self.sort),
                (Some(_), None) => true,
                (None, _) => false,
            };
            return Ok(if ahead { start } else { at });
        };
        let found = self.look_at(store, seqs.into_iter(), at.as_ref(), self.missing()).await?;
        self.places.extend(found);
        Ok(span.end(self.sort))
    }

    /// Those of the rows that match and come after a place, in their order.
    async fn look_at(
        &mut self,
        store: &mut Connection,
        seqs: impl ExactSizeIterator<Item = i64>,
        after: Option<&Place>,
        limit: usize,
    ) -> Result<Vec<Place>> {
        if seqs.len() == 0 || limit == 0 {
            return Ok(Vec::new());
        }
        self.work.spend(seqs.len() * LOOK);
        let (key, later, way) = (self.sort.column.key(), self.sort.later(), self.sort.direction());
        let after_sql = if after.is_some() {
            format!("AND ({key} {later} $6 OR ({key} = $6 AND c.seq {later} $7))")
        } else {
            String::new()
        };
        let sql = format!(
            "SELECT c.seq, {key} AS place
             FROM json_each($4) wanted CROSS JOIN connections c
             WHERE c.seq = CAST(wanted.value AS BIGINT) AND {MATCHES} {after_sql} ORDER BY place {way}, c.seq {way} LIMIT $5"
        );
        let query = query(AssertSqlSafe(sql))
            .bind(self.filter.workspace)
            .bind(&self.filter.text)
            .bind(&self.filter.group)
            .bind(json(seqs))
            .bind(i64::try_from(limit).unwrap_or(i64::MAX));
        read_places(self.sort, &bind_place(query, after).fetch_all(store).await?)
    }
}

/// The next places of an order, whatever stands there.
pub(super) async fn places(
    store: &mut Connection,
    workspace: &str,
    sort: Sort,
    after: Option<Place>,
    limit: usize,
) -> Result<Vec<Place>> {
    let column = format!("c.seq, {} AS place", sort.column.key());
    let sql = steps(store, &column, sort, after.is_some());
    let query =
        query(AssertSqlSafe(sql)).bind(workspace).bind(i64::try_from(limit).unwrap_or(i64::MAX));
    read_places(sort, &bind_place(query, after.as_ref()).fetch_all(store).await?)
}

/// The same, by their number alone and all in one text: a row each would cost more than the walk.
async fn seqs(
    store: &mut Connection,
    workspace: &str,
    sort: Sort,
    after: Option<&Place>,
    limit: usize,
) -> Result<Vec<i64>> {
    let walk = steps(store, "c.seq", sort, after.is_some());
    let query = query(AssertSqlSafe(format!("SELECT group_concat(seq) FROM ({walk}) walk")))
        .bind(workspace)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX));
    let row = bind_place(query, after).fetch_one(store).await?;
    let text: Option<&str> = row.try_get(0)?;
    let numbers = text.unwrap_or_default().split(',').filter(|text| !text.is_empty());
    Ok(numbers.filter_map(|text| text.parse().ok()).collect())
}

/// Steps along an order: `$1` workspace, `$2` how many, and after a place `$3` key, `$4` number...
/// first what has the same key, then what has a later one: each is one descent into the index.
pub(super) fn steps(store: &Connection, columns: &str, sort: Sort, after: bool) -> String {
    let (key, index, later, way) =
        (sort.column.key(), store.by_index(sort.column.index()), sort.later(), sort.direction());
    let from = format!("SELECT {columns} FROM connections c{index} WHERE c.workspace = $1");
    let order = format!("ORDER BY {key} {way}, c.seq {way} LIMIT $2");
    if !after {
        return format!("{from} {order}");
    }
    format!(
        "SELECT * FROM ({from} AND {key} = $3 AND c.seq {later} $4
             ORDER BY c.seq {way} LIMIT $2) same_key
         UNION ALL SELECT * FROM ({from} AND {key} {later} $3 {order}) later_key LIMIT $2"
    )
}

fn bind_place<'q>(query: Query<'q>, place: Option<&Place>) -> Query<'q> {
    let Some(place) = place else { return query };
    let query = match &place.key {
        Key::Number(number) => query.bind(*number),
        Key::Text(text) => query.bind(text.clone()),
    };
    query.bind(place.seq)
}

async fn place_of(store: &mut Connection, sort: Sort, seq: i64) -> Result<Option<Place>> {
    let sql = format!("SELECT c.seq, {} FROM connections c WHERE c.seq = $1", sort.column.key());
    let row = query(AssertSqlSafe(sql)).bind(seq).fetch_all(store).await?;
    Ok(read_places(sort, &row)?.pop())
}

fn read_places(sort: Sort, rows: &[Row]) -> Result<Vec<Place>> {
    let read = |row: &Row| -> std::result::Result<Place, sqlx::Error> {
        let key = if sort.column.is_number() {
            Key::Number(row.try_get(1)?)
        } else {
            Key::Text(row.try_get(1)?)
        };
        Ok(Place { key, seq: row.try_get(0)? })
    };
    Ok(rows.iter().map(read).collect::<std::result::Result<_, _>>()?)
}
