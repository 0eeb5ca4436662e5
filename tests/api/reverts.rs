//! `/connections/{id}/revert`: back to a version, and back from a deletion.

use pinfold_tests::{Client, Setup, TestApp};
use reqwest::Method;
use serde_json::{Value, json};

use crate::flow::{
    authenticated, connected, connection_path, id, reauthorized, reverted, trouble, versions,
};

const CONNECTIONS: &str = "/api/v1/connections";

async fn delete(client: &Client, connection: &Value) -> Value {
    client.delete(&connection_path(&id(connection))).await.expect(200)
}

async fn deleted(client: &Client) -> Vec<Value> {
    let page = client.get("/api/v1/deleted").await.expect(200);
    page["items"].as_array().expect("a list").clone()
}

#[tokio::test]
async fn going_back_is_a_version_too_and_keeps_the_token() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let connection = connected(&app, &client, "brief").await;
    let at = connection_path(&id(&connection));
    let _ = client.patch(&at, &json!({ "name": "Morning", "group": "Desk" })).await.expect(200);
    let path = format!("{at}/revert");
    let stale = client.request(Method::POST, &path).header("if-match", "\"1\"");
    let stale = client.send(stale.json(&json!({ "version": 1 }))).await;
    assert_eq!(stale.problem(412), "version_stale");
    let unknown = client.post(&path, &json!({ "version": 7 })).await;
    assert_eq!(
        (unknown.problem(404), &unknown.json()["field"]),
        ("not_found".to_owned(), &json!("version"))
    );
    assert_eq!(client.post(&path, &json!({})).await.json()["field"], "version");

    let back = reverted(&client, &id(&connection), &json!({ "version": 1 })).await;
    assert_eq!(
        (&back["name"], &back["group"], &back["version"]),
        (&json!("brief"), &Value::Null, &json!(3))
    );
    assert_eq!(back["access_token"], connection["access_token"]);
    assert_eq!(trouble(&client, &id(&connection)).await, Value::Null);
    let last = versions(&client, &id(&connection)).await.remove(0);
    assert_eq!(last["action"], "reverted");
    assert_eq!(last["changes"][0], json!({ "field": "name", "from": "Morning", "to": "brief" }));
    // And forth again.
    let forth = reverted(&client, &id(&connection), &json!({ "version": 2 })).await;
    assert_eq!((&forth["name"], &forth["group"]), (&json!("Morning"), &json!("Desk")));
}

#[tokio::test]
async fn a_name_that_is_taken_by_now_is_said_and_another_one_can_be_given() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let connection = connected(&app, &client, "brief").await;
    let _ = delete(&client, &connection).await;
    let _other = connected(&app, &client, "brief").await;
    let path = format!("{}/revert", connection_path(&id(&connection)));
    let clash = client.post(&path, &json!({ "version": 1 })).await;
    assert_eq!(
        (clash.problem(409), &clash.json()["field"]),
        ("name_taken".to_owned(), &json!("name"))
    );
    assert_eq!(deleted(&client).await.len(), 1, "nothing half done");
    let wanted = json!({ "version": 1, "name": "Old brief" });
    let back = reverted(&client, &id(&connection), &wanted).await;
    assert_eq!((&back["id"], &back["name"]), (&connection["id"], &json!("Old brief")));
}

#[tokio::test]
async fn a_deleted_one_comes_back_with_its_id_and_needs_repair() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let connection = connected(&app, &client, "brief").await;
    app.clock.advance(5000);
    assert_eq!(delete(&client, &connection).await, json!({ "revoked": true }));
    let gone = deleted(&client).await.remove(0);
    assert_eq!((&gone["id"], &gone["name"]), (&connection["id"], &json!("brief")));
    assert_eq!((&gone["screen_name"], &gone["version"]), (&json!("brief"), &json!(2)));
    assert_eq!(gone["who"]["role"], "operator");

    let back = reverted(&client, &id(&connection), &json!({ "version": 2 })).await;
    assert_eq!((&back["id"], &back["version"]), (&connection["id"], &json!(3)));
    assert_eq!(back["created_at"], connection["created_at"]);
    assert_eq!(back["account"], connection["account"]);
    assert_eq!((&back["access_token"], &back["access_secret_set"]), (&Value::Null, &json!(false)));
    assert_eq!(back["health"]["state"], "needs_repair");
    assert!(deleted(&client).await.is_empty());
    let last = versions(&client, &id(&connection)).await.remove(0);
    assert_eq!(last["action"], "restored");
    let token = json!({ "field": "access_token", "from": connection["access_token"], "to": null });
    assert!(last["changes"].as_array().expect("a list").contains(&token), "{last}");
    // Repair it, and it is as before; another account still needs a word.
    let wrong = reauthorized(&app, &client, &id(&connection), "raed_news").await;
    let reply = client.post(CONNECTIONS, &json!({ "authorization_id": wrong })).await;
    assert_eq!(reply.problem(409), "account_differs");
    let grant = reauthorized(&app, &client, &id(&connection), "brief").await;
    let repaired =
        client.post(CONNECTIONS, &json!({ "authorization_id": grant })).await.expect(200);
    assert_eq!((&repaired["id"], &repaired["version"]), (&connection["id"], &json!(4)));
    assert_eq!(trouble(&client, &id(&connection)).await, Value::Null);
}

#[tokio::test]
async fn a_token_that_x_was_not_asked_to_revoke_lives_again() {
    let mut app = TestApp::start().await;
    let client = app.operator().await;
    let connection = connected(&app, &client, "brief").await;
    app.misbehave("reset", "revoke").await;
    let reply = delete(&client, &connection).await;
    assert_eq!(reply, json!({ "revoked": false, "reason": "x_unreachable" }));
    let back = reverted(&client, &id(&connection), &json!({ "version": 1 })).await;
    assert_eq!(back["access_token"], connection["access_token"]);
    // X may have heard the question: nobody knows until the next call.
    assert_eq!(back["health"]["state"], "unknown");
    // The janitor, which runs at each start, no longer wants to revoke it.
    app.clock.advance(120_000);
    app.restart().await;
    let client = app.operator().await;
    assert_eq!(trouble(&client, &id(&connection)).await, Value::Null);
    assert_eq!(delete(&client, &connection).await, json!({ "revoked": true }));
    assert_eq!(app.sandbox_state().await["access_tokens"], 0);
}

#[tokio::test]
async fn two_tokens_of_one_connection_are_both_remembered_until_x_answers() {
    let mut app = TestApp::start().await;
    let client = app.operator().await;
    let connection = connected(&app, &client, "brief").await;
    let grant = reauthorized(&app, &client, &id(&connection), "raed_news").await;
    app.misbehave("reset", "revoke").await;
    let wanted = json!({ "authorization_id": grant, "replace": true });
    let replaced = client.post(CONNECTIONS, &wanted).await.expect(200);
    assert_eq!(replaced["old_token"]["revoked"], false);
    app.misbehave("reset", "revoke").await;
    assert_eq!(delete(&client, &connection).await["revoked"], false);
    assert_eq!(app.sandbox_state().await["access_tokens"], 2);
    app.clock.advance(120_000);
    app.restart().await;
    for _ in 0..50 {
        if app.sandbox_state().await["access_tokens"] == 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("a token is alive that nobody remembers");
}

#[tokio::test]
async fn a_token_that_another_one_lives_on_does_not_come_back_twice() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let first = connected(&app, &client, "brief").await;
    let second = authenticated(&app, &client, "brief").await;
    let wanted = json!({ "authorization_id": second, "name": "Second" });
    let second = client.post(CONNECTIONS, &wanted).await.expect(201);
    assert_eq!(delete(&client, &first).await["reason"], "in_use");
    let back = reverted(&client, &id(&first), &json!({ "version": 1 })).await;
    assert_eq!(
        (&back["access_secret_set"], &back["health"]["state"]),
        (&json!(false), &json!("needs_repair"))
    );
    assert_eq!(trouble(&client, &id(&second)).await, Value::Null);
}

/// X is being asked to revoke the token at the very moment: what comes back waits for the answer.
#[tokio::test]
async fn whoever_brings_back_during_a_revoke_hears_the_truth() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let connection = connected(&app, &client, "brief").await;
    app.slow("revoke", 2).await;
    let (deleting, at) = (client.clone(), connection_path(&id(&connection)));
    let deleting = tokio::spawn(async move { deleting.delete(&at).await.expect(200) });
    while deleted(&client).await.is_empty() {
        tokio::task::yield_now().await;
    }
    // Give the revoke the time to be on its way.
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    let back = reverted(&client, &id(&connection), &json!({ "version": 1 })).await;
    let said = deleting.await.expect("an answer");
    let alive = trouble(&client, &id(&connection)).await.is_null();
    assert_eq!(said, json!({ "revoked": true }));
    assert_eq!((&back["access_secret_set"], alive), (&json!(false), false));
}

#[tokio::test]
async fn of_two_that_bring_back_one_does() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let connection = connected(&app, &client, "brief").await;
    let _ = delete(&client, &connection).await;
    let path = format!("{}/revert", connection_path(&id(&connection)));
    let wanted = json!({ "version": 1 });
    let (one, two) = tokio::join!(client.post(&path, &wanted), client.post(&path, &wanted));
    // The later one may also find it there already, and go back a version that changes nothing.
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert!(statuses == [200, 412] || statuses == [200, 200], "{statuses:?}");
    let found = versions(&client, &id(&connection)).await;
    let restored = found.iter().filter(|it| it["action"] == "restored").count();
    assert_eq!(restored, 1);
}

#[tokio::test]
async fn another_account_of_then_needs_a_word_before_a_live_token_goes() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let connection = connected(&app, &client, "brief").await;
    let grant = reauthorized(&app, &client, &id(&connection), "raed_news").await;
    let wanted = json!({ "authorization_id": grant, "replace": true, "name": "Raed" });
    let now = client.post(CONNECTIONS, &wanted).await.expect(200);
    let at = connection_path(&id(&connection));
    let reply = client.post(&format!("{at}/revert"), &json!({ "version": 1 })).await;
    assert_eq!(reply.problem(409), "account_differs");
    assert_eq!(client.get(&at).await.expect(200)["version"], now["version"]);
    let wanted = json!({ "version": 1, "replace": true });
    let back = reverted(&client, &id(&connection), &wanted).await;
    assert_eq!((&back["name"], &back["account"]), (&json!("brief"), &connection["account"]));
    assert_eq!(back["health"]["state"], "needs_repair");
    assert_eq!(back["old_token"], json!({ "revoked": true }));
    assert_eq!(app.sandbox_state().await["access_tokens"], 0);
}

/// An own app's secret goes with the token: the words say what to do.
#[tokio::test]
async fn an_own_app_that_comes_back_asks_for_its_keys() {
    let app = Setup::default().start().await;
    let client = app.operator().await;
    let keys = app.sandbox().post("/sandbox/apps", &json!({ "name": "Own" })).await.json();
    let own = json!({ "kind": "own", "consumer_key": keys["consumer_key"],
                      "consumer_secret": keys["consumer_secret"] });
    let begun = client.post("/api/v1/authorizations", &json!({ "app": own })).await.expect(201);
    let pin = app.consent(begun["authorize_url"].as_str().expect("a link"), "brief").await;
    let pin_path = crate::flow::pin_path(&id(&begun));
    let _ = client.post(&pin_path, &json!({ "pin": pin })).await.expect(200);
    let wanted = json!({ "authorization_id": begun["id"] });
    let connection = client.post(CONNECTIONS, &wanted).await.expect(201);
    assert_eq!(delete(&client, &connection).await, json!({ "revoked": true }));
    let back = reverted(&client, &id(&connection), &json!({ "version": 1 })).await;
    assert_eq!((&back["app"], &back["access_secret_set"]), (&connection["app"], &json!(false)));
    let without_keys = json!({ "connection_id": connection["id"] });
    let reply = client.post("/api/v1/authorizations", &without_keys).await;
    assert_eq!(reply.json()["field"], "app");
    let with_keys = json!({ "connection_id": connection["id"], "app": own });
    let _ = client.post("/api/v1/authorizations", &with_keys).await.expect(201);
}
