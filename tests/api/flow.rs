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
