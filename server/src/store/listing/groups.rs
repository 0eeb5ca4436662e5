//! How many connections each group holds: kept by triggers, or counted among those that match.

use std::collections::BTreeMap;

use super::bits::{Block, Rows};
use super::candidates::{Candidates, Filter, MATCHES};
use super::sort::Column;
use super::terms::{family, successor};
use super::{json, number};
use crate::store::db::{AssertSqlSafe, Connection, query};
use crate::store::{Result, Store};

/// So many candidates are looked at one by one.
const FEW: usize = 2_000;

/// Groups and how many connections they hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Groups {
    /// By the group's key: its name (`None`: no group) and the number. At most as many as asked
    /// for, the largest.
    pub counts: BTreeMap<String, (Option<String>, usize)>,
    /// All that match.
    pub total: usize,
    /// The counts are upper bounds.
    pub approximate: bool,
}

impl Store {
    /// The `limit` largest groups of a workspace, or of what a search finds there.
    pub async fn groups(
        &self,
        workspace: &str,
        search: Option<&str>,
        limit: usize,
    ) -> Result<Groups> {
        let mut snapshot = self.pool.snapshot().await?;
        let filter = Filter::new(workspace, search, None);
        if filter.is_open() {
            return all(&mut snapshot, workspace, limit).await;
        }
        let Candidates { listed, unlisted } = filter.candidates(&mut snapshot).await?;
        let few = listed.count() <= FEW;
        let looked_at: Vec<i64> =
            unlisted.into_iter().chain(listed.seqs().filter(|_| few)).collect();
        let mut groups = looked_at_one_by_one(&mut snapshot, &filter, &looked_at).await?;
        if !few {
            add_postings(&mut snapshot, workspace, &listed, &mut groups).await?;
        }
        name(&mut snapshot, workspace, limit, groups).await
    }
}

async fn all(store: &mut Connection, workspace: &str, limit: usize) -> Result<Groups> {
    let total = query(
        "SELECT ifnull(CAST(sum(count) AS BIGINT), 0) FROM connection_groups WHERE workspace = $1",
    )
    .bind(workspace)
    .fetch_one(&mut *store)
    .await?;
    let rows = query(
        "SELECT group_key, name, count FROM connection_groups WHERE workspace = $1
         ORDER BY count DESC LIMIT $2",
    )
    .bind(workspace)
    .bind(i64::try_from(limit).unwrap_or(i64::MAX))
    .fetch_all(store)
    .await?;
    let mut groups = Groups { total: number(&total, 0)?, ..Groups::default() };
    for row in rows {
        groups.counts.insert(row.try_get(0)?, (row.try_get(1)?, number(&row, 2)?));
    }
    Ok(groups)
}

async fn looked_at_one_by_one(
    store: &mut Connection,
    filter: &Filter<'_>,
    seqs: &[i64],
) -> Result<Groups> {
    let sql = format!(
        "SELECT ifnull(c.group_key, ''), count(*)
         FROM json_each($4) wanted CROSS JOIN connections c
         WHERE c.seq = CAST(wanted.value AS BIGINT) AND {MATCHES} GROUP BY 1"
    );
    let rows = query(AssertSqlSafe(sql))
        .bind(filter.workspace)
        .bind(&filter.text)
        .bind(&filter.group)
        .bind(json(seqs.iter().copied()))
        .fetch_all(store)
        .await?;
    let mut groups = Groups::default();
    for row in rows {
        let count = number(&row, 1)?;
        groups.total += count;
        groups.counts.insert(row.try_get(0)?, (None, count));
    }
    Ok(groups)
}

/// Adds what the postings say, which is at least what is true.
async fn add_postings(
    store: &mut Connection,
    workspace: &str,
    candidates: &Rows,
    groups: &mut Groups,
) -> Result<()> {
    groups.approximate = true;
    groups.total += candidates.count();
    let family = family(Column::Group, 1);
    let rows = query(
        "SELECT term, block, bits FROM postings WHERE workspace = $1 AND term >= $2 AND term < $3",
    )
    .bind(workspace)
    .bind(&family)
    .bind(successor(&family))
    .fetch_all(store)
    .await?;
    for row in rows {
        let term: &str = row.try_get(0)?;
        let mut rows = Rows::default();
        rows.put(row.try_get(1)?, Block::decode(row.try_get(2)?));
        let count = rows.and(candidates).count();
        if count > 0 {
            groups.counts.entry(term[family.len()..].to_owned()).or_default().1 += count;
        }
    }
    Ok(())
}

/// Keeps the largest and gives them their names.
async fn name(
    store: &mut Connection,
    workspace: &str,
    limit: usize,
    mut groups: Groups,
) -> Result<Groups> {
    if groups.counts.len() > limit {
        let mut sizes: Vec<usize> = groups.counts.values().map(|(_, count)| *count).collect();
        sizes.sort_unstable_by(|a, b| b.cmp(a));
        let least = sizes[limit - 1];
        let mut spare = sizes[..limit].iter().filter(|size| **size == least).count();
        groups.counts.retain(|_, (_, count)| {
            let is_kept = *count > least || (*count == least && spare > 0);
            if *count == least && is_kept {
                spare -= 1;
            }
            is_kept
        });
    }
    let keys: Vec<&String> = groups.counts.keys().collect();
    let keys = serde_json::to_string(&keys).unwrap_or_default();
    let rows = query(
        "SELECT g.group_key, g.name FROM json_each($2) wanted
         CROSS JOIN connection_groups g WHERE g.workspace = $1 AND g.group_key = wanted.value",
    )
    .bind(workspace)
    .bind(keys)
    .fetch_all(store)
    .await?;
    let mut known = BTreeMap::<String, Option<String>>::new();
    for row in rows {
        known.insert(row.try_get(0)?, row.try_get(1)?);
    }
    // A group that nobody is in any more can still stand in the postings.
    groups.counts.retain(|key, _| known.contains_key(key));
    for (key, (name, _)) in &mut groups.counts {
        *name = known.remove(key).flatten();
    }
    Ok(groups)
}
