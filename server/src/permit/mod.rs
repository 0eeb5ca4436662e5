//! What a task key is good for, and what a connection may be used for, whoever asks: named tasks, and
//! named paths of the signing proxy.

mod rule;

use hyper::Method;
use pinfold_api::{Allow, TASKS};

use crate::problem::Refusal;
use crate::proxy::Target;

pub use rule::{METHOD_LIST, METHODS, Rule};

/// More paths than this are better said with a `**`.
const PATHS: usize = 100;

/// Tasks and paths, read and ready to decide.
#[derive(Clone, Debug, Default)]
pub struct Permit {
    tasks: Vec<String>,
    rules: Vec<Rule>,
}

impl Permit {
    /// Reads what was checked when it was kept; `None` when it cannot have been.
    pub fn read(tasks: Vec<String>, paths: &[String]) -> Option<Self> {
        let rules = paths.iter().map(|path| Rule::parse(path)).collect::<Option<_>>()?;
        Some(Self { tasks, rules })
    }

    /// Whether it covers a call through the proxy.
    pub fn sends(&self, method: &Method, target: Target<'_>) -> bool {
        self.rules.iter().any(|rule| rule.covers(method, target))
    }

    /// Whether it covers a task.
    pub fn runs(&self, task: &str) -> bool {
        self.tasks.iter().any(|own| own == task)
    }
}

/// Checks tasks and paths as somebody wrote them. `within` says where, as in `allow.`.
pub fn checked(within: &str, wanted: Allow) -> Result<Allow, Refusal> {
    let allow = Allow { tasks: tasks(within, wanted.tasks)?, paths: paths(within, wanted.paths)? };
    if allow.tasks.is_empty() && allow.paths.is_empty() {
        return Err(Refusal::field(
            format!("{within}tasks"),
            "That would allow nothing. Name at least one task or one path.",
        ));
    }
    Ok(allow)
}

/// In the order given, each once.
pub fn distinct(words: Vec<String>) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    words.into_iter().filter(|word| seen.insert(word.clone())).collect()
}

fn tasks(within: &str, names: Vec<String>) -> Result<Vec<String>, Refusal> {
    for (at, name) in names.iter().enumerate() {
        if !TASKS.iter().any(|task| task.name == name) {
            let known: Vec<&str> = TASKS.iter().map(|task| task.name).collect();
            return Err(Refusal::field(
                format!("{within}tasks[{at}]"),
                format!("There is no such task. The tasks are {}.", known.join(", ")),
            ));
        }
    }
    Ok(distinct(names))
}

fn paths(within: &str, rules: Vec<String>) -> Result<Vec<String>, Refusal> {
    if rules.len() > PATHS {
        return Err(Refusal::field(
            format!("{within}paths"),
            format!("Name at most {PATHS} paths."),
        ));
    }
    for (at, rule) in rules.iter().enumerate() {
        if Rule::parse(rule).is_none() {
            return Err(Refusal::field(
                format!("{within}paths[{at}]"),
                "Write a method and a path, as in `GET /2/users/me` or `POST /2/users/*/likes`; `**` \
                 at the end stands for whatever is below.",
            ));
        }
    }
    Ok(distinct(rules))
}
