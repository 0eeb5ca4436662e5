//! Tells caches when what they hold was changed, whoever changed it.
//!
//! SQLite itself reports each written row of the tables that are cached, so that no change can
//! forget to. From the first written row until the connection is back in the pool, committed or
//! not, nothing cached counts; what was read before counts never again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::SeqCst};

use sqlx::sqlite::SqliteConnection;

/// The tables that somebody keeps rows of in memory.
const WATCHED: [&str; 4] = ["connections", "apps", "task_keys", "registered_apps"];

/// The age of everything that is kept in memory.
#[derive(Clone, Debug, Default)]
pub struct Changes(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    /// Connections of the pool that wrote and are not back yet.
    writing: AtomicUsize,
    generation: AtomicU64,
}

impl Changes {
    /// What is read from the store now stays true while this answers the same. `None` while a
    /// change is under way: then nothing may be kept, and nothing kept may be used.
    pub fn generation(&self) -> Option<u64> {
        let idle = self.0.writing.load(SeqCst) == 0;
        idle.then(|| self.0.generation.load(SeqCst))
    }

    /// Of a database that other programs write to at any time: nothing may ever be kept.
    pub(super) fn of_many_programs() -> Self {
        let changes = Self::default();
        changes.0.writing.store(1, SeqCst);
        changes
    }

    /// Makes everything kept so far too old.
    pub(crate) fn advance(&self) {
        self.0.generation.fetch_add(1, SeqCst);
    }

    /// Watches a connection of the pool from now on.
    pub(super) async fn watch(&self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        let mut writing = Writing { changes: self.clone(), wrote: false };
        let mut handle = connection.lock_handle().await?;
        handle.set_update_hook(move |update| {
            if WATCHED.contains(&update.table) {
                writing.wrote();
            }
        });
        Ok(())
    }

    /// The same for a connection that is back in the pool: what it wrote is committed or undone.
    pub(super) async fn settle(
        &self,
        connection: &mut SqliteConnection,
    ) -> Result<(), sqlx::Error> {
        // A new hook ends the life of the old one, and with it of its `Writing`.
        if self.0.writing.load(SeqCst) == 0 { Ok(()) } else { self.watch(connection).await }
    }
}

/// One connection's part in the counters.
struct Writing {
    changes: Changes,
    wrote: bool,
}

impl Writing {
    fn wrote(&mut self) {
        if !self.wrote {
            self.wrote = true;
            self.changes.0.writing.fetch_add(1, SeqCst);
        }
        self.changes.advance();
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        if self.wrote {
            // In this order: nobody may see the quiet before the new generation.
            self.changes.advance();
            self.changes.0.writing.fetch_sub(1, SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Store;
    use super::super::db::query;

    async fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("db"), 1).await.expect("opens");
        (folder, store)
    }

    /// The pool takes a connection back in the background.
    async fn quiet(store: &Store) -> u64 {
        for _ in 0..500 {
            if let Some(generation) = store.changes().generation() {
                return generation;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        panic!("a change never ends")
    }

    const WRITE: &str =
        "INSERT INTO task_keys (id, key_hash, workspace, name, tasks, paths, created_at)
                         VALUES ($1, $2, 'default', 'n', '[]', '[]', 1)";

    #[tokio::test]
    async fn a_change_is_noticed_from_its_first_row_to_its_end() {
        let (_folder, store) = store().await;
        let before = quiet(&store).await;
        let mut change = store.pool.change().await.expect("begins");
        assert_eq!(store.changes().generation(), Some(before), "nothing is written yet");
        query(WRITE).bind("a").bind("a").execute(&mut *change).await.expect("writes");
        assert_eq!(store.changes().generation(), None, "it may be committed any moment");
        change.commit().await.expect("commits");
        assert!(quiet(&store).await > before);
    }

    #[tokio::test]
    async fn a_change_that_is_undone_ends_as_well() {
        let (_folder, store) = store().await;
        let before = quiet(&store).await;
        let mut change = store.pool.change().await.expect("begins");
        query(WRITE).bind("a").bind("a").execute(&mut *change).await.expect("writes");
        drop(change);
        assert!(quiet(&store).await > before);
    }

    #[tokio::test]
    async fn other_tables_change_nothing_that_is_kept() {
        let (_folder, store) = store().await;
        let before = quiet(&store).await;
        store.set_meta(&[("a", b"b")]).await.expect("writes");
        assert_eq!(quiet(&store).await, before);
    }
}
