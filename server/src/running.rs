//! The server that runs, as the commands beside it ask it: over HTTP, as anybody else does.

use std::fmt::Write as _;

use hyper::{Method, StatusCode};
use pinfold_api::Problem;
use secrecy::SecretString;
use serde_json::Value;
use url::Url;

use crate::StartError;
use crate::clock::Clock;
use crate::config::Config;
use crate::x::pinfold::{AskError, Pinfold};
use crate::{database, sign_in};

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum NotDone {
    /// The settings, or the data folder.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The server was not reached.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// The server said no.
    #[error("{}", refusal(.0))]
    Refused(Box<Problem>),
    /// What was named is not there; the words say what and where.
    #[error("{0}")]
    NoSuch(String),
    /// The server said no, and the words say it in those of the command line.
    #[error("{words}")]
    Told {
        /// For people.
        words: String,
        /// It was used wrongly, rather than not done.
        usage: bool,
        /// For machines.
        problem: Box<Problem>,
    },
}

impl NotDone {
    /// Whether it was used wrongly, rather than not done.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::Start(error) => matches!(error, StartError::Config(_)),
            Self::Refused(problem) => {
                let is_wrong = matches!(problem.status, 400 | 422);
                is_wrong && problem.field.is_some() && problem.x.is_none()
            }
            Self::NoSuch(_) => true,
            Self::Told { usage, .. } => *usage,
            Self::Ask(error) => matches!(error, AskError::Key | AskError::Clear),
        }
    }

    /// What the server said, for machines; `None`: nothing was asked, or nothing answered.
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Refused(problem) | Self::Told { problem, .. } => Some(problem),
            Self::Start(_) | Self::Ask(_) | Self::NoSuch(_) => None,
        }
    }

    /// What answered is none of ours.
    pub(crate) fn foreign() -> Self {
        AskError::Foreign("the server".to_owned()).into()
    }
}

fn refusal(problem: &Problem) -> String {
    let mut words = String::new();
    if let Some(field) = &problem.field {
        let _ = write!(words, "{field}: ");
    }
    let _ = write!(words, "{}. {} ({})", problem.title, problem.detail, problem.code.as_str());
    if let Some(text) = problem.x.as_ref().map(|x| x.text.trim()).filter(|text| !text.is_empty()) {
        let _ = write!(words, "\nX said: {text}");
    }
    words
}

/// The server that runs on the data folder, or the one that was named; asked with a task key, or else
/// with the access key.
pub(crate) async fn server(
    config: &Config,
    named: Option<Url>,
    task_key: Option<SecretString>,
) -> Result<Pinfold, NotDone> {
    let base = if let Some(url) = named {
        url
    } else {
        let now = Clock::system().now();
        let (store, _) = database::open_existing(config, now, database::Beside::All).await?;
        let noted = sign_in::noted_url(&store, sign_in::LISTENING).await;
        store.close().await;
        let noted = noted.map_err(StartError::from)?;
        noted.ok_or_else(|| AskError::Silent("any address".into()))?
    };
    let key = match task_key {
        Some(key) => key,
        None => crate::keys::existing_access_key(config).map_err(StartError::from)?,
    };
    Ok(Pinfold::new(base, &key)?)
}

/// Asks it; what is no success is an error.
pub(crate) async fn ask(
    server: &Pinfold,
    method: Method,
    path: &str,
    query: &[(&str, &str)],
    body: Option<&Value>,
) -> Result<Value, NotDone> {
    let (status, answer) = server.ask(method, path, query, body).await?;
    if status == StatusCode::OK {
        return Ok(answer);
    }
    let problem = serde_json::from_value(answer);
    Err(match problem {
        Ok(problem) => NotDone::Refused(Box::new(problem)),
        Err(_) => NotDone::foreign(),
    })
}

/// On one line: a text of X's cannot pretend to be two entries, nor command a terminal.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}
