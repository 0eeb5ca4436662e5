//! `/workspaces`: tenants with keys, apps and limits of their own, who see nothing of each other.

use pinfold_api::Role;
use pinfold_tests::{Client, TestApp};
use reqwest::Method;
use serde_json::{Value, json};

use crate::flow::{connected, consented, get_pin, id, pin_path, reauthorized};

const WORKSPACES: &str = "/api/v1/workspaces";
const SESSION: &str = "/api/v1/session";

/// Makes a workspace with an app of its own at the sandbox; answers it, and its operator by key.
async fn made(app: &TestApp, limits: &Value) -> (Value, Client) {
    let keys = app_at_x(app).await;
    let wanted = json!({ "name": "Acme", "registered_app": keys, "limits": limits });
    let made = app.with_access_key().post(WORKSPACES, &wanted).await.expect(201);
    let key = made["access_key"].as_str().expect("a key").to_owned();
    let client = app.with_bearer(&key);
    (made, client)
}

async fn app_at_x(app: &TestApp) -> Value {
    let keys = app.sandbox().post("/sandbox/apps", &json!({ "name": "Acme app" })).await.json();
    json!({ "name": "Acme app", "consumer_key": keys["consumer_key"],
            "consumer_secret": keys["consumer_secret"] })
}

fn path(workspace: &Value) -> String {
    format!("{WORKSPACES}/{}", id(workspace))
}

#[tokio::test]
async fn a_workspace_has_a_key_and_an_app_of_its_own() {
    let app = TestApp::start().await;
    let (workspace, operator) = made(&app, &json!({})).await;
    let session = operator.get(SESSION).await.expect(200);
    assert_eq!(session["workspace"], workspace["id"]);
    assert_eq!(session["role"], "operator");
    assert_eq!(session["registered_app"]["name"], "Acme app");
    assert_eq!(workspace["registered_app"], session["registered_app"]);
    assert_eq!(
        workspace["limits"],
        json!({ "connections": null, "authorizations_per_hour": null })
    );

    // The key signs a browser in, too.
    let browser = app.anonymous();
    let entry = json!({ "access_key": workspace["access_key"] });
    assert_eq!(browser.post(SESSION, &entry).await.status, 204);
    assert_eq!(browser.get(SESSION).await.expect(200)["workspace"], workspace["id"]);

    // What is connected there is signed with its own app, and is nobody else's.
    let connection = connected(&app, &browser, "brief").await;
    assert_eq!(connection["workspace"], workspace["id"]);
    assert_eq!(
        connection["app"]["consumer_key_hint"],
        session["registered_app"]["consumer_key_hint"]
    );
    let at = format!("/api/v1/connections/{}", id(&connection));
    let me = operator.get(&format!("{at}/x/2/users/me")).await.expect(200);
    assert_eq!(me["data"]["username"], "brief");
    assert_eq!(app.with_access_key().get(&at).await.problem(404), "not_found");
    assert_eq!(
        app.with_access_key().get("/api/v1/connections").await.expect(200)["items"],
        json!([])
    );
    assert_eq!(operator.delete(&at).await.expect(200)["revoked"], true);
}

#[tokio::test]
async fn a_workspace_without_an_app_uses_nobody_elses() {
    let app = TestApp::start().await;
    let made = app.with_access_key().post(WORKSPACES, &json!({ "name": "Bare" })).await.expect(201);
    let operator = app.with_bearer(made["access_key"].as_str().expect("a key"));
    assert_eq!(operator.get(SESSION).await.expect(200)["registered_app"], json!(null));
    let wanted = json!({ "app": { "kind": "registered" } });
    let refused = operator.post("/api/v1/authorizations", &wanted).await;
    assert_eq!(refused.problem(409), "no_registered_app");
    let tested = operator.post("/api/v1/apps/registered/test", &json!({})).await;
    assert_eq!(tested.problem(409), "no_registered_app");
}

#[tokio::test]
async fn the_key_is_shown_once_and_a_new_one_ends_the_old() {
    let app = TestApp::start().await;
    let (workspace, operator) = made(&app, &json!({})).await;
    let list = app.with_access_key().get(WORKSPACES).await;
    let key = workspace["access_key"].as_str().expect("a key");
    assert!(!list.text.contains(key));
    let (browser, own) = (app.anonymous(), app.anonymous());
    for client in [&browser, &own] {
        let entry = json!({ "access_key": key });
        assert_eq!(client.post(SESSION, &entry).await.status, 204);
    }
    let at = format!("{}/access-key", path(&workspace));
    let renewed = own.post(&at, &json!({})).await.expect(200);
    let new = renewed["access_key"].as_str().expect("a key");
    assert_ne!(new, key);
    assert_eq!(operator.get(SESSION).await.problem(401), "unauthenticated");
    assert_eq!(browser.get(SESSION).await.problem(401), "unauthenticated");
    assert_eq!(own.get(SESSION).await.status, 200, "whoever asked goes on");
    let again = app.anonymous().post(SESSION, &json!({ "access_key": key })).await;
    assert_eq!(again.problem(401), "sign_in_refused");
    assert_eq!(app.with_bearer(new).get(SESSION).await.status, 200);
}

#[tokio::test]
async fn only_the_default_workspace_makes_others_and_sets_limits() {
    let app = TestApp::start().await;
    let (workspace, tenant) = made(&app, &json!({ "connections": 5 })).await;
    let (other, _) = made(&app, &json!({})).await;
    let refused = tenant.post(WORKSPACES, &json!({ "name": "Mine" })).await;
    assert_eq!(refused.problem(403), "forbidden");
    let more = json!({ "limits": { "connections": 50, "authorizations_per_hour": null } });
    let refused = tenant.patch(&path(&workspace), &more).await;
    assert_eq!(refused.problem(403), "forbidden");
    assert_eq!(tenant.get(&path(&other)).await.problem(404), "not_found");
    assert_eq!(tenant.patch(&path(&other), &more).await.problem(404), "not_found");
    assert_eq!(tenant.get(&format!("{WORKSPACES}/default")).await.problem(404), "not_found");
    let seen = tenant.get(WORKSPACES).await.expect(200);
    assert_eq!(seen["items"].as_array().expect("a list").len(), 1);
    assert_eq!(seen["items"][0]["id"], workspace["id"]);

    let renamed = tenant.patch(&path(&workspace), &json!({ "name": "Acme 2" })).await.expect(200);
    assert_eq!(
        (&renamed["name"], &renamed["limits"]["connections"]),
        (&json!("Acme 2"), &json!(5))
    );
    let root = app.with_access_key();
    assert_eq!(root.patch(&path(&workspace), &more).await.expect(200)["limits"]["connections"], 50);
    let all = root.get(WORKSPACES).await.expect(200);
    let all = all["items"].as_array().expect("a list");
    assert!(all.len() == 3 && all.iter().any(|item| item["id"] == "default"));
    let default = format!("{WORKSPACES}/default");
    assert_eq!(root.get(&default).await.expect(200)["registered_app"]["name"], "Pinfold");
    assert_eq!(root.patch(&default, &json!({ "name": "x" })).await.problem(403), "forbidden");
    let metrics = tenant.request(Method::GET, "/metrics").header("via", "1.1 proxy");
    assert_eq!(tenant.send(metrics).await.problem(403), "forbidden");
}

#[tokio::test]
async fn what_cannot_be_a_workspace_is_refused() {
    let app = TestApp::start().await;
    let root = app.with_access_key();
    for (body, field) in [
        (json!({ "name": " " }), "name"),
        (json!({ "name": "a\nb" }), "name"),
        (json!({ "name": "a", "limits": { "connections": 0 } }), "limits.connections"),
        (
            json!({ "name": "a", "registered_app": { "name": "n", "consumer_key": "k",
                    "consumer_secret": "" } }),
            "registered_app.consumer_secret",
        ),
    ] {
        let refused = root.post(WORKSPACES, &body).await;
        assert_eq!(refused.json()["field"], field);
        assert_eq!(refused.problem(422), "invalid_field");
    }
}

#[tokio::test]
async fn a_full_workspace_takes_no_more_connections() {
    let app = TestApp::start().await;
    let (_, operator) = made(&app, &json!({ "connections": 1 })).await;
    // Two ask while there is room for one.
    let (first, pin) = consented(&app, &operator, "brief").await;
    let granted = operator.post(&pin_path(&id(&first)), &json!({ "pin": pin })).await;
    assert_eq!(granted.status, 200);
    let wanted = json!({ "authorization_id": id(&first) });
    let (second, pin) = consented(&app, &operator, "reader").await;
    let granted = operator.post(&pin_path(&id(&second)), &json!({ "pin": pin })).await;
    assert_eq!(granted.status, 200, "{}", granted.text);
    let connection = operator.post("/api/v1/connections", &wanted).await.expect(201);
    let late = json!({ "authorization_id": id(&second) });
    let refused = operator.post("/api/v1/connections", &late).await;
    assert_eq!(refused.problem(409), "workspace_full");
    let wanted = json!({ "app": { "kind": "registered" } });
    let refused = operator.post("/api/v1/authorizations", &wanted).await;
    assert_eq!(refused.problem(409), "workspace_full", "before X is asked");
    let clone = format!("/api/v1/connections/{}/clone", id(&connection));
    assert_eq!(operator.post(&clone, &json!({})).await.problem(409), "workspace_full");
    // A repair adds none.
    let authorization = reauthorized(&app, &operator, &id(&connection), "brief").await;
    let wanted = json!({ "authorization_id": authorization });
    assert_eq!(operator.post("/api/v1/connections", &wanted).await.status, 200);
    // And the default workspace is not counted.
    connected(&app, &app.operator().await, "brief").await;
}

#[tokio::test]
async fn authorizations_of_an_hour_are_counted() {
    let app = TestApp::start().await;
    let (_, operator) = made(&app, &json!({ "authorizations_per_hour": 2 })).await;
    let wanted = json!({ "app": { "kind": "registered" } });
    for _ in 0..2 {
        get_pin(&operator).await;
        app.clock.advance(60_000);
    }
    let refused = operator.post("/api/v1/authorizations", &wanted).await;
    assert_eq!(refused.json()["retry_after"], 58 * 60 + 1);
    assert_eq!(refused.problem(429), "too_many_requests");
    app.clock.advance(58 * 60_000);
    get_pin(&operator).await;
    let refused = operator.post("/api/v1/authorizations", &wanted).await;
    assert_eq!(refused.problem(429), "too_many_requests");
}

#[tokio::test]
async fn a_registered_app_in_use_keeps_its_key_and_may_get_a_new_secret() {
    let app = TestApp::start().await;
    let keys = app_at_x(&app).await;
    let wanted = json!({ "name": "Acme", "registered_app": keys });
    let workspace = app.with_access_key().post(WORKSPACES, &wanted).await.expect(201);
    let operator = app.with_bearer(workspace["access_key"].as_str().expect("a key"));
    let connection = connected(&app, &operator, "brief").await;
    let me = format!("/api/v1/connections/{}/x/2/users/me", id(&connection));
    assert_eq!(operator.get(&me).await.status, 200);

    let another = json!({ "registered_app": app_at_x(&app).await });
    let refused = operator.patch(&path(&workspace), &another).await;
    assert_eq!(refused.problem(409), "app_in_use");
    let none = json!({ "registered_app": null });
    assert_eq!(operator.patch(&path(&workspace), &none).await.problem(409), "app_in_use");

    // A wrong secret of the same key is taken, and counts at once.
    let mut wrong = keys.clone();
    wrong["consumer_secret"] = json!("wrong");
    let changed = operator.patch(&path(&workspace), &json!({ "registered_app": wrong })).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    assert_eq!(operator.get(&me).await.status, 401, "X's own refusal");
    let right = json!({ "registered_app": keys });
    assert_eq!(operator.patch(&path(&workspace), &right).await.status, 200);
    assert_eq!(operator.get(&me).await.status, 200);

    let gone = operator.delete(&format!("/api/v1/connections/{}", id(&connection))).await;
    assert_eq!(gone.expect(200)["revoked"], true);
    let _ = operator.patch(&path(&workspace), &none).await.expect(200);
    assert_eq!(operator.get(SESSION).await.expect(200)["registered_app"], json!(null));
}

#[tokio::test]
async fn an_empty_workspace_is_deleted_with_all_that_is_left_in_it() {
    let app = TestApp::start().await;
    let (workspace, tenant) = made(&app, &json!({})).await;
    let (_, neighbour) = made(&app, &json!({})).await;
    let kept = connected(&app, &neighbour, "raed_news").await;
    let connection = connected(&app, &tenant, "brief").await;
    let keys = json!({ "name": "Ours", "consumer_key": "key", "consumer_secret": "secret" });
    let _ = tenant.post("/api/v1/apps", &keys).await.expect(201);
    let _ = tenant.post("/api/v1/sessions", &json!({ "role": "connector" })).await.expect(201);
    let hook = json!({ "url": "https://portal.invalid/hook" });
    let _ = tenant.post("/api/v1/webhooks", &hook).await.expect(201);
    let key = json!({ "name": "cron", "connections": [id(&connection)], "tasks": ["tweet"] });
    let key = tenant.post("/api/v1/keys", &key).await.expect(201);
    let key = app.with_bearer(key["key"].as_str().expect("a key"));

    let operator = app.with_access_key();
    assert_eq!(tenant.delete(&path(&workspace)).await.problem(403), "forbidden");
    assert_eq!(operator.delete(&path(&workspace)).await.problem(409), "workspace_in_use");
    let gone = tenant.delete(&format!("/api/v1/connections/{}", id(&connection))).await;
    assert_eq!(gone.expect(200)["revoked"], true);
    let begun = get_pin(&tenant).await;
    assert_eq!(operator.delete(&path(&workspace)).await.problem(409), "workspace_in_use");
    let begun = format!("/api/v1/authorizations/{}", id(&begun));
    assert_eq!(tenant.delete(&begun).await.status, 200);

    assert_eq!(operator.delete(&path(&workspace)).await.status, 204);
    assert_eq!(operator.delete(&path(&workspace)).await.problem(404), "not_found");
    assert_eq!(operator.get(&path(&workspace)).await.problem(404), "not_found");
    for ended in [tenant, key] {
        assert_eq!(ended.get(SESSION).await.problem(401), "unauthenticated");
    }
    let listed = neighbour.get("/api/v1/connections").await.expect(200);
    assert_eq!(listed["items"][0]["id"], kept["id"]);
    let log = operator.get("/api/v1/audit?action=workspace.delete").await.expect(200);
    assert_eq!(log["items"][0]["subject"], workspace["id"]);
    assert_eq!(log["items"][0]["action"], "workspace.delete");
}

#[tokio::test]
async fn who_asks_too_often_in_one_workspace_slows_nobody_in_another() {
    let app = TestApp::start().await;
    let (_, eager) = made(&app, &json!({})).await;
    let (_, calm) = made(&app, &json!({})).await;
    let mut last = 0;
    for _ in 0..31 {
        last = eager.post("/api/v1/apps/registered/test", &json!({})).await.status;
    }
    assert_eq!(last, 429);
    let _ = get_pin(&calm).await;
}

#[tokio::test]
async fn a_token_is_revoked_once_the_apps_secret_is_right_again() {
    let mut app = TestApp::start().await;
    let keys = app_at_x(&app).await;
    let wanted = json!({ "name": "Acme", "registered_app": keys });
    let workspace = app.with_access_key().post(WORKSPACES, &wanted).await.expect(201);
    let key = workspace["access_key"].as_str().expect("a key").to_owned();
    let operator = app.with_bearer(&key);
    let connection = connected(&app, &operator, "brief").await;
    let mut wrong = keys.clone();
    wrong["consumer_secret"] = json!("wrong");
    let wrong = json!({ "registered_app": wrong });
    let _ = operator.patch(&path(&workspace), &wrong).await.expect(200);
    let gone = operator.delete(&format!("/api/v1/connections/{}", id(&connection))).await;
    assert_eq!(gone.expect(200)["revoked"], false);
    // Another app does not wait for it.
    let another = json!({ "registered_app": app_at_x(&app).await });
    let (other, tenant) = made(&app, &json!({})).await;
    let begun = connected(&app, &tenant, "raed_news").await;
    app.misbehave("server_error", "revoke").await;
    let gone = tenant.delete(&format!("/api/v1/connections/{}", id(&begun))).await;
    assert_eq!(gone.expect(200)["revoked"], false);
    let _ = tenant.patch(&path(&other), &another).await.expect(200);
    let right = json!({ "registered_app": keys });
    let _ = operator.patch(&path(&workspace), &right).await.expect(200);
    // However long nobody asked: the server was stopped.
    app.stop().await;
    app.clock.advance(25 * 60 * 60 * 1000);
    app.restart_stopped().await;
    for _ in 0..100 {
        if app.sandbox_state().await["access_tokens"] == 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the token lives on at X");
}

#[tokio::test]
async fn the_default_workspace_stays() {
    let app = TestApp::start().await;
    let refused = app.with_access_key().delete(&format!("{WORKSPACES}/default")).await;
    assert_eq!(refused.problem(403), "forbidden");
}

#[tokio::test]
async fn a_portal_mints_in_its_own_workspace() {
    let app = TestApp::start().await;
    let (workspace, operator) = made(&app, &json!({})).await;
    let minted =
        operator.post("/api/v1/sessions", &json!({ "role": "connector" })).await.expect(201);
    let owner = app.with_bearer(minted["token"].as_str().expect("a token"));
    let session = owner.get(SESSION).await.expect(200);
    assert_eq!(session["workspace"], workspace["id"]);
    assert_eq!(session["handoff"]["app"]["name"], "Acme app");
    let connection = connected(&app, &owner, "brief").await;
    assert_eq!(connection["workspace"], workspace["id"]);
    let listed = operator.get("/api/v1/connections").await.expect(200);
    assert_eq!(listed["items"][0]["id"], connection["id"]);
}

#[tokio::test]
async fn each_workspace_has_a_log_of_its_own() {
    let app = TestApp::start().await;
    let (workspace, operator) = made(&app, &json!({})).await;
    let key = format!("{}/access-key", path(&workspace));
    let root = app.with_access_key();
    let renewed = root.post(&key, &json!({})).await.expect(200);
    assert_eq!(operator.get(SESSION).await.status, 401);
    let operator = app.with_bearer(renewed["access_key"].as_str().expect("a key"));
    let log = |client: Client| async move {
        let page = client.get("/api/v1/audit?action=workspace").await.expect(200);
        let items = page["items"].as_array().expect("a list").clone();
        items.iter().map(|item| format!("{} {}", item["action"], item["who"]["role"])).collect()
    };
    let theirs: Vec<String> = log(operator).await;
    assert_eq!(theirs, ["\"workspace.rekey\" \"server\"", "\"workspace.create\" \"server\""]);
    let ours: Vec<String> = log(root).await;
    assert_eq!(ours, ["\"workspace.rekey\" \"operator\"", "\"workspace.create\" \"operator\""]);
}

#[tokio::test]
async fn connectors_know_nothing_of_workspaces() {
    let app = TestApp::start().await;
    let connector = app.signed_in("default", Role::Connector).await;
    assert_eq!(connector.get(WORKSPACES).await.problem(403), "forbidden");
}

#[tokio::test]
async fn a_restart_keeps_workspaces() {
    let mut app = TestApp::start().await;
    let (workspace, operator) = made(&app, &json!({ "connections": 3 })).await;
    app.restart().await;
    let session = operator.get(SESSION).await.expect(200);
    assert_eq!(session["workspace"], workspace["id"]);
    get_pin(&operator).await;
}
