//! The terms of a row, under which `postings` finds it: every one, two and three letters in a row of
//! what is searched, and where it stands in the orders that the postings know.

use std::collections::BTreeSet;

use super::sort::{Column, Key};

/// Letters of the longest gram.
const GRAM: usize = 3;
/// Of a longer text no more than this many grams are looked up: the row has the last word anyway.
const MOST_GRAMS: usize = 16;
/// How much of a time names its span, in hexadecimal digits of its milliseconds: three days,
/// seventeen minutes, a minute.
const TIME_DIGITS: [usize; 3] = [5, 7, 8];
const ALL_TIME_DIGITS: usize = 12;

/// What makes two names the same, and what is searched: letter by letter, so that a part of a text
/// in lower case is a part of its lower case. Both forms of the small sigma are one.
pub(crate) fn lower(text: &str) -> String {
    let letters = text.chars().flat_map(char::to_lowercase);
    letters.map(|letter| if letter == 'ς' { 'σ' } else { letter }).collect()
}

/// What of a row is searched, and what its terms are made of.
#[derive(Debug, Default)]
pub(super) struct Listed {
    pub(super) name_key: String,
    pub(super) screen_name: String,
    pub(super) group_key: String,
    pub(super) app: String,
    pub(super) access_level: String,
    pub(super) created_at: i64,
}

impl Listed {
    pub(super) fn terms(&self) -> BTreeSet<String> {
        // As SQL's lower() has it: X's screen names are ASCII.
        let screen_name = self.screen_name.to_ascii_lowercase();
        let mut terms = BTreeSet::new();
        for text in [&self.name_key, &screen_name, &self.group_key] {
            let letters: Vec<char> = text.chars().collect();
            for length in 1..=GRAM {
                terms.extend(letters.windows(length).map(gram));
            }
        }
        let keys = [
            (Column::Name, Key::Text(self.name_key.clone())),
            (Column::Account, Key::Text(screen_name)),
            (Column::Group, Key::Text(self.group_key.clone())),
            (Column::App, Key::Text(self.app.clone())),
            (Column::AccessLevel, Key::Text(self.access_level.clone())),
            (Column::Created, Key::Number(self.created_at)),
        ];
        for (column, key) in keys {
            for level in 1..=levels(column) {
                terms.insert(span(column, level, &key));
            }
        }
        terms
    }
}

/// The terms that every row with this text has.
pub(super) fn grams(text: &str) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    if letters.len() <= GRAM {
        return vec![gram(&letters)];
    }
    let all: BTreeSet<String> = letters.windows(GRAM).map(gram).collect();
    let step = all.len().div_ceil(MOST_GRAMS);
    all.into_iter().step_by(step).collect()
}

fn gram(letters: &[char]) -> String {
    std::iter::once('t').chain(letters.iter().copied()).collect()
}

/// How finely the postings know an order; 0: not at all, since a signed call changes it.
pub(super) const fn levels(column: Column) -> usize {
    match column {
        Column::Name | Column::Account | Column::Created => 3,
        Column::Group | Column::App | Column::AccessLevel => 1,
        Column::Health | Column::LastUsed => 0,
    }
}

/// Whether all rows of a last span have one key, so that within it `seq` is the order.
pub(super) const fn is_exact(column: Column) -> bool {
    matches!(column, Column::Group | Column::App | Column::AccessLevel)
}

/// What all spans of an order on a level begin with.
pub(super) fn family(column: Column, level: usize) -> String {
    let letter = match column {
        Column::Name => 'n',
        Column::Account => 's',
        Column::Group => 'g',
        Column::App => 'p',
        Column::AccessLevel => 'l',
        Column::Created => 'c',
        Column::Health | Column::LastUsed => '-',
    };
    format!("{letter}{level}")
}

/// The span that a key lies in.
pub(super) fn span(column: Column, level: usize, key: &Key) -> String {
    let mut term = family(column, level);
    match key {
        Key::Text(text) if is_exact(column) => term.push_str(text),
        Key::Text(text) => term.extend(text.chars().take(level)),
        Key::Number(at) => {
            let digits = format!("{:0ALL_TIME_DIGITS$x}", at.max(&0));
            let cut = digits.len() + TIME_DIGITS[level - 1] - ALL_TIME_DIGITS;
            term.push_str(&digits[..cut.min(digits.len())]);
        }
    }
    term
}

/// From which key on a span is, and from which key on it is over (`None`: never).
pub(super) fn bounds(column: Column, level: usize, term: &str) -> (Key, Option<Key>) {
    let label = &term[family(column, level).len()..];
    if column == Column::Created {
        let shift = 4 * (ALL_TIME_DIGITS - TIME_DIGITS[level - 1]);
        let first = i64::from_str_radix(label, 16).unwrap_or_default();
        return (Key::Number(first << shift), Some(Key::Number((first + 1) << shift)));
    }
    let whole = is_exact(column) || label.chars().count() < level;
    // No key lies between a text and the same with the least letter at its end: none holds a NUL, which
    // PostgreSQL would not take.
    let end = if whole { Some(format!("{label}\u{1}")) } else { successor(label) };
    (Key::Text(label.to_owned()), end.map(Key::Text))
}

/// The first text after all that begin with this one.
pub(super) fn successor(prefix: &str) -> Option<String> {
    let mut letters: Vec<char> = prefix.chars().collect();
    while let Some(last) = letters.pop() {
        let next = match last {
            '\u{D7FF}' => Some('\u{E000}'),
            other => char::from_u32(u32::from(other) + 1),
        };
        if let Some(next) = next {
            letters.push(next);
            return Some(letters.into_iter().collect());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn case_is_one_letter_by_letter() {
        assert_eq!(lower("ΟΔΟΣ"), "οδοσ");
        assert_eq!(lower("Straße"), "straße");
        assert_eq!(lower("ÉCLAIR"), "éclair");
    }

    proptest! {
        #[test]
        fn what_holds_a_text_has_all_its_terms(before in ".{0,9}", text in ".{1,40}", after in ".{0,9}") {
            let row = Listed { name_key: lower(&format!("{before}{text}{after}")), ..Listed::default() };
            let terms = row.terms();
            for gram in grams(&lower(&text)) {
                prop_assert!(terms.contains(&gram), "{gram:?}");
            }
        }

        #[test]
        fn a_key_lies_in_its_spans(text in ".{0,6}", at in 0_i64..1 << 45) {
            let keys = [
                (Column::Name, Key::Text(text.clone())),
                (Column::Group, Key::Text(text)),
                (Column::Created, Key::Number(at)),
            ];
            for (column, key) in keys {
                for level in 1..=levels(column) {
                    let (first, end) = bounds(column, level, &span(column, level, &key));
                    prop_assert!(first <= key && end.is_none_or(|end| key < end));
                }
            }
        }
    }
}
