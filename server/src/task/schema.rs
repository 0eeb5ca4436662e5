//! What each task takes, as `/openapi.json` tells it: JSON Schema from the table of tasks.

use pinfold_api::{Endpoint, FieldKind, FieldSpec, TASKS, TaskSpec};
use serde_json::{Map, Value, json};

/// Puts the tasks into a description: a schema for each, and which there are.
///
/// # Panics
/// When the description has no such path with parameters.
pub fn describe(document: &mut Value, path: &str) {
    let names: Vec<_> = TASKS.iter().map(|task| task.name).collect();
    let mut bodies = Vec::new();
    for task in &TASKS {
        let name = format!("task.{}", task.name);
        bodies.push(json!({ "$ref": format!("#/components/schemas/{name}") }));
        document["components"]["schemas"][name] = schema(task);
    }
    let operation = &mut document["paths"][path]["post"];
    operation["requestBody"]["content"]["application/json"]["schema"] = json!({ "oneOf": bodies });
    let parameters = operation["parameters"].as_array_mut().expect("a task has a name");
    for parameter in parameters.iter_mut().filter(|it| it["name"] == "task") {
        parameter["schema"]["enum"] = json!(names);
    }
}

fn schema(task: &TaskSpec) -> Value {
    let mut properties: Map<String, Value> =
        task.fields.iter().map(|it| (it.name.to_owned(), of_field(it))).collect();
    let preview = json!({ "type": "boolean", "description": "Send nothing, show the requests." });
    properties.insert("preview".to_owned(), preview);
    let required: Vec<_> = task.fields.iter().filter(|it| it.required).map(|it| it.name).collect();
    let endpoint = |it: &Endpoint| {
        let page = it
            .page
            .map(|page| json!({ "least": page.least, "most": page.most, "cursor": page.cursor }));
        json!({ "method": it.method, "path": it.path, "page": page })
    };
    let endpoints: Vec<_> = task.endpoints.iter().map(endpoint).collect();
    json!({
        "type": "object", "title": task.title, "description": task.about,
        "properties": properties, "required": required, "additionalProperties": false,
        "x-needs": task.needs, "x-price-usd": crate::task_key::dollars(task.price_micros),
        "x-billed-each": task.billed_each, "x-endpoints": endpoints,
    })
}

fn of_field(field: &FieldSpec) -> Value {
    let id = |least: u32| json!({ "type": ["string", "integer"], "pattern": "^[0-9]{1,19}$", "minimum": least });
    let mut schema = match field.kind {
        FieldKind::Tweet => json!({ "type": "string", "minLength": 1, "x-max-weight": 280 }),
        FieldKind::Text(most) => json!({ "type": "string", "minLength": 1, "maxLength": most }),
        FieldKind::TweetId => id(1),
        FieldKind::TweetIdOrLatest => id(0),
        FieldKind::User => json!({ "type": ["string", "integer"] }),
        FieldKind::Choice(words) => json!({ "type": "string", "enum": words }),
        FieldKind::Count(most) => json!({ "type": "integer", "minimum": 1, "maximum": most }),
        FieldKind::Flag => json!({ "type": "boolean" }),
    };
    schema["title"] = field.label.into();
    schema["description"] = field.hint.into();
    schema
}
