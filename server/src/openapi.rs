//! `/openapi.json`: what the handlers say of themselves, and what only the whole can tell.

use std::sync::OnceLock;

use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use pinfold_api::paths;
use serde_json::{Value, json};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{InfoBuilder, SecurityRequirement};

use crate::api;
use crate::routes::{proxy, webhooks};
use crate::task;

/// What is answered beside the API: path, media type, what it is.
const BESIDE: [(&str, &str, &str); 3] = [
    (paths::OPENAPI, "application/json", "This document"),
    (paths::EMBED, "text/javascript", "Defines `<pinfold-connect>`"),
    (paths::PINFOLD_JSON, "application/json", "Where the front end finds its server"),
];
/// Where a browser goes by itself, to sign in with a provider of OpenID Connect.
const WAYS: [(&str, &str); 2] = [
    (paths::OIDC, "To the provider"),
    (paths::OIDC_CALLBACK, "Back from the provider, to the page that asked"),
];

/// Described when first asked: it takes longer than all the rest of a start.
pub async fn get() -> impl IntoResponse {
    static DOCUMENT: OnceLock<Bytes> = OnceLock::new();
    let document = DOCUMENT.get_or_init(|| Bytes::from(document().to_string()));
    ([(CONTENT_TYPE, "application/json")], document.clone())
}

fn document() -> Value {
    let mut document = serde_json::to_value(described()).expect("a description is JSON");
    // utoipa knows what is asked here, and not what is posted elsewhere.
    document["webhooks"] = webhooks::messages();
    task::describe(&mut document, paths::CONNECTION_TASK);
    let schemas = document["components"]["schemas"].clone();
    let items = document["paths"].as_object_mut().expect("paths are an object");
    for (path, media_type, summary) in BESIDE {
        let content = json!({ media_type: {} });
        let ok = json!({ "description": summary, "content": content });
        items.insert(path.to_owned(), public(summary, &json!({ "200": ok })));
    }
    for (path, summary) in WAYS {
        let on = json!({ "303": { "description": summary } });
        items.insert(path.to_owned(), public(summary, &on));
    }
    for (path, item) in items {
        for (method, operation) in item.as_object_mut().expect("methods are an object") {
            operation["operationId"] = operation_id(method, path).into();
            if let Some(body) = operation.get_mut("requestBody") {
                body["required"] = may_not_be_empty(body, &schemas).into();
            }
        }
    }
    document
}

fn public(summary: &str, responses: &Value) -> Value {
    json!({ "get": { "summary": summary, "security": [], "responses": responses } })
}

/// `post_connections_by_id_clone`.
fn operation_id(method: &str, path: &str) -> String {
    let path = path.strip_prefix("/api/v1").unwrap_or(path);
    let words = path.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '{' | '}'));
    words.filter(|word| !word.is_empty()).fold(method.to_owned(), |id, word| {
        match word.strip_prefix('{') {
            Some(parameter) => id + "_by_" + parameter.trim_end_matches('}'),
            None => id + "_" + word,
        }
    })
}

/// Whether a body has a member that has to be there. Where it has none, so may the whole be left
/// out ([`crate::body`]).
fn may_not_be_empty(body: &Value, schemas: &Value) -> bool {
    let schema = &body["content"]["application/json"]["schema"];
    let name = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next());
    let schema = name.map_or(schema, |name| &schemas[name]);
    schema["required"].as_array().is_some_and(|members| !members.is_empty())
}

fn described() -> utoipa::openapi::OpenApi {
    let mut openapi = api::described();
    openapi.info = InfoBuilder::new()
        .title("Pinfold")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Connect X accounts, and use the connections. Errors are RFC 9457 problems.",
        ))
        .build();
    openapi.security =
        Some(["bearer", "cookie"].map(|it| SecurityRequirement::new(it, [] as [&str; 0])).to_vec());
    let components = openapi.components.get_or_insert_default();
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("The access key, a session token, or a task key"))
        .build();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    let cookie = ApiKeyValue::with_description("pinfold", "`__Host-pinfold` over https");
    components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    proxy::describe(&mut openapi);
    openapi
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// A handler says its method and path once more, for its description.
    #[test]
    fn what_is_described_is_what_is_served() {
        let openapi = serde_json::to_value(described()).expect("JSON");
        let described = openapi["paths"].as_object().expect("an object").iter();
        let described: BTreeSet<_> = described
            .filter(|(path, _)| *path != paths::CONNECTION_PROXY)
            .flat_map(|(path, item)| {
                let methods = item.as_object().expect("an object").keys();
                methods.map(move |method| (path.clone(), method.clone()))
            })
            .collect();
        let served = api::SERVED.iter().flat_map(|(path, methods)| {
            methods.iter().map(|method| ((*path).to_owned(), (*method).to_owned()))
        });
        assert_eq!(described, served.collect());
    }

    #[test]
    fn each_task_says_what_it_takes_needs_and_costs() {
        let document = document();
        let operation = &document["paths"][paths::CONNECTION_TASK]["post"];
        let bodies = &operation["requestBody"]["content"]["application/json"]["schema"]["oneOf"];
        assert_eq!(bodies.as_array().map(Vec::len), Some(14));
        for body in bodies.as_array().expect("a list") {
            let pointer = body["$ref"].as_str().and_then(|it| it.strip_prefix('#'));
            assert!(document.pointer(pointer.expect("here")).is_some(), "{body}");
        }
        let parameters = operation["parameters"].as_array().expect("a list").iter();
        let mut task = parameters.filter(|it| it["name"] == "task");
        let names = task.next().map(|it| &it["schema"]["enum"]).expect("a name");
        assert_eq!(names[13], "followers");
        let list = &document["components"]["schemas"]["task.followers"];
        assert_eq!(list["properties"]["count"]["maximum"], 200);
        assert_eq!(list["x-needs"], "read");
        assert_eq!(list["x-endpoints"][0]["page"]["most"], 1000);
        let like = &document["components"]["schemas"]["task.like"];
        assert_eq!(like["required"], json!(["tweet_id"]));
        assert_eq!(like["x-endpoints"][1]["method"], "DELETE");
    }

    #[test]
    fn each_operation_has_a_name_of_its_own() {
        let document = document();
        let items = document["paths"].as_object().expect("an object").values();
        let operations = items.flat_map(|item| item.as_object().expect("an object").values());
        let names: Vec<_> =
            operations.map(|it| it["operationId"].as_str().expect("text")).collect();
        assert!(names.contains(&"post_connections_by_id_clone"), "{names:?}");
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    }
}
