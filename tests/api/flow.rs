//! Verbs of the connecting flow, for the tests beside this one.

use pinfold_tests::{Client, TestApp};
use serde_json::{Value, json};

/// Get PIN with the registered app.
pub async fn get_pin(client: &Client) -> Value {
    let wanted = json!({ "app": { "kind": "registered" } });
    client.post("/api/v1/authorizations", &wanted).await.expect(201)
}

/// Get PIN and consent: the authorization, and the PIN that the account owner reads.
pub async fn consented(app: &TestApp, client: &Client, account: &str) -> (Value, String) {
    let authorization = get_pin(client).await;
    let url = authorization["authorize_url"].as_str().expect("a link").to_owned();
    let pin = app.consent(&url, account).await;
    (authorization, pin)
}

/// All the way to a grant that waits for OK; answers its id.
pub async fn authenticated(app: &TestApp, client: &Client, account: &str) -> String {
    let (authorization, pin) = consented(app, client, account).await;
    let id = id(&authorization);
    let _granted = client.post(&pin_path(&id), &json!({ "pin": pin })).await.expect(200);
    id
}

/// All the way to a saved connection.
pub async fn connected(app: &TestApp, client: &Client, account: &str) -> Value {
    let id = authenticated(app, client, account).await;
    client.post("/api/v1/connections", &json!({ "authorization_id": id })).await.expect(201)
}

/// The `id` of any answer.
pub fn id(answer: &Value) -> String {
    answer["id"].as_str().expect("an id").to_owned()
}

/// Where an authorization lives.
pub fn path(id: &str) -> String {
    format!("/api/v1/authorizations/{id}")
}

/// Where its PIN goes.
pub fn pin_path(id: &str) -> String {
    format!("/api/v1/authorizations/{id}/pin")
}

/// Where a connection lives.
pub fn connection_path(id: &str) -> String {
    format!("/api/v1/connections/{id}")
}

/// Authorizes a connection once more as an account; answers the id of the grant that waits for OK.
pub async fn reauthorized(
    app: &TestApp,
    client: &Client,
    connection_id: &str,
    account: &str,
) -> String {
    let wanted = json!({ "connection_id": connection_id });
    let authorization = client.post("/api/v1/authorizations", &wanted).await.expect(201);
    let link = authorization["authorize_url"].as_str().expect("a link");
    let known = client.get(&connection_path(connection_id)).await.json();
    if let Some(name) = known["account"]["screen_name"].as_str() {
        assert!(link.ends_with(&format!("screen_name={name}")), "{link} names the account");
    }
    let pin = app.consent(link, account).await;
    let id = id(&authorization);
    let _granted = client.post(&pin_path(&id), &json!({ "pin": pin })).await.expect(200);
    id
}

/// Goes back to a version.
pub async fn reverted(client: &Client, connection_id: &str, wanted: &Value) -> Value {
    let path = format!("{}/revert", connection_path(connection_id));
    client.post(&path, wanted).await.expect(200)
}

/// Asks X whether a connection works: the diagnosis, null when it does.
pub async fn trouble(client: &Client, connection_id: &str) -> Value {
    let path = format!("{}/test", connection_path(connection_id));
    client.post(&path, &json!({ "live": true })).await.expect(200)["diagnosis"].clone()
}

/// The versions of a connection, all of them, the newest first.
pub async fn versions(client: &Client, connection_id: &str) -> Vec<Value> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("{}/versions?cursor={cursor}", connection_path(connection_id));
        let page = client.get(&path).await.expect(200);
        all.extend(page["items"].as_array().expect("a list").iter().cloned());
        match page["next"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => return all,
        }
    }
}
