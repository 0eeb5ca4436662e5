//! Several Pinfolds on one database: what a single one keeps in memory, kept where all of them see
//! it. On a file of `SQLite` there is one Pinfold, and none of this does anything.

use std::time::Duration;

use sqlx::{Connection as _, Executor as _, PgConnection, Postgres};
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::db::{Begin, Pool, begin, query};
use super::{Result, Store};
use crate::clock::Millis;

/// Held by each Pinfold that seals or opens, alone by who rotates the master key.
const PRESENT: &str = "7240114";
/// Held while a token may be granted, alone while one is revoked.
const SHARE_GRANTS: &str = "SELECT pg_advisory_xact_lock_shared(7240115)";
const TAKE_GRANTS: &str = "SELECT pg_advisory_xact_lock(7240115)";
/// A line that says nothing for so long is dead.
const PATIENCE: Duration = Duration::from_secs(5);
const MINUTE_MICROS: i64 = 60_000_000;

/// This Pinfold's [`Store::claim`]: whether it is to be alone, and the connection that holds it, unless
/// it was lost.
#[derive(Debug, Default)]
pub(super) struct Presence(Mutex<Option<(bool, Option<PgConnection>)>>);

/// A lock that all Pinfolds of a database know; dropping it lets go.
#[derive(Debug)]
pub struct Turn(
    #[expect(dead_code, reason = "held, not read")] sqlx::Transaction<'static, Postgres>,
);

impl Store {
    /// Whether other Pinfolds may work with the same database now.
    pub const fn is_shared(&self) -> bool {
        self.pool.is_shared()
    }

    /// Works with the database beside other Pinfolds, or alone, until it is closed; false when that
    /// cannot be. A file is claimed by a lock on its folder (`crate::config::Lock`).
    pub async fn claim(&self, alone: bool) -> Result<bool> {
        let Pool::Postgres(pool, _) = &self.pool else { return Ok(true) };
        let mut connection = pool.acquire().await?.detach();
        let lock = if alone { "lock" } else { "lock_shared" };
        let sql = format!("SELECT pg_try_advisory_{lock}({PRESENT})");
        let taken = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&mut connection).await?;
        if taken {
            *self.presence.0.lock().await = Some((alone, Some(connection)));
        }
        Ok(taken)
    }

    /// Looks whether the claim still holds, as it does not when the database was started anew, and
    /// takes it again, as soon as that can be.
    pub async fn keep_claim(&self) -> Result<()> {
        let lost = match &mut *self.presence.0.lock().await {
            Some((alone, held)) => {
                if let Some(connection) = held
                    && !matches!(timeout(PATIENCE, connection.execute("SELECT 1")).await, Ok(Ok(_)))
                {
                    *held = None;
                }
                held.is_none().then_some(*alone)
            }
            None => None,
        };
        if let Some(alone) = lost
            && !self.claim(alone).await?
        {
            tracing::error!("the master key is being rotated while this server runs: stop it");
        }
        Ok(())
    }

    pub(super) async fn leave(&self) {
        if let Some((_, Some(connection))) = self.presence.0.lock().await.take() {
            let _ = connection.close().await;
        }
    }

    /// Waits until no Pinfold revokes a token, and keeps them from it.
    pub async fn share_grants(&self) -> Result<Option<Turn>> {
        self.turn(SHARE_GRANTS).await
    }

    /// Waits until no Pinfold may be granted a token, and keeps them from it.
    pub async fn take_grants(&self) -> Result<Option<Turn>> {
        self.turn(TAKE_GRANTS).await
    }

    async fn turn(&self, lock: &'static str) -> Result<Option<Turn>> {
        let Some(pool) = &self.turns else { return Ok(None) };
        Ok(Some(Turn(begin(pool, Begin::AndDo(lock)).await?)))
    }

    /// Counts one more of so many a minute, which may also come all at once (GCRA, as in ATM's
    /// I.371); `Some`: it is one too many, wait for so many seconds.
    pub async fn count_turn(&self, name: &str, times: u32, now: Millis) -> Result<Option<u64>> {
        let (now, apart) = (now * 1000, MINUTE_MICROS / i64::from(times.max(1)));
        let counted = query(
            "INSERT INTO turns AS t (name, due) VALUES ($1, $2 + $3)
             ON CONFLICT (name) DO UPDATE SET due = max(t.due, $2) + $3
             WHERE max(t.due, $2) + $3 - $2 <= $4 RETURNING due",
        )
        .bind(name)
        .bind(now)
        .bind(apart)
        .bind(MINUTE_MICROS)
        .fetch_optional(&self.pool)
        .await?;
        if counted.is_some() {
            return Ok(None);
        }
        let due = query("SELECT due FROM turns WHERE name = $1").bind(name);
        let due: i64 = match due.fetch_optional(&self.pool).await? {
            Some(row) => row.try_get(0)?,
            None => now,
        };
        let wait = (due.max(now) + apart - now - MINUTE_MICROS) / 1_000_000 + 1;
        Ok(Some(u64::try_from(wait).unwrap_or(1)))
    }

    /// Forgets who begins anew anyway.
    pub async fn forget_quiet_turns(&self, now: Millis) -> Result<()> {
        if self.is_shared() {
            query("DELETE FROM turns WHERE due < $1").bind(now * 1000).execute(&self.pool).await?;
        }
        Ok(())
    }

    /// Adds to what a key spent on a day, unless that is more than its cap: then false.
    pub async fn spend(&self, key_id: &str, day: i64, micros: u64, cap: u64) -> Result<bool> {
        let most = |micros| i64::try_from(micros).unwrap_or(i64::MAX);
        let done = query(
            "UPDATE task_keys SET
                 spent_micros = CASE WHEN spent_day < $1 THEN 0 ELSE spent_micros END + $2,
                 spent_day = max(spent_day, $1)
             WHERE id = $3
               AND CASE WHEN spent_day < $1 THEN 0 ELSE spent_micros END <= $4 - $2",
        )
        .bind(day)
        .bind(most(micros))
        .bind(key_id)
        .bind(most(cap))
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Takes back what was spent on a day.
    pub async fn spend_less(&self, key_id: &str, day: i64, micros: u64) -> Result<()> {
        query(
            "UPDATE task_keys SET spent_micros = max(spent_micros - $1, 0)
             WHERE id = $2 AND spent_day = $3",
        )
        .bind(i64::try_from(micros).unwrap_or(i64::MAX))
        .bind(key_id)
        .bind(day)
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
