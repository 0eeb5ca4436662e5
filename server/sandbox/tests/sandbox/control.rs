//! `/sandbox/*`: what tests and scripts can see and change, and what a foreign page cannot.

use serde_json::json;

use crate::lab::Lab;

#[tokio::test]
async fn the_state_counts_and_tells_no_secret() {
    let lab = Lab::start().await;
    let access = lab.connect("brief").await;
    let app = lab.another_app("read").await;
    lab.request_token().await;
    let state = lab.state().await;
    assert_eq!(state["request_tokens"], 2);
    assert_eq!(state["access_tokens"], 1);
    assert_eq!(state["requests"]["POST /oauth/request_token"], 2);
    assert_eq!(state["apps"][0]["permission"], "read-write");
    assert!(state["accounts"].as_array().is_some_and(|accounts| accounts.len() >= 5));
    let text = state.to_string();
    let secrets = [lab.sandbox.consumer_secret(), &app.secret, &access.secret, &access.token];
    assert!(secrets.iter().all(|secret| !text.contains(*secret)));
}

#[tokio::test]
async fn another_app_works_like_the_first() {
    let lab = Lab::start().await;
    let app = lab.another_app("read-write-directmessages").await;
    let request = lab.ask().app(&app).send().await.pair();
    let pin = lab.consent(&request, "brief").await;
    let granted = lab.exchange(&request, &pin).app(&app).send().await;
    assert_eq!(granted.header("x-access-level"), "read-write-directmessages");
    assert_ne!(granted.pair(), lab.connect("brief").await, "each app has tokens of its own");
}

#[tokio::test]
async fn what_is_not_there_is_named() {
    let lab = Lab::start().await;
    let request = lab.request_token().await;
    for (path, body, field) in [
        ("authorize", json!({ "oauth_token": request.token, "screen_name": "?" }), "screen_name"),
        ("authorize", json!({ "oauth_token": "?", "screen_name": "brief" }), "oauth_token"),
        ("app", json!({ "consumer_key": "?", "permission": "read" }), "consumer_key"),
    ] {
        let answer = lab.control(&format!("/sandbox/{path}"), &body).await;
        assert_eq!(answer.status, 404);
        assert!(answer.text().contains(field), "{}", answer.text());
    }
}

#[tokio::test]
async fn what_a_foreign_page_could_send_changes_nothing() {
    let lab = Lab::start().await;
    let order = "{\"mode\":\"burn\"}";
    let send = |content_type: &str, extra: (&'static str, &str)| {
        let request = lab.http.post(lab.url("/sandbox/misbehave")).body(order.to_owned());
        request.header("content-type", content_type).header(extra.0, extra.1).send()
    };
    let nothing = ("x-nothing", "");
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
        let answer = send(content_type, nothing).await.expect("an answer");
        assert_eq!(answer.status(), 415, "{content_type}");
    }
    let json = "application/json";
    let foreign = send(json, ("origin", "https://evil.example")).await.expect("an answer");
    assert_eq!(foreign.status(), 403);
    let rebound = send(json, ("host", "evil.example")).await.expect("an answer");
    assert_eq!(rebound.status(), 421);
    assert_eq!(lab.state().await["misbehaviours"], json!([]));
    assert_eq!(send(json, nothing).await.expect("an answer").status(), 204);
}

#[tokio::test]
async fn an_unknown_path_is_34() {
    let lab = Lab::start().await;
    assert_eq!(lab.page("/1.1/nothing.json").await.code(), (404, 34));
}
