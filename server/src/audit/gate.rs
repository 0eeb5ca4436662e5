//! How much may be written about what changes nothing: refusals and reads.
//!
//! Whoever can ask can be refused, without end. The first of its kind is written at once; the same
//! again within a minute is counted, and the count is written. Of different ones only so many are
//! written; the rest are counted as well. So the log says how much happened, and cannot fill the
//! disk.

use std::collections::HashMap;

use pinfold_api::{Action, AuditResult, Code};

use super::{Entry, Record};
use crate::clock::Millis;

/// How long the same is counted before the count is written.
const WINDOW: Millis = 60_000;
/// Entries that may be written at once for one workspace, or for all who are not signed in.
const BURST: u32 = 120;
/// One more may be written after this long: 8,640 a day.
const REFILL: Millis = 10_000;

/// The counters.
#[derive(Debug, Default)]
pub(super) struct Gate {
    seen: HashMap<Record, Seen>,
    /// By workspace; `None` for all who are not signed in.
    budgets: HashMap<Option<String>, Budget>,
}

/// One kind that was written.
#[derive(Debug)]
struct Seen {
    entry: Entry,
    since: Millis,
    more: u64,
}

#[derive(Debug)]
struct Budget {
    left: u32,
    refilled: Millis,
    /// The first one that was not written, and how many.
    over: Option<Seen>,
}

impl Gate {
    /// What is to be written: nothing when the entry is only counted; else the entry, after the
    /// count of its kind, if it was counted before.
    pub(super) fn admit(&mut self, entry: Entry, now: Millis) -> Vec<Entry> {
        // Everything but the time makes a kind.
        let kind = Record { at: 0, ..entry.record().clone() };
        let mut written = Vec::new();
        match self.seen.get_mut(&kind) {
            Some(seen) if now - seen.since < WINDOW => {
                seen.more += 1;
                return written;
            }
            Some(seen) if seen.more > 0 => written.push(seen.count(now)),
            _ => {}
        }
        self.seen.remove(&kind);
        let who = entry.who();
        let spender = (!who.is_nobody()).then(|| who.workspace.clone());
        let budget = self.budgets.entry(spender).or_insert_with(|| Budget::full(now));
        if !budget.spend(now) {
            budget.over.get_or_insert_with(|| Seen::new(entry, now)).more += 1;
            return written;
        }
        self.seen.insert(kind, Seen::new(entry.clone(), now));
        written.push(entry);
        written
    }

    /// It was admitted and could not be written: the next of its kind is the first.
    pub(super) fn forget(&mut self, entry: &Entry) {
        self.seen.remove(&Record { at: 0, ..entry.record().clone() });
    }

    /// What was counted for a window or longer, as entries; then it is counted no more.
    pub(super) fn take_counts(&mut self, now: Millis) -> Vec<Entry> {
        self.take_older(now, WINDOW)
    }

    /// Everything that was counted: the server stops.
    pub(super) fn take_all(&mut self, now: Millis) -> Vec<Entry> {
        self.take_older(now, 0)
    }

    fn take_older(&mut self, now: Millis, than: Millis) -> Vec<Entry> {
        let mut counts = Vec::new();
        self.seen.retain(|_, seen| {
            let keep = now - seen.since < than;
            if !keep && seen.more > 0 {
                counts.push(seen.count(now));
            }
            keep
        });
        for budget in self.budgets.values_mut() {
            if let Some(over) = budget.over.take_if(|over| now - over.since >= than) {
                counts.push(over.count_unlike(now));
            }
        }
        self.budgets.retain(|_, budget| !budget.is_full(now));
        counts
    }
}

impl Seen {
    fn new(entry: Entry, since: Millis) -> Self {
        Self { entry, since, more: 0 }
    }

    /// The same, so many times more.
    fn count(&self, now: Millis) -> Entry {
        let words = format!("{} more like this", self.more);
        let words = match &self.entry.record().detail {
            Some(detail) => format!("{detail}; {words}"),
            None => words,
        };
        self.entry.clone().saying(words).at(now)
    }

    /// What stands for many different ones that were not written one by one.
    fn count_unlike(&self, now: Millis) -> Entry {
        let words = format!("{} more refusals or reads, too many to write one by one", self.more);
        self.entry
            .alike(Action::Request)
            .not_done(AuditResult::Refused, Code::TooManyRequests)
            .saying(words)
            .at(now)
    }
}

impl Budget {
    fn full(now: Millis) -> Self {
        Self { left: BURST, refilled: now, over: None }
    }

    fn refill(&mut self, now: Millis) {
        let more = (now - self.refilled).max(0) / REFILL;
        self.refilled += more * REFILL;
        self.left = self.left.saturating_add(u32::try_from(more).unwrap_or(BURST)).min(BURST);
    }

    fn spend(&mut self, now: Millis) -> bool {
        self.refill(now);
        let granted = self.left > 0;
        self.left = self.left.saturating_sub(1);
        granted
    }

    fn is_full(&mut self, now: Millis) -> bool {
        self.refill(now);
        self.left == BURST && self.over.is_none()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, LazyLock};

    use super::*;
    use crate::audit::Who;
    use crate::seal::Chain;

    fn refusal(who: Who, subject: usize) -> Entry {
        static CHAIN: LazyLock<Arc<Chain>> =
            LazyLock::new(|| Arc::new(Chain::parse(&Chain::generate()).expect("a key")));
        Entry::new(&CHAIN, who, Action::Request, 0)
            .on(subject.to_string())
            .not_done(AuditResult::Refused, Code::NotFound)
    }

    fn nobody() -> Who {
        Who::nobody(None)
    }

    fn words(entries: &[Entry]) -> Vec<&str> {
        entries.iter().filter_map(|entry| entry.record().detail.as_deref()).collect()
    }

    #[test]
    fn the_same_again_is_counted_and_the_count_is_written() {
        let mut gate = Gate::default();
        assert_eq!(gate.admit(refusal(nobody(), 1), 0).len(), 1);
        for at in 1..10 {
            assert!(gate.admit(refusal(nobody(), 1), at).is_empty());
        }
        assert!(gate.take_counts(WINDOW - 1).is_empty(), "too early");
        assert_eq!(words(&gate.take_counts(WINDOW)), ["9 more like this"]);
        assert!(gate.take_counts(WINDOW).is_empty(), "counted twice");
        assert_eq!(gate.admit(refusal(nobody(), 1), WINDOW).len(), 1, "a new window");
        assert!(gate.admit(refusal(nobody(), 1), WINDOW).is_empty());
        let written = gate.admit(refusal(nobody(), 1), 2 * WINDOW);
        assert_eq!((written.len(), words(&written)), (2, vec!["1 more like this"]));
    }

    #[test]
    fn a_flood_of_different_ones_is_capped_and_its_size_is_told() {
        let mut gate = Gate::default();
        let flood = 10_000;
        let written = (0..flood).flat_map(|n| gate.admit(refusal(nobody(), n), 0)).count();
        assert_eq!(written, 120);
        let told = gate.take_counts(WINDOW);
        let over = flood - written;
        let told = words(&told);
        assert_eq!(told, [format!("{over} more refusals or reads, too many to write one by one")]);
    }

    #[test]
    fn one_tenants_flood_leaves_another_its_entries() {
        let mut gate = Gate::default();
        for n in 0..1000 {
            gate.admit(refusal(Who { session_id: Some("s".into()), ..Who::server("a") }, n), 0);
        }
        let other = Who { session_id: Some("s".into()), ..Who::server("b") };
        assert_eq!(gate.admit(refusal(other, 0), 0).len(), 1);
        assert_eq!(gate.admit(refusal(nobody(), 0), 0).len(), 1);
    }

    #[test]
    fn a_flood_of_a_day_leaves_what_fits_a_disk() {
        let mut gate = Gate::default();
        let mut written = 0;
        for second in 0..86_400_i64 {
            let now = second * 1000;
            let subject = usize::try_from(second).expect("fits");
            written += gate.admit(refusal(nobody(), subject), now).len();
            if second % 60 == 0 {
                written += gate.take_counts(now).len();
            }
        }
        assert!((8_000..12_000).contains(&written), "{written}");
        assert!(gate.seen.len() < 200, "{}", gate.seen.len());
    }
}
