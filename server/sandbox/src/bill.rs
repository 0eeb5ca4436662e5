//! What X bills (its list of August 2026): posts and messages that are made, and each thing that is read,
//! the same one only once in a UTC day. Other changes are on no list, and cost nothing here.

use std::collections::HashSet;

use serde_json::Value;

const DAY_SECONDS: u64 = 24 * 60 * 60;

/// What is billed, with its price in millionths of a US dollar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Item {
    Post,
    PostWithUrl,
    Message,
    PostRead,
    UserRead,
    MessageRead,
}

impl Item {
    const fn micros(self) -> u64 {
        match self {
            Self::PostWithUrl => 200_000,
            Self::Post | Self::Message | Self::MessageRead => 15_000,
            Self::UserRead => 10_000,
            Self::PostRead => 5_000,
        }
    }

    /// That of a post with this text.
    pub(crate) fn of_post(text: &str) -> Self {
        if text.split_whitespace().any(holds_url) { Self::PostWithUrl } else { Self::Post }
    }
}

/// What was billed so far, and how much there is to pay it with.
#[derive(Debug, Default)]
pub(crate) struct Bill {
    micros: u64,
    /// In millionths of a dollar; `None`: as much as is needed.
    credit: Option<u64>,
    day: u64,
    read: HashSet<(Item, String)>,
}

impl Bill {
    /// Something is made.
    pub(crate) fn make(&mut self, item: Item) {
        self.micros += item.micros();
    }

    /// Things are read: one, or a list of them.
    pub(crate) fn read(&mut self, item: Item, data: &Value, now: u64) {
        let day = now / DAY_SECONDS;
        if self.day != day {
            self.day = day;
            self.read.clear();
        }
        let one = std::slice::from_ref(data);
        for thing in data.as_array().map_or(one, Vec::as_slice) {
            if let Some(id) = thing["id"].as_str()
                && self.read.insert((item, id.to_owned()))
            {
                self.micros += item.micros();
            }
        }
    }

    /// There is so much from now on, in dollars; begins to count anew.
    pub(crate) fn pay(&mut self, dollars: Option<f64>) {
        let credit = dollars.map(|dollars| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked")]
            let micros = (dollars.clamp(0.0, 1_000_000.0) * 1e6).round() as u64;
            micros
        });
        *self = Self { credit, ..Self::default() };
    }

    pub(crate) fn is_used_up(&self) -> bool {
        self.credit.is_some_and(|credit| self.micros >= credit)
    }

    /// In dollars: billed, and what there was to pay it with.
    pub(crate) fn dollars(&self) -> (f64, Option<f64>) {
        #[expect(clippy::cast_precision_loss, reason = "nobody spends billions here")]
        let dollars = |micros: u64| micros as f64 / 1e6;
        (dollars(self.micros), self.credit.map(dollars))
    }
}

/// As a guess: with its scheme, or a name under one of these.
fn holds_url(word: &str) -> bool {
    const TOPS: [&str; 14] = [
        "com", "org", "net", "io", "dev", "app", "co", "me", "tv", "uk", "de", "fr", "info", "edu",
    ];
    let lower = word.to_lowercase();
    let mut parts = lower.split('.');
    let mut before = parts.next().unwrap_or_default();
    lower.contains("http://")
        || lower.contains("https://")
        || parts.any(|part| {
            let name = std::mem::replace(&mut before, part);
            let top = part.split(|letter: char| !letter.is_ascii_alphabetic()).next();
            name.ends_with(char::is_alphanumeric) && top.is_some_and(|top| TOPS.contains(&top))
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_post_with_a_url_is_dear() {
        for text in ["see example.com/x", "HTTP://a.b", "at news.example.co.uk, now", "(x.io)"] {
            assert_eq!(Item::of_post(text), Item::PostWithUrl, "{text}");
        }
        for text in ["the end. Come in", "3.5 %", "...com", "hello"] {
            assert_eq!(Item::of_post(text), Item::Post, "{text}");
        }
    }

    #[test]
    fn the_same_is_free_again_until_midnight() {
        let mut bill = Bill::default();
        let (one, two) = (json!({ "id": "1" }), json!([{ "id": "1" }, { "id": "2" }]));
        bill.read(Item::PostRead, &one, 10);
        bill.read(Item::PostRead, &two, 20);
        bill.read(Item::UserRead, &one, 30);
        assert_eq!(bill.dollars(), (0.02, None));
        bill.read(Item::PostRead, &one, DAY_SECONDS);
        assert_eq!(bill.dollars(), (0.025, None));
        assert!(!bill.is_used_up());
        bill.pay(Some(0.02));
        bill.make(Item::Post);
        assert!(!bill.is_used_up());
        bill.make(Item::Message);
        assert!(bill.is_used_up());
        assert_eq!(bill.dollars(), (0.03, Some(0.02)));
    }
}
