//! What is bound to a statement.

use std::borrow::Cow;

use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments as _, error::BoxDynError};

/// A value, borrowed where it can be.
#[derive(Clone, Debug)]
pub(in crate::store) enum Value<'q> {
    /// Nothing, but of a kind: `PostgreSQL` asks of which.
    Null(Kind),
    Bool(bool),
    Int(i64),
    Text(Cow<'q, str>),
    Bytes(Cow<'q, [u8]>),
}

#[derive(Clone, Copy, Debug)]
pub(in crate::store) enum Kind {
    Bool,
    Int,
    Text,
    Bytes,
}

/// What can be bound.
pub(in crate::store) trait Bind<'q> {
    const KIND: Kind;
    fn value(self) -> Value<'q>;
}

macro_rules! bind {
    ($($type:ty, $kind:ident, $value:ident => $made:expr;)+) => {$(
        impl<'q> Bind<'q> for $type {
            const KIND: Kind = Kind::$kind;
            fn value(self) -> Value<'q> {
                let $value = self;
                Value::$kind($made)
            }
        }
    )+};
}

bind! {
    bool, Bool, value => value;
    i64, Int, value => value;
    u32, Int, value => value.into();
    &'q i64, Int, value => *value;
    &'q str, Text, text => Cow::Borrowed(text);
    String, Text, text => Cow::Owned(text);
    &'q String, Text, text => Cow::Borrowed(text);
    &'q [u8], Bytes, bytes => Cow::Borrowed(bytes);
    Vec<u8>, Bytes, bytes => Cow::Owned(bytes);
    &'q Vec<u8>, Bytes, bytes => Cow::Borrowed(bytes);
}

impl<'q, T: Bind<'q>> Bind<'q> for Option<T> {
    const KIND: Kind = T::KIND;

    fn value(self) -> Value<'q> {
        self.map_or(Value::Null(T::KIND), Bind::value)
    }
}

impl<'q, T> Bind<'q> for &'q Option<T>
where
    &'q T: Bind<'q>,
{
    const KIND: Kind = <&'q T>::KIND;

    fn value(self) -> Value<'q> {
        self.as_ref().value()
    }
}

impl Value<'_> {
    pub(super) fn add_to_sqlite(self, all: &mut SqliteArguments) -> Result<(), BoxDynError> {
        match self {
            Self::Null(_) => all.add(None::<i64>),
            Self::Bool(value) => all.add(value),
            Self::Int(value) => all.add(value),
            Self::Text(Cow::Borrowed(text)) => all.add(text),
            Self::Text(Cow::Owned(text)) => all.add(text),
            Self::Bytes(Cow::Borrowed(bytes)) => all.add(bytes),
            Self::Bytes(Cow::Owned(bytes)) => all.add(bytes),
        }
    }

    pub(super) fn add_to_postgres(self, all: &mut PgArguments) -> Result<(), BoxDynError> {
        match self {
            Self::Null(Kind::Bool) => all.add(None::<bool>),
            Self::Null(Kind::Int) => all.add(None::<i64>),
            Self::Null(Kind::Text) => all.add(None::<&str>),
            Self::Null(Kind::Bytes) => all.add(None::<&[u8]>),
            Self::Bool(value) => all.add(value),
            Self::Int(value) => all.add(value),
            // It knows no NUL in a text. Nothing that is stored has one, so nothing is found by one.
            Self::Text(text) if text.contains('\0') => all.add(text.replace('\0', "\u{FFFD}")),
            Self::Text(text) => all.add(&*text),
            Self::Bytes(bytes) => all.add(&*bytes),
        }
    }
}
