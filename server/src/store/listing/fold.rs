//! Takes changed connections into the postings, many at once: a write of one row would have to touch
//! about a hundred postings, so the triggers only note it, and a search looks at what is noted.

use std::collections::BTreeMap;

use super::bits::{Block, split};
use super::terms::Listed;
use crate::store::db::{Connection, QueryBuilder, query};
use crate::store::{Result, Store};

/// Rows of one transaction: others can write in between.
pub(super) const BATCH: u32 = 512;
/// Postings read, and written, by one statement.
const POSTINGS: usize = 200;

/// In which workspace and block, under which term, which rows.
type Gathered = BTreeMap<(String, i64), BTreeMap<String, Vec<u16>>>;

impl Store {
    /// Takes every changed connection into the postings. Does nothing when that is being done.
    pub async fn list_unlisted(&self) -> Result<()> {
        self.list_by(BATCH).await
    }

    /// The same with larger transactions, for a store that nobody else uses.
    pub async fn list_by(&self, batch: u32) -> Result<()> {
        let Ok(_alone) = self.listing.try_lock() else { return Ok(()) };
        while self.list_some(batch).await? == batch as usize {}
        Ok(())
    }

    /// Answers how many rows it took.
    pub(super) async fn list_some(&self, limit: u32) -> Result<usize> {
        let mut change = self.pool.change().await?;
        let rows = query(
            "SELECT u.seq, c.workspace, c.name_key, c.screen_name, ifnull(c.group_key, ''),
                 c.app_kind || ' ' || c.consumer_key, ifnull(c.access_level, ''), c.created_at
             FROM unlisted u CROSS JOIN connections c WHERE c.seq = u.seq ORDER BY u.seq LIMIT $1",
        )
        .bind(limit)
        .fetch_all(&mut *change)
        .await?;
        let Some(last) = rows.last() else { return Ok(0) };
        let last: i64 = last.try_get(0)?;
        let mut gathered = Gathered::new();
        for row in &rows {
            let (block, low) = split(row.try_get(0)?);
            let workspace: String = row.try_get(1)?;
            let listed = Listed {
                name_key: row.try_get(2)?,
                screen_name: row.try_get(3)?,
                group_key: row.try_get(4)?,
                app: row.try_get(5)?,
                access_level: row.try_get(6)?,
                created_at: row.try_get(7)?,
            };
            let terms = gathered.entry((workspace, block)).or_default();
            for term in listed.terms() {
                terms.entry(term).or_default().push(low);
            }
        }
        for ((workspace, block), terms) in gathered {
            let terms: Vec<_> = terms.into_iter().collect();
            for some in terms.chunks(POSTINGS) {
                add(&mut change, &workspace, block, some).await?;
            }
        }
        query("DELETE FROM unlisted WHERE seq <= $1").bind(last).execute(&mut *change).await?;
        change.commit().await?;
        Ok(rows.len())
    }
}

/// Adds rows to postings. Rows that no longer have a term stay in it: a search looks at the row
/// itself, and there are never many.
async fn add(
    store: &mut Connection,
    workspace: &str,
    block: i64,
    terms: &[(String, Vec<u16>)],
) -> Result<()> {
    let wanted: Vec<&String> = terms.iter().map(|(term, _)| term).collect();
    let before = query(
        "SELECT p.term, p.bits FROM json_each($3) wanted CROSS JOIN postings p
         WHERE p.workspace = $1 AND p.term = wanted.value AND p.block = $2",
    )
    .bind(workspace)
    .bind(block)
    .bind(serde_json::to_string(&wanted).unwrap_or_default())
    .fetch_all(&mut *store)
    .await?;
    let mut known = BTreeMap::<String, Block>::new();
    for row in before {
        known.insert(row.try_get(0)?, Block::decode(row.try_get(1)?));
    }
    let mut sql = QueryBuilder::new("INSERT INTO postings (workspace, term, block, bits) ");
    sql.push_values(terms, |mut row, (term, lows)| {
        let mut rows = known.remove(term).unwrap_or_default();
        for low in lows {
            rows.insert(*low);
        }
        row.push_bind(workspace).push_bind(term).push_bind(block).push_bind(rows.encode());
    });
    sql.push(" ON CONFLICT (workspace, term, block) DO UPDATE SET bits = excluded.bits");
    // Only whole statements are worth remembering; the last one is shorter.
    let whole = terms.len() == POSTINGS;
    sql.build().persistent(whole).execute(store).await?;
    Ok(())
}
