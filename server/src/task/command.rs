//! `pinfold task …`: asks the running server to run a task, and prints what came of it.

use hyper::Method;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use pinfold_api::{Code, paths};
use serde_json::Value;

use crate::StartError;
use crate::config::TaskFlags;
use crate::running::{self, NotDone};

/// What came of it.
#[derive(Debug)]
pub struct Ran {
    /// What is to be printed.
    pub text: String,
    /// X did not do it, or not all of it.
    pub fell_short: bool,
}

/// Runs it.
pub async fn run(flags: TaskFlags) -> Result<Ran, NotDone> {
    let task_key = flags.task_key().map_err(StartError::from)?;
    let config = flags.settings.into_config().map_err(StartError::from)?;
    let server = running::server(&config, flags.server, task_key).await?;
    let connection = utf8_percent_encode(&flags.connection, NON_ALPHANUMERIC).to_string();
    let path = paths::with_id(paths::CONNECTION_TASK, &connection);
    let path = path.replace("{task}", flags.task.name);
    let given = Value::Object(flags.given);
    let asked = running::ask(&server, Method::POST, &path, &[], Some(&given)).await;
    let with_key = flags.task_key_file.is_some();
    let answer = asked.map_err(|error| match error {
        NotDone::Refused(problem) if problem.code == Code::Unauthenticated && with_key => {
            let why =
                "this key is unknown, was revoked, or has come to its end; ask for another one";
            NotDone::Told { words: format!("--task-key-file: {why}"), usage: false, problem }
        }
        NotDone::Refused(problem)
            if problem.code == Code::NotFound && problem.field.is_none() && problem.x.is_none() =>
        {
            NotDone::Told { words: no_connection(&flags.connection), usage: true, problem }
        }
        error => error,
    })?;
    Ok(Ran {
        // X answers 200 all the same.
        fell_short: answer["data"]["deleted"] == false || answer.get("incomplete").is_some(),
        text: if flags.json { format!("{answer:#}") } else { for_people(&answer) },
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
    if let Some(detail) = answer["incomplete"]["detail"].as_str() {
        lines.push(format!("there may be more: {}", running::plain(detail)));
    }
    lines.join("\n")
}

fn entry(entry: &Value) -> String {
    let told = ["id", "created_at", "sender_id", "author_id", "username", "name", "text"];
    let told = told.iter().filter_map(|name| entry.get(name)).map(plain);
    told.collect::<Vec<_>>().join("\t")
}

fn plain(value: &Value) -> String {
    running::plain(&value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

fn no_connection(name: &str) -> String {
    format!("--connection: there is no connection {name:?}, or none for this key")
}
