//! A statement with its values, said to either database.

use std::pin::Pin;

use futures_util::{Stream, TryStreamExt as _};
use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Postgres, SqlSafeStr, SqlStr, Sqlite};

use super::value::{Bind, Value};
use super::{Connection, Pool, Row, Transaction};

type Result<T> = std::result::Result<T, sqlx::Error>;

/// A statement and what is bound to it.
#[must_use = "nothing is asked until it is executed or fetched"]
pub(in crate::store) struct Query<'q> {
    sql: SqlStr,
    values: Vec<Value<'q>>,
    persistent: bool,
}

/// What it is said to: any connection, or the one of a transaction.
pub(in crate::store) enum On<'c> {
    Pool(&'c Pool),
    Connection(&'c mut Connection),
}

/// What a change did.
pub(in crate::store) struct Done(u64);

impl Done {
    pub(in crate::store) const fn rows_affected(&self) -> u64 {
        self.0
    }
}

impl<'c> From<&'c Pool> for On<'c> {
    fn from(pool: &'c Pool) -> Self {
        Self::Pool(pool)
    }
}

impl<'c> From<&'c mut Connection> for On<'c> {
    fn from(connection: &'c mut Connection) -> Self {
        Self::Connection(connection)
    }
}

impl<'c> From<&'c mut Transaction> for On<'c> {
    fn from(transaction: &'c mut Transaction) -> Self {
        Self::Connection(transaction)
    }
}

/// A statement; its parameters are `$1`, `$2`… in the order of what is bound.
pub(in crate::store) fn query<'q>(sql: impl SqlSafeStr) -> Query<'q> {
    Query::new(sql.into_sql_str(), Vec::new())
}

/// Says it to whichever it is.
macro_rules! say {
    ($self:ident, $on:ident, $verb:ident, $answer:ident => $sqlite:expr, $postgres:expr) => {
        match $on.into() {
            On::Pool(Pool::Sqlite(pool, _)) => {
                let $answer = $self.for_sqlite()?.$verb(pool).await?;
                $sqlite
            }
            On::Pool(Pool::Postgres(pool, _)) => {
                let $answer = $self.for_postgres()?.$verb(pool).await?;
                $postgres
            }
            On::Connection(Connection::Sqlite(connection)) => {
                let $answer = $self.for_sqlite()?.$verb(&mut **connection).await?;
                $sqlite
            }
            On::Connection(Connection::Postgres(connection)) => {
                let $answer = $self.for_postgres()?.$verb(&mut **connection).await?;
                $postgres
            }
        }
    };
}

impl<'q> Query<'q> {
    pub(super) const fn new(sql: SqlStr, values: Vec<Value<'q>>) -> Self {
        Self { sql, values, persistent: true }
    }

    /// The next parameter.
    pub(in crate::store) fn bind(mut self, value: impl Bind<'q>) -> Self {
        self.values.push(value.value());
        self
    }

    /// Whether the database is to remember the statement, as it does unless told.
    pub(in crate::store) const fn persistent(mut self, persistent: bool) -> Self {
        self.persistent = persistent;
        self
    }

    fn for_sqlite(self) -> Result<sqlx::query::Query<'static, Sqlite, SqliteArguments>> {
        let mut all = SqliteArguments::default();
        for value in self.values {
            value.add_to_sqlite(&mut all).map_err(sqlx::Error::Encode)?;
        }
        Ok(sqlx::query_with(self.sql, all).persistent(self.persistent))
    }

    fn for_postgres(self) -> Result<sqlx::query::Query<'static, Postgres, PgArguments>> {
        let mut all = PgArguments::default();
        for value in self.values {
            value.add_to_postgres(&mut all).map_err(sqlx::Error::Encode)?;
        }
        Ok(sqlx::query_with(self.sql, all).persistent(self.persistent))
    }

    pub(in crate::store) async fn execute<'c>(self, on: impl Into<On<'c>>) -> Result<Done> {
        Ok(Done(say!(self, on, execute, done => done.rows_affected(), done.rows_affected())))
    }

    pub(in crate::store) async fn fetch_one<'c>(self, on: impl Into<On<'c>>) -> Result<Row> {
        Ok(say!(self, on, fetch_one, row => Row::Sqlite(row), Row::Postgres(row)))
    }

    pub(in crate::store) async fn fetch_optional<'c>(
        self,
        on: impl Into<On<'c>>,
    ) -> Result<Option<Row>> {
        Ok(say!(self, on, fetch_optional, row => row.map(Row::Sqlite), row.map(Row::Postgres)))
    }

    pub(in crate::store) async fn fetch_all<'c>(self, on: impl Into<On<'c>>) -> Result<Vec<Row>> {
        Ok(say!(self, on, fetch_all, rows =>
            rows.into_iter().map(Row::Sqlite).collect(),
            rows.into_iter().map(Row::Postgres).collect()))
    }

    /// Row by row, so that very many are never held at once.
    pub(in crate::store) fn fetch(
        self,
        connection: &mut Connection,
    ) -> Result<Pin<Box<dyn Stream<Item = Result<Row>> + Send + '_>>> {
        Ok(match connection {
            Connection::Sqlite(connection) => {
                Box::pin(self.for_sqlite()?.fetch(&mut **connection).map_ok(Row::Sqlite))
            }
            Connection::Postgres(connection) => {
                Box::pin(self.for_postgres()?.fetch(&mut **connection).map_ok(Row::Postgres))
            }
        })
    }
}
