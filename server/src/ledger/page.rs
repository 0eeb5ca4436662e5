//! What the calls of a moment taught about one connection.

use std::sync::Arc;

use pinfold_api::{AccessLevel, Code, HealthState};

use super::Lesson;
use crate::clock::Millis;
use crate::proxy::Account;
use crate::store::Learned;

/// What X's answer says about the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// X did what it was asked.
    Accepted {
        /// It was asked for something, not to change something.
        reading: bool,
    },
    /// X refused, and this is what it comes to.
    Refused(Code),
    /// Nothing was sent: one of its secrets does not open.
    Locked,
    /// X did not answer, or what it said is about the request rather than the connection.
    Silent,
}

/// The state that a refusal leaves a connection in; `None`: it stays what it was.
const fn health_of(code: Code) -> Option<HealthState> {
    match code {
        Code::TokenRejected | Code::AppKeysRejected => Some(HealthState::NeedsRepair),
        Code::ReadOnly => Some(HealthState::ReadOnly),
        Code::AppSuspended => Some(HealthState::AppSuspended),
        Code::NoCredits => Some(HealthState::NoCredits),
        _ => None,
    }
}

/// One connection's page.
#[derive(Debug)]
pub(super) struct Page {
    account: Arc<Account>,
    used_at: Millis,
    success_at: Option<Millis>,
    access_level: Option<AccessLevel>,
    health: Option<(HealthState, Millis)>,
    by_reading: bool,
    last_error: Option<&'static str>,
}

impl Page {
    pub(super) fn new(account: Arc<Account>) -> Self {
        Self {
            account,
            used_at: 0,
            success_at: None,
            access_level: None,
            health: None,
            by_reading: false,
            last_error: None,
        }
    }

    /// One call more.
    pub(super) fn add(&mut self, account: &Arc<Account>, lesson: Lesson) {
        if account.row.access_token != self.account.row.access_token {
            // Repaired in this very second: what the old token taught is about nothing any more.
            let newer = account.row.version > self.account.row.version;
            if !newer {
                self.used_at = self.used_at.max(lesson.at);
                return;
            }
            *self = Self { used_at: self.used_at, ..Self::new(Arc::clone(account)) };
        }
        if lesson.verdict != Verdict::Locked {
            self.used_at = self.used_at.max(lesson.at);
        }
        self.access_level = lesson.access_level.or(self.access_level);
        match lesson.verdict {
            Verdict::Accepted { reading } => {
                self.success_at = self.success_at.max(Some(lesson.at));
                self.enter(HealthState::Ok, reading, lesson.at);
            }
            Verdict::Refused(code) => {
                self.last_error = Some(code.as_str());
                if let Some(state) = health_of(code) {
                    self.enter(state, false, lesson.at);
                }
            }
            Verdict::Locked => {
                self.last_error = Some(Code::CannotDecrypt.as_str());
                self.enter(HealthState::CannotDecrypt, false, lesson.at);
            }
            Verdict::Silent => {}
        }
    }

    /// `by_reading` is about *ok* only: nothing was written, so *read only* may still be true.
    fn enter(&mut self, state: HealthState, by_reading: bool, at: Millis) {
        match (state, self.health) {
            (HealthState::Ok, Some((HealthState::ReadOnly, _))) if by_reading => return,
            (HealthState::Ok, Some((HealthState::Ok, _))) => self.by_reading &= by_reading,
            (_, Some((before, _))) if before == state => {}
            _ => {
                self.health = Some((state, at));
                self.by_reading = by_reading;
            }
        }
        if state == HealthState::Ok {
            self.last_error = None;
        }
    }

    /// Puts what was learned before, and could not be written, under what was learned since.
    pub(super) fn follow(&mut self, before: Self) {
        if before.account.row.access_token != self.account.row.access_token {
            self.used_at = self.used_at.max(before.used_at);
            return;
        }
        let since = std::mem::replace(self, before);
        self.used_at = self.used_at.max(since.used_at);
        self.success_at = self.success_at.max(since.success_at);
        self.access_level = since.access_level.or(self.access_level);
        if let Some((state, at)) = since.health {
            self.enter(state, since.by_reading, at);
        }
        self.last_error = since.last_error.or(self.last_error);
    }

    pub(super) fn learned(&self) -> Learned {
        Learned {
            workspace: self.account.row.workspace.clone(),
            connection_id: self.account.row.id.clone(),
            access_token: self.account.row.access_token.clone().unwrap_or_default(),
            used_at: self.used_at,
            success_at: self.success_at,
            access_level: self.access_level,
            health: self.health,
            by_reading: self.by_reading,
            last_error: self.last_error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const READ: Verdict = Verdict::Accepted { reading: true };
    const WRITE: Verdict = Verdict::Accepted { reading: false };
    const BROKEN: Verdict = Verdict::Refused(Code::TokenRejected);
    const READ_ONLY: Verdict = Verdict::Refused(Code::ReadOnly);

    fn after(verdicts: &[Verdict]) -> (Option<HealthState>, bool, Option<&'static str>) {
        let account = Account::for_tests();
        let mut page = Page::new(Arc::clone(&account));
        for (at, verdict) in verdicts.iter().enumerate() {
            let at = Millis::try_from(at).expect("a small number");
            page.add(&account, Lesson { at, verdict: *verdict, access_level: None });
        }
        let learned = page.learned();
        (learned.health.map(|(state, _)| state), learned.by_reading, learned.last_error)
    }

    #[test]
    fn the_last_word_counts_but_reading_does_not_prove_writing() {
        assert_eq!(after(&[]), (None, false, None));
        assert_eq!(after(&[READ]), (Some(HealthState::Ok), true, None));
        assert_eq!(after(&[WRITE, READ]), (Some(HealthState::Ok), false, None));
        assert_eq!(after(&[READ, WRITE]), (Some(HealthState::Ok), false, None));
        assert_eq!(
            after(&[READ_ONLY, READ]),
            (Some(HealthState::ReadOnly), false, Some("read_only"))
        );
        assert_eq!(after(&[READ_ONLY, WRITE]), (Some(HealthState::Ok), false, None));
        assert_eq!(after(&[BROKEN, READ]), (Some(HealthState::Ok), true, None));
        assert_eq!(
            after(&[WRITE, BROKEN, Verdict::Silent]),
            (Some(HealthState::NeedsRepair), false, Some("token_rejected"))
        );
        let limited = Verdict::Refused(Code::XRateLimited);
        assert_eq!(
            after(&[WRITE, limited]),
            (Some(HealthState::Ok), false, Some("x_rate_limited"))
        );
    }

    #[test]
    fn what_could_not_be_written_is_put_under_what_came_since() {
        let account = Account::for_tests();
        let lesson = |at, verdict| Lesson { at, verdict, access_level: None };
        let mut older = Page::new(Arc::clone(&account));
        older.add(&account, lesson(1, BROKEN));
        let mut newer = Page::new(Arc::clone(&account));
        newer.add(&account, lesson(2, Verdict::Silent));
        newer.follow(older);
        let learned = newer.learned();
        assert_eq!((learned.used_at, learned.health), (2, Some((HealthState::NeedsRepair, 1))));
    }
}
