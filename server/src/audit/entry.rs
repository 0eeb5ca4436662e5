//! An entry that is about to be written.

use std::sync::Arc;

use pinfold_api::{Action, AuditResult, Code};

use super::{Record, Who};
use crate::clock::Millis;
use crate::seal::{Chain, Link};
use crate::session::Caller;

/// Characters of a detail; what is longer is cut.
const DETAIL_CHARS: usize = 300;

/// Somebody, something and a time, to be handed to the store with the change that it tells of.
#[derive(Clone, Debug)]
pub struct Entry {
    chain: Arc<Chain>,
    who: Who,
    /// Whom a portal says that it is for.
    subject: Option<String>,
    record: Record,
}

impl Entry {
    /// One by a caller; whom a portal says that it is for goes along with all that it says.
    pub(crate) fn of_caller(
        chain: &Arc<Chain>,
        caller: &Caller,
        action: Action,
        at: Millis,
    ) -> Self {
        let entry = Self::new(chain, Who::caller(caller), action, at);
        let subject = caller.handoff.as_ref().and_then(|handoff| handoff.subject.clone());
        if subject.is_none() {
            return entry;
        }
        Self { subject, ..entry }.saying("")
    }

    pub(crate) fn new(chain: &Arc<Chain>, who: Who, action: Action, at: Millis) -> Self {
        let record = Record {
            at,
            workspace: who.workspace.clone(),
            role: who.role.to_owned(),
            session_id: who.session_id.clone(),
            address: who.address.clone(),
            action: action.as_str().to_owned(),
            subject: None,
            result: AuditResult::Done.as_str().to_owned(),
            code: None,
            detail: None,
        };
        Self { chain: Arc::clone(chain), who, subject: None, record }
    }

    /// What is done.
    #[must_use]
    pub fn doing(mut self, action: Action) -> Self {
        action.as_str().clone_into(&mut self.record.action);
        self
    }

    /// Names what it is done to: an id.
    #[must_use]
    pub fn on(mut self, subject: impl Into<String>) -> Self {
        self.record.subject = Some(subject.into());
        self
    }

    /// Adds a few words. Never a secret.
    #[must_use]
    pub fn saying(mut self, detail: impl AsRef<str>) -> Self {
        let detail = detail.as_ref();
        let whole = match &self.subject {
            Some(subject) => format!("{detail} for {subject:?}"),
            None => detail.to_owned(),
        };
        self.record.detail = Some(whole.trim_start().chars().take(DETAIL_CHARS).collect());
        self
    }

    /// It was not done, for a reason that is no problem of the contract; the detail says it.
    #[must_use]
    pub fn refused(mut self) -> Self {
        AuditResult::Refused.as_str().clone_into(&mut self.record.result);
        self
    }

    /// It was not done, and why.
    #[must_use]
    pub fn not_done(mut self, result: AuditResult, code: Code) -> Self {
        result.as_str().clone_into(&mut self.record.result);
        self.record.code = Some(code.as_str().to_owned());
        self
    }

    /// By somebody who is only known now.
    #[must_use]
    pub fn by(self, change: impl FnOnce(Who) -> Who) -> Self {
        let who = change(self.who);
        let record = Record {
            workspace: who.workspace.clone(),
            role: who.role.to_owned(),
            session_id: who.session_id.clone(),
            address: who.address.clone(),
            ..self.record
        };
        Self { who, record, ..self }
    }

    /// Another one by the same doer.
    #[must_use]
    pub(super) fn alike(&self, action: Action) -> Self {
        let entry = Self::new(&self.chain, self.who.clone(), action, self.record.at);
        Self { subject: self.subject.clone(), ..entry }
    }

    /// At another time.
    #[must_use]
    pub(super) fn at(mut self, at: Millis) -> Self {
        self.record.at = at;
        self
    }

    pub(super) fn who(&self) -> &Who {
        &self.who
    }

    /// What it says.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// Its hash at a place in the chain.
    pub(crate) fn link(&self, seq: i64, previous: &[u8]) -> Link {
        self.chain.link(&self.record.canonical(seq, previous))
    }

    /// What vouches for the end of the chain.
    pub(crate) fn seal_head(&self, seq: i64, hash: &[u8]) -> Link {
        self.chain.seal_head(seq, hash)
    }
}
