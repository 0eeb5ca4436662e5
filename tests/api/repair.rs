//! Repair: the same connection, authorized once more. Clone: another one, not authorized yet.

use pinfold_api::Role;
use pinfold_tests::{Client, TestApp};
use serde_json::{Value, json};

use crate::flow::{
    authenticated, connected, connection_path, consented, id, path, pin_path, reauthorized,
    trouble, versions,
};

const CONNECTIONS: &str = "/api/v1/connections";

async fn save(client: &Client, body: Value) -> (u16, Value) {
    let reply = client.post(CONNECTIONS, &body).await;
    (reply.status, reply.json())
}

#[tokio::test]
async fn the_same_account_repairs_in_place() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let before = connected(&app, &client, "brief").await;
    let (token, secret) = app.token_of_the_sandbox();
    revoke_at_x(&app, &token, &secret).await;
    assert_eq!(trouble(&client, &id(&before)).await["code"], "token_rejected");
    let broken = client.get(&connection_path(&id(&before))).await.expect(200);
    assert_eq!(broken["health"]["state"], "needs_repair");

    let grant = reauthorized(&app, &client, &id(&before), "brief").await;
    let wanted = json!({ "authorization_id": grant, "group": "Desk" });
    let (status, repaired) = save(&client, wanted.clone()).await;
    assert_eq!((status, &repaired["id"], &repaired["version"]), (200, &before["id"], &json!(2)));
    assert_eq!((&repaired["name"], &repaired["group"]), (&before["name"], &json!("Desk")));
    assert_eq!(repaired["health"]["state"], "ok");
    assert_ne!(repaired["access_token"], before["access_token"]);
    // X did not know the old one any more, which is as good as a revoke.
    assert_eq!(repaired["old_token"], json!({ "revoked": true }));
    assert_eq!(trouble(&client, &id(&before)).await, Value::Null);
    // A second OK, after a lost answer, changes nothing.
    let (status, again) = save(&client, wanted).await;
    assert_eq!((status, &again["version"]), (200, &json!(2)));
    assert_eq!(versions(&client, &id(&before)).await[0]["action"], "repaired");
}

/// As a person does it on X's page of connected apps.
async fn revoke_at_x(app: &TestApp, token: &str, secret: &str) {
    let keys = pinfold::x::KeyPair::new(app.consumer_key(), app.consumer_secret().into());
    let pair = pinfold::x::KeyPair::new(token, secret.into());
    let url = app.sandbox_url().parse().expect("a URL");
    let x = pinfold::x::X::new(url, app.clock.clone());
    x.invalidate_token(&keys, &pair).await.expect("revoked");
}

#[tokio::test]
async fn a_token_that_x_gives_again_is_not_revoked() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let before = connected(&app, &client, "brief").await;
    let grant = reauthorized(&app, &client, &id(&before), "brief").await;
    let (status, repaired) = save(&client, json!({ "authorization_id": grant })).await;
    assert_eq!((status, &repaired["access_token"]), (200, &before["access_token"]));
    assert!(repaired["old_token"].is_null());
    assert_eq!(trouble(&client, &id(&before)).await, Value::Null);
}

#[tokio::test]
async fn another_account_changes_nothing_until_the_person_decides() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let before = connected(&app, &client, "brief").await;
    let at = connection_path(&id(&before));
    let grant = reauthorized(&app, &client, &id(&before), "raed_news").await;
    let with = |more: &str| {
        let mut body = json!({ "authorization_id": grant });
        if !more.is_empty() {
            body[more] = json!(true);
        }
        body
    };
    let reply = client.post(CONNECTIONS, &with("")).await;
    assert_eq!(reply.problem(409), "account_differs");
    let detail = reply.json()["detail"].as_str().expect("text").to_owned();
    assert!(detail.contains("@brief") && detail.contains("@raed_news"), "{detail}");
    assert_eq!(client.get(&at).await.expect(200), before);
    let both = json!({ "authorization_id": grant, "replace": true, "as_new": true });
    assert_eq!(client.post(CONNECTIONS, &both).await.json()["field"], "as_new");

    let (status, fresh) = save(&client, with("as_new")).await;
    assert_eq!((status, &fresh["name"]), (201, &json!("raed_news")));
    assert_eq!(client.get(&at).await.expect(200), before);

    let grant = reauthorized(&app, &client, &id(&before), "raed_news").await;
    let wanted = json!({ "authorization_id": grant, "replace": true });
    let (status, replaced) = save(&client, wanted).await;
    assert_eq!((status, &replaced["id"]), (200, &before["id"]));
    assert_eq!(replaced["account"]["screen_name"], "raed_news");
    assert_eq!(replaced["old_token"], json!({ "revoked": true }));
    assert_eq!(trouble(&client, &id(&before)).await, Value::Null);
    let changes = versions(&client, &id(&before)).await[0]["changes"].clone();
    let account = json!({ "field": "account", "from": "@brief", "to": "@raed_news" });
    assert!(changes.as_array().expect("a list").contains(&account), "{changes}");
}

#[tokio::test]
async fn an_old_token_that_somebody_else_lives_on_is_kept() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let first = connected(&app, &client, "brief").await;
    let second = authenticated(&app, &client, "brief").await;
    let wanted = json!({ "authorization_id": second, "name": "Second" });
    let (_, second) = save(&client, wanted).await;
    let grant = reauthorized(&app, &client, &id(&first), "raed_news").await;
    let wanted = json!({ "authorization_id": grant, "replace": true, "name": "First" });
    let (_, replaced) = save(&client, wanted).await;
    assert_eq!(replaced["old_token"], json!({ "revoked": false, "reason": "in_use" }));
    assert_eq!(trouble(&client, &id(&second)).await, Value::Null);
}

#[tokio::test]
async fn duplicates_are_pointed_out_to_operators() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let first = connected(&app, &client, "brief").await;
    let (authorization, pin) = consented(&app, &client, "brief").await;
    let at = path(&id(&authorization));
    assert!(client.get(&at).await.expect(200)["duplicates"].is_null());
    let granted = client.post(&pin_path(&id(&authorization)), &json!({ "pin": pin })).await;
    let expected = json!([{ "id": first["id"], "name": "brief" }]);
    assert_eq!(granted.expect(200)["duplicates"], expected);
    assert_eq!(client.get(&at).await.expect(200)["duplicates"], expected);
    let repair = reauthorized(&app, &client, &id(&first), "brief").await;
    assert!(client.get(&path(&repair)).await.expect(200)["duplicates"].is_null());
    let connector = app.signed_in("default", Role::Connector).await;
    let theirs = authenticated(&app, &connector, "brief").await;
    assert!(connector.get(&path(&theirs)).await.expect(200)["duplicates"].is_null());
    let stranger = app.tenant("elsewhere").await;
    let theirs = authenticated(&app, &stranger, "brief").await;
    assert!(stranger.get(&path(&theirs)).await.expect(200)["duplicates"].is_null());
}

#[tokio::test]
async fn what_cannot_be_repaired_is_said_before_anything_happens() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let connection = id(&connected(&app, &client, "brief").await);
    let begin = |connection: &str| json!({ "connection_id": connection });
    for nobodys in ["01890000-0000-7000-8000-000000000000", "x"] {
        let reply = client.post("/api/v1/authorizations", &begin(nobodys)).await;
        assert_eq!(reply.problem(404), "not_found");
        assert_eq!(reply.json()["field"], "connection_id");
    }
    let missing = client.post("/api/v1/authorizations", &json!({})).await;
    assert_eq!(missing.problem(400), "invalid_request");
    assert_eq!(missing.json()["field"], "app");
    let connector = app.signed_in("default", Role::Connector).await;
    let reply = connector.post("/api/v1/authorizations", &begin(&connection)).await;
    assert_eq!(reply.problem(403), "forbidden");
    let stranger = app.signed_in("elsewhere", Role::Operator).await;
    let reply = stranger.post("/api/v1/authorizations", &begin(&connection)).await;
    assert_eq!(reply.problem(404), "not_found");
    let plain = authenticated(&app, &client, "brief").await;
    let wanted = json!({ "authorization_id": plain, "replace": true });
    assert_eq!(client.post(CONNECTIONS, &wanted).await.json()["field"], "replace");
    // Deleted while its owner was at X: the grant is not lost.
    let grant = reauthorized(&app, &client, &connection, "brief").await;
    let _ = client.delete(&connection_path(&connection)).await.expect(200);
    let reply = client.post(CONNECTIONS, &json!({ "authorization_id": grant })).await;
    assert_eq!(reply.problem(404), "not_found");
    let wanted = json!({ "authorization_id": grant, "as_new": true });
    let (status, fresh) = save(&client, wanted).await;
    assert_eq!(status, 201);
    assert_eq!(trouble(&client, &id(&fresh)).await, Value::Null);
}

#[tokio::test]
async fn a_wrong_pin_goes_on_repairing() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let connection = connected(&app, &client, "brief").await;
    let wanted = json!({ "connection_id": connection["id"] });
    let authorization = client.post("/api/v1/authorizations", &wanted).await.expect(201);
    assert_eq!(authorization["connection_id"], connection["id"]);
    let wrong = client.post(&pin_path(&id(&authorization)), &json!({ "pin": "0000000" })).await;
    let next = wrong.json()["next"].clone();
    assert_eq!(next["connection_id"], connection["id"]);
    let pin = app.consent(next["authorize_url"].as_str().expect("a link"), "brief").await;
    let _ = client.post(&pin_path(&id(&next)), &json!({ "pin": pin })).await.expect(200);
    let (status, repaired) = save(&client, json!({ "authorization_id": next["id"] })).await;
    assert_eq!((status, &repaired["id"]), (200, &connection["id"]));
}

#[tokio::test]
async fn a_clone_has_the_settings_and_no_token() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let original = connected(&app, &client, "brief").await;
    let at = connection_path(&id(&original));
    let _ = client.patch(&at, &json!({ "group": "Desk" })).await.expect(200);
    let reply = client.post(&format!("{at}/clone"), &json!({})).await;
    let copy = reply.expect(201);
    let copy_at = connection_path(&id(&copy));
    assert_eq!(reply.headers["location"].to_str().expect("ASCII"), copy_at);
    assert_eq!((&copy["name"], &copy["group"]), (&json!("brief copy"), &json!("Desk")));
    assert_eq!((&copy["app"], &copy["version"]), (&original["app"], &json!(1)));
    assert_eq!((&copy["account"], &copy["access_token"]), (&Value::Null, &Value::Null));
    assert_eq!(copy["access_secret_set"], false);
    assert_eq!(copy["health"]["state"], "needs_repair");
    assert!(copy["tasks"].as_array().expect("a list").iter().all(|it| it["allowed"] == false));
    let second = client.post(&format!("{at}/clone"), &json!({})).await.expect(201);
    assert_eq!(second["name"], "brief copy 2");
    let taken = client.post(&format!("{at}/clone"), &json!({ "name": "BRIEF" })).await;
    assert_eq!(taken.problem(409), "name_taken");
    let named = client.post(&format!("{at}/clone"), &json!({ "name": "Mine" })).await.expect(201);
    assert_eq!(named["name"], "Mine");
    assert_eq!(
        client.get(CONNECTIONS).await.expect(200)["items"].as_array().expect("a list").len(),
        4
    );

    // It takes whichever account authorizes; and without a token there is nothing to revoke.
    let grant = reauthorized(&app, &client, &id(&copy), "raed_news").await;
    let (status, connected) = save(&client, json!({ "authorization_id": grant })).await;
    assert_eq!((status, &connected["id"], &connected["name"]), (200, &copy["id"], &copy["name"]));
    assert_eq!(connected["account"]["screen_name"], "raed_news");
    assert!(connected["old_token"].is_null());
    let reply = client.delete(&connection_path(&id(&second))).await.expect(200);
    assert_eq!(reply, json!({ "revoked": false, "reason": "nothing_granted" }));
}

#[tokio::test]
async fn a_token_stays_with_its_app() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let keys = app.sandbox().post("/sandbox/apps", &json!({ "name": "Own" })).await.json();
    let own = json!({ "kind": "own", "consumer_key": keys["consumer_key"],
                      "consumer_secret": keys["consumer_secret"] });
    let begun = client.post("/api/v1/authorizations", &json!({ "app": own })).await.expect(201);
    let pin = app.consent(begun["authorize_url"].as_str().expect("a link"), "brief").await;
    let _ = client.post(&pin_path(&id(&begun)), &json!({ "pin": pin })).await.expect(200);
    let (_, connection) = save(&client, json!({ "authorization_id": begun["id"] })).await;
    let at = connection_path(&id(&connection));

    let registered = json!({ "app": { "kind": "registered" } });
    assert_eq!(client.patch(&at, &registered).await.problem(409), "app_differs");
    let typed = client.patch(&at, &json!({ "app": own })).await;
    assert_eq!(
        (typed.problem(422), &typed.json()["field"]),
        ("invalid_field".to_owned(), &json!("app.kind"))
    );
    assert_eq!(client.get(&at).await.expect(200), connection);

    // Its own app asks when it is repaired, with the secret that is here: on a clone as well.
    let copy = client.post(&format!("{at}/clone"), &json!({})).await.expect(201);
    let grant = reauthorized(&app, &client, &id(&copy), "raed_news").await;
    let (_, repaired) = save(&client, json!({ "authorization_id": grant })).await;
    assert_eq!(repaired["app"], connection["app"]);
    assert_eq!(trouble(&client, &id(&copy)).await, Value::Null);
    // Without a token any app will do.
    let bare = client.post(&format!("{at}/clone"), &json!({})).await.expect(201);
    let moved = client.patch(&connection_path(&id(&bare)), &registered).await.expect(200);
    assert_eq!(moved["app"]["kind"], "registered");
}
