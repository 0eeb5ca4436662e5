//! What of the list is looked at: it lives in the address, so that a reload, Back and a shared
//! address show the same.

/// The columns, as the `sort` of the API names them.
pub const COLUMNS: [&str; 7] =
    ["name", "account", "group", "app", "access_level", "health", "last_used_at"];

/// The column that is the group's.
pub const GROUP: usize = 2;

/// Search, sort, and which groups are folded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// Part of a name, account or group.
    pub search: String,
    /// The index of the column in [`COLUMNS`].
    pub column: usize,
    /// From the last to the first.
    pub descending: bool,
    /// Whether groups are folded unless they are excepted.
    pub folded: bool,
    /// The groups that are not as the others; empty: those in no group.
    pub except: Vec<String>,
}

impl View {
    /// Reads `location.search`; what it does not know it leaves out.
    pub fn parse(query: &str, decode: fn(&str) -> String) -> Self {
        let mut view = Self::default();
        for pair in query.trim_start_matches('?').split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            match name {
                "search" => view.search = decode(value),
                "sort" => {
                    view.descending = value.starts_with('-');
                    let name = value.trim_start_matches('-');
                    view.column = COLUMNS.iter().position(|it| *it == name).unwrap_or(0);
                }
                "folded" => view.folded = true,
                "group" => view.except.push(decode(value)),
                _ => {}
            }
        }
        view
    }

    /// As `location.search`; empty for the view that one begins with.
    pub fn query(&self, encode: fn(&str) -> String) -> String {
        let mut pairs = Vec::new();
        if !self.search.is_empty() {
            pairs.push("search=".to_owned() + &encode(&self.search));
        }
        if self.column > 0 || self.descending {
            pairs.push("sort=".to_owned() + &self.sort());
        }
        if self.folded {
            pairs.push("folded".to_owned());
        }
        pairs.extend(self.except.iter().map(|group| "group=".to_owned() + &encode(group)));
        if pairs.is_empty() { String::new() } else { "?".to_owned() + &pairs.join("&") }
    }

    /// As the API wants it.
    pub fn sort(&self) -> String {
        (if self.descending { "-" } else { "" }).to_owned() + COLUMNS[self.column]
    }

    /// How the rows of one group are sorted: by their group makes no difference among them.
    pub fn sort_within(&self) -> String {
        if self.column == GROUP { COLUMNS[0].to_owned() } else { self.sort() }
    }

    /// Sorts by a column, or turns around what is sorted by it.
    pub fn sort_by(&mut self, column: usize) {
        self.descending = self.column == column && !self.descending;
        self.column = column;
    }

    /// Whether a group's rows are shown.
    pub fn is_open(&self, group: Option<&str>) -> bool {
        let group = group.unwrap_or_default();
        self.folded == self.except.iter().any(|it| it == group)
    }

    /// Folds a group, or unfolds it.
    pub fn turn(&mut self, group: Option<&str>) {
        let group = group.unwrap_or_default();
        match self.except.iter().position(|it| it == group) {
            Some(place) => drop(self.except.remove(place)),
            None => self.except.push(group.to_owned()),
        }
    }

    /// Folds all groups, or unfolds all.
    pub fn turn_all(&mut self) {
        self.folded = !self.folded;
        self.except.clear();
    }
}
