//! `POST /connections/{id}/test`: free from what is known, or one call of X.

use pinfold_tests::{Client, TestApp};
use serde_json::{Value, json};

use crate::flow::{connected, connection_path, id};

async fn test(client: &Client, connection: &str, live: bool) -> Value {
    let path = format!("{}/test", connection_path(connection));
    client.post(&path, &json!({ "live": live })).await.expect(200)
}

/// How often X was asked for an account.
async fn asked(app: &TestApp) -> u64 {
    app.sandbox_state().await["requests"]["GET /2/users/me"].as_u64().unwrap_or_default()
}

#[tokio::test]
async fn a_live_test_asks_x_once_and_health_remembers() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let connection = id(&connected(&app, &client, "brief").await);
    app.clock.advance(1000);
    let before = asked(&app).await;
    let free = test(&client, &connection, false).await;
    assert_eq!(asked(&app).await, before, "free is without a call");
    assert_eq!((&free["live"], &free["price_usd"]), (&json!(false), &json!(0.0)));
    assert_eq!((&free["diagnosis"], &free["health"]["state"]), (&Value::Null, &json!("ok")));
    let live = test(&client, &connection, true).await;
    assert_eq!(asked(&app).await, before + 1);
    assert_eq!((&live["live"], &live["price_usd"]), (&json!(true), &json!(0.01)));
    assert_eq!(live["health"]["last_success"], live["checked_at"]);
    let used = client.get(&connection_path(&connection)).await.expect(200);
    assert_eq!((&used["last_used_at"], &used["version"]), (&live["checked_at"], &json!(1)));

    for (mode, code, state) in [
        ("reset", "x_unreachable", "ok"),
        ("no_credits", "no_credits", "no_credits"),
        ("app_suspended", "app_suspended", "app_suspended"),
        ("bad_credentials", "token_rejected", "needs_repair"),
        ("rate_limited", "x_rate_limited", "needs_repair"),
    ] {
        app.misbehave(mode, "api").await;
        let live = test(&client, &connection, true).await;
        assert_eq!(
            (&live["diagnosis"]["code"], &live["health"]["state"]),
            (&json!(code), &json!(state))
        );
        for part in ["cause", "proof", "next"] {
            assert!(
                live["diagnosis"][part].as_str().is_some_and(|text| !text.is_empty()),
                "{mode}"
            );
        }
        let free = test(&client, &connection, false).await;
        assert_eq!((&free["diagnosis"]["code"], &free["live"]), (&json!(code), &json!(false)));
        if mode == "rate_limited" {
            app.sandbox().delete("/sandbox/misbehave").await;
            app.clock.advance(61_000);
        }
    }
    let healed = test(&client, &connection, true).await;
    assert_eq!((&healed["diagnosis"], &healed["health"]["state"]), (&Value::Null, &json!("ok")));
}

#[tokio::test]
async fn what_has_no_token_is_not_asked_about() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let connection = connected(&app, &client, "brief").await;
    let path = format!("{}/clone", connection_path(&id(&connection)));
    let copy = id(&client.post(&path, &json!({})).await.expect(201));
    let before = asked(&app).await;
    let live = test(&client, &copy, true).await;
    assert_eq!((&live["live"], &live["price_usd"]), (&json!(false), &json!(0.0)));
    assert_eq!(live["diagnosis"]["code"], "needs_repair");
    assert_eq!(live["health"]["state"], "needs_repair");
    assert_eq!(asked(&app).await, before);
}
