//! `/authorizations`: Get PIN, Authenticate PIN, Cancel.

use pinfold_tests::TestApp;
use serde_json::{Value, json};

use crate::flow::{authenticated, connected, consented, get_pin, id, path, pin_path};

const AUTHORIZATIONS: &str = "/api/v1/authorizations";

#[tokio::test]
async fn a_pin_becomes_a_grant() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let (authorization, pin) = consented(&app, &client, "brief").await;
    assert_eq!(authorization["state"], "awaiting_pin");
    let spaced = format!(" {} {} ", &pin[..3], &pin[3..]);
    let reply = client.post(&pin_path(&id(&authorization)), &json!({ "pin": spaced })).await;
    let granted = reply.expect(200);
    assert_eq!(granted["state"], "authenticated");
    assert_eq!(granted["account"]["screen_name"], "brief");
    assert_eq!(granted["access_level"], "read-write");
    let user_id = granted["account"]["user_id"].as_str().expect("text");
    assert!(granted["access_token"].as_str().expect("text").starts_with(user_id));
    let allowed =
        granted["tasks"].as_array().expect("a list").iter().filter(|t| t["allowed"] == true);
    assert_eq!(allowed.count(), 12);
}

#[tokio::test]
async fn a_wrong_pin_comes_with_a_fresh_link_that_works() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let (first, pin) = consented(&app, &client, "brief").await;
    let wrong = if pin == "0000000" { "0000001" } else { "0000000" };
    let reply = client.post(&pin_path(&id(&first)), &json!({ "pin": wrong })).await;
    assert_eq!(reply.problem(422), "pin_rejected");
    let next = reply.json()["next"].clone();
    assert_eq!(client.get(&path(&id(&first))).await.expect(200)["state"], "rejected");
    // The right PIN of the burned request token is as dead as the token.
    let late = client.post(&pin_path(&id(&first)), &json!({ "pin": pin })).await;
    assert_eq!(late.problem(409), "wrong_state");
    let pin = app.consent(next["authorize_url"].as_str().expect("a link"), "brief").await;
    let granted = client.post(&pin_path(&id(&next)), &json!({ "pin": pin })).await;
    assert_eq!(granted.expect(200)["state"], "authenticated");
}

#[tokio::test]
async fn what_is_no_pin_never_reaches_x() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let (authorization, pin) = consented(&app, &client, "brief").await;
    for wrong in ["", "   ", "12a4567", "https://x.com/", "123456789012345678901"] {
        let reply = client.post(&pin_path(&id(&authorization)), &json!({ "pin": wrong })).await;
        assert_eq!(reply.problem(422), "invalid_field", "{wrong}");
        assert_eq!(reply.json()["field"], "pin");
    }
    let right = client.post(&pin_path(&id(&authorization)), &json!({ "pin": pin })).await;
    assert_eq!(right.expect(200)["state"], "authenticated");
}

#[tokio::test]
async fn the_newest_of_two_get_pins_is_live() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let (older, pin) = consented(&app, &client, "brief").await;
    let newer = get_pin(&client).await;
    assert_eq!(client.get(&path(&id(&older))).await.expect(200)["state"], "cancelled");
    let late = client.post(&pin_path(&id(&older)), &json!({ "pin": pin })).await;
    assert_eq!(late.problem(409), "wrong_state");
    assert_eq!(client.get(&path(&id(&newer))).await.expect(200)["state"], "awaiting_pin");
}

#[tokio::test]
async fn an_expired_authorization_comes_with_a_fresh_one() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let (authorization, pin) = consented(&app, &client, "brief").await;
    app.clock.advance(10 * 60 * 1000);
    let seen = client.get(&path(&id(&authorization))).await.expect(200);
    assert_eq!((&seen["state"], &seen["authorize_url"]), (&json!("expired"), &Value::Null));
    let reply = client.post(&pin_path(&id(&authorization)), &json!({ "pin": pin })).await;
    assert_eq!(reply.problem(410), "authorization_expired");
    assert_eq!(reply.json()["next"]["state"], "awaiting_pin");
}

#[tokio::test]
async fn an_authorization_belongs_to_the_session_that_began_it() {
    let app = TestApp::start().await;
    let (owner, colleague) = (app.operator().await, app.operator().await);
    let (authorization, pin) = consented(&app, &owner, "brief").await;
    let id = id(&authorization);
    assert_eq!(colleague.get(&path(&id)).await.problem(404), "not_found");
    assert_eq!(colleague.delete(&path(&id)).await.problem(404), "not_found");
    let stolen = colleague.post(&pin_path(&id), &json!({ "pin": pin })).await;
    assert_eq!(stolen.problem(404), "not_found");
    // A colleague's Get PIN does not cancel it either.
    let _ = get_pin(&colleague).await;
    assert_eq!(owner.get(&path(&id)).await.expect(200)["state"], "awaiting_pin");
}

#[tokio::test]
async fn cancel_leaves_nothing_behind() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let waiting = id(&get_pin(&client).await);
    let reply = client.delete(&path(&waiting)).await.expect(200);
    assert_eq!(reply, json!({ "revoked": false, "reason": "nothing_granted" }));
    let granted = authenticated(&app, &client, "brief").await;
    assert_eq!(client.delete(&path(&granted)).await.expect(200), json!({ "revoked": true }));
    assert_eq!(app.sandbox_state().await["access_tokens"], 0);
    let again = client.delete(&path(&granted)).await.expect(200);
    assert_eq!(again["revoked"], false);
    let saved = json!({ "authorization_id": granted });
    assert_eq!(client.post("/api/v1/connections", &saved).await.problem(409), "wrong_state");
}

#[tokio::test]
async fn cancel_tells_when_x_did_not_revoke() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let granted = authenticated(&app, &client, "brief").await;
    app.misbehave("server_error", "revoke").await;
    let reply = client.delete(&path(&granted)).await.expect(200);
    assert_eq!(reply, json!({ "revoked": false, "reason": "x_failed" }));
    // Only X's own word that the token is gone counts.
    let granted = authenticated(&app, &client, "raed_news").await;
    app.misbehave("garbage", "revoke").await;
    let reply = client.delete(&path(&granted)).await.expect(200);
    assert_eq!(reply, json!({ "revoked": false, "reason": "x_unintelligible" }));
}

/// X gives the same token to the same app and account, so cancelling a second attempt must not
/// kill the connection that the first one made.
#[tokio::test]
async fn cancel_does_not_revoke_the_token_of_a_connection() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let _ = connected(&app, &client, "brief").await;
    let granted = authenticated(&app, &client, "brief").await;
    let reply = client.delete(&path(&granted)).await.expect(200);
    assert_eq!(reply, json!({ "revoked": false, "reason": "in_use" }));
    assert_eq!(app.sandbox_state().await["access_tokens"], 1);
}

/// In another tab, perhaps, where OK is about to be pressed.
#[tokio::test]
async fn a_new_get_pin_leaves_a_grant_alone() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let granted = authenticated(&app, &client, "brief").await;
    let _ = get_pin(&client).await;
    let saved = json!({ "authorization_id": granted });
    assert_eq!(client.post("/api/v1/connections", &saved).await.status, 201);
}

#[tokio::test]
async fn signing_out_cancels_what_was_left_open() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let _ = authenticated(&app, &client, "brief").await;
    assert_eq!(client.delete("/api/v1/session").await.status, 204);
    assert_eq!(tokens_left(&app).await, 0);
}

/// Cancel waits for a PIN that is on its way, so that its answer is about what X granted.
#[tokio::test]
async fn cancel_while_a_pin_is_on_its_way_revokes_the_grant() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let (authorization, pin) = consented(&app, &client, "brief").await;
    let id = id(&authorization);
    app.slow("access_token", 1).await;
    let (pin_path, body) = (pin_path(&id), json!({ "pin": pin }));
    let exchange = client.post(&pin_path, &body);
    let cancel = async {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        client.delete(&path(&id)).await
    };
    let (exchange, cancel) = tokio::join!(exchange, cancel);
    assert_eq!(exchange.status, 200);
    assert_eq!(cancel.expect(200), json!({ "revoked": true }));
    assert_eq!(app.sandbox_state().await["access_tokens"], 0);
}

/// The fresh link of a refused PIN must not end what a newer Get PIN began meanwhile.
#[tokio::test]
async fn a_late_refusal_does_not_end_a_newer_get_pin() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let older = get_pin(&client).await;
    app.slow("access_token", 1).await;
    let (older_pin, wrong) = (pin_path(&id(&older)), json!({ "pin": "0000000" }));
    let newer = async {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        consented(&app, &client, "brief").await
    };
    let (refused, (newer, pin)) = tokio::join!(client.post(&older_pin, &wrong), newer);
    assert_eq!(refused.status, 422);
    assert!(refused.json()["next"].is_null(), "{}", refused.text);
    let granted = client.post(&pin_path(&id(&newer)), &json!({ "pin": pin })).await;
    assert_eq!(granted.expect(200)["state"], "authenticated");
}

/// Its client hangs up and the server is told to stop, while X takes its time to grant.
#[tokio::test]
async fn a_stop_waits_for_a_grant_that_is_on_its_way() {
    let mut app = TestApp::start().await;
    let client = app.operator().await;
    let (authorization, pin) = consented(&app, &client, "brief").await;
    let id = id(&authorization);
    app.slow("access_token", 2).await;
    let (pin_path, body) = (pin_path(&id), json!({ "pin": pin }));
    let hang_up = std::time::Duration::from_millis(500);
    let gone = tokio::time::timeout(hang_up, client.post(&pin_path, &body)).await;
    assert!(gone.is_err(), "the sandbox was to be slow");
    app.restart().await;
    assert_eq!(client.get(&path(&id)).await.expect(200)["state"], "authenticated");
}

async fn tokens_left(app: &TestApp) -> u64 {
    let mut left = 1;
    for _ in 0..100 {
        left = app.sandbox_state().await["access_tokens"].as_u64().expect("a number");
        if left == 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    left
}

/// A restart sweeps at once, so these two need not wait for the minute to pass.
async fn tokens_after_a_sweep(app: &mut TestApp) -> u64 {
    app.restart().await;
    tokens_left(app).await
}

#[tokio::test]
async fn a_grant_that_nobody_saves_is_revoked() {
    let mut app = TestApp::start().await;
    let client = app.operator().await;
    let granted = authenticated(&app, &client, "brief").await;
    app.clock.advance(11 * 60 * 1000);
    assert_eq!(tokens_after_a_sweep(&mut app).await, 0);
    assert_eq!(client.get(&path(&granted)).await.expect(200)["state"], "expired");
}

#[tokio::test]
async fn what_x_did_not_revoke_is_tried_again() {
    let mut app = TestApp::start().await;
    let client = app.operator().await;
    let granted = authenticated(&app, &client, "brief").await;
    app.misbehave("reset", "revoke").await;
    let reply = client.delete(&path(&granted)).await.expect(200);
    assert_eq!(reply, json!({ "revoked": false, "reason": "x_unreachable" }));
    app.clock.advance(61 * 1000);
    assert_eq!(tokens_after_a_sweep(&mut app).await, 0);
}

#[tokio::test]
async fn of_two_pins_at_once_one_goes_to_x() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let (authorization, pin) = consented(&app, &client, "brief").await;
    let path = pin_path(&id(&authorization));
    let body = json!({ "pin": pin });
    let (one, two) = tokio::join!(client.post(&path, &body), client.post(&path, &body));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
}

#[tokio::test]
async fn an_authorization_survives_a_restart() {
    let mut app = TestApp::start().await;
    let client = app.operator().await;
    let (authorization, pin) = consented(&app, &client, "brief").await;
    app.restart().await;
    let granted = client.post(&pin_path(&id(&authorization)), &json!({ "pin": pin })).await;
    assert_eq!(granted.expect(200)["state"], "authenticated");
    app.restart().await;
    let saved = json!({ "authorization_id": id(&authorization) });
    let connection = client.post("/api/v1/connections", &saved).await.expect(201);
    app.restart().await;
    let read = client.get(&crate::flow::connection_path(&id(&connection))).await.expect(200);
    assert_eq!(read, connection);
}

#[tokio::test]
async fn an_own_app_needs_both_keys() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let own = |key: Value, secret: Value| json!({ "app": { "kind": "own", "consumer_key": key, "consumer_secret": secret } });
    for (key, secret, field) in [
        (json!(""), json!("s"), "app.consumer_key"),
        (json!("k"), Value::Null, "app.consumer_secret"),
        (json!("two words"), json!("s"), "app.consumer_key"),
        (json!("k"), json!("k"), "app.consumer_secret"),
    ] {
        let reply = client.post(AUTHORIZATIONS, &own(key, secret)).await;
        assert_eq!(reply.problem(422), "invalid_field");
        assert_eq!(reply.json()["field"], field);
    }
    let wrong = own(json!("not-a-key-of-x"), json!("not-a-secret-of-x"));
    assert_eq!(client.post(AUTHORIZATIONS, &wrong).await.problem(422), "app_keys_rejected");
    let apps = app.sandbox().post("/sandbox/apps", &json!({ "name": "Own" })).await.json();
    let right = own(apps["consumer_key"].clone(), apps["consumer_secret"].clone());
    let authorization = client.post(AUTHORIZATIONS, &right).await.expect(201);
    assert_eq!(authorization["app"]["kind"], "own");
    let pin = app.consent(authorization["authorize_url"].as_str().expect("a link"), "brief").await;
    let granted = client.post(&pin_path(&id(&authorization)), &json!({ "pin": pin })).await;
    assert_eq!(granted.expect(200)["state"], "authenticated");
}

#[tokio::test]
async fn what_is_asked_of_x_is_in_the_link_and_in_the_grant() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let wanted = json!({
        "app": { "kind": "registered" }, "access": "read",
        "force_login": true, "screen_name": "@brief",
    });
    let authorization = client.post(AUTHORIZATIONS, &wanted).await.expect(201);
    let url = authorization["authorize_url"].as_str().expect("a link");
    assert!(url.contains("/oauth/authorize?oauth_token="), "{url}");
    assert!(url.contains("&force_login=true&screen_name=brief"), "{url}");
    let pin = app.consent(url, "brief").await;
    let granted = client.post(&pin_path(&id(&authorization)), &json!({ "pin": pin })).await;
    assert_eq!(granted.expect(200)["access_level"], "read");
}

#[tokio::test]
async fn bad_bodies_name_their_field() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    for (body, field) in [
        (json!({}), "app"),
        (json!({ "app": {} }), "app.kind"),
        (json!({ "app": { "kind": "stolen" } }), "app.kind"),
        (json!({ "app": { "kind": "registered" }, "acess": "read" }), "acess"),
        (json!({ "app": { "kind": "registered" }, "access": "all" }), "access"),
    ] {
        let reply = client.post(AUTHORIZATIONS, &body).await;
        assert_eq!(reply.problem(400), "invalid_request", "{body}");
        assert_eq!(reply.json()["field"], field, "{body}");
    }
    let wanted = json!({ "app": { "kind": "registered" }, "screen_name": "not a name!" });
    assert_eq!(client.post(AUTHORIZATIONS, &wanted).await.json()["field"], "screen_name");
}

#[tokio::test]
async fn get_pin_is_rate_limited() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let wanted = json!({ "app": { "kind": "registered" } });
    let mut statuses = Vec::new();
    for _ in 0..35 {
        statuses.push(client.post(AUTHORIZATIONS, &wanted).await.status);
    }
    assert!(statuses.starts_with(&[201; 20]) && statuses.ends_with(&[429]), "{statuses:?}");
}
