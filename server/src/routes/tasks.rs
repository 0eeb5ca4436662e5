//! `/tasks` and `/connections/{id}/tasks/{task}`: what tasks there are, and to run one.

use axum::extract::{Path, State};
use axum::{Extension, Json as Answer};
use pinfold_api::{
    Action, Code, FieldKind, TASKS, TaskDescription, TaskField, TaskList, TextWeight, Weighed,
    paths,
};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::Problems;
use crate::audit::{Who, Witness};
use crate::body::Json;
use crate::problem::Refusal;
use crate::session::User;
use crate::state::AppState;
use crate::task::{self, TaskAnswer};

/// The fourteen tasks, with what each takes, needs and costs.
#[utoipa::path(
    get,
    path = paths::TASKS,
    tag = "tasks",
    responses((status = 200, body = TaskList), Problems),
)]
pub async fn list(_: User) -> Answer<TaskList> {
    let items = TASKS
        .iter()
        .map(|task| TaskDescription {
            name: task.name.to_owned(),
            title: task.title.to_owned(),
            about: task.about.to_owned(),
            needs: task.needs,
            writes: task.writes,
            price_usd: crate::task_key::dollars(task.price_micros),
            billed_each: task.billed_each,
            endpoints: task
                .endpoints
                .iter()
                .map(|endpoint| format!("{} {}", endpoint.method, endpoint.path))
                .collect(),
            fields: task
                .fields
                .iter()
                .map(|field| TaskField {
                    name: field.name.to_owned(),
                    label: field.label.to_owned(),
                    hint: field.hint.to_owned(),
                    kind: field.kind.as_str().to_owned(),
                    required: field.required,
                    words: match field.kind {
                        FieldKind::Choice(words) => words.iter().map(|w| (*w).to_owned()).collect(),
                        _ => Vec::new(),
                    },
                    most: match field.kind {
                        FieldKind::Text(most) | FieldKind::Count(most) => Some(most),
                        FieldKind::Tweet => Some(280),
                        _ => None,
                    },
                })
                .collect(),
        })
        .collect();
    Answer(TaskList { items })
}

/// Runs a task. The body holds the task's fields, and `preview: true` to send nothing and see the
/// exact requests.
#[utoipa::path(
    post,
    path = paths::CONNECTION_TASK,
    tag = "tasks",
    params(
        ("id" = String, Path, description = "UUIDv7, or the connection's name"),
        ("task" = String, Path, description = "One of the fourteen, as in `GET /tasks`"),
    ),
    request_body(content = Object, description = "The task's fields; see `GET /tasks`"),
    responses((status = 200, body = TaskAnswer), Problems),
)]
pub async fn post(
    State(state): State<AppState>,
    User(caller): User,
    Extension(witness): Extension<Witness>,
    Path((id, name)): Path<(String, String)>,
    Json(given): Json<Map<String, Value>>,
) -> Result<Answer<TaskAnswer>, Refusal> {
    let id = match Uuid::parse_str(&id) {
        Ok(id) => id,
        Err(_) => named(&state, &caller.workspace, &id).await?,
    };
    let who = Who::caller(&caller);
    let key = caller.key;
    if let Some(key) = &key {
        key.names(id)?;
    }
    witness.is_about(&id.to_string());
    let task = pinfold_api::task(&name).ok_or_else(|| {
        let known: Vec<_> = TASKS.iter().map(|task| task.name).collect();
        Refusal::new(Code::NotFound)
            .at("task")
            .because(format!("There is no such task. There are {}.", known.join(", ")))
    })?;
    if let Some(key) = &key {
        key.may_run(task.name)?;
    }
    let account = state.accounts.find(&state, &caller.workspace, id).await?;
    account.may_run(task.name)?;
    let order = task::Order::read(&caller.workspace, task, given).await?;
    let work = state.clone();
    // What was sent is noted even when the caller goes away.
    let done = state.see_through(async move {
        let done = task::perform(&work, account, key, order).await?;
        if !done.preview {
            // X has done it, whether or not that can be written down.
            let entry = work.entry_by(who, Action::TaskRun).on(id.to_string());
            work.write_done(&entry.saying(task.name)).await;
        }
        Ok(Answer(done))
    });
    done.await?
}

/// The connection with a name. Whether there is one that a key does not name, its holder does not learn.
async fn named(state: &AppState, workspace: &str, name: &str) -> Result<Uuid, Refusal> {
    let row = state.store.connection_named(workspace, name).await?.ok_or(Code::NotFound)?;
    Uuid::parse_str(&row.id).map_err(|_| Code::NotFound.into())
}

/// Counts a text as X does, so that a form can show it while one types.
#[utoipa::path(
    post,
    path = paths::WEIGH,
    tag = "tasks",
    request_body = TextWeight,
    responses((status = 200, body = Weighed), Problems),
)]
pub async fn weigh(
    User(caller): User,
    Json(TextWeight { text }): Json<TextWeight>,
) -> Result<Answer<Weighed>, Refusal> {
    let weight = task::aside(&caller.workspace, move || task::weigh(&text)).await?;
    Ok(Answer(Weighed {
        length: u32::try_from(weight.length).unwrap_or(u32::MAX),
        most: 280,
        urls: u32::try_from(weight.urls).unwrap_or(u32::MAX),
        valid: weight.valid,
    }))
}
