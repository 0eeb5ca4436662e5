//! The orders of a list: each is an index of `migrations/0002_listing.sql`, read from one place on.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a list is sorted by. What is empty comes first; `seq` breaks ties.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Column {
    /// Without regard to case.
    #[default]
    Name,
    /// The account's screen name, without regard to case.
    Account,
    /// Without regard to case.
    Group,
    /// By kind, then consumer key.
    App,
    /// The least first.
    AccessLevel,
    /// By its word.
    Health,
    /// Never comes first.
    LastUsed,
    /// The oldest first.
    Created,
}

/// A column, and from which end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sort {
    /// By what.
    pub column: Column,
    /// From the end.
    pub descends: bool,
}

impl Column {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Name,
        Self::Account,
        Self::Group,
        Self::App,
        Self::AccessLevel,
        Self::Health,
        Self::LastUsed,
        Self::Created,
    ];

    /// As in `?sort=`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Account => "account",
            Self::Group => "group",
            Self::App => "app",
            Self::AccessLevel => "access_level",
            Self::Health => "health",
            Self::LastUsed => "last_used_at",
            Self::Created => "created_at",
        }
    }

    /// The expression that is indexed, of a row named `c`. Never null.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Name => "c.name_key",
            Self::Account => "lower(c.screen_name)",
            Self::Group => "ifnull(c.group_key, '')",
            Self::App => "c.app_kind || ' ' || c.consumer_key",
            Self::AccessLevel => "ifnull(c.access_level, '')",
            Self::Health => "c.health",
            Self::LastUsed => "ifnull(c.last_used_at, 0)",
            Self::Created => "c.created_at",
        }
    }

    /// Its index. Named in the SQL: without statistics SQLite may think another one better.
    pub(super) const fn index(self) -> &'static str {
        match self {
            Self::Name => "connections_by_name",
            Self::Account => "connections_by_screen_name",
            Self::Group => "connections_by_group",
            Self::App => "connections_by_app",
            Self::AccessLevel => "connections_by_access_level",
            Self::Health => "connections_by_health",
            Self::LastUsed => "connections_by_last_use",
            Self::Created => "connections_by_creation",
        }
    }

    pub(super) const fn is_number(self) -> bool {
        matches!(self, Self::LastUsed | Self::Created)
    }
}

impl Sort {
    /// `ASC` or `DESC`.
    pub(super) const fn direction(self) -> &'static str {
        if self.descends { "DESC" } else { "ASC" }
    }

    /// What the later of two keys is to the earlier.
    pub(super) const fn later(self) -> &'static str {
        if self.descends { "<" } else { ">" }
    }
}

impl FromStr for Sort {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (descends, name) = match text.strip_prefix('-') {
            Some(name) => (true, name),
            None => (false, text),
        };
        let column = Column::ALL.into_iter().find(|column| column.as_str() == name).ok_or(())?;
        Ok(Self { column, descends })
    }
}

/// What a row is sorted by. Compares as SQLite does: texts by their bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Key {
    Number(i64),
    Text(String),
}

/// A place in an order: after the row that is, was, or could be there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Place {
    pub(super) key: Key,
    pub(super) seq: i64,
}

impl Place {
    /// Whether it comes after another one.
    pub(super) fn is_past(&self, other: &Self, sort: Sort) -> bool {
        if sort.descends { self < other } else { self > other }
    }
}

/// Where a page ended. It outlives the connection that stood there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    sort: String,
    #[serde(flatten)]
    pub(super) place: Place,
}

impl Cursor {
    pub(super) fn new(place: Place, sort: Sort) -> Self {
        Self { sort: spell(sort), place }
    }

    /// Whether it was taken from a list in this order.
    pub fn fits(&self, sort: Sort) -> bool {
        let numbered = matches!(self.place.key, Key::Number(_));
        self.sort == spell(sort) && numbered == sort.column.is_number()
    }
}

fn spell(sort: Sort) -> String {
    format!("{}{}", if sort.descends { "-" } else { "" }, sort.column.as_str())
}
