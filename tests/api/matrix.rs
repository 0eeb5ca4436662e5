//! Every route, for every kind of caller: nobody, an ended session, a weaker role, another tenant.
//!
//! The routes are read from `/openapi.json`, so that a new route cannot be forgotten here.

use pinfold_api::Role;
use pinfold_tests::{Client, TestApp};
use reqwest::Method;
use serde_json::{Value, json};

use crate::flow::{connected, get_pin, id};

/// Routes that need no session.
const OPEN: [&str; 10] = [
    "post /api/v1/session",
    "get /api/v1/sign-in",
    "get /healthz",
    "get /readyz",
    "get /metrics",
    "get /openapi.json",
    "get /embed.js",
    "get /pinfold.json",
    "get /session/oidc",
    "get /session/oidc/callback",
];

struct Route {
    method: Method,
    path: String,
}

impl Route {
    fn name(&self) -> String {
        format!("{} {}", self.method.as_str().to_lowercase(), self.path)
    }

    async fn call(&self, client: &Client, ids: &Ids) -> u16 {
        let id = match self.path.split('/').nth(3) {
            Some("connections") => &ids.connection,
            Some("apps") => &ids.app,
            Some("sessions") => &ids.session,
            Some("keys") => &ids.key,
            Some("workspaces") => &ids.workspace,
            Some("webhooks") => &ids.webhook,
            _ => &ids.authorization,
        };
        let path = self.path.replace("{id}", id).replace("{path}", "2/users/me");
        let path = path.replace("{task}", "tweet");
        let request = client.request(self.method.clone(), &path);
        let request = if self.method == Method::GET { request } else { request.json(&self.body()) };
        client.send(request).await.status
    }

    /// A valid body, so that it is the caller that decides the answer.
    fn body(&self) -> Value {
        match self.path.as_str() {
            "/api/v1/authorizations" => json!({ "app": { "kind": "registered" } }),
            path if path.ends_with("/pin") => json!({ "pin": "1234567" }),
            "/api/v1/connections" => {
                json!({ "authorization_id": "01890000-0000-7000-8000-000000000000" })
            }
            path if path.ends_with("/{task}") => json!({ "text": "hello" }),
            "/api/v1/weigh" => json!({ "text": "hello" }),
            path if path.ends_with("/revert") => json!({ "version": 1 }),
            "/api/v1/sessions" => json!({ "role": "connector" }),
            "/api/v1/workspaces" => json!({ "name": "Another" }),
            "/api/v1/webhooks" => json!({ "url": "https://portal.invalid/" }),
            "/api/v1/import" => json!({ "content": "profiles: {}" }),
            _ => json!({}),
        }
    }
}

struct Ids {
    authorization: String,
    connection: String,
    app: String,
    session: String,
    key: String,
    workspace: String,
    webhook: String,
}

impl Ids {
    fn all(&self) -> [&str; 7] {
        let Self { authorization, connection, app, session, key, workspace, webhook } = self;
        [authorization, connection, app, session, key, workspace, webhook]
    }
}

async fn routes(app: &TestApp) -> Vec<Route> {
    let openapi = app.anonymous().get("/openapi.json").await.expect(200);
    let mut routes = Vec::new();
    for (path, item) in openapi["paths"].as_object().expect("paths") {
        for method in item.as_object().expect("methods").keys() {
            let method = method.to_uppercase().parse().expect("a method");
            routes.push(Route { method, path: path.clone() });
        }
    }
    assert!(OPEN.iter().all(|open| routes.iter().any(|route| route.name() == *open)));
    routes.retain(|route| !OPEN.contains(&route.name().as_str()));
    // What ends a session or a thing comes last.
    routes.sort_by_key(|route| (route.method == Method::DELETE, route.path.ends_with("session")));
    routes
}

async fn stage() -> (TestApp, Ids, Vec<Route>) {
    let app = TestApp::start().await;
    let workspace = id(&workspace(&app).await);
    let ids = fill(&app, &app.operator().await, workspace).await;
    let routes = routes(&app).await;
    (app, ids, routes)
}

/// One of everything that a workspace can hold.
async fn fill(app: &TestApp, owner: &Client, workspace: String) -> Ids {
    let connection = id(&connected(app, owner, "brief").await);
    let authorization = id(&get_pin(owner).await);
    let saved = json!({ "name": "Ours", "consumer_key": "key", "consumer_secret": "secret" });
    let saved = id(&owner.post("/api/v1/apps", &saved).await.expect(201));
    let minted = json!({ "role": "connector" });
    let session = id(&owner.post("/api/v1/sessions", &minted).await.expect(201));
    let key = json!({ "name": "cron", "connections": [connection], "tasks": ["tweet"] });
    let key = id(&owner.post("/api/v1/keys", &key).await.expect(201));
    let webhook = json!({ "url": "https://portal.invalid/hook" });
    let webhook = id(&owner.post("/api/v1/webhooks", &webhook).await.expect(201));
    Ids { authorization, connection, app: saved, session, key, workspace, webhook }
}

/// A workspace with an app of its own.
async fn workspace(app: &TestApp) -> Value {
    let keys = app.sandbox().post("/sandbox/apps", &json!({ "name": "Acme" })).await.json();
    let registered = json!({ "name": "Acme", "consumer_key": keys["consumer_key"],
                             "consumer_secret": keys["consumer_secret"] });
    let wanted = json!({ "name": "Acme", "registered_app": registered });
    app.with_access_key().post("/api/v1/workspaces", &wanted).await.expect(201)
}

#[tokio::test]
async fn nobody_and_ended_sessions_are_401_everywhere() {
    let (app, ids, routes) = stage().await;
    let ended = app.operator().await;
    assert_eq!(ended.delete("/api/v1/session").await.status, 204);
    for route in &routes {
        assert_eq!(route.call(&app.anonymous(), &ids).await, 401, "{}", route.name());
        assert_eq!(route.call(&ended, &ids).await, 401, "{}", route.name());
        assert_eq!(route.call(&app.with_bearer("wrong"), &ids).await, 401, "{}", route.name());
    }
}

#[tokio::test]
async fn another_workspace_finds_nothing() {
    let (app, ids, routes) = stage().await;
    let other = workspace(&app).await;
    let key = app.with_bearer(other["access_key"].as_str().expect("a key"));
    for stranger in [app.signed_in("elsewhere", Role::Operator).await, key] {
        finds_nothing(&stranger, &ids, &routes).await;
    }
}

/// Whoever made a workspace sees that it is there, and nothing of what is in it.
#[tokio::test]
async fn nor_does_the_default_one_in_a_workspace_that_it_made() {
    let app = TestApp::start().await;
    let tenant = workspace(&app).await;
    let owner = app.with_bearer(tenant["access_key"].as_str().expect("a key"));
    let ids = fill(&app, &owner, id(&tenant)).await;
    let of_workspaces = |route: &Route| route.path.starts_with("/api/v1/workspaces");
    let (mut routes, stranger) = (routes(&app).await, app.operator().await);
    routes.retain(|route| !of_workspaces(route));
    finds_nothing(&stranger, &ids, &routes).await;
    assert_eq!(
        owner.get("/api/v1/connections").await.expect(200)["items"][0]["id"],
        ids.connection
    );
}

/// Each route with an id is 404, and no list names one.
async fn finds_nothing(stranger: &Client, ids: &Ids, routes: &[Route]) {
    for route in routes.iter().filter(|route| route.path.contains("{id}")) {
        assert_eq!(route.call(stranger, ids).await, 404, "{}", route.name());
    }
    let lists =
        routes.iter().filter(|route| route.method == Method::GET && !route.path.contains("{id}"));
    for list in lists {
        let reply = stranger.get(&list.path).await;
        assert_eq!(reply.status, 200, "{}", list.name());
        // Its own log names what it asked for in vain.
        if list.path == "/api/v1/audit" {
            continue;
        }
        for id in ids.all() {
            assert!(!reply.text.contains(id), "{} shows {id}", list.name());
        }
    }
}

#[tokio::test]
async fn a_connector_connects_and_does_nothing_else() {
    let (app, ids, routes) = stage().await;
    let connector = app.signed_in("default", Role::Connector).await;
    for route in &routes {
        let expected = match route.name().as_str() {
            "get /api/v1/audit"
            | "get /api/v1/connections"
            | "get /api/v1/connections/groups"
            | "post /api/v1/connections/bulk"
            | "get /api/v1/connections/{id}"
            | "patch /api/v1/connections/{id}"
            | "delete /api/v1/connections/{id}"
            | "get /api/v1/apps"
            | "post /api/v1/apps"
            | "get /api/v1/apps/{id}"
            | "patch /api/v1/apps/{id}"
            | "delete /api/v1/apps/{id}"
            | "post /api/v1/apps/{id}/test"
            | "post /api/v1/apps/registered/test"
            | "get /api/v1/apps/{id}/versions"
            | "post /api/v1/apps/{id}/revert"
            | "post /api/v1/connections/{id}/clone"
            | "post /api/v1/connections/{id}/test"
            | "get /api/v1/connections/{id}/versions"
            | "post /api/v1/connections/{id}/revert"
            | "get /api/v1/connections/{id}/usages"
            | "get /api/v1/usages"
            | "get /api/v1/keys"
            | "post /api/v1/keys"
            | "delete /api/v1/keys/{id}"
            | "get /api/v1/tasks"
            | "post /api/v1/weigh"
            | "get /api/v1/sessions"
            | "post /api/v1/sessions"
            | "delete /api/v1/sessions/{id}"
            | "get /api/v1/webhooks"
            | "post /api/v1/webhooks"
            | "delete /api/v1/webhooks/{id}"
            | "get /api/v1/webhooks/{id}/deliveries"
            | "get /api/v1/workspaces"
            | "post /api/v1/workspaces"
            | "get /api/v1/workspaces/{id}"
            | "patch /api/v1/workspaces/{id}"
            | "delete /api/v1/workspaces/{id}"
            | "post /api/v1/workspaces/{id}/access-key"
            | "post /api/v1/export"
            | "post /api/v1/import"
            | "get /api/v1/deleted" => 403,
            name if name.contains("/x/{path}") || name.ends_with("/{task}") => 403,
            "get /api/v1/session" => 200,
            "delete /api/v1/session" => 204,
            "post /api/v1/authorizations" => 201,
            // Another session's authorization.
            _ => 404,
        };
        assert_eq!(route.call(&connector, &ids).await, expected, "{}", route.name());
    }
}

#[tokio::test]
async fn a_task_session_may_not_connect_or_manage() {
    let (app, ids, routes) = stage().await;
    let task = app.signed_in("default", Role::Task).await;
    for route in routes.iter().filter(|route| !route.path.ends_with("/session")) {
        assert_eq!(route.call(&task, &ids).await, 403, "{}", route.name());
    }
    assert_eq!(task.get("/metrics").await.status, 200, "it comes from loopback");
}

#[tokio::test]
async fn a_task_key_does_what_it_names_and_nothing_else() {
    let (app, ids, routes) = stage().await;
    let wanted = json!({
        "name": "cron", "connections": [ids.connection], "tasks": ["tweet"],
        "paths": ["GET /2/users/me"],
    });
    let made = app.with_access_key().post("/api/v1/keys", &wanted).await.expect(201);
    let key = app.with_bearer(made["key"].as_str().expect("a key"));
    for route in &routes {
        let expected = match route.name().as_str() {
            "get /api/v1/connections/{id}/x/{path}"
            | "post /api/v1/connections/{id}/tasks/{task}"
            | "get /api/v1/tasks"
            | "post /api/v1/weigh" => 200,
            _ => 403,
        };
        assert_eq!(route.call(&key, &ids).await, expected, "{}", route.name());
    }
    assert_eq!(app.with_bearer(&made["key"].to_string()).get("/api/v1/keys").await.status, 401);
}
