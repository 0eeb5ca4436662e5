//! `pinfold task …`: asks the running server to run a task, and prints what came of it.

use std::fmt::Write as _;

use hyper::{Method, StatusCode};
use pinfold_api::{ConnectionPage, Problem, paths};
use secrecy::SecretString;
use serde_json::Value;
use url::Url;
use uuid::Uuid;

use crate::StartError;
use crate::clock::Clock;
use crate::config::{Config, TaskFlags};
use crate::sign_in;
use crate::store::Store;
use crate::x::pinfold::{AskError, Pinfold};

/// Why a task was not run.
#[derive(Debug, thiserror::Error)]
pub enum TaskError {
    /// The settings, or the data folder.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The server was not reached.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// The server said no.
    #[error("{}", refusal(.0))]
    Refused(Box<Problem>),
    /// There is no such connection.
    #[error("--connection: there is no connection {0:?}{1}")]
    NoConnection(String, &'static str),
}

impl TaskError {
    /// Whether it was used wrongly, rather than not done.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::Start(error) => matches!(error, StartError::Config(_)),
            Self::Refused(problem) => problem.field.is_some() && problem.x.is_none(),
            Self::NoConnection(..) => true,
            Self::Ask(error) => matches!(error, AskError::Key | AskError::Clear),
        }
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

/// Runs it; answers what is to be printed.
pub async fn run(flags: TaskFlags) -> Result<String, TaskError> {
    let task_key = flags.task_key().map_err(StartError::from)?;
    let has_task_key = task_key.is_some();
    let config = flags.settings.into_config().map_err(StartError::from)?;
    let server = server(&config, flags.server, task_key).await?;
    let id = match Uuid::parse_str(&flags.connection) {
        Ok(id) => id.to_string(),
        Err(_) if has_task_key => {
            return Err(TaskError::NoConnection(
                flags.connection,
                "; a task key names a connection by its id",
            ));
        }
        Err(_) => by_name(&server, &flags.connection).await?,
    };
    let path = paths::with_id(paths::CONNECTION_TASK, &id).replace("{task}", flags.task.name);
    let given = Value::Object(flags.given);
    let answer = ask(&server, Method::POST, &path, &[], Some(&given)).await?;
    Ok(if flags.json { format!("{answer:#}") } else { for_people(&answer) })
}

/// The server that runs on the data folder, or the one that was named.
async fn server(
    config: &Config,
    named: Option<Url>,
    task_key: Option<SecretString>,
) -> Result<Pinfold, TaskError> {
    let base = if let Some(url) = named {
        url
    } else {
        let database = config.data_dir.existing_database().map_err(StartError::from)?;
        let opened = Store::open(&database, Clock::system().now()).await;
        let store = opened.map_err(StartError::from)?;
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

async fn by_name(server: &Pinfold, name: &str) -> Result<String, TaskError> {
    let mut cursor = String::new();
    loop {
        let query = [("search", name), ("limit", "200"), ("cursor", cursor.as_str())];
        let answer = ask(server, Method::GET, paths::CONNECTIONS, &query, None).await?;
        let page: ConnectionPage = serde_json::from_value(answer)
            .map_err(|_| AskError::Foreign("the server".to_owned()))?;
        let wanted = name.to_lowercase();
        if let Some(found) = page.items.into_iter().find(|it| it.name.to_lowercase() == wanted) {
            return Ok(found.id);
        }
        match page.next {
            Some(next) => cursor = next,
            None => return Err(TaskError::NoConnection(name.to_owned(), "")),
        }
    }
}

async fn ask(
    server: &Pinfold,
    method: Method,
    path: &str,
    query: &[(&str, &str)],
    body: Option<&Value>,
) -> Result<Value, TaskError> {
    let (status, answer) = server.ask(method, path, query, body).await?;
    if status == StatusCode::OK {
        return Ok(answer);
    }
    let problem = serde_json::from_value(answer);
    Err(match problem {
        Ok(problem) => TaskError::Refused(Box::new(problem)),
        Err(_) => AskError::Foreign("the server".to_owned()).into(),
    })
}

/// A line for each entry, or for each member of one thing.
fn for_people(answer: &Value) -> String {
    let mut lines = Vec::new();
    let price = answer["price_usd"].as_f64().unwrap_or_default();
    if answer["preview"] == true {
        for request in answer["requests"].as_array().into_iter().flatten() {
            let text = |name: &str| request[name].as_str().unwrap_or_default().to_owned();
            lines.push(format!("{} {}", text("method"), text("url")));
            lines.push(format!("Authorization: {}", text("authorization")));
            lines.extend(request["body"].as_str().map(str::to_owned));
            lines.push(format!("as: {}", text("curl")));
        }
        lines.push(format!("nothing was sent; it would cost at most ${price:.3}"));
        return lines.join("\n");
    }
    match &answer["data"] {
        Value::Array(entries) if entries.is_empty() => lines.push("nothing found".to_owned()),
        Value::Array(entries) => lines.extend(entries.iter().map(entry)),
        Value::Object(members) => {
            lines.extend(members.iter().map(|(name, value)| format!("{name}: {}", plain(value))));
        }
        _ => lines.push("done".to_owned()),
    }
    lines.join("\n")
}

fn entry(entry: &Value) -> String {
    let told = ["id", "created_at", "username", "name", "text"];
    let told = told.iter().filter_map(|name| entry.get(name)).map(plain);
    told.collect::<Vec<_>>().join("\t")
}

/// On one line: a text of X's cannot pretend to be two entries, nor command a terminal.
fn plain(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}
