//! Every sealed column there is, read and rewritten in batches: what a new master key asks for.
//!
//! It crosses workspaces on purpose: a rotation is about the installation,
//! and each value comes with the workspace that its envelope is bound to.

use super::db::{AssertSqlSafe, query};
use super::{Result, Store, audit};
use crate::audit::Entry;

/// A column that holds envelopes (`src/seal`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealedColumn {
    /// The table.
    pub table: &'static str,
    /// The column's name without `_sealed`: the field that its envelopes are bound to.
    pub field: &'static str,
    /// The column with the record that they are bound to.
    record: &'static str,
}

const fn sealed(table: &'static str, field: &'static str) -> SealedColumn {
    SealedColumn { table, field, record: "id" }
}

/// One envelope and where it lies.
#[derive(Clone, Debug)]
pub struct SealedValue {
    /// The row, for [`Store::reseal`].
    pub row: String,
    /// What the envelope is bound to.
    pub workspace: String,
    /// What the envelope is bound to.
    pub record: String,
    /// The envelope.
    pub sealed: Vec<u8>,
}

impl Store {
    /// All of them. A test holds the list against the tables.
    pub const SEALED: &[SealedColumn] = &[
        sealed("apps", "consumer_secret"),
        sealed("registered_apps", "consumer_secret"),
        sealed("webhooks", "secret"),
        sealed("connections", "consumer_secret"),
        sealed("connections", "access_secret"),
        sealed("authorizations", "consumer_secret"),
        sealed("authorizations", "request_secret"),
        sealed("authorizations", "access_secret"),
        SealedColumn { table: "revocations", field: "consumer_secret", record: "record" },
        SealedColumn { table: "revocations", field: "access_secret", record: "record" },
    ];

    /// How many envelopes of a column name which key, by the eight bytes after the version.
    pub async fn sealed_by_key(&self, column: SealedColumn) -> Result<Vec<(Vec<u8>, i64)>> {
        let SealedColumn { table, field, .. } = column;
        let sql = format!(
            "SELECT substr({field}_sealed, 2, 8), COUNT(*) FROM {table}
             WHERE length({field}_sealed) > 0 GROUP BY 1 ORDER BY 1"
        );
        let rows = query(AssertSqlSafe(sql)).fetch_all(&self.pool).await?;
        rows.iter()
            .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
            .collect::<std::result::Result<_, sqlx::Error>>()
            .map_err(Into::into)
    }

    /// The next envelopes of a column that name another key than `active`, in the order of rows.
    pub async fn sealed_otherwise(
        &self,
        column: SealedColumn,
        active: &[u8],
        after_row: &str,
        limit: u32,
    ) -> Result<Vec<SealedValue>> {
        let SealedColumn { table, field, record } = column;
        let sql = format!(
            "SELECT id, workspace, {record}, {field}_sealed FROM {table}
             WHERE id > $1 AND length({field}_sealed) > 0 AND substr({field}_sealed, 2, 8) <> $2
             ORDER BY id LIMIT $3"
        );
        let rows = query(AssertSqlSafe(sql))
            .bind(after_row)
            .bind(active)
            .bind(limit)
            .fetch_all(&self.pool)
            .await?;
        rows.iter()
            .map(|row| {
                Ok(SealedValue {
                    row: row.try_get(0)?,
                    workspace: row.try_get(1)?,
                    record: row.try_get(2)?,
                    sealed: row.try_get(3)?,
                })
            })
            .collect::<std::result::Result<_, sqlx::Error>>()
            .map_err(Into::into)
    }

    /// Puts a new envelope in the place of each old one, all in one transaction. One that was
    /// changed in the meantime keeps the change. Answers how many were replaced.
    pub async fn reseal(
        &self,
        column: SealedColumn,
        batch: &[(SealedValue, Vec<u8>)],
    ) -> Result<u64> {
        let SealedColumn { table, field, .. } = column;
        let sql =
            format!("UPDATE {table} SET {field}_sealed = $1 WHERE id = $2 AND {field}_sealed = $3");
        let mut change = self.pool.change().await?;
        let mut replaced = 0;
        for (old, new) in batch {
            let done = query(AssertSqlSafe(sql.as_str()))
                .bind(new)
                .bind(&old.row)
                .bind(&old.sealed)
                .execute(&mut *change)
                .await?;
            replaced += done.rows_affected();
        }
        change.commit().await?;
        Ok(replaced)
    }

    /// Replaces sealed notes about the installation, and writes down why, in one transaction.
    pub async fn set_notes(&self, notes: &[(&str, Vec<u8>)], entry: &Entry) -> Result<()> {
        let mut change = self.pool.change().await?;
        for (name, value) in notes {
            query("UPDATE meta SET value = $1 WHERE name = $2")
                .bind(value)
                .bind(*name)
                .execute(&mut *change)
                .await?;
        }
        audit::append(&mut change, entry).await?;
        change.commit().await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn no_sealed_column_is_forgotten() {
        let (_folder, store) = Store::for_tests().await;
        let columns = if store.pool.is_shared() {
            "SELECT table_name::text, column_name::text FROM information_schema.columns
             WHERE column_name LIKE '%\\_sealed'"
        } else {
            "SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c
             WHERE t.type = 'table' AND c.name LIKE '%\\_sealed' ESCAPE '\\'"
        };
        let rows = query(columns).fetch_all(&store.pool).await.expect("reads");
        assert!(rows.len() >= 7);
        for row in rows {
            let (table, column): (String, String) =
                (row.try_get(0).expect("text"), row.try_get(1).expect("text"));
            let listed = Store::SEALED.iter().any(|sealed| {
                sealed.table == table && format!("{}_sealed", sealed.field) == column
            });
            assert!(listed, "{table}.{column} would not survive a rotation of the master key");
        }
        for column in Store::SEALED {
            assert!(store.sealed_by_key(*column).await.expect("counts").is_empty());
            let none = store.sealed_otherwise(*column, &[0; 8], "", 1).await.expect("reads");
            assert!(none.is_empty());
        }
    }
}
