//! `/session`.

use pinfold_api::Role;
use pinfold_tests::TestApp;
use serde_json::json;

const SESSION: &str = "/api/v1/session";

#[tokio::test]
async fn a_link_signs_in_once() {
    let app = TestApp::start().await;
    let link = app.sign_in_link().await;
    let first = app.anonymous();
    let reply = first.post(SESSION, &json!({ "link": link })).await;
    assert_eq!(reply.status, 204);
    let cookie = reply.headers["set-cookie"].to_str().expect("ASCII");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    assert_eq!(first.get(SESSION).await.expect(200)["role"], "operator");
    let second = app.anonymous().post(SESSION, &json!({ "link": link })).await;
    assert_eq!(second.problem(401), "sign_in_refused");
}

#[tokio::test]
async fn a_link_is_good_for_fifteen_minutes() {
    let app = TestApp::start().await;
    let link = app.sign_in_link().await;
    app.clock.advance(15 * 60 * 1000);
    let reply = app.anonymous().post(SESSION, &json!({ "link": link })).await;
    assert_eq!(reply.problem(401), "sign_in_refused");
}

#[tokio::test]
async fn the_access_key_signs_in_and_is_a_bearer() {
    let app = TestApp::start().await;
    let browser = app.anonymous();
    let key = pinfold_tests::ACCESS_KEY;
    assert_eq!(browser.post(SESSION, &json!({ "access_key": key })).await.status, 204);
    assert_eq!(browser.get(SESSION).await.expect(200)["workspace"], "default");
    assert_eq!(app.with_access_key().get(SESSION).await.expect(200)["expires_at"], json!(null));
    let wrong = app.anonymous().post(SESSION, &json!({ "access_key": "wrong" })).await;
    assert_eq!(wrong.problem(401), "sign_in_refused");
    let both = json!({ "access_key": key, "link": "x" });
    assert_eq!(app.anonymous().post(SESSION, &both).await.problem(400), "invalid_request");
}

#[tokio::test]
async fn a_session_ends_by_signing_out_and_by_itself() {
    let app = TestApp::start().await;
    let browser = app.operator().await;
    assert_eq!(browser.delete(SESSION).await.status, 204);
    assert_eq!(browser.get(SESSION).await.problem(401), "unauthenticated");
    let browser = app.operator().await;
    app.clock.advance(12 * 60 * 60 * 1000);
    assert_eq!(browser.get(SESSION).await.problem(401), "unauthenticated");
}

#[tokio::test]
async fn who_am_i_tells_role_provider_and_app() {
    let app = TestApp::start().await;
    let tenant = app.signed_in("tenant", Role::Operator).await.get(SESSION).await.expect(200);
    assert_eq!(tenant["workspace"], "tenant");
    assert_eq!(tenant["registered_app"], json!(null), "the server's app is the default one's");
    let session = app.signed_in("default", Role::Connector).await.get(SESSION).await.expect(200);
    assert_eq!(session["role"], "connector");
    assert_eq!(session["workspace"], "default");
    assert_eq!(session["provider"]["sandbox"], true);
    assert_eq!(session["registered_app"]["name"], "Pinfold");
    let hint = session["registered_app"]["consumer_key_hint"].as_str().expect("text");
    assert!(hint.ends_with('…') && hint.chars().count() <= 7, "{hint}");
}

#[tokio::test]
async fn guessing_keys_is_slowed_down() {
    let app = TestApp::start().await;
    let guesser = app.anonymous();
    let mut refused = None;
    for guess in 0..40 {
        let reply = guesser.post(SESSION, &json!({ "access_key": format!("guess-{guess}") })).await;
        if reply.status == 429 {
            refused = Some(reply);
            break;
        }
    }
    let refused = refused.expect("a limit");
    assert_eq!(refused.problem(429), "too_many_requests");
    assert!(refused.headers.contains_key("retry-after"));
}
