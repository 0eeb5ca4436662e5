//! Request tokens: issued, consented to or denied, and spent once.

use serde::{Deserialize, Serialize};

use super::accounts::owner;
use super::{Account, App, Grant, Permission, Standing, World};
use crate::chance;
use crate::secret::Secret;
use crate::signature;

/// How long a request token can be consented to and spent. X does not document its own.
const REQUEST_TOKEN_SECONDS: u64 = 600;

/// More open authorizations than any test has; the oldest goes first.
const MOST_REQUEST_TOKENS: usize = 10_000;

/// Where the verifier goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Callback {
    /// `oob`: to a person, as a PIN.
    OutOfBand,
    /// To this address.
    Url(String),
}

/// RFC 5849 temporary credentials.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct RequestToken {
    secret: Secret,
    consumer_key: String,
    callback: Callback,
    /// `x_auth_access_type`: ask for no more than this.
    asked: Option<Permission>,
    issued: u64,
    progress: Progress,
}

/// How far it got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Progress {
    /// Waits for the account owner.
    Pending,
    /// The account owner agreed.
    Approved {
        /// Who that is.
        user_id: String,
        /// What proves it: the PIN.
        verifier: Secret,
    },
    /// Exchanged, or burned by a wrong verifier.
    Spent,
}

/// What the consent page has to know.
pub(crate) struct Consent<'a> {
    pub(crate) app: &'a App,
    pub(crate) callback: &'a Callback,
    /// What is granted, before the account has its say.
    pub(crate) level: Permission,
}

/// Why a request token buys no access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unspendable {
    /// Never issued, denied, or expired.
    Invalid,
    /// Used before.
    Spent,
    /// The verifier is not right, or nobody consented. It is spent now.
    Verifier,
    /// The account is locked or suspended. It is spent now.
    Account(Standing),
}

impl RequestToken {
    pub(super) fn credentials(&self) -> (&str, &Secret) {
        (&self.consumer_key, &self.secret)
    }

    fn is_alive(&self, now: u64) -> bool {
        now < self.issued + REQUEST_TOKEN_SECONDS
    }
}

impl World {
    /// Issues one for an app.
    pub(crate) fn issue_request_token(
        &mut self,
        consumer_key: &str,
        callback: Callback,
        asked: Option<Permission>,
        now: u64,
    ) -> (String, Secret) {
        // Kept for a while after their end, so that a late client hears which end it was.
        self.request_tokens.retain(|_, old| now < old.issued + 2 * REQUEST_TOKEN_SECONDS);
        if self.request_tokens.len() >= MOST_REQUEST_TOKENS {
            let oldest = self.request_tokens.iter().min_by_key(|(_, old)| old.issued);
            if let Some(token) = oldest.map(|(token, _)| token.clone()) {
                self.request_tokens.remove(&token);
            }
        }
        let (token, secret) = (chance::word(27), chance::secret(32));
        let request_token = RequestToken {
            secret: secret.clone(),
            consumer_key: consumer_key.to_owned(),
            callback,
            asked,
            issued: now,
            progress: Progress::Pending,
        };
        self.request_tokens.insert(token.clone(), request_token);
        (token, secret)
    }

    /// What a person is asked to agree to; `None` once it is spent, denied or too old.
    pub(crate) fn consent(&self, token: &str, now: u64) -> Option<Consent<'_>> {
        let found = self.request_tokens.get(token).filter(|found| found.is_alive(now))?;
        if found.progress == Progress::Spent {
            return None;
        }
        let app = self.app(&found.consumer_key)?;
        let level = found.asked.map_or(app.permission, |asked| asked.min(app.permission));
        Some(Consent { app, callback: &found.callback, level })
    }

    /// The account owner agrees. Agreeing again, as a reload does, gives the same verifier.
    pub(crate) fn approve(
        &mut self,
        token: &str,
        account: &Account,
        now: u64,
    ) -> Option<(Callback, Secret)> {
        self.consent(token, now)?;
        let found = self.request_tokens.get_mut(token)?;
        let verifier = match &found.progress {
            Progress::Approved { user_id, verifier } if user_id == account.user_id => {
                verifier.clone()
            }
            _ if found.callback == Callback::OutOfBand => Secret::new(chance::digits(7)),
            _ => chance::secret(32),
        };
        let user_id = account.user_id.to_owned();
        found.progress = Progress::Approved { user_id, verifier: verifier.clone() };
        Some((found.callback.clone(), verifier))
    }

    /// The account owner declines, which is the end of it.
    pub(crate) fn deny(&mut self, token: &str) -> Option<Callback> {
        self.request_tokens.remove(token).map(|denied| denied.callback)
    }

    /// Makes a request token as old as they get.
    pub(crate) fn expire(&mut self, token: &str) {
        if let Some(found) = self.request_tokens.get_mut(token) {
            found.issued = found.issued.saturating_sub(REQUEST_TOKEN_SECONDS);
        }
    }

    /// Exchanges a request token, whether that succeeds or not: a wrong verifier burns it. `most`
    /// caps what is granted.
    pub(crate) fn spend(
        &mut self,
        token: &str,
        verifier: &str,
        most: Permission,
        now: u64,
    ) -> Result<Grant, Unspendable> {
        let found = self.request_tokens.get_mut(token).ok_or(Unspendable::Invalid)?;
        if found.progress == Progress::Spent {
            return Err(Unspendable::Spent);
        }
        if !found.is_alive(now) {
            return Err(Unspendable::Invalid);
        }
        let progress = std::mem::replace(&mut found.progress, Progress::Spent);
        let Progress::Approved { user_id, verifier: expected } = progress else {
            return Err(Unspendable::Verifier);
        };
        if !signature::matches(verifier, expected.expose()) {
            return Err(Unspendable::Verifier);
        }
        let (consumer_key, asked) = (found.consumer_key.clone(), found.asked);
        let account = owner(&user_id).ok_or(Unspendable::Invalid)?;
        if account.standing != Standing::Good {
            return Err(Unspendable::Account(account.standing));
        }
        let app = self.app(&consumer_key).ok_or(Unspendable::Invalid)?;
        let level = asked.map_or(most, |asked| asked.min(most)).min(app.permission);
        Ok(self.grant(&consumer_key, account, level.min(account.most)))
    }
}
