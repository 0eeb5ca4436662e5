//! Very many connections at once, for trying out and measuring: not a way that a request takes.

use sqlx::Connection as _;

use super::{ConnectionRow, Result, Store, connections};

/// Rows of one transaction.
const BATCH: usize = 20_000;
/// Rows taken into the postings at once: a block of them.
const LISTED_AT_ONCE: u32 = 1 << 16;

impl Store {
    /// Writes rows without versions, then lists them. The disk is waited for at the end only, so a
    /// power cut on the way can cost the store: it is for one that holds nothing else of worth.
    pub async fn seed(&self, rows: impl Iterator<Item = ConnectionRow>) -> Result<usize> {
        let mut store = self.pool.acquire().await?;
        // 512 MB, for the indexes grow at random places.
        sqlx::raw_sql("PRAGMA synchronous = OFF; PRAGMA cache_size = -524288")
            .execute(&mut *store)
            .await?;
        let (mut rows, mut written) = (rows.peekable(), 0);
        while rows.peek().is_some() {
            let mut change = store.begin().await?;
            for row in rows.by_ref().take(BATCH) {
                connections::write(&mut change, &row).await?;
                written += 1;
            }
            change.commit().await?;
        }
        sqlx::raw_sql("PRAGMA synchronous = FULL; PRAGMA cache_size = -2000")
            .execute(&mut *store)
            .await?;
        drop(store);
        self.list_by(LISTED_AT_ONCE).await?;
        Ok(written)
    }
}
