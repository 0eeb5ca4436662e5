//! Very many connections at once, for trying out and measuring: not a way that a request takes.

use super::db::query;
use super::{ConnectionRow, Result, Store, connections};

/// Rows of one transaction.
const BATCH: usize = 20_000;
/// Rows taken into the postings at once: a block of them.
const LISTED_AT_ONCE: u32 = 1 << 16;

impl Store {
    /// Writes rows without versions, then lists them. The disk is waited for at the end only, so a
    /// power cut on the way can cost the store: it is for one that holds nothing else of worth.
    pub async fn seed(&self, rows: impl Iterator<Item = ConnectionRow>) -> Result<usize> {
        // One connection, so that what is told to it counts for all of this.
        let pool = &self.unwatched.pool;
        let is_file = !pool.is_shared();
        if is_file {
            // 512 MB, for the indexes grow at random places.
            query("PRAGMA synchronous = OFF").execute(pool).await?;
            query("PRAGMA cache_size = -524288").execute(pool).await?;
        }
        let (mut rows, mut written) = (rows.peekable(), 0);
        while rows.peek().is_some() {
            let mut change = pool.change().await?;
            for row in rows.by_ref().take(BATCH) {
                connections::write(&mut change, &row).await?;
                written += 1;
            }
            change.commit().await?;
        }
        if is_file {
            query("PRAGMA synchronous = FULL").execute(pool).await?;
            query("PRAGMA cache_size = -2000").execute(pool).await?;
        }
        self.changes.advance();
        self.list_by(LISTED_AT_ONCE).await?;
        Ok(written)
    }
}
