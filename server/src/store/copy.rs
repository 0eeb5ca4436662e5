//! A file of `SQLite`, copied whole into a database of `PostgreSQL`.
//!
//! The tables and columns are read off the file's own schema, so that none is forgotten. What
//! triggers and the janitor keep is left out: they make it anew.

use std::collections::BTreeSet;

use futures_util::TryStreamExt as _;

use super::db::{AssertSqlSafe, Connection, Query, QueryBuilder, Row, Values, query};
use super::{Result, Store};

/// What is made anew there.
const DERIVED: [&str; 3] = ["connection_groups", "postings", "unlisted"];
/// Values of one statement; it can hold 65,535.
const VALUES: usize = 20_000;
/// Rows taken into the postings at once.
const LISTED_AT_ONCE: u32 = 1 << 14;

/// A table of the file.
struct Table {
    name: String,
    columns: Vec<(String, Type)>,
    /// The tables that its rows name.
    after: BTreeSet<String>,
}

#[derive(Clone, Copy)]
enum Type {
    Text,
    Number,
    Truth,
    Bytes,
}

impl Store {
    /// Copies everything of a file in one transaction, and answers how many rows each table had;
    /// `None` when this store is not empty.
    pub async fn copy_from(&self, file: &Self) -> Result<Option<Vec<(String, u64)>>> {
        let mut from = file.pool.snapshot().await?;
        let mut to = self.pool.change().await?;
        if query("SELECT 1 FROM meta LIMIT 1").fetch_optional(&mut *to).await?.is_some() {
            return Ok(None);
        }
        // The one that every store begins with.
        query("DELETE FROM workspaces").execute(&mut *to).await?;
        let mut copied = Vec::new();
        for table in in_order(tables(&mut from).await?) {
            let rows = copy(&table, &mut from, &mut to).await?;
            copied.push((table.name, rows));
        }
        to.commit().await?;
        self.list_by(LISTED_AT_ONCE).await?;
        Ok(Some(copied))
    }
}

async fn tables(from: &mut Connection) -> Result<Vec<Table>> {
    let names = query(
        "SELECT name FROM sqlite_schema
         WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'
             AND name NOT LIKE '!_sqlx%' ESCAPE '!' ORDER BY name",
    )
    .fetch_all(&mut *from)
    .await?;
    let mut tables = Vec::new();
    for row in names {
        let name: String = row.try_get(0)?;
        if DERIVED.contains(&&*name) {
            continue;
        }
        let columns = query("SELECT name, type FROM pragma_table_info($1)").bind(&name);
        let mut table = Table { name: name.clone(), columns: Vec::new(), after: BTreeSet::new() };
        for column in columns.fetch_all(&mut *from).await? {
            let (column, declared): (String, String) = (column.try_get(0)?, column.try_get(1)?);
            let declared = match &*declared {
                "TEXT" => Type::Text,
                "BLOB" => Type::Bytes,
                "BOOLEAN" => Type::Truth,
                _ => Type::Number,
            };
            // A number of the place alone: each database gives its own.
            if (&*name, &*column) != ("connections", "seq") {
                table.columns.push((column, declared));
            }
        }
        let others = query("SELECT \"table\" FROM pragma_foreign_key_list($1)").bind(&name);
        for row in others.fetch_all(&mut *from).await? {
            let other: String = row.try_get(0)?;
            table.after.extend(Some(other).filter(|other| *other != name));
        }
        tables.push(table);
    }
    Ok(tables)
}

/// Those first that others name.
fn in_order(mut tables: Vec<Table>) -> Vec<Table> {
    let mut ordered: Vec<Table> = Vec::new();
    while !tables.is_empty() {
        let is_next = |table: &Table| {
            table.after.iter().all(|other| ordered.iter().any(|done| done.name == *other))
        };
        // Tables that name each other would be none of ours; they are tried as they come.
        let at = tables.iter().position(is_next).unwrap_or_default();
        ordered.push(tables.remove(at));
    }
    ordered
}

async fn copy(table: &Table, from: &mut Connection, to: &mut Connection) -> Result<u64> {
    let columns: Vec<&str> = table.columns.iter().map(|(name, _)| &**name).collect();
    let columns = columns.join(", ");
    // In the order they came, where there is one.
    let order = if table.name == "connections" { " ORDER BY seq" } else { "" };
    let sql = format!("SELECT {columns} FROM {}{order}", table.name);
    let mut rows = query(AssertSqlSafe(sql)).fetch(from)?;
    let insert = format!("INSERT INTO {} ({columns}) ", table.name);
    let (mut some, mut copied) = (Vec::new(), 0);
    loop {
        let row = rows.try_next().await?;
        let is_last = row.is_none();
        some.extend(row);
        if some.len() * table.columns.len() >= VALUES || (is_last && !some.is_empty()) {
            let written = write(&insert, table, &some)?.execute(&mut *to).await?;
            copied += written.rows_affected();
            some.clear();
        }
        if is_last {
            return Ok(copied);
        }
    }
}

fn write<'r>(insert: &str, table: &Table, rows: &'r [Row]) -> Result<Query<'r>> {
    let mut sql = QueryBuilder::new(insert);
    let mut put = Ok(());
    sql.push_values(rows, |mut values, row| {
        for (at, (_, declared)) in table.columns.iter().enumerate() {
            if put.is_ok() {
                put = put_value(&mut values, row, at, *declared);
            }
        }
    });
    put?;
    Ok(sql.build().persistent(false))
}

fn put_value<'r>(
    values: &mut Values<'_, 'r>,
    row: &'r Row,
    at: usize,
    declared: Type,
) -> std::result::Result<(), sqlx::Error> {
    match declared {
        Type::Text => values.push_bind(row.try_get::<Option<&str>, _>(at)?),
        Type::Number => values.push_bind(row.try_get::<Option<i64>, _>(at)?),
        Type::Truth => values.push_bind(row.try_get::<Option<bool>, _>(at)?),
        Type::Bytes => values.push_bind(row.try_get::<Option<&[u8]>, _>(at)?),
    };
    Ok(())
}
