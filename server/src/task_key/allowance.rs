//! How often, and for how much: the caps of task keys, counted in memory before a call is sent.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use pinfold_api::Code;
use uuid::Uuid;

use super::TaskKey;
use crate::clock::Millis;
use crate::problem::Refusal;
use crate::store::Spent;

/// Millionths of a dollar.
pub type Micros = u64;

const DAY: Millis = 24 * 60 * 60 * 1000;
const MINUTE_MICROS: i64 = 60_000_000;

/// What is left of the caps of every key that has some.
#[derive(Debug, Default)]
pub struct Allowances(Mutex<HashMap<Uuid, Allowance>>);

#[derive(Debug)]
struct Allowance {
    workspace: String,
    /// When the calls so far would all have been due, in microseconds (GCRA, as in ATM's I.371).
    due: i64,
    /// Days since 1970, UTC.
    day: i64,
    spent: Micros,
    /// Whether the store does not know it yet.
    fresh: bool,
}

impl Allowances {
    fn all(&self) -> MutexGuard<'_, HashMap<Uuid, Allowance>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets one more call pass that costs this much, or says when the next one may.
    pub fn take(&self, key: &TaskKey, price: Micros, now: Millis) -> Result<(), Refusal> {
        if key.per_minute.is_none() && key.per_day.is_none() {
            return Ok(());
        }
        let today = now.div_euclid(DAY);
        let mut all = self.all();
        let allowance = all.entry(key.id).or_insert_with(|| Allowance {
            workspace: key.workspace.clone(),
            due: 0,
            day: key.spent_day,
            spent: key.spent,
            fresh: false,
        });
        if allowance.day < today {
            (allowance.day, allowance.spent) = (today, 0);
        }
        if let Some(cap) = key.per_day
            && allowance.spent.saturating_add(price) > cap
        {
            return Err(spent_today(now));
        }
        if let Some(times) = key.per_minute {
            allowance.next(i64::from(times), now * 1000).map_err(too_often)?;
        }
        if key.per_day.is_some() {
            allowance.spent += price;
            allowance.fresh = true;
        }
        Ok(())
    }

    /// Gives back what a call of this time was to cost that was never sent: to its own day.
    pub fn give_back(&self, key: &TaskKey, price: Micros, taken: Millis) {
        if key.per_day.is_some()
            && let Some(allowance) = self.all().get_mut(&key.id)
            && allowance.day == day_of(taken)
        {
            allowance.spent = allowance.spent.saturating_sub(price);
            allowance.fresh = true;
        }
    }

    /// What a key spent on a day, when somebody counts.
    pub fn spent(&self, key: Uuid, now: Millis) -> Option<Micros> {
        let today = now.div_euclid(DAY);
        self.all().get(&key).filter(|own| own.day == today).map(|own| own.spent)
    }

    /// What the store does not know yet. It is told once; [`forget_told`](Self::forget_told) takes
    /// that back.
    pub fn tell(&self) -> Vec<Spent> {
        let mut all = self.all();
        let fresh = all.iter_mut().filter_map(|(id, allowance)| {
            std::mem::take(&mut allowance.fresh).then(|| Spent {
                workspace: allowance.workspace.clone(),
                key_id: id.to_string(),
                day: allowance.day,
                micros: allowance.spent,
            })
        });
        fresh.collect()
    }

    /// The store did not take what it was told.
    pub fn forget_told(&self, told: &[Spent]) {
        let mut all = self.all();
        for spent in told {
            let id = Uuid::parse_str(&spent.key_id).ok();
            if let Some(allowance) = id.and_then(|id| all.get_mut(&id)) {
                allowance.fresh = true;
            }
        }
    }

    /// Forgets keys that begin anew anyway.
    pub fn forget_the_quiet(&self, now: Millis) {
        let today = now.div_euclid(DAY);
        self.all().retain(|_, own| own.fresh || own.day >= today || own.due > now * 1000);
    }
}

impl Allowance {
    /// One more call of so many a minute, which may also come all at once; `Err`: seconds to wait.
    fn next(&mut self, times: i64, now: i64) -> Result<(), u64> {
        let apart = MINUTE_MICROS / times.max(1);
        let due = self.due.max(now) + apart;
        let early = due - now - MINUTE_MICROS;
        if early > 0 {
            return Err(u64::try_from(early / 1_000_000 + 1).unwrap_or(1));
        }
        self.due = due;
        Ok(())
    }
}

/// The day's cap is reached; it begins anew at midnight.
pub(super) fn spent_today(now: Millis) -> Refusal {
    let midnight = (day_of(now) + 1) * DAY;
    let wait = u64::try_from((midnight - now) / 1000 + 1).unwrap_or(1);
    Refusal::new(Code::SpendCapReached).retry_after(wait)
}

/// The minute's calls are used up; wait for so many seconds.
pub(super) fn too_often(wait: u64) -> Refusal {
    Refusal::new(Code::TooManyRequests)
        .because(format!("The key's calls a minute are used up. Wait for {wait} seconds."))
        .retry_after(wait)
}

/// Days since 1970, UTC.
pub fn day_of(at: Millis) -> i64 {
    at.div_euclid(DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(per_minute: Option<u32>, per_day: Option<Micros>) -> TaskKey {
        TaskKey { per_minute, per_day, ..TaskKey::for_tests() }
    }

    const NOON: Millis = 20_000 * DAY + DAY / 2;

    #[test]
    fn a_minutes_calls_may_come_at_once_and_then_evenly() {
        let (allowances, key) = (Allowances::default(), key(Some(6), None));
        let passed = |now| (0..20).filter(|_| allowances.take(&key, 0, now).is_ok()).count();
        assert_eq!(passed(NOON), 6);
        assert_eq!(passed(NOON + 9_999), 0);
        assert_eq!(passed(NOON + 10_000), 1);
        assert_eq!(passed(NOON + 120_000), 6);
    }

    #[test]
    fn a_day_is_over_at_midnight() {
        let (allowances, key) = (Allowances::default(), key(None, Some(30_000)));
        assert!(allowances.take(&key, 15_000, NOON).is_ok());
        assert!(allowances.take(&key, 200_000, NOON).is_err());
        assert!(allowances.take(&key, 15_000, NOON).is_ok());
        let refused = allowances.take(&key, 1, NOON).expect_err("spent").into_problem("r");
        assert_eq!((refused.code, refused.retry_after), (Code::SpendCapReached, Some(43_201)));
        assert!(allowances.take(&key, 1, NOON + DAY / 2).is_ok());
        allowances.give_back(&key, 1, NOON);
        assert_eq!(allowances.spent(key.id, NOON + DAY / 2), Some(1), "that was yesterday's");
        allowances.give_back(&key, 1, NOON + DAY / 2);
        assert_eq!(allowances.spent(key.id, NOON + DAY / 2), Some(0));
    }

    #[test]
    fn what_was_spent_before_a_restart_counts() {
        let key = TaskKey { spent_day: day_of(NOON), spent: 29_999, ..key(None, Some(30_000)) };
        let allowances = Allowances::default();
        assert!(allowances.take(&key, 2, NOON).is_err());
        assert!(allowances.take(&key, 1, NOON).is_ok());
        assert_eq!(allowances.tell()[0].micros, 30_000);
        assert!(allowances.tell().is_empty());
    }
}
