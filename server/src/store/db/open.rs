//! How each database is opened.

use std::path::Path;
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Executor as _, PgPool};
use tokio::sync::Semaphore;

use super::Pool;
use crate::store::Changes;

const PATIENCE: Duration = Duration::from_secs(5);
/// Who waits here waits for an answer of X.
const LONG_PATIENCE: Duration = Duration::from_mins(1);

/// What every session of `PostgreSQL` is told. Plans are made for the very values that are asked
/// for, since a page and a whole walk are one statement; and nothing is done in parallel, for a walk
/// along an index is to keep its order.
const SESSION: &str = "SET lock_timeout = '10s'; SET plan_cache_mode = force_custom_plan; \
                       SET max_parallel_workers_per_gather = 0; SET jit = off";

/// Opens a file, which is made when it is missing: a pool whose changes are noticed, and a single
/// connection whose are not.
pub(in crate::store) async fn sqlite(
    file: &Path,
    changes: &Changes,
) -> Result<(Pool, Pool), sqlx::Error> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        // What is wiped is overwritten.
        .pragma("secure_delete", "ON")
        // A container without a writable folder for temporary files has a store all the same.
        .pragma("temp_store", "MEMORY")
        .busy_timeout(PATIENCE);
    let (watching, settling) = (changes.clone(), changes.clone());
    let unwatched = SqlitePoolOptions::new()
        .max_connections(1)
        // Another connection would not know what the first one saw.
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(PATIENCE)
        .connect_lazy_with(options.clone());
    let pool = SqlitePoolOptions::new()
        .after_connect(move |connection, _| {
            let changes = watching.clone();
            Box::pin(async move { changes.watch(connection).await })
        })
        .after_release(move |connection, _| {
            let changes = settling.clone();
            Box::pin(async move { changes.settle(connection).await.map(|()| true) })
        })
        .min_connections(1)
        .max_connections(4)
        .acquire_timeout(PATIENCE)
        .connect_with(options)
        .await?;
    let turns = Arc::new(Semaphore::new(1));
    Ok((Pool::Sqlite(pool, Arc::clone(&turns)), Pool::Sqlite(unwatched, turns)))
}

/// Opens a database of a server: a pool to work with, and one to wait for other Pinfolds with.
pub(in crate::store) async fn postgres(url: &str) -> Result<(Pool, PgPool), sqlx::Error> {
    let options = PgConnectOptions::from_str(url)?.application_name("pinfold");
    let turns = PgPoolOptions::new()
        .max_connections(8)
        .acquire_timeout(LONG_PATIENCE)
        .connect_lazy_with(options.clone());
    let pool = PgPoolOptions::new()
        .after_connect(|connection, _| {
            Box::pin(async move { connection.execute(SESSION).await.map(drop) })
        })
        .max_connections(8)
        .acquire_timeout(PATIENCE)
        .connect_with(options)
        .await?;
    Ok((Pool::Postgres(pool, Arc::new(Semaphore::new(1))), turns))
}
