//! The API's table: the one place that says which handler answers which method of which path. The
//! router, `/openapi.json` and the answers to preflights all come from it.

use std::sync::OnceLock;

use axum::Router;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::MethodRouter;
use pinfold_api::{WebhookMessage, paths};
use serde_json::Value;
use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{InfoBuilder, SecurityRequirement};

use crate::routes::{
    self, apps, audit, authorizations, connection_bulk, connection_list, connections, export,
    import, keys, session, sessions, status, tasks, versions, webhooks, workspaces,
};
use crate::state::AppState;

macro_rules! api {
    ($($path:path: $($method:ident $handler:path),+;)+) => {
        /// Each path and its methods, in lower case.
        pub const SERVED: &[(&str, &[&str])] = &[$(($path, &[$(stringify!($method)),+])),+];

        /// The routes of the table.
        pub fn routes() -> Router<AppState> {
            Router::new()$(.route($path, MethodRouter::new()$(.$method($handler))+))+
        }

        #[derive(OpenApi)]
        #[openapi(paths($($($handler),+),+), components(schemas(WebhookMessage)))]
        struct Described;
    };
}

api! {
    paths::SESSION: post session::post, get session::get, delete session::delete;
    paths::SIGN_IN: get session::ways;
    paths::SESSIONS: get sessions::list, post sessions::post;
    paths::SESSION_OF: delete sessions::delete;
    paths::WORKSPACES: get workspaces::list, post workspaces::post;
    paths::WORKSPACE: get workspaces::get, patch workspaces::patch, delete workspaces::delete;
    paths::WORKSPACE_KEY: post workspaces::post_key;
    paths::WEBHOOKS: get webhooks::list, post webhooks::post;
    paths::WEBHOOK: delete webhooks::delete;
    paths::WEBHOOK_DELIVERIES: get webhooks::deliveries;
    paths::AUTHORIZATIONS: post authorizations::post;
    paths::AUTHORIZATION: get authorizations::get, delete authorizations::delete;
    paths::AUTHORIZATION_PIN: post authorizations::post_pin;
    paths::CONNECTIONS: get connection_list::list, post connections::post;
    paths::CONNECTION_GROUPS: get connection_list::groups;
    paths::CONNECTIONS_BULK: post connection_bulk::post;
    paths::CONNECTION: get connections::get, patch connections::patch, delete connections::delete;
    paths::CONNECTION_CLONE: post connections::post_clone;
    paths::CONNECTION_TEST: post connections::post_test;
    paths::CONNECTION_VERSIONS: get versions::get_of_connection;
    paths::CONNECTION_REVERT: post versions::revert_connection;
    paths::CONNECTION_USAGES: get keys::usages;
    paths::CONNECTION_TASK: post tasks::post;
    paths::DELETED: get versions::get_deleted;
    paths::AUDIT: get audit::get;
    paths::APPS: get apps::list, post apps::post;
    paths::APP: get apps::get, patch apps::patch, delete apps::delete;
    paths::APP_TEST: post apps::post_test;
    paths::REGISTERED_APP_TEST: post apps::post_registered_test;
    paths::APP_VERSIONS: get apps::get_versions;
    paths::APP_REVERT: post apps::post_revert;
    paths::KEYS: get keys::list, post keys::post;
    paths::KEY: delete keys::delete;
    paths::TASKS: get tasks::list;
    paths::WEIGH: post tasks::weigh;
    paths::EXPORT: post export::post;
    paths::IMPORT: post import::post;
    paths::HEALTHZ: get status::healthz;
    paths::READYZ: get status::readyz;
    paths::METRICS: get status::metrics;
}

/// The methods of a path, as `Allow` lists them (RFC 9110 §10.2.1).
pub fn allowed(path: &str) -> Option<String> {
    let (_, methods) = SERVED.iter().find(|(served, _)| *served == path)?;
    let names = methods.iter().map(|method| match *method {
        // axum answers HEAD where it answers GET.
        "get" => String::from("GET, HEAD"),
        method => method.to_uppercase(),
    });
    Some(names.collect::<Vec<_>>().join(", "))
}

/// `/openapi.json`. Described when first asked: it takes longer than all the rest of a start.
pub async fn describe() -> impl IntoResponse {
    static DOCUMENT: OnceLock<Bytes> = OnceLock::new();
    let document = DOCUMENT.get_or_init(|| Bytes::from(document().to_string()));
    ([(CONTENT_TYPE, "application/json")], document.clone())
}

fn document() -> Value {
    let mut document = serde_json::to_value(description()).expect("a description is JSON");
    // utoipa knows what is asked here, and not what is posted elsewhere.
    document["webhooks"] = webhooks::messages();
    let schemas = document["components"]["schemas"].clone();
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    for (_, operation) in paths.filter_map(|(_, methods)| methods.as_object_mut()).flatten() {
        if let Some(body) = operation.get_mut("requestBody") {
            body["required"] = may_not_be_empty(body, &schemas).into();
        }
    }
    document
}

/// Whether a body has a member that has to be there. Where it has none, so may the whole be left
/// out ([`crate::body`]).
fn may_not_be_empty(body: &Value, schemas: &Value) -> bool {
    let schema = &body["content"]["application/json"]["schema"];
    let name = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next());
    let schema = name.map_or(schema, |name| &schemas[name]);
    schema["required"].as_array().is_some_and(|members| !members.is_empty())
}

fn description() -> utoipa::openapi::OpenApi {
    let mut openapi = Described::openapi();
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
        .description(Some("The access key or a session token"))
        .build();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    let cookie = ApiKeyValue::with_description("pinfold", "`__Host-pinfold` over https");
    components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    routes::proxy::describe(&mut openapi);
    openapi
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// A handler says its method and path once more, for its description.
    #[test]
    fn what_is_described_is_what_is_served() {
        let openapi = serde_json::to_value(description()).expect("JSON");
        let described = openapi["paths"].as_object().expect("an object").iter();
        let described: BTreeSet<_> = described
            .filter(|(path, _)| *path != paths::CONNECTION_PROXY)
            .flat_map(|(path, item)| {
                let methods = item.as_object().expect("an object").keys();
                methods.map(move |method| (path.clone(), method.clone()))
            })
            .collect();
        let served = SERVED.iter().flat_map(|(path, methods)| {
            methods.iter().map(|method| ((*path).to_owned(), (*method).to_owned()))
        });
        assert_eq!(described, served.collect());
    }

    #[test]
    fn a_path_allows_what_it_serves() {
        assert_eq!(allowed(paths::KEYS).as_deref(), Some("GET, HEAD, POST"));
        assert_eq!(allowed("/api/v1/nothing"), None);
    }
}
