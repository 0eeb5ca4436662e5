//! Statements of parts.

use std::fmt::{Display, Write as _};

use sqlx::{AssertSqlSafe, SqlSafeStr as _};

use super::query::Query;
use super::value::{Bind, Value};

/// A statement that grows; what people gave is bound to it, never part of its text.
pub(in crate::store) struct QueryBuilder<'q> {
    sql: String,
    values: Vec<Value<'q>>,
}

/// One row of [`QueryBuilder::push_values`].
pub(in crate::store) struct Values<'b, 'q> {
    builder: &'b mut QueryBuilder<'q>,
    is_first: bool,
}

impl<'q> QueryBuilder<'q> {
    pub(in crate::store) fn new(sql: &str) -> Self {
        Self { sql: sql.to_owned(), values: Vec::new() }
    }

    pub(in crate::store) fn push(&mut self, sql: impl Display) -> &mut Self {
        let _ = write!(self.sql, "{sql}");
        self
    }

    pub(in crate::store) fn push_bind(&mut self, value: impl Bind<'q>) -> &mut Self {
        self.values.push(value.value());
        let number = self.values.len();
        self.push(format_args!("${number}"))
    }

    /// What stands between the brackets of `IN (…)`.
    pub(in crate::store) fn push_list<T: Bind<'q>>(
        &mut self,
        items: impl IntoIterator<Item = T>,
    ) -> &mut Self {
        for (at, item) in items.into_iter().enumerate() {
            self.push(if at == 0 { "" } else { ", " }).push_bind(item);
        }
        self
    }

    /// `VALUES (…), (…)`, a row for each item.
    pub(in crate::store) fn push_values<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        mut row: impl FnMut(Values<'_, 'q>, T),
    ) {
        for (at, item) in items.into_iter().enumerate() {
            self.push(if at == 0 { "VALUES (" } else { ", (" });
            row(Values { builder: self, is_first: true }, item);
            self.push(")");
        }
    }

    pub(in crate::store) fn build(&mut self) -> Query<'q> {
        let sql = AssertSqlSafe(std::mem::take(&mut self.sql)).into_sql_str();
        Query::new(sql, std::mem::take(&mut self.values))
    }
}

impl<'q> Values<'_, 'q> {
    pub(in crate::store) fn push_bind(&mut self, value: impl Bind<'q>) -> &mut Self {
        if !std::mem::take(&mut self.is_first) {
            self.builder.push(", ");
        }
        self.builder.push_bind(value);
        self
    }
}
