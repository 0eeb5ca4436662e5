//! The fourteen Twitter tasks. Each is defined once, in `pinfold_api`; here it is read, checked and
//! carried out.

pub mod command;
mod desk;
mod input;
mod run;
mod schema;
mod user_ids;
mod weight;

use std::sync::Arc;

use pinfold_api::{Code, FieldKind, PlannedRequest, TaskSpec};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::problem::Refusal;
use crate::proxy::Account;
use crate::state::AppState;
use crate::task_key::Held;

pub use input::Input;
pub use schema::describe;
pub use user_ids::UserIds;
pub use weight::{aside, weigh};

/// What `POST /connections/{id}/tasks/{task}` answers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TaskAnswer {
    /// The task.
    pub task: String,
    /// Whether nothing was sent.
    pub preview: bool,
    /// What its requests cost at most, in dollars, by X's list of prices.
    pub price_usd: f64,
    /// X's `data`: an object, or a list of at most as many as asked for. Null in a preview.
    #[schema(value_type = serde_json::Value)]
    pub data: Value,
    /// Why a list ends early, when X broke off behind the first of its pages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incomplete: Option<Incomplete>,
    /// A preview: the requests, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub requests: Vec<PlannedRequest>,
}

/// Why there is not more.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Incomplete {
    /// As in a problem.
    pub code: Code,
    /// For people.
    pub detail: String,
}

/// A run of a task, read and checked.
pub struct Order {
    task: &'static TaskSpec,
    input: Input,
    preview: bool,
}

impl Order {
    /// Reads what was given for a task in a workspace.
    pub async fn read(
        workspace: &str,
        task: &'static TaskSpec,
        mut given: Map<String, Value>,
    ) -> Result<Self, Refusal> {
        let preview = match given.remove("preview") {
            None | Some(Value::Null) => false,
            Some(Value::Bool(preview)) => preview,
            Some(_) => return Err(Refusal::field("preview", "Either true or false.")),
        };
        let weighs = task.fields.iter().any(|field| field.kind == FieldKind::Tweet);
        let input = if weighs {
            aside(workspace, move || Input::read(task, &given)).await??
        } else {
            Input::read(task, &given)?
        };
        Ok(Self { task, input, preview })
    }
}

/// Runs a task with a connection, or shows what it would ask of X.
pub async fn perform(
    state: &AppState,
    account: Arc<Account>,
    key: Held,
    order: Order,
) -> Result<TaskAnswer, Refusal> {
    let Order { task, input, preview } = order;
    check_access(&account, task)?;
    let mut desk = desk::Desk::open(state, account, key)?;
    let mut data = run::run(&mut desk, task, &input).await?;
    if !preview {
        desk.begin();
        let ran = run::run(&mut desk, task, &input).await;
        desk.settle().await;
        data = ran?;
    }
    let (spent, incomplete, requests) = desk.close();
    Ok(TaskAnswer {
        task: task.name.to_owned(),
        preview,
        price_usd: crate::task_key::dollars(spent),
        data,
        incomplete,
        requests,
    })
}

/// What X would refuse anyway is not sent: it would be billed or counted.
fn check_access(account: &Account, task: &TaskSpec) -> Result<(), Refusal> {
    let row = &account.row;
    match row.access_level {
        Some(level) if level < task.needs => Err(Refusal::new(Code::ReadOnly).because(format!(
            "{} needs {}, and X granted {}. Set the app's permission at X, then Repair the \
             connection: old tokens keep their old permission.",
            task.title,
            task.needs.words(),
            level.words(),
        ))),
        _ => Ok(()),
    }
}
