//! The error doctor: what X's answer comes to, why, how one can tell, and the one next thing to do.
//!
//! [`ROWS`] is the only table. [`super::dialect`] reads an answer into [`Evidence`]; the first row
//! that fits is the diagnosis. It goes by status first, then by X's codes and types; never by
//! localised words.

mod rows;

use std::ops::RangeInclusive;

use pinfold_api::{Code, Diagnosis, ProviderError};

pub use rows::ROWS;

/// Which call was answered: the same words mean different things at different steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Signed with the consumer only.
    RequestToken,
    /// Signed with the request token.
    AccessToken,
    /// Signed with the access token.
    Api,
}

/// What tells one row from another, besides step and status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// The request could not even be signed.
    Unsendable,
    /// No whole answer came back.
    Silence,
    /// A success without `oauth_callback_confirmed=true`.
    Unconfirmed,
    /// A success without the fields that X documents.
    Unusable,
    /// One of these numeric codes.
    Number(&'static [i64]),
    /// A v2 problem whose type ends so: its host varies.
    Kind(&'static [&'static str]),
    /// A v2 problem with this `reason`.
    Reason(&'static str),
    /// A name of the protocol in X's words, which no translation touches.
    Names(&'static str),
    /// Any other answer.
    Refused,
}

/// One row of the table.
#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    /// For tests and logs.
    pub name: &'static str,
    /// At which steps.
    pub steps: &'static [Step],
    /// With which HTTP statuses; 0 when there was no answer.
    pub status: RangeInclusive<u16>,
    /// What the body shows.
    pub sign: Sign,
    /// Only while our clock and X's are out of step.
    pub out_of_step: bool,
    /// The problem's code.
    pub code: Code,
    /// What is wrong.
    pub cause: &'static str,
    /// What shows that it is that, beside X's words.
    pub proof: &'static str,
    /// The one thing to do next.
    pub next: &'static str,
}

/// What was seen of one call.
#[derive(Clone, Debug, Default)]
pub(super) struct Evidence<'a> {
    pub(super) status: u16,
    /// Decided before any body is read.
    pub(super) sign: Option<Sign>,
    pub(super) number: Option<i64>,
    pub(super) kind: &'a str,
    pub(super) reason: Option<&'a str>,
    pub(super) text: &'a str,
    pub(super) out_of_step: bool,
}

impl Row {
    fn fits(&self, step: Step, seen: &Evidence<'_>) -> bool {
        let shown = match (seen.sign, self.sign) {
            (Some(seen), sign) => seen == sign,
            (None, Sign::Number(numbers)) => seen.number.is_some_and(|n| numbers.contains(&n)),
            (None, Sign::Kind(kinds)) => kinds.contains(&seen.kind),
            (None, Sign::Reason(reason)) => seen.reason == Some(reason),
            (None, Sign::Names(name)) => seen.text.contains(name),
            (None, Sign::Refused) => true,
            (None, _) => false,
        };
        shown
            && self.steps.contains(&step)
            && self.status.contains(&seen.status)
            && (seen.out_of_step || !self.out_of_step)
    }

    /// With X's own words and the clocks, when they are known.
    pub(super) fn diagnosis(
        &self,
        x: Option<ProviderError>,
        clock_skew_seconds: Option<i64>,
    ) -> Diagnosis {
        let proof = match &x {
            Some(x) => format!("{} {}", seen(x), self.proof),
            None => self.proof.to_owned(),
        };
        Diagnosis {
            code: self.code,
            cause: self.cause.to_owned(),
            proof,
            next: self.next.to_owned(),
            clock_skew_seconds,
            retry_after: None,
            x,
        }
    }
}

/// "X answered 401 with code 32."
fn seen(x: &ProviderError) -> String {
    let kind = x.type_uri.as_deref().and_then(|uri| uri.rsplit('/').next());
    match (x.code, kind.filter(|kind| !kind.is_empty())) {
        (Some(code), _) => format!("X answered {} with code {code}.", x.status),
        (None, Some(kind)) => format!("X answered {} with “{kind}”.", x.status),
        (None, None) => format!("X answered {}.", x.status),
    }
}

/// The row for what was seen at a step.
pub(super) fn diagnose(step: Step, seen: &Evidence<'_>) -> &'static Row {
    let row = ROWS.iter().find(|row| row.fits(step, seen));
    row.unwrap_or(&ROWS[ROWS.len() - 1])
}

/// What is known of a code that X's last answer came to: for health that was remembered.
pub fn recall(code: Code) -> Option<Diagnosis> {
    Some(of_code(code)?.diagnosis(None, None))
}

/// What to do about a code of X's.
pub(crate) fn advice(code: Code) -> Option<&'static str> {
    Some(of_code(code)?.next)
}

/// The row that speaks of an access token, when there is one: a connection has nothing else.
fn of_code(code: Code) -> Option<&'static Row> {
    let mut rows = ROWS.iter().filter(|row| row.code == code);
    let first = rows.clone().next();
    rows.find(|row| row.steps.contains(&Step::Api)).or(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_a_name_of_its_own_and_says_all_it_should() {
        for (at, row) in ROWS.iter().enumerate() {
            assert!(ROWS[..at].iter().all(|other| other.name != row.name), "{}", row.name);
            for sentence in [row.cause, row.proof, row.next] {
                assert!(sentence.ends_with('.'), "{}: {sentence}", row.name);
            }
            assert!(!row.steps.is_empty() && !row.status.is_empty(), "{}", row.name);
        }
    }

    #[test]
    fn the_last_row_takes_every_answer() {
        let last = ROWS.last().expect("a row");
        for step in [Step::RequestToken, Step::AccessToken, Step::Api] {
            for status in 100..600 {
                assert!(last.fits(step, &Evidence { status, ..Evidence::default() }));
            }
        }
    }

    #[test]
    fn what_is_remembered_of_a_connection_speaks_of_its_token() {
        let revoked = recall(Code::TokenRejected).expect("a row");
        assert!(revoked.next.contains("Repair"), "{}", revoked.next);
        assert_eq!(recall(Code::NameTaken), None);
    }
}
