//! A server whose clock is wrong: it signs with X's time, shows the difference, and knows a limit.

use pinfold_tests::{Client, TestApp};
use serde_json::json;

use crate::flow::{authenticated, consented, get_pin, id, path, pin_path};

const HOUR: i64 = 3600;

async fn shown(client: &Client) -> serde_json::Value {
    client.get("/api/v1/session").await.expect(200)["clock_skew_seconds"].clone()
}

#[tokio::test]
async fn a_wrong_clock_heals_by_itself_and_is_shown() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    assert_eq!(shown(&client).await, json!(null));
    // Each first request is refused for its time; the second has the time of X.
    for skew in [HOUR, -14 * HOUR, 400] {
        app.skew("request_token", 2, skew).await;
        let authorization = get_pin(&client).await;
        assert_eq!(authorization["state"], "awaiting_pin");
        assert_eq!(shown(&client).await, json!(-skew));
    }
    // It was set right: that is learned as well.
    let _ = get_pin(&client).await;
    assert_eq!(shown(&client).await, json!(0));
}

#[tokio::test]
async fn a_token_is_verified_and_revoked_in_spite_of_a_wrong_clock() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let granted = authenticated(&app, &client, "brief").await;
    let (token, secret) = app.token_of_the_sandbox();
    app.skew("api", 2, HOUR).await;
    let pasted = json!({
        "app": { "kind": "registered" }, "access_token": token, "access_secret": secret,
        "name": "pasted",
    });
    let connection = client.post("/api/v1/connections", &pasted).await.expect(201);
    assert_eq!(client.delete(&path(&granted)).await.expect(200)["reason"], "in_use");
    app.skew("revoke", 2, -HOUR).await;
    let deleted = client.delete(&crate::flow::connection_path(&id(&connection))).await.expect(200);
    assert_eq!(deleted, json!({ "revoked": true }));
}

/// A PIN is sent once; that X refused its time teaches the next try.
#[tokio::test]
async fn a_pin_whose_time_was_refused_can_be_sent_again() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let (authorization, pin) = consented(&app, &client, "brief").await;
    app.skew("access_token", 2, HOUR).await;
    let (path, body) = (pin_path(&id(&authorization)), json!({ "pin": pin }));
    let refused = client.post(&path, &body).await;
    assert_eq!(refused.problem(502), "clock_skew");
    assert_eq!(refused.json()["clock_skew"], -HOUR);
    assert_eq!(client.post(&path, &body).await.expect(200)["state"], "authenticated");
}

#[tokio::test]
async fn what_no_time_zone_explains_is_refused_and_shown() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let wanted = json!({ "app": { "kind": "registered" } });
    app.skew("request_token", 1, 16 * HOUR).await;
    let refused = client.post("/api/v1/authorizations", &wanted).await;
    assert_eq!(refused.problem(502), "clock_skew");
    assert_eq!(refused.json()["clock_skew"], -16 * HOUR);
    assert_eq!(shown(&client).await, json!(-16 * HOUR));
    assert_eq!(app.sandbox_state().await["misbehaviours"], json!([]), "asked once");
    // Nothing was corrected, so a right clock still works.
    assert_eq!(get_pin(&client).await["state"], "awaiting_pin");
}
