//! Each way X can fail, at each step: the right code, nothing lost, nothing half done.

use pinfold_tests::TestApp;
use serde_json::json;

use crate::flow::{consented, id, path, pin_path};

#[tokio::test]
async fn every_refusal_of_a_request_token_has_its_code() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    for (mode, status, code) in [
        ("omit_callback_confirmed", 502, "callback_unconfirmed"),
        ("callback_confirmed_false", 502, "callback_unconfirmed"),
        ("bad_credentials", 422, "app_keys_rejected"),
        ("callback_json", 422, "callback_setting"),
        ("callback_xml", 422, "callback_setting"),
        ("desktop_only_xml", 422, "callback_setting"),
        ("app_suspended", 422, "app_suspended"),
        ("not_enrolled", 422, "app_not_enrolled"),
        ("no_credits", 422, "no_credits"),
        ("rate_limited", 503, "x_rate_limited"),
        ("server_error", 502, "x_failed"),
        ("unavailable", 502, "x_failed"),
        ("garbage", 502, "x_unintelligible"),
        ("reset", 504, "x_unreachable"),
    ] {
        app.misbehave(mode, "request_token").await;
        let wanted = json!({ "app": { "kind": "registered" } });
        let reply = client.post("/api/v1/authorizations", &wanted).await;
        assert_eq!(reply.problem(status), code, "{mode}");
        if mode == "rate_limited" {
            assert!(reply.json()["retry_after"].as_u64().is_some_and(|wait| wait > 0));
        }
    }
    assert_eq!(get_pin_works(&app).await, 201);
}

async fn get_pin_works(app: &TestApp) -> u16 {
    let wanted = json!({ "app": { "kind": "registered" } });
    app.operator().await.post("/api/v1/authorizations", &wanted).await.status
}

/// A failure that does not spend the request token leaves the same PIN usable.
#[tokio::test]
async fn the_pin_can_be_sent_again_after_a_failure_of_x() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    for (mode, status, code) in [
        ("server_error", 502, "x_failed"),
        ("unavailable", 502, "x_failed"),
        ("reset", 504, "x_unreachable"),
        ("rate_limited", 503, "x_rate_limited"),
    ] {
        let (authorization, pin) = consented(&app, &client, "brief").await;
        app.misbehave(mode, "access_token").await;
        let body = json!({ "pin": pin });
        let reply = client.post(&pin_path(&id(&authorization)), &body).await;
        assert_eq!(reply.problem(status), code, "{mode}");
        let stands = client.get(&path(&id(&authorization))).await.expect(200);
        assert_eq!(stands["state"], "awaiting_pin", "{mode}");
        let again = client.post(&pin_path(&id(&authorization)), &body).await;
        assert_eq!(again.expect(200)["state"], "authenticated", "{mode}");
    }
}

#[tokio::test]
async fn a_spent_request_token_always_comes_with_a_fresh_link() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    for (mode, code) in [
        ("burn", "pin_rejected"),
        ("expire", "request_token_rejected"),
        ("invalid_verifier_localised", "pin_rejected"),
        ("bad_credentials", "request_token_rejected"),
        ("locked", "account_locked"),
        ("suspended", "account_suspended"),
    ] {
        let (authorization, pin) = consented(&app, &client, "brief").await;
        app.misbehave(mode, "access_token").await;
        let reply = client.post(&pin_path(&id(&authorization)), &json!({ "pin": pin })).await;
        let found = reply.problem(422);
        let either = ["pin_rejected", "request_token_rejected"].contains(&found.as_str());
        // X's words are localised, so either of the two is right there; both go on the same way.
        assert!(found == code || (mode.ends_with("localised") && either), "{mode}: {found}");
        assert_eq!(reply.json()["next"]["state"], "awaiting_pin", "{mode}");
    }
}

/// A success that cannot be read has spent the request token all the same.
#[tokio::test]
async fn garbage_for_a_grant_comes_with_a_fresh_link() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let (authorization, pin) = consented(&app, &client, "brief").await;
    app.misbehave("garbage", "access_token").await;
    let reply = client.post(&pin_path(&id(&authorization)), &json!({ "pin": pin })).await;
    assert_eq!(reply.problem(502), "x_unintelligible");
    assert_eq!(reply.json()["next"]["state"], "awaiting_pin");
}

/// An answer that was lost may have been a grant, so Cancel does not claim that there was none.
#[tokio::test]
async fn cancel_after_a_lost_answer_says_that_it_does_not_know() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let (authorization, pin) = consented(&app, &client, "brief").await;
    app.misbehave("reset", "access_token").await;
    let lost = client.post(&pin_path(&id(&authorization)), &json!({ "pin": pin })).await;
    assert_eq!(lost.problem(504), "x_unreachable");
    let reply = client.delete(&path(&id(&authorization))).await.expect(200);
    assert_eq!(reply, json!({ "revoked": false, "reason": "unknown" }));
}

#[tokio::test]
async fn without_a_fresh_link_the_refusal_says_to_start_again() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let (authorization, pin) = consented(&app, &client, "brief").await;
    app.misbehave("burn", "access_token").await;
    app.misbehave("server_error", "request_token").await;
    let reply = client.post(&pin_path(&id(&authorization)), &json!({ "pin": pin })).await;
    assert_eq!(reply.problem(422), "pin_rejected");
    assert!(reply.json()["next"].is_null());
    assert!(reply.json()["detail"].as_str().expect("text").contains("Get PIN"));
    let stands = client.get(&path(&id(&authorization))).await.expect(200);
    assert_eq!(stands["state"], "rejected");
}

#[tokio::test]
async fn an_access_level_that_x_does_not_tell_is_unknown() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let (authorization, pin) = consented(&app, &client, "brief").await;
    app.misbehave("no_access_level", "access_token").await;
    let granted =
        client.post(&pin_path(&id(&authorization)), &json!({ "pin": pin })).await.expect(200);
    assert!(granted["access_level"].is_null());
    assert!(granted["tasks"][0]["reason"].as_str().expect("text").contains("not told"));
}
