//! Errors are answers: how a refusal inside becomes an RFC 9457 problem document outside.
//!
//! Handlers return a [`Refusal`]; it travels in the response's extensions until the outermost
//! layer ([`crate::layers`]) writes it out with the request id. No refusal holds a secret.

mod table;

use std::fmt;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use pinfold_api::{Authorization, Code, Problem, ProviderError};

use crate::seal::SealError;
use crate::store::StoreError;
use crate::x::Failure;

/// A request that was understood and not carried out.
#[derive(Clone)]
pub struct Refusal(Box<Problem>);

impl Refusal {
    /// The refusal with a code's own title and advice.
    pub fn new(code: Code) -> Self {
        let entry = table::entry(code);
        Self(Box::new(Problem {
            type_uri: format!("about:pinfold#{}", code.as_str()),
            title: entry.title.to_owned(),
            status: entry.status,
            detail: entry.detail.to_owned(),
            code,
            field: None,
            retry_after: None,
            clock_skew: None,
            x: None,
            next: None,
            request_id: String::new(),
        }))
    }

    /// A field that cannot be accepted, and how to mend it.
    pub fn field(field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(Code::InvalidField).at(field).because(detail)
    }

    /// Names the field.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.0.field = Some(field.into());
        self
    }

    /// Says more precisely what happened and what to do.
    #[must_use]
    pub fn because(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = detail.into();
        self
    }

    /// Says when to come back.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.0.retry_after = Some(seconds);
        self
    }

    /// X's own words.
    #[must_use]
    pub fn with_x(mut self, x: Option<ProviderError>) -> Self {
        self.0.x = x;
        self
    }

    /// A fresh authorization to continue with.
    #[must_use]
    pub fn with_next(mut self, next: Option<Authorization>) -> Self {
        self.0.next = next.map(Box::new);
        self
    }

    /// Its code.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// Its HTTP status.
    pub fn status(&self) -> u16 {
        self.0.status
    }

    /// The field that is wrong.
    pub fn names_field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// The document, as it goes out.
    pub(crate) fn into_problem(self, request_id: &str) -> Problem {
        Problem { request_id: request_id.to_owned(), ..*self.0 }
    }
}

impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Refusal({})", self.0.code.as_str())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = StatusCode::from_u16(self.0.status)
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            .into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Code> for Refusal {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        let doctor = failure.diagnosis();
        let mut refusal = Self::new(failure.code)
            .because(format!("{} {}", doctor.cause, doctor.next))
            .with_x(failure.answer);
        refusal.0.retry_after = failure.retry_after;
        refusal.0.clock_skew = failure.clock_skew.filter(|_| failure.code == Code::ClockSkew);
        refusal
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NameTaken => Self::new(Code::NameTaken).at("name"),
            StoreError::AppNameTaken => Self::new(Code::NameTaken)
                .at("name")
                .because("Another app of this workspace has this name. Choose another one."),
            StoreError::AppGone => Self::new(Code::NotFound)
                .at("app.id")
                .because("This saved app was deleted. Choose another one."),
            StoreError::HandoffDone => Self::new(Code::HandoffDone),
            StoreError::WorkspaceFull => Self::new(Code::WorkspaceFull),
            StoreError::Database(error) => {
                tracing::error!(%error, "the store failed");
                Self::new(Code::StoreUnavailable)
            }
        }
    }
}

impl From<SealError> for Refusal {
    fn from(error: SealError) -> Self {
        tracing::error!(%error, "a stored secret does not open");
        match error {
            SealError::UnknownKey => Self::new(Code::CannotDecrypt),
            SealError::Malformed | SealError::Tampered => Self::new(Code::CannotDecrypt).because(
                "A stored secret was changed after it was sealed. Restore the database from a copy, \
                 or connect the account again.",
            ),
        }
    }
}
