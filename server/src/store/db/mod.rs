//! One way to two databases: what the statements of this room are said to and answered by, be it
//! `SQLite` or `PostgreSQL`. The statements themselves are the same for both: parameters are `$1`,
//! `$2`…, and `PostgreSQL` is taught the few words of `SQLite` that it does not have
//! (`migrations/postgres/words.sql`).
//!
//! `sqlx` has such a layer, `Any`; it copies every value of every row, and hides the connection that
//! `SQLite`'s update hook is set on.

mod builder;
mod open;
mod query;
mod row;
mod value;

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

use sqlx::{Executor as _, PgPool, Postgres, Sqlite, SqlitePool};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

pub(super) use builder::{QueryBuilder, Values};
pub(super) use open::{postgres, sqlite};
pub(super) use query::{On, Query, query};
pub(super) use row::Row;
pub(super) use sqlx::AssertSqlSafe;

/// The first thing of a change of `PostgreSQL`: one at a time, whoever's, as `SQLite` has it. So what a
/// change has read stays true until it is committed, and no two can lock each other out. The number is
/// any; all Pinfolds of a database name the same.
const ALONE: &str = "SELECT pg_advisory_xact_lock(7240113)";
/// Begins reading: all of it as of one moment.
const ONE_MOMENT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// The connections to a database.
#[derive(Clone, Debug)]
pub(super) enum Pool {
    Sqlite(SqlitePool, Turns),
    Postgres(PgPool, Turns),
}

/// Whose turn it is here to change something: whoever waits for it holds none of the connections, which
/// others read with.
pub(super) type Turns = Arc<Semaphore>;

/// How long a change waits for the one before it.
const TURN_PATIENCE: Duration = Duration::from_secs(15);

/// A connection with an open transaction.
pub(super) enum Connection {
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    Postgres(sqlx::Transaction<'static, Postgres>),
}

/// A transaction; dropped before its [`commit`](Self::commit), it is undone.
pub(super) struct Transaction {
    connection: Connection,
    _turn: Option<OwnedSemaphorePermit>,
}

/// How a transaction of `PostgreSQL` begins.
#[derive(Clone, Copy)]
pub(super) enum Begin {
    /// By this statement.
    With(&'static str),
    /// As usual, and with this inside, so that its failure undoes all.
    AndDo(&'static str),
}

/// Begins a transaction, in a task of its own: `sqlx` rolls back what has begun, and not what is about
/// to. Whoever went away while it waited would leave it open in the pool, with its lock.
pub(super) async fn begin(
    pool: &PgPool,
    how: Begin,
) -> Result<sqlx::Transaction<'static, Postgres>, sqlx::Error> {
    let pool = pool.clone();
    let begun = tokio::spawn(async move {
        match how {
            Begin::With(statement) => pool.begin_with(statement).await,
            Begin::AndDo(statement) => {
                let mut transaction = pool.begin().await?;
                transaction.execute(statement).await?;
                Ok(transaction)
            }
        }
    });
    begun.await.unwrap_or(Err(sqlx::Error::WorkerCrashed))
}

impl Pool {
    /// Begins a change: nobody else's comes between what it reads and what it writes.
    pub(super) async fn change(&self) -> Result<Transaction, sqlx::Error> {
        let (Self::Sqlite(_, turns) | Self::Postgres(_, turns)) = self;
        let turn = timeout(TURN_PATIENCE, Arc::clone(turns).acquire_owned()).await;
        let turn = turn.ok().and_then(Result::ok).ok_or(sqlx::Error::PoolTimedOut)?;
        let connection = match self {
            Self::Sqlite(pool, _) => Connection::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool, _) => {
                Connection::Postgres(begin(pool, Begin::AndDo(ALONE)).await?)
            }
        };
        Ok(Transaction { connection, _turn: Some(turn) })
    }

    /// Begins reading: all that is read in it is of one moment.
    pub(super) async fn snapshot(&self) -> Result<Transaction, sqlx::Error> {
        let connection = match self {
            Self::Sqlite(pool, _) => Connection::Sqlite(pool.begin().await?),
            Self::Postgres(pool, _) => {
                Connection::Postgres(begin(pool, Begin::With(ONE_MOMENT)).await?)
            }
        };
        Ok(Transaction { connection, _turn: None })
    }

    /// Whether other programs work with the same database at any time.
    pub(super) const fn is_shared(&self) -> bool {
        matches!(self, Self::Postgres(..))
    }

    pub(super) async fn close(&self) {
        match self {
            Self::Sqlite(pool, _) => pool.close().await,
            Self::Postgres(pool, _) => pool.close().await,
        }
    }
}

impl Connection {
    /// After a table's name: by which index it is to be read. `PostgreSQL` keeps statistics and
    /// finds it.
    pub(super) fn by_index(&self, index: &str) -> String {
        match self {
            Self::Sqlite(_) => format!(" INDEXED BY {index}"),
            Self::Postgres(_) => String::new(),
        }
    }
}

impl Transaction {
    /// Makes it last: when this returns, it is on the disk.
    pub(super) async fn commit(self) -> Result<(), sqlx::Error> {
        match self.connection {
            Connection::Sqlite(transaction) => transaction.commit().await,
            Connection::Postgres(transaction) => transaction.commit().await,
        }
    }
}

impl Deref for Transaction {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

impl DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::query;
    use crate::store::Store;

    const SHORT: Duration = Duration::from_millis(100);
    const LONG: Duration = Duration::from_secs(5);

    async fn change(pool: super::Pool) {
        drop(pool.change().await.expect("its turn"));
    }

    /// A browser that is closed drops what works for it, wherever that waits.
    #[tokio::test]
    async fn who_goes_away_while_waiting_leaves_nothing_open() {
        let (_folder, store) = Store::for_tests().await;
        let held = store.pool.change().await.expect("a change");
        for _ in 0..3 {
            assert!(timeout(SHORT, store.pool.change()).await.is_err(), "it has to wait");
            let _ = timeout(Duration::ZERO, store.pool.snapshot()).await;
        }
        // Those who wait keep nobody from reading.
        let waiting: Vec<_> = (0..9).map(|_| tokio::spawn(change(store.pool.clone()))).collect();
        tokio::time::sleep(SHORT).await;
        let seen = timeout(SHORT, store.meta("any")).await;
        assert!(seen.expect("somebody reads").expect("reads").is_none());
        drop(held);
        for waits in waiting {
            waits.await.expect("runs");
        }
        for number in 0..20 {
            let name = format!("note {number}");
            let noted = timeout(LONG, store.set_meta(&[(&name, b"x")])).await;
            noted.expect("nobody holds the turn").expect("it is written");
            let seen = query("SELECT 1 FROM meta WHERE name = $1").bind(&name);
            assert!(seen.fetch_optional(&store.pool).await.expect("reads").is_some(), "{name}");
        }
    }
}
