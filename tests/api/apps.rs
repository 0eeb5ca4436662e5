//! `/apps`: the app vault.

use pinfold_api::Role;
use pinfold_tests::{Client, TestApp};
use serde_json::{Value, json};

use crate::flow::{connected, connection_path, id, pin_path};

const APPS: &str = "/api/v1/apps";

fn app_path(id: &str) -> String {
    format!("{APPS}/{id}")
}

/// A further app of the sandbox: its keys.
async fn keys_at_x(app: &TestApp) -> (Value, Value) {
    let made = app.sandbox().post("/sandbox/apps", &json!({ "name": "Further" })).await.json();
    (made["consumer_key"].clone(), made["consumer_secret"].clone())
}

/// Saves the sandbox's first app under a name.
async fn saved(app: &TestApp, client: &Client, name: &str) -> Value {
    let wanted = json!({
        "name": name, "consumer_key": app.consumer_key(), "consumer_secret": app.consumer_secret(),
    });
    client.post(APPS, &wanted).await.expect(201)
}

/// All the way to a connection with an app.
async fn connected_with(app: &TestApp, client: &Client, choice: Value, account: &str) -> Value {
    let wanted = json!({ "app": choice });
    let begun = client.post("/api/v1/authorizations", &wanted).await.expect(201);
    let pin = app.consent(begun["authorize_url"].as_str().expect("a link"), account).await;
    let _ = client.post(&pin_path(&id(&begun)), &json!({ "pin": pin })).await.expect(200);
    let ok = json!({ "authorization_id": id(&begun) });
    client.post("/api/v1/connections", &ok).await.expect(201)
}

/// How many request tokens were asked for.
async fn asked_of_x(app: &TestApp) -> Value {
    app.sandbox_state().await["requests"]["POST /oauth/request_token"].clone()
}

fn saved_choice(app: &Value) -> Value {
    json!({ "kind": "saved", "id": app["id"] })
}

#[tokio::test]
async fn an_app_is_saved_and_its_secret_never_comes_back() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let made = saved(&app, &client, "News desk").await;
    assert_eq!(made["connections"], 0);
    assert_eq!((&made["access"], &made["version"]), (&json!(null), &json!(1)));
    let hint = made["consumer_key_hint"].as_str().expect("text");
    assert!(app.consumer_key().starts_with(hint.trim_end_matches('…')) && hint.len() < 12);
    let reply = client.get(&app_path(&id(&made))).await;
    assert_eq!(reply.headers["etag"], "\"1\"");
    assert_eq!(reply.expect(200), made);
    let list = client.get(APPS).await;
    assert_eq!(list.expect(200)["items"], json!([made]));
    let versions = client.get(&format!("{}/versions", app_path(&id(&made)))).await;
    for told in [&reply.text, &list.text, &versions.text] {
        assert!(!told.contains(&app.consumer_secret()) && !told.contains(&app.consumer_key()));
    }
}

#[tokio::test]
async fn what_cannot_be_saved_names_its_field() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let with = |field: &str, value: &str| {
        let mut wanted = json!({ "name": "n", "consumer_key": "k", "consumer_secret": "s" });
        wanted[field] = json!(value);
        wanted
    };
    for (field, value) in [
        ("name", "  "),
        ("name", "two\nlines"),
        ("consumer_key", ""),
        ("consumer_key", "two words"),
        ("consumer_secret", ""),
        ("consumer_secret", "k"),
    ] {
        let reply = client.post(APPS, &with(field, value)).await;
        assert_eq!(reply.problem(422), "invalid_field", "{field} {value:?}");
        assert_eq!(reply.json()["field"], field);
    }
    let made = saved(&app, &client, "News desk").await;
    let again = client.post(APPS, &with("name", "NEWS DESK")).await;
    assert_eq!(again.problem(409), "name_taken");
    let lone_key = client.patch(&app_path(&id(&made)), &json!({ "consumer_key": "k" })).await;
    assert_eq!(lone_key.problem(400), "invalid_request");
    assert_eq!(lone_key.json()["field"], "consumer_secret");
    assert_eq!(client.get(APPS).await.expect(200)["items"], json!([made]));
}

#[tokio::test]
async fn a_saved_app_connects_and_one_rotation_counts_for_all() {
    let mut app = TestApp::start().await;
    let client = app.operator().await;
    let made = saved(&app, &client, "News desk").await;
    let path = app_path(&id(&made));
    // The wrong secret, for now.
    let wrong = json!({ "consumer_secret": "not-the-secret" });
    let rotated = client.patch(&path, &wrong).await.expect(200);
    assert_eq!(rotated["version"], 2);
    let wanted = json!({ "app": saved_choice(&made) });
    let refused = client.post("/api/v1/authorizations", &wanted).await;
    assert_eq!(refused.problem(422), "app_keys_rejected");
    let right = json!({ "consumer_secret": app.consumer_secret() });
    let _ = client.patch(&path, &right).await.expect(200);
    let first = connected_with(&app, &client, saved_choice(&made), "brief").await;
    let second = connected_with(&app, &client, saved_choice(&made), "raed_news").await;
    assert_eq!((&first["app"]["kind"], &first["app"]["id"]), (&json!("saved"), &made["id"]));
    assert_eq!(client.get(&path).await.expect(200)["connections"], 2);
    // Rotated to a wrong one, neither can even be revoked; rotated back, both are.
    let _ = client.patch(&path, &wrong).await.expect(200);
    let gone = client.delete(&connection_path(&id(&first))).await.expect(200);
    assert_eq!(gone, json!({ "revoked": false, "reason": "token_rejected" }));
    let _ = client.patch(&path, &right).await.expect(200);
    let gone = client.delete(&connection_path(&id(&second))).await.expect(200);
    assert_eq!(gone, json!({ "revoked": true }));
    assert_eq!(app.sandbox_state().await["access_tokens"], 1);
    app.clock.advance(61 * 1000);
    app.restart().await;
    no_token_is_left(&app).await;
}

/// A restart asks again at once about what X did not revoke.
async fn no_token_is_left(app: &TestApp) {
    for _ in 0..100 {
        if app.sandbox_state().await["access_tokens"] == 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("a token is alive");
}

#[tokio::test]
async fn of_two_edits_the_later_one_is_told() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let path = app_path(&id(&saved(&app, &client, "News desk").await));
    let edit = |name: &str, etag: &str| {
        let request = client.request(reqwest::Method::PATCH, &path);
        request.header("if-match", etag).json(&json!({ "name": name }))
    };
    let first = client.send(edit("Sports desk", "\"1\"")).await.expect(200);
    assert_eq!((&first["name"], &first["version"]), (&json!("Sports desk"), &json!(2)));
    let late = client.send(edit("Culture desk", "\"1\"")).await;
    assert_eq!(late.problem(412), "version_stale");
    assert_eq!(client.get(&path).await.expect(200)["name"], "Sports desk");
}

#[tokio::test]
async fn an_own_app_is_saved_on_the_way_once_x_accepts_its_keys() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let (key, secret) = keys_at_x(&app).await;
    let own = |secret: Value, name: &str| json!({ "kind": "own", "consumer_key": key, "consumer_secret": secret, "save_as": name });
    let refused = json!({ "app": own(json!("not-the-secret"), "Ours") });
    let refused = client.post("/api/v1/authorizations", &refused).await;
    assert_eq!(refused.problem(422), "app_keys_rejected");
    assert_eq!(client.get(APPS).await.expect(200)["items"], json!([]));
    let connection = connected_with(&app, &client, own(secret.clone(), "Ours"), "brief").await;
    let apps = client.get(APPS).await.expect(200);
    assert_eq!(apps["items"][0]["name"], "Ours");
    assert_eq!(apps["items"][0]["connections"], 1);
    assert_eq!(connection["app"]["id"], apps["items"][0]["id"]);
    // The name is taken before X is asked.
    let asked = asked_of_x(&app).await;
    let again = json!({ "app": own(secret.clone(), "ours") });
    let again = client.post("/api/v1/authorizations", &again).await;
    assert_eq!(again.problem(409), "name_taken");
    assert_eq!(again.json()["field"], "app.save_as");
    assert_eq!(asked_of_x(&app).await, asked);
    let connector = app.signed_in("default", Role::Connector).await;
    let not_theirs = json!({ "app": own(secret, "Theirs") });
    let not_theirs = connector.post("/api/v1/authorizations", &not_theirs).await;
    assert_eq!(not_theirs.problem(403), "forbidden");
}

#[tokio::test]
async fn a_pasted_pair_saves_its_app_too() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let _ = connected(&app, &client, "brief").await;
    let (token, access_secret) = app.token_of_the_sandbox();
    let pasted = |secret: &str| {
        json!({
            "app": {
                "kind": "own", "consumer_key": app.consumer_key(), "consumer_secret": secret,
                "save_as": "Pasted",
            },
            "access_token": token, "access_secret": access_secret, "name": "pasted",
        })
    };
    let refused = client.post("/api/v1/connections", &pasted("not-the-secret")).await;
    assert_eq!(refused.problem(422), "token_rejected");
    assert_eq!(client.get(APPS).await.expect(200)["items"], json!([]));
    let made =
        client.post("/api/v1/connections", &pasted(&app.consumer_secret())).await.expect(201);
    assert_eq!(made["app"]["kind"], "saved");
    assert_eq!(client.get(APPS).await.expect(200)["items"][0]["connections"], 1);
}

#[tokio::test]
async fn an_app_asks_for_no_more_than_it_is_saved_for() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let made = saved(&app, &client, "Readers").await;
    let path = app_path(&id(&made));
    let narrowed = client.patch(&path, &json!({ "access": "read" })).await.expect(200);
    assert_eq!(narrowed["access"], "read");
    let connection = connected_with(&app, &client, saved_choice(&made), "brief").await;
    assert_eq!(connection["access_level"], "read");
    let more = json!({ "app": saved_choice(&made), "access": "write" });
    let more = client.post("/api/v1/authorizations", &more).await;
    assert_eq!(more.problem(422), "invalid_field");
    assert_eq!(more.json()["field"], "access");
    let widened = client.patch(&path, &json!({ "access": null })).await.expect(200);
    assert_eq!(widened["access"], json!(null));
}

#[tokio::test]
async fn an_app_in_use_stays_unless_another_takes_its_place() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let old = saved(&app, &client, "Old").await;
    let connection = connected_with(&app, &client, saved_choice(&old), "brief").await;
    let path = app_path(&id(&old));
    assert_eq!(client.delete(&path).await.problem(409), "app_in_use");
    let (key, secret) = keys_at_x(&app).await;
    let other_key = json!({ "consumer_key": key, "consumer_secret": secret });
    let moved = client.patch(&path, &other_key).await;
    assert_eq!(moved.problem(409), "app_in_use");
    let mut unlike = other_key.clone();
    unlike["name"] = json!("Unlike");
    let unlike = client.post(APPS, &unlike).await.expect(201);
    for unfit in [id(&unlike), id(&old), id(&connection), "nonsense".to_owned()] {
        let refused = client.delete(&format!("{path}?replacement={unfit}")).await;
        assert_eq!(refused.problem(422), "invalid_field", "{unfit}");
        assert_eq!(refused.json()["field"], "replacement");
    }
    let new = saved(&app, &client, "New").await;
    let deleted = client.delete(&format!("{path}?replacement={}", id(&new))).await;
    assert_eq!(deleted.status, 204, "{}", deleted.text);
    assert_eq!(client.get(&path).await.problem(404), "not_found");
    let moved = client.get(&connection_path(&id(&connection))).await.expect(200);
    assert_eq!((&moved["app"]["id"], &moved["version"]), (&new["id"], &json!(2)));
    let gone = client.delete(&connection_path(&id(&connection))).await.expect(200);
    assert_eq!(gone, json!({ "revoked": true }));
}

/// More connections than are moved at a time.
#[tokio::test]
async fn an_app_of_very_many_makes_way_whole() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let (old, new) = (saved(&app, &client, "Old").await, saved(&app, &client, "New").await);
    let connection = connected_with(&app, &client, saved_choice(&old), "brief").await;
    let clone = format!("{}/clone", connection_path(&id(&connection)));
    for number in 0..500 {
        let name = json!({ "name": format!("Copy {number}") });
        let _copy = client.post(&clone, &name).await.expect(201);
    }
    let path = app_path(&id(&old));
    let deleted = client.delete(&format!("{path}?replacement={}", id(&new))).await;
    assert_eq!(deleted.status, 204, "{}", deleted.text);
    assert_eq!(client.get(&path).await.problem(404), "not_found");
    assert_eq!(client.get(&app_path(&id(&new))).await.expect(200)["connections"], 501);
}

/// Somebody is on the way to X with it.
#[tokio::test]
async fn an_app_stays_while_somebody_connects_with_it() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let made = saved(&app, &client, "News desk").await;
    let wanted = json!({ "app": saved_choice(&made) });
    let begun = client.post("/api/v1/authorizations", &wanted).await.expect(201);
    let path = app_path(&id(&made));
    assert_eq!(client.delete(&path).await.problem(409), "app_in_use");
    assert_eq!(client.delete(&crate::flow::path(&id(&begun))).await.status, 200);
    assert_eq!(client.delete(&path).await.status, 204);
    // The cancelled attempt is still told about.
    let seen = client.get(&crate::flow::path(&id(&begun))).await.expect(200);
    assert_eq!(seen["state"], "cancelled");
}

/// X was out of reach when the connection was deleted; then its app was deleted as well.
#[tokio::test]
async fn a_token_is_revoked_after_its_app_is_gone() {
    let mut app = TestApp::start().await;
    let client = app.operator().await;
    let made = saved(&app, &client, "News desk").await;
    let connection = connected_with(&app, &client, saved_choice(&made), "brief").await;
    app.misbehave("reset", "revoke").await;
    let gone = client.delete(&connection_path(&id(&connection))).await.expect(200);
    assert_eq!(gone["reason"], "x_unreachable");
    assert_eq!(client.delete(&app_path(&id(&made))).await.status, 204);
    app.clock.advance(61 * 1000);
    app.restart().await;
    no_token_is_left(&app).await;
}

/// The token comes back before X was asked, though its app does not.
#[tokio::test]
async fn a_deleted_connection_comes_back_after_its_app_is_gone() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let made = saved(&app, &client, "News desk").await;
    let connection = connected_with(&app, &client, saved_choice(&made), "brief").await;
    let path = connection_path(&id(&connection));
    app.misbehave("reset", "revoke").await;
    let _ = client.delete(&path).await.expect(200);
    assert_eq!(client.delete(&app_path(&id(&made))).await.status, 204);
    let back = client.post(&format!("{path}/revert"), &json!({ "version": 2 })).await.expect(200);
    assert_eq!((&back["app"]["kind"], &back["app"]["id"]), (&json!("own"), &json!(null)));
    assert_eq!(back["access_secret_set"], true);
    assert_eq!(client.delete(&path).await.expect(200), json!({ "revoked": true }));
    // Revoked for good, it comes back without a token, and repair says what is missing.
    let back = client.post(&format!("{path}/revert"), &json!({ "version": 2 })).await.expect(200);
    assert_eq!(back["health"]["state"], "needs_repair");
    let repair = json!({ "connection_id": id(&connection) });
    let repair = client.post("/api/v1/authorizations", &repair).await;
    assert_eq!(repair.problem(404), "not_found");
    assert_eq!(repair.json()["field"], "app");
}

#[tokio::test]
async fn a_connection_moves_to_a_saved_app_with_the_same_key() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let connection = connected(&app, &client, "brief").await;
    let path = connection_path(&id(&connection));
    let made = saved(&app, &client, "News desk").await;
    let to_saved = json!({ "app": saved_choice(&made) });
    let moved = client.patch(&path, &to_saved).await.expect(200);
    assert_eq!((&moved["app"]["kind"], &moved["app"]["id"]), (&json!("saved"), &made["id"]));
    let (key, secret) = keys_at_x(&app).await;
    let other = json!({ "name": "Other", "consumer_key": key, "consumer_secret": secret });
    let other = client.post(APPS, &other).await.expect(201);
    let refused = client.patch(&path, &json!({ "app": saved_choice(&other) })).await;
    assert_eq!(refused.problem(409), "app_differs");
    let back = client.post(&format!("{path}/revert"), &json!({ "version": 1 })).await.expect(200);
    assert_eq!(back["app"]["kind"], "registered");
    let forth = client.post(&format!("{path}/revert"), &json!({ "version": 2 })).await.expect(200);
    assert_eq!(forth["app"]["id"], made["id"]);
}

#[tokio::test]
async fn an_app_of_another_workspace_is_none_of_ours() {
    let app = TestApp::start().await;
    let stranger = app.signed_in("elsewhere", Role::Operator).await;
    let theirs = saved(&app, &stranger, "Theirs").await;
    let client = app.operator().await;
    for choice in [saved_choice(&theirs), json!({ "kind": "saved" })] {
        let reply = client.post("/api/v1/authorizations", &json!({ "app": choice })).await;
        assert_eq!(reply.problem(404), "not_found");
        assert_eq!(reply.json()["field"], "app.id");
    }
    let ours = saved(&app, &client, "Theirs").await;
    let path = format!("{}?replacement={}", app_path(&id(&ours)), id(&theirs));
    assert_eq!(client.delete(&path).await.problem(422), "invalid_field");
}

#[tokio::test]
async fn a_test_says_what_the_doctor_says() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let test = "/api/v1/apps/registered/test";
    assert_eq!(client.post(test, &json!({})).await.expect(200), json!({ "ok": true }));
    let made = saved(&app, &client, "News desk").await;
    let path = app_path(&id(&made));
    let saved_test = format!("{path}/test");
    assert_eq!(client.post(&saved_test, &json!({})).await.expect(200), json!({ "ok": true }));
    app.misbehave("callback_xml", "request_token").await;
    let told = client.post(test, &json!({})).await.expect(200);
    assert_eq!(
        (&told["ok"], &told["diagnosis"]["code"]),
        (&json!(false), &json!("callback_setting"))
    );
    assert_eq!(told["diagnosis"]["x"]["code"], 415);
    assert_eq!(told["diagnosis"]["clock_skew_seconds"], 0);
    for part in ["cause", "proof", "next"] {
        assert!(told["diagnosis"][part].as_str().is_some_and(|text| text.ends_with('.')), "{part}");
    }
    let _ = client.patch(&path, &json!({ "consumer_secret": "not-the-secret" })).await.expect(200);
    let told = client.post(&saved_test, &json!({})).await.expect(200);
    assert_eq!(told["diagnosis"]["code"], "app_keys_rejected");
}

#[tokio::test]
async fn an_app_has_versions_without_secrets_and_goes_back() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let made = saved(&app, &client, "News desk").await;
    let path = app_path(&id(&made));
    let _ = client.patch(&path, &json!({ "name": "Desk", "access": "read" })).await.expect(200);
    let rotation = json!({ "consumer_secret": "canary-of-a-new-secret" });
    let _ = client.patch(&path, &rotation).await.expect(200);
    let nothing = client.patch(&path, &json!({ "name": "Desk" })).await.expect(200);
    assert_eq!(nothing["version"], 3);
    let versions = client.get(&format!("{path}/versions")).await;
    assert!(!versions.text.contains("canary"));
    let items = versions.expect(200)["items"].as_array().expect("a list").clone();
    let actions: Vec<&str> =
        items.iter().map(|item| item["action"].as_str().expect("a word")).collect();
    assert_eq!(actions, ["rotated", "edited", "created"]);
    assert_eq!(items[0]["changes"][0]["field"], "consumer_secret");
    assert_eq!(
        items[1]["changes"],
        json!([
            { "field": "name", "from": "News desk", "to": "Desk" },
            { "field": "access", "from": null, "to": "read" },
        ])
    );
    let back = client.post(&format!("{path}/revert"), &json!({ "version": 1 })).await.expect(200);
    assert_eq!((&back["name"], &back["access"]), (&json!("News desk"), &json!(null)));
    assert_eq!(back["version"], 4);
    // The secret stays as it was written last: it is in no version.
    let told = client.post(&format!("{path}/test"), &json!({})).await.expect(200);
    assert_eq!(told["ok"], false);
    let missing = client.post(&format!("{path}/revert"), &json!({ "version": 9 })).await;
    assert_eq!(missing.problem(404), "not_found");
    // Another key, then back: its secret is not kept.
    let (key, secret) = keys_at_x(&app).await;
    let other_key = json!({ "consumer_key": key, "consumer_secret": secret });
    let _ = client.patch(&path, &other_key).await.expect(200);
    let refused = client.post(&format!("{path}/revert"), &json!({ "version": 1 })).await;
    assert_eq!(refused.problem(409), "app_differs");
    assert_eq!(client.delete(&path).await.status, 204);
    let versions = client.get(&format!("{path}/versions")).await.expect(200);
    assert_eq!(versions["items"][0]["action"], "deleted");
    assert_eq!(versions["items"][0]["changes"], json!([]));
}
