//! The audit log: added to inside the transaction of the change, read by keyset, walked whole.

use futures_util::TryStreamExt as _;

use super::db::{Connection, QueryBuilder, Row, query};
use super::{Result, Store};
use crate::audit::{Entry, Record};
use crate::clock::Millis;
use crate::seal::BEGINNING;

/// An entry as it lies in the store.
#[derive(Clone, Debug)]
pub struct AuditRow {
    /// Counts from 1 without a gap.
    pub seq: i64,
    /// What it says.
    pub record: Record,
    /// The hash of the one before.
    pub previous: Vec<u8>,
    /// Its own.
    pub hash: Vec<u8>,
}

/// How far the chain goes.
#[derive(Clone, Debug)]
pub struct AuditHead {
    /// The last entry.
    pub seq: i64,
    /// Its hash.
    pub hash: Vec<u8>,
    /// What vouches for both.
    pub seal: Vec<u8>,
}

/// Which entries of a workspace; what is `None` does not matter.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// A word, or the group before its dot.
    pub action: Option<String>,
    /// A role, session or address.
    pub who: Option<String>,
    /// An id.
    pub subject: Option<String>,
    /// `done`, `refused` or `failed`.
    pub result: Option<String>,
    /// A part of what is told of it.
    pub text: Option<String>,
    /// At this time or later.
    pub since: Option<Millis>,
    /// Before this time.
    pub until: Option<Millis>,
}

/// A part of the log.
#[derive(Debug)]
pub struct AuditPart {
    /// The entries that match, as many as were asked for at most.
    pub rows: Vec<AuditRow>,
    /// The place that the next part begins behind; `None`: there is none. A part may hold few entries,
    /// or none, and not be the last: see [`LOOKED_AT`].
    pub next: Option<i64>,
}

/// No more entries are looked at for one part: most of a filter has no index, and a log has no end.
const LOOKED_AT: u32 = 20_000;

impl AuditRow {
    fn read(row: &Row) -> std::result::Result<Self, sqlx::Error> {
        Ok(Self {
            seq: row.try_get("seq")?,
            record: Record {
                at: row.try_get("at")?,
                workspace: row.try_get("workspace")?,
                role: row.try_get("role")?,
                session_id: row.try_get("session_id")?,
                address: row.try_get("address")?,
                action: row.try_get("action")?,
                subject: row.try_get("subject")?,
                result: row.try_get("result")?,
                code: row.try_get("code")?,
                detail: row.try_get("detail")?,
            },
            previous: row.try_get("previous")?,
            hash: row.try_get("hash")?,
        })
    }
}

impl AuditHead {
    fn read(row: &Row) -> std::result::Result<Self, sqlx::Error> {
        Ok(Self {
            seq: row.try_get("seq")?,
            hash: row.try_get("hash")?,
            seal: row.try_get("seal")?,
        })
    }
}

impl Store {
    /// Deletes one thing of a workspace, and writes that down. False when there is none.
    pub(super) async fn delete_and_note(
        &self,
        sql: &'static str,
        (workspace, id): (&str, &str),
        entry: &Entry,
    ) -> Result<bool> {
        let mut change = self.pool.change().await?;
        let done = query(sql).bind(workspace).bind(id).execute(&mut *change).await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        append(&mut change, entry).await?;
        change.commit().await?;
        Ok(true)
    }

    /// Keeps the sealed key of the chain and begins it: both or neither. False when it was begun
    /// already.
    pub async fn begin_audit(&self, name: &str, sealed: &[u8], entry: &Entry) -> Result<bool> {
        let mut change = self.pool.change().await?;
        let done =
            query("INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING")
                .bind(name)
                .bind(sealed)
                .execute(&mut *change)
                .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        insert_head(&mut change, 0, entry).await?;
        append(&mut change, entry).await?;
        change.commit().await?;
        Ok(true)
    }

    /// Writes down what came with no change of its own.
    pub async fn append_audit(&self, entry: &Entry) -> Result<()> {
        let mut change = self.pool.change().await?;
        append(&mut change, entry).await?;
        change.commit().await?;
        Ok(())
    }

    /// The entries before a place, the newest first.
    pub async fn audit_page(
        &self,
        workspace: &str,
        filter: &AuditFilter,
        before: Option<i64>,
        limit: u32,
    ) -> Result<AuditPart> {
        let place = before.map(|before| ("<", before));
        self.audit_part(Some(workspace), filter, place, ("DESC", ">="), limit).await
    }

    /// The entries after a place, the oldest first, of one workspace or of all.
    pub async fn audit_after(
        &self,
        workspace: Option<&str>,
        filter: &AuditFilter,
        after: i64,
        limit: u32,
    ) -> Result<AuditPart> {
        self.audit_part(workspace, filter, Some((">", after)), ("ASC", "<="), limit).await
    }

    async fn audit_part(
        &self,
        workspace: Option<&str>,
        filter: &AuditFilter,
        place: Option<(&'static str, i64)>,
        (order, within): (&'static str, &'static str),
        limit: u32,
    ) -> Result<AuditPart> {
        let behind = |sql: &mut QueryBuilder<'static>| {
            if let Some((side, place)) = place {
                sql.push(" AND seq ").push(side).push(" ").push_bind(place);
            }
        };
        let mut last = unfiltered("SELECT seq FROM audit", workspace);
        behind(&mut last);
        last.push(" ORDER BY seq ").push(order).push(" LIMIT 1 OFFSET ").push_bind(LOOKED_AT - 1);
        let last: Option<i64> = match last.build().fetch_optional(&self.pool).await? {
            Some(row) => Some(row.try_get(0)?),
            None => None,
        };
        let mut sql = filtered(workspace, filter);
        behind(&mut sql);
        if let Some(last) = last {
            sql.push(" AND seq ").push(within).push(" ").push_bind(last);
        }
        // One more than asked for tells whether there are more.
        sql.push(" ORDER BY seq ").push(order).push(" LIMIT ").push_bind(limit + 1);
        let rows = sql.build().fetch_all(&self.pool).await?;
        let rows = rows.iter().map(AuditRow::read);
        let mut rows = rows.collect::<std::result::Result<Vec<_>, _>>()?;
        let is_full = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next = if is_full { rows.last().map(|row| row.seq) } else { last };
        Ok(AuditPart { rows, next })
    }

    /// How far the chain goes.
    pub async fn audit_head(&self) -> Result<Option<AuditHead>> {
        let row = query("SELECT * FROM audit_head").fetch_optional(&self.pool).await?;
        row.as_ref().map(AuditHead::read).transpose().map_err(Into::into)
    }

    /// Shows every entry to `each`, in order and as of one moment, until it has seen enough; then
    /// answers the head of that moment. An entry that cannot be read is shown by its number alone.
    pub async fn walk_audit(
        &self,
        mut each: impl FnMut(i64, Option<AuditRow>) -> bool,
    ) -> Result<Option<AuditHead>> {
        // The first read fixes what the second sees.
        let mut moment = self.pool.snapshot().await?;
        let head = query("SELECT * FROM audit_head").fetch_optional(&mut *moment).await?;
        let mut rows = query("SELECT * FROM audit ORDER BY seq").fetch(&mut moment)?;
        while let Some(row) = rows.try_next().await? {
            if !each(row.try_get("seq")?, AuditRow::read(&row).ok()) {
                break;
            }
        }
        Ok(head.as_ref().and_then(|row| AuditHead::read(row).ok()))
    }
}

/// Adds an entry: the last step of the change it tells of, in its transaction.
///
/// The head is taken first, which makes this the only writer. A head that was changed from outside
/// is not built upon: a number is left out there, which [`crate::audit::verify`] finds for ever.
pub(super) async fn append(change: &mut Connection, entry: &Entry) -> Result<()> {
    let taken = query("UPDATE audit_head SET seq = seq + 1 RETURNING seq - 1 AS seq, hash, seal")
        .fetch_optional(&mut *change)
        .await?;
    let head = taken.as_ref().map(AuditHead::read).transpose()?;
    let whole = head.filter(|head| entry.seal_head(head.seq, &head.hash)[..] == head.seal[..]);
    let (seq, previous) = match whole {
        Some(head) => (head.seq + 1, head.hash),
        None => (begin_anew(change, entry).await?, BEGINNING.to_vec()),
    };
    let record = entry.record();
    let hash = entry.link(seq, &previous);
    query(
        "INSERT INTO audit (seq, at, workspace, role, session_id, address, action, subject, result,
             code, detail, previous, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(seq)
    .bind(record.at)
    .bind(&record.workspace)
    .bind(&record.role)
    .bind(&record.session_id)
    .bind(&record.address)
    .bind(&record.action)
    .bind(&record.subject)
    .bind(&record.result)
    .bind(&record.code)
    .bind(&record.detail)
    .bind(&previous)
    .bind(&hash[..])
    .execute(&mut *change)
    .await?;
    query("UPDATE audit_head SET seq = $1, hash = $2, seal = $3")
        .bind(seq)
        .bind(&hash[..])
        .bind(&entry.seal_head(seq, &hash)[..])
        .execute(change)
        .await?;
    Ok(())
}

async fn begin_anew(change: &mut Connection, entry: &Entry) -> Result<i64> {
    tracing::error!("the audit log was changed from outside; ask `pinfold audit verify`");
    query("DELETE FROM audit_head").execute(&mut *change).await?;
    insert_head(change, 0, entry).await?;
    let row = query("SELECT COALESCE(MAX(seq), 0) + 2 FROM audit").fetch_one(change).await?;
    Ok(row.try_get(0)?)
}

async fn insert_head(change: &mut Connection, seq: i64, entry: &Entry) -> Result<()> {
    query("INSERT INTO audit_head (id, seq, hash, seal) VALUES (1, $1, $2, $3)")
        .bind(seq)
        .bind(&BEGINNING[..])
        .bind(&entry.seal_head(seq, &BEGINNING)[..])
        .execute(change)
        .await?;
    Ok(())
}

/// In small letters, as `SQLite`'s LIKE has it anyway.
const TOLD: &str = " AND lower(role || ' ' || COALESCE(session_id, '') || ' ' || COALESCE(address, '') \
     || ' ' || COALESCE(subject, '') || ' ' || COALESCE(code, '') || ' ' || COALESCE(detail, '')) \
     LIKE ";

fn unfiltered(select: &str, workspace: Option<&str>) -> QueryBuilder<'static> {
    let mut sql = QueryBuilder::new(select);
    sql.push(" WHERE seq > 0");
    if let Some(workspace) = workspace {
        sql.push(" AND workspace = ").push_bind(workspace.to_owned());
    }
    sql
}

fn filtered(workspace: Option<&str>, filter: &AuditFilter) -> QueryBuilder<'static> {
    let mut sql = unfiltered("SELECT * FROM audit", workspace);
    if let Some(action) = &filter.action {
        // The group: every word that begins with it and a dot, the letter before the slash.
        sql.push(" AND (action = ").push_bind(action.clone());
        sql.push(" OR (action > ").push_bind(format!("{action}."));
        sql.push(" AND action < ").push_bind(format!("{action}/")).push("))");
    }
    if let Some(who) = &filter.who {
        sql.push(" AND (role = ").push_bind(who.clone());
        sql.push(" OR session_id = ").push_bind(who.clone());
        sql.push(" OR address = ").push_bind(who.clone()).push(")");
    }
    if let Some(subject) = &filter.subject {
        sql.push(" AND subject = ").push_bind(subject.clone());
    }
    if let Some(result) = &filter.result {
        sql.push(" AND result = ").push_bind(result.clone());
    }
    if let Some(text) = &filter.text {
        // What stands for anything in a pattern stands for itself here.
        let mut pattern = String::from("%");
        for c in text.to_ascii_lowercase().chars() {
            if matches!(c, '%' | '_' | '!') {
                pattern.push('!');
            }
            pattern.push(c);
        }
        pattern.push('%');
        sql.push(TOLD).push_bind(pattern).push(" ESCAPE '!'");
    }
    if let Some(since) = filter.since {
        sql.push(" AND at >= ").push_bind(since);
    }
    if let Some(until) = filter.until {
        sql.push(" AND at < ").push_bind(until);
    }
    sql
}
