//! `pinfold task …`: asks the running server to run a task, and prints what came of it.

use hyper::Method;
use pinfold_api::{ConnectionPage, paths};
use serde_json::Value;
use uuid::Uuid;

use crate::StartError;
use crate::config::TaskFlags;
use crate::running::{self, NotDone};
use crate::x::pinfold::Pinfold;

/// Runs it; answers what is to be printed.
pub async fn run(flags: TaskFlags) -> Result<String, NotDone> {
    let task_key = flags.task_key().map_err(StartError::from)?;
    let has_task_key = task_key.is_some();
    let config = flags.settings.into_config().map_err(StartError::from)?;
    let server = running::server(&config, flags.server, task_key).await?;
    let id = match Uuid::parse_str(&flags.connection) {
        Ok(id) => id.to_string(),
        Err(_) if has_task_key => {
            return Err(no_connection(
                &flags.connection,
                "; a task key names a connection by its id",
            ));
        }
        Err(_) => by_name(&server, &flags.connection).await?,
    };
    let path = paths::with_id(paths::CONNECTION_TASK, &id).replace("{task}", flags.task.name);
    let given = Value::Object(flags.given);
    let answer = running::ask(&server, Method::POST, &path, &[], Some(&given)).await?;
    Ok(if flags.json { format!("{answer:#}") } else { for_people(&answer) })
}

async fn by_name(server: &Pinfold, name: &str) -> Result<String, NotDone> {
    let mut cursor = String::new();
    loop {
        let query = [("search", name), ("limit", "200"), ("cursor", cursor.as_str())];
        let answer = running::ask(server, Method::GET, paths::CONNECTIONS, &query, None).await?;
        let page: ConnectionPage =
            serde_json::from_value(answer).map_err(|_| NotDone::foreign())?;
        let wanted = name.to_lowercase();
        if let Some(found) = page.items.into_iter().find(|it| it.name.to_lowercase() == wanted) {
            return Ok(found.id);
        }
        match page.next {
            Some(next) => cursor = next,
            None => return Err(no_connection(name, "")),
        }
    }
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

fn plain(value: &Value) -> String {
    running::plain(&value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

fn no_connection(name: &str, hint: &str) -> NotDone {
    NotDone::NoSuch(format!("--connection: there is no connection {name:?}{hint}"))
}
