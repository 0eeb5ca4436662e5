//! A connection that is narrowed is good for nothing else, whoever asks.

use pinfold_tests::{Client, Reply, TestApp};
use serde_json::{Value, json};

use crate::flow::{authenticated, connected, connection_path, id, reverted, versions};

const CONNECTIONS: &str = "/api/v1/connections";

async fn run(client: &Client, connection: &str, task: &str, given: Value) -> Reply {
    client.post(&format!("{CONNECTIONS}/{connection}/tasks/{task}"), &given).await
}

#[tokio::test]
async fn a_narrowed_connection_does_what_it_names_and_nothing_else() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let connection = id(&connected(&app, &client, "brief").await);
    let path = connection_path(&connection);
    let of_a_key = json!({ "name": "all", "connections": [connection],
                           "tasks": ["tweet", "mentions"], "paths": ["* /2/**"] });
    let key = client.post("/api/v1/keys", &of_a_key).await.expect(201);
    let holder = app.with_bearer(key["key"].as_str().expect("a key"));

    let narrow = json!({ "allow": { "tasks": ["mentions"], "paths": ["GET /2/users/me"] } });
    let narrowed = client.patch(&path, &narrow).await.expect(200);
    assert_eq!(narrowed["allow"], narrow["allow"]);
    for task in narrowed["tasks"].as_array().expect("tasks") {
        assert_eq!(task["allowed"], task["task"] == "mentions", "{task}");
    }
    for caller in [&client, &app.with_access_key(), &holder] {
        assert_eq!(caller.get(&format!("{path}/x/2/users/me")).await.status, 200);
        let refused = caller.get(&format!("{path}/x/2/tweets/1")).await;
        assert_eq!(refused.problem(403), "outside_connection");
        let refused = run(caller, &connection, "tweet", json!({ "text": "hello" })).await;
        assert_eq!(refused.problem(403), "outside_connection");
        assert_eq!(run(caller, &connection, "mentions", json!({})).await.status, 200);
    }

    // What was narrowed is a version, and a copy of it is as narrow.
    let copy = client.post(&format!("{path}/clone"), &json!({})).await.expect(201);
    assert_eq!(copy["allow"], narrow["allow"]);
    let made = versions(&client, &connection).await;
    let change = json!([{ "field": "allow", "from": null, "to": "mentions, GET /2/users/me" }]);
    assert_eq!(made[0]["changes"], change);
    let widened = client.patch(&path, &json!({ "allow": null })).await.expect(200);
    assert_eq!(widened["allow"], Value::Null);
    assert_eq!(client.get(&format!("{path}/x/2/tweets/1")).await.status, 200, "X's own answer");
    let back = reverted(&client, &connection, &json!({ "version": 2 })).await;
    assert_eq!(back["allow"], narrow["allow"]);
}

/// What is refused is written down with its connection, however that was named.
#[tokio::test]
async fn a_refusal_is_in_the_log() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let connection = id(&connected(&app, &client, "brief").await);
    let path = connection_path(&connection);
    let narrow = json!({ "allow": { "tasks": ["mentions"] } });
    let _ = client.patch(&path, &narrow).await.expect(200);
    let _ = client.get(&format!("{path}/x/2/users/me")).await.expect(403);
    let _ = run(&client, "Brief", "tweet", json!({ "text": "hello" })).await.expect(403);
    for action in ["use", "task.run"] {
        let log = client.get(&format!("/api/v1/audit?result=refused&action={action}")).await;
        let entry = &log.expect(200)["items"][0];
        assert_eq!(entry["code"], "outside_connection", "{action}");
        assert_eq!(entry["subject"], connection.as_str(), "{action}");
    }
}

/// A file that says nothing of it, as one of another program or of an older Pinfold, widens nothing.
#[tokio::test]
async fn an_import_widens_only_what_it_says() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let path = connection_path(&id(&connected(&app, &client, "brief").await));
    let wide = client.post("/api/v1/export", &json!({})).await.expect(200);
    let narrow = json!({ "allow": { "tasks": ["mentions"], "paths": [] } });
    let _ = client.patch(&path, &narrow).await.expect(200);
    let mut silent = wide.clone();
    silent["connections"][0]
        .as_object_mut()
        .expect("an entry")
        .remove("allow")
        .expect("it is said");
    for (file, allow) in [(&silent, &narrow["allow"]), (&wide, &Value::Null)] {
        let import = json!({ "content": file.to_string() });
        let _ = client.post("/api/v1/import", &import).await.expect(200);
        assert_eq!(client.get(&path).await.expect(200)["allow"], *allow);
    }
}

#[tokio::test]
async fn it_can_be_made_narrow() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let granted = authenticated(&app, &client, "brief").await;
    let wanted = json!({ "authorization_id": granted, "allow": { "tasks": ["tweet"] } });
    let made = client.post(CONNECTIONS, &wanted).await.expect(201);
    assert_eq!(made["allow"], json!({ "tasks": ["tweet"], "paths": [] }));
    let refused = client.get(&format!("{}/x/2/users/me", connection_path(&id(&made)))).await;
    assert_eq!(refused.problem(403), "outside_connection");
}

#[tokio::test]
async fn what_would_allow_nothing_or_is_no_task_is_refused_at_its_place() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let path = connection_path(&id(&connected(&app, &client, "brief").await));
    for (allow, field) in [
        (json!({}), "allow.tasks"),
        (json!({ "tasks": ["tweet", "fly"] }), "allow.tasks[1]"),
        (json!({ "paths": ["/2/users/me"] }), "allow.paths[0]"),
    ] {
        let refused = client.patch(&path, &json!({ "allow": allow })).await;
        assert_eq!(refused.problem(422), "invalid_field");
        assert_eq!(refused.json()["field"], field);
    }
    assert_eq!(client.get(&path).await.expect(200)["allow"], Value::Null);
}
