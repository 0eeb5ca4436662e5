//! Grants and revokes at one moment: X gives one and the same token to the same app and account, so
//! a revoke for one connection could take it from another.

use pinfold_tests::{Client, TestApp};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::flow::{
    authenticated, connected, connection_path, consented, id, pin_path, reverted, trouble,
};

const CONNECTIONS: &str = "/api/v1/connections";

async fn second(app: &TestApp, client: &Client) -> Value {
    let authorization = authenticated(app, client, "brief").await;
    let wanted = json!({ "authorization_id": authorization, "name": "Second" });
    client.post(CONNECTIONS, &wanted).await.expect(201)
}

/// Whatever the order, what was granted works, and no answer claims what is not so.
#[tokio::test]
async fn two_revokes_that_race_a_grant_leave_the_grant_alive() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    for slow in [None, Some("revoke"), Some("access_token")] {
        let one = connected(&app, &client, "brief").await;
        let two = second(&app, &client).await;
        let (authorization, pin) = consented(&app, &client, "brief").await;
        if let Some(step) = slow {
            app.slow(step, 1).await;
        }
        let (path, pin) = (pin_path(&id(&authorization)), json!({ "pin": pin }));
        let (at_one, at_two) = (connection_path(&id(&one)), connection_path(&id(&two)));
        let (granted, first, other) =
            tokio::join!(client.post(&path, &pin), client.delete(&at_one), client.delete(&at_two),);
        let granted = granted.expect(200);
        let (first, other) = (first.expect(200), other.expect(200));
        for said in [&first, &other] {
            let in_use = json!({ "revoked": false, "reason": "in_use" });
            assert!(*said == in_use || *said == json!({ "revoked": true }), "{slow:?}: {said}");
        }
        if first == json!({ "revoked": true }) || other == json!({ "revoked": true }) {
            assert_ne!(granted["access_token"], one["access_token"], "{slow:?}: it was revoked");
        }
        let wanted = json!({ "authorization_id": authorization["id"] });
        let saved = client.post(CONNECTIONS, &wanted).await.expect(201);
        assert_eq!(trouble(&client, &id(&saved)).await, Value::Null, "{slow:?}");
        assert_eq!(client.delete(&connection_path(&id(&saved))).await.expect(200)["revoked"], true);
        assert_eq!(app.sandbox_state().await["access_tokens"], 0, "{slow:?}");
    }
}

/// A deletion, a return and another deletion at once: nothing is left at X that nobody remembers,
/// and nothing here pretends to live on a dead token.
#[tokio::test]
async fn a_return_that_races_revokes_is_truthful() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    for slow in [false, true] {
        let one = connected(&app, &client, "brief").await;
        let two = second(&app, &client).await;
        app.misbehave("reset", "revoke").await;
        let first = client.delete(&connection_path(&id(&one))).await.expect(200);
        assert_eq!(first["reason"], "in_use");
        let gone = client.delete(&connection_path(&id(&two))).await.expect(200);
        assert_eq!(gone["reason"], "x_unreachable");
        if slow {
            app.slow("revoke", 1).await;
        }
        let back = reverted(&client, &id(&two), &json!({ "version": 1 })).await;
        assert_eq!(back["access_secret_set"], true);
        let (path, revert) =
            (connection_path(&id(&two)), format!("{}/revert", connection_path(&id(&two))));
        let wanted = json!({ "version": 1 });
        let (deleted, returned) = tokio::join!(client.delete(&path), client.post(&revert, &wanted));
        // Who goes back first makes the version stale that is to be deleted.
        assert!([200, 412].contains(&deleted.status), "{}", deleted.text);
        if deleted.json()["revoked"] == true {
            let now = client.get(&path).await;
            let lives = now.status == 200 && now.json()["access_secret_set"] == true;
            assert!(!lives, "it was revoked: {}", returned.text);
        }
        let now = client.get(&path).await;
        if now.status == 200 {
            let alive = trouble(&client, &id(&two)).await.is_null();
            assert_eq!(now.json()["access_secret_set"], alive);
            let _ = client.delete(&path).await.expect(200);
        }
        assert_eq!(app.sandbox_state().await["access_tokens"], 0);
    }
}

/// Nobody chose these names, so whoever comes second gets a number, and no conflict.
#[tokio::test]
async fn names_that_nobody_chose_make_way_for_each_other() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let mut wanted = Vec::new();
    for _ in 0..6 {
        wanted.push(json!({ "authorization_id": authenticated(&app, &client, "brief").await }));
    }
    let mut saving = JoinSet::new();
    for wanted in wanted {
        let client = client.clone();
        saving.spawn(async move { client.post(CONNECTIONS, &wanted).await });
    }
    let mut names: Vec<String> = saving
        .join_all()
        .await
        .into_iter()
        .map(|reply| reply.expect(201)["name"].as_str().expect("a name").to_owned())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["brief", "brief 2", "brief 3", "brief 4", "brief 5", "brief 6"]);
}
