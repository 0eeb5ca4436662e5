//! Running a task, and what a task looks like to a program that does not know it.

use serde::{Deserialize, Serialize};

use crate::AccessLevel;

/// `GET /tasks`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaskList {
    /// The fourteen, in the order the original dialog lists them.
    pub items: Vec<TaskDescription>,
}

/// One task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaskDescription {
    /// As in `POST /connections/{id}/tasks/{task}`.
    pub name: String,
    /// For people.
    pub title: String,
    /// What it does.
    pub about: String,
    /// The least access level it works with.
    pub needs: AccessLevel,
    /// Whether it changes something at X.
    pub writes: bool,
    /// What it costs at least, in dollars.
    pub price_usd: f64,
    /// Whether each entry of a list costs that.
    pub billed_each: bool,
    /// What it takes.
    pub fields: Vec<TaskField>,
    /// What it asks of X, as in `GET /2/tweets/{tweet_id}`.
    pub endpoints: Vec<String>,
}

/// One field of a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaskField {
    /// Its name in the body.
    pub name: String,
    /// For people.
    pub label: String,
    /// What belongs there.
    pub hint: String,
    /// `tweet`, `text`, `tweet_id`, `tweet_id_or_latest`, `user`, `choice`, `count` or `flag`.
    pub kind: String,
    /// Whether it may not be left out.
    pub required: bool,
    /// The words of a choice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<String>,
    /// The most characters, or the largest number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<u32>,
}

/// A request that would be sent to X.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlannedRequest {
    /// Upper case.
    pub method: String,
    /// In full. `{…}` stands for what a request before it finds out.
    pub url: String,
    /// The header, without what only the server knows.
    pub authorization: String,
    /// JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The same through the signing proxy, with a task key.
    pub curl: String,
}

/// `POST /weigh`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TextWeight {
    /// A tweet to be.
    pub text: String,
}

/// How X counts a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Weighed {
    /// Its weighted length.
    pub length: u32,
    /// The most it may be.
    pub most: u32,
    /// How many URLs it holds; with one, a post is dearer.
    pub urls: u32,
    /// Whether X takes it.
    pub valid: bool,
}
