//! The API's table: the one place that says which handler answers which method of which path. The
//! router, `/openapi.json` and the answers to preflights all come from it.

use axum::Router;
use axum::routing::MethodRouter;
use pinfold_api::{WebhookMessage, paths};
use utoipa::OpenApi;

use crate::routes::{
    apps, audit, authorizations, connection_bulk, connection_list, connections, export, import,
    keys, session, sessions, status, tasks, versions, webhooks, workspaces,
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
    paths::USAGES: get keys::usages_of_many;
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

/// What the handlers say of themselves.
pub fn described() -> utoipa::openapi::OpenApi {
    Described::openapi()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_allows_what_it_serves() {
        assert_eq!(allowed(paths::KEYS).as_deref(), Some("GET, HEAD, POST"));
        assert_eq!(allowed("/api/v1/nothing"), None);
    }
}
