//! `/export` and `/import`: out, wiped, and in again; previews, clashes, other programs' files.

use pinfold_tests::{Client, TestApp};
use serde_json::{Value, json};

use crate::flow::{connected, connection_path, id, pin_path};

const EXPORT: &str = "/api/v1/export";
const IMPORT: &str = "/api/v1/import";
const PASSPHRASE: &str = "four words are enough";

/// A connection with an app of its own, made after all others.
async fn connected_with_own_app(app: &TestApp, client: &Client, account: &str) -> Value {
    connected_with(app, client, account, &json!({})).await
}

/// The same, with more about the app.
async fn connected_with(app: &TestApp, client: &Client, account: &str, more: &Value) -> Value {
    app.clock.advance(1);
    let own = app.sandbox().post("/sandbox/apps", &json!({ "name": "Own" })).await.json();
    let mut choice = json!({ "kind": "own", "consumer_key": own["consumer_key"],
                         "consumer_secret": own["consumer_secret"] });
    choice.as_object_mut().expect("an object").extend(more.as_object().expect("one").clone());
    let begun = client.post("/api/v1/authorizations", &json!({ "app": choice })).await.expect(201);
    let pin = app.consent(begun["authorize_url"].as_str().expect("a link"), account).await;
    let authorization = id(&begun);
    let _ = client.post(&pin_path(&authorization), &json!({ "pin": pin })).await.expect(200);
    let wanted = json!({ "authorization_id": authorization, "group": "News desk" });
    client.post("/api/v1/connections", &wanted).await.expect(201)
}

async fn list(client: &Client) -> Vec<Value> {
    let list = client.get("/api/v1/connections").await.expect(200);
    list["items"].as_array().expect("items").clone()
}

async fn encrypted(client: &Client) -> String {
    let reply = client.post(EXPORT, &json!({ "passphrase": PASSPHRASE })).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(reply.headers["content-type"], "application/age");
    let name = reply.headers["content-disposition"].to_str().expect("ASCII");
    assert!(name.contains(".age"), "{name}");
    reply.text
}

/// A whole import, with what differs.
async fn import(client: &Client, content: &str, with: Value) -> Value {
    let mut wanted = json!({ "content": content, "passphrase": PASSPHRASE });
    wanted.as_object_mut().expect("an object").extend(with.as_object().expect("an object").clone());
    client.post(IMPORT, &wanted).await.expect(200)
}

fn actions(report: &Value) -> Vec<String> {
    let items = report["items"].as_array().expect("items");
    items.iter().map(|item| item["action"].as_str().expect("a word").to_owned()).collect()
}

/// Forgets the store and its key, and starts anew with the same X.
async fn wipe(app: &mut TestApp) {
    app.stop().await;
    for file in std::fs::read_dir(app.folder()).expect("a folder") {
        let path = file.expect("a file").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if name.starts_with("pinfold.db") || name == "master-key" {
            std::fs::remove_file(path).expect("removes");
        }
    }
    if app.config().database_url.is_some() {
        app.work_with(Some(pinfold_test_postgres::database()));
    }
    app.restart_stopped().await;
}

#[tokio::test]
async fn an_export_brings_a_wiped_store_back() {
    let mut app = TestApp::start().await;
    let client = app.with_access_key();
    let registered = connected(&app, &client, "brief").await;
    let own = connected_with_own_app(&app, &client, "raed_news").await;
    let saved =
        connected_with(&app, &client, "wwwwwwwwwwwwwww", &json!({ "save_as": "Ours" })).await;
    assert_eq!(saved["app"]["kind"], "saved");
    let before = list(&client).await;
    let apps = client.get("/api/v1/apps").await.expect(200);
    let file = encrypted(&client).await;
    app.clock.advance(60_000);
    wipe(&mut app).await;
    assert!(list(&client).await.is_empty());

    let preview = import(&client, &file, json!({ "dry_run": true })).await;
    assert_eq!(actions(&preview), ["new"; 4]);
    assert_eq!(preview["items"][0]["kind"], "app", "apps come first");
    assert_eq!((preview["done"].clone(), preview["items"][0].get("result")), (json!(0), None));
    assert!(list(&client).await.is_empty(), "a preview changes nothing");

    let report = import(&client, &file, json!({})).await;
    assert_eq!(report["done"], 4, "{report}");
    assert_eq!(list(&client).await, before);
    assert_eq!(client.get("/api/v1/apps").await.expect(200), apps);
    let again = import(&client, &file, json!({})).await;
    assert_eq!((actions(&again), again["done"].clone()), (vec!["unchanged".into(); 4], json!(0)));
    assert_eq!(list(&client).await, before);
    // The secrets came along: X takes them.
    for connection in [registered, own, saved] {
        let gone = client.delete(&connection_path(&id(&connection))).await.expect(200);
        assert_eq!(gone["revoked"], true, "{gone}");
    }
}

#[tokio::test]
async fn without_a_passphrase_no_secret_leaves_and_settings_come_back() {
    let app = TestApp::start().await;
    let client = app.with_access_key();
    let brief = connected(&app, &client, "brief").await;
    let _ = connected_with_own_app(&app, &client, "raed_news").await;
    let reply = client.post(EXPORT, &json!({ "ids": [id(&brief)] })).await;
    let file = reply.expect(200);
    assert_eq!(reply.headers["content-type"], "application/json");
    assert_eq!(file["connections"].as_array().expect("a list").len(), 1, "only the one asked for");
    let all = client.post(EXPORT, &json!({})).await.text;
    for secret in app.secrets_of_the_sandbox() {
        assert!(!all.contains(&secret), "a secret left");
    }
    assert!(!all.contains(&app.consumer_key()), "a hint is enough");

    let patched = json!({ "name": "Renamed", "group": "Desk" });
    let _ = client.patch(&connection_path(&id(&brief)), &patched).await.expect(200);
    let report = import(&client, &all, json!({})).await;
    assert_eq!(actions(&report), ["update", "unchanged"], "{report}");
    assert_eq!(report["items"][0]["field"], "name");
    let now = client.get(&connection_path(&id(&brief))).await.expect(200);
    assert_eq!((&now["name"], &now["group"]), (&brief["name"], &brief["group"]));
    assert_eq!(now["access_token"], brief["access_token"], "the token stays");

    let claims = all.replace("\"secrets\": false", "\"secrets\": true");
    let other = app.tenant("elsewhere").await;
    let report = other.post(IMPORT, &json!({ "content": claims })).await.expect(200);
    assert_eq!(actions(&report)[1], "unusable", "an own app's secret is not in it: {report}");
    let made = list(&other).await;
    assert_eq!(made.len(), 1, "the registered app is here, so its connection can be repaired");
    assert_eq!(made[0]["health"]["state"], "needs_repair");
    assert_ne!(made[0]["id"], brief["id"], "that id is another workspace's");
}

#[tokio::test]
async fn a_wrong_passphrase_or_a_damaged_file_changes_nothing() {
    let app = TestApp::start().await;
    let client = app.with_access_key();
    let brief = connected(&app, &client, "brief").await;
    let file = encrypted(&client).await;
    let patched = json!({ "name": "Renamed" });
    let before = client.patch(&connection_path(&id(&brief)), &patched).await.expect(200);

    let wrong = json!({ "content": file, "passphrase": "four words are few" });
    let reply = client.post(IMPORT, &wrong).await;
    assert_eq!(reply.problem(422), "passphrase_rejected");
    let reply = client.post(IMPORT, &json!({ "content": file })).await;
    assert_eq!(
        (reply.problem(422), reply.json()["field"].clone()),
        ("invalid_field".to_owned(), json!("passphrase"))
    );
    let lines: Vec<&str> = file.lines().collect();
    let without_a_line = [&lines[..2], &lines[3..]].concat().join("\n");
    for damaged in
        [&file[..file.len() / 2], &without_a_line, "{\"pinfold_export\": 1}", "{", "", "a: b"]
    {
        let reply =
            client.post(IMPORT, &json!({ "content": damaged, "passphrase": PASSPHRASE })).await;
        assert!(
            ["file_unreadable", "passphrase_rejected"].contains(&&*reply.problem(422)),
            "{damaged}"
        );
    }
    let newer = json!({ "content": "{\"pinfold_export\":2,\"exported_at\":\"\",\"secrets\":false,\"connections\":[]}" });
    assert_eq!(client.post(IMPORT, &newer).await.problem(422), "file_unreadable");
    assert_eq!(list(&client).await, [before]);

    for passphrase in ["", "too short"] {
        let reply = client.post(EXPORT, &json!({ "passphrase": passphrase })).await;
        assert_eq!(
            (reply.problem(422), reply.json()["field"].clone()),
            ("invalid_field".to_owned(), json!("passphrase"))
        );
    }
    let nobodys = json!({ "ids": ["01890000-0000-7000-8000-000000000000"] });
    assert_eq!(client.post(EXPORT, &nobodys).await.problem(404), "not_found");
    let huge = json!({ "content": "x".repeat(17 * 1024 * 1024) });
    assert_eq!(client.post(IMPORT, &huge).await.problem(413), "too_large");
    // Counted before anything else is asked about an entry.
    for what in ["apps", "connections"] {
        let mut file = json!({ "pinfold_export": 1, "exported_at": "", "secrets": false,
                               "apps": [], "connections": [] });
        file[what] = vec![json!({}); 20_001].into();
        let many = json!({ "content": file.to_string(), "dry_run": true });
        assert_eq!(client.post(IMPORT, &many).await.problem(413), "too_large", "{what}");
    }
}

#[tokio::test]
async fn a_clash_is_skipped_renamed_or_replaced_as_asked() {
    let app = TestApp::start().await;
    let client = app.with_access_key();
    let _ = connected(&app, &client, "brief").await;
    let file = encrypted(&client).await;
    // In another workspace another account has the name.
    let other = app.tenant("elsewhere").await;
    let theirs = connected_with_own_app(&app, &other, "raed_news").await;
    let renamed = json!({ "name": "BRIEF" });
    let theirs = other.patch(&connection_path(&id(&theirs)), &renamed).await.expect(200);

    let skipped = import(&other, &file, json!({})).await;
    assert_eq!((actions(&skipped), skipped["done"].clone()), (vec!["clash".to_owned()], json!(0)));
    assert_eq!(skipped["items"][0]["field"], "name");
    assert_eq!(list(&other).await, std::slice::from_ref(&theirs));

    let kept = import(&other, &file, json!({ "on_clash": "rename" })).await;
    assert_eq!(
        (&kept["items"][0]["name"], &kept["items"][0]["result"]),
        (&json!("brief 2"), &json!("renamed"))
    );
    let both = list(&other).await;
    assert_eq!(both.len(), 2, "{both:?}");
    let copy = both.iter().find(|one| one["name"] == "brief 2").expect("the copy");
    let _ = other.delete(&connection_path(&id(copy))).await.expect(200);

    let replaced = import(&other, &file, json!({ "on_clash": "replace" })).await;
    assert_eq!(replaced["items"][0]["result"], "replaced", "{replaced}");
    let now = list(&other).await;
    assert_eq!(now.len(), 1);
    assert_eq!(
        (&now[0]["id"], &now[0]["account"]["screen_name"]),
        (&theirs["id"], &json!("brief"))
    );
}

#[tokio::test]
async fn files_of_other_programs_come_in_and_x_is_asked_only_on_request() {
    let app = TestApp::start().await;
    let other = app.tenant("elsewhere").await;
    let _ = connected(&app, &other, "brief").await;
    let (token, secret) = app.token_of_the_sandbox();
    let (key, consumer_secret) = (app.consumer_key(), app.consumer_secret());
    let profile = |secret: &str| {
        format!(
            "      username: brief\n      consumer_key: {key}\n      consumer_secret: {consumer_secret}\n      token: {token}\n      secret: {secret}\n"
        )
    };
    let rc = |secret: &str| {
        format!("---\nprofiles:\n  brief:\n    {key}:\n{}configuration: {{}}\n", profile(secret))
    };
    let client = app.with_access_key();
    app.misbehave("garbage", "api").await;
    let preview = import(&client, &rc(&secret), json!({ "dry_run": true, "verify": true })).await;
    assert_eq!(actions(&preview), ["new"]);
    app.sandbox().post("/sandbox/misbehave", &json!({ "mode": "none" })).await;

    let wrong =
        import(&client, &rc("wrong-secret-of-nobody"), json!({ "verify": true, "format": "trc" }))
            .await;
    assert_eq!(actions(&wrong), ["unusable"], "{wrong}");
    assert!(list(&client).await.is_empty());
    assert!(!wrong.to_string().contains("wrong-secret-of-nobody"));

    let _ = import(&client, &rc(&secret), json!({ "verify": true, "format": "twurlrc" })).await;
    let one = &list(&client).await[0];
    assert_eq!((&one["name"], &one["health"]["state"]), (&json!("brief"), &json!("ok")));
    assert_eq!(one["app"]["kind"], "own");
    let again = import(&client, &rc(&secret), json!({ "format": "xrc" })).await;
    assert_eq!(actions(&again), ["unchanged"], "a token is one connection's");
    // An account that was renamed has one token under two names, and its saved app stays.
    let saved = json!({ "name": "Ours", "consumer_key": key, "consumer_secret": consumer_secret });
    let saved = id(&client.post("/api/v1/apps", &saved).await.expect(201));
    let moved = json!({ "app": { "kind": "saved", "id": saved } });
    let _ = client.patch(&connection_path(&id(one)), &moved).await.expect(200);
    let twice = rc(&secret).replace(
        "configuration:",
        &format!("  briefly:\n    {key}:\n{}configuration:", profile(&secret)),
    );
    for with in [json!({ "dry_run": true }), json!({})] {
        assert_eq!(actions(&import(&client, &twice, with).await), ["unchanged", "clash"]);
    }
    assert_eq!(list(&client).await[0]["app"]["kind"], "saved");

    let named = json!({ "content": rc(&secret), "format": "pinfold" });
    assert_eq!(client.post(IMPORT, &named).await.problem(422), "file_unreadable");

    let audit = client.get("/api/v1/audit?action=import").await.expect(200);
    assert!(audit["items"].as_array().expect("a list").len() >= 3, "{audit}");
}

/// A token's name is no secret: who imports a file that names it does not live on it.
#[tokio::test]
async fn a_file_that_names_anothers_token_keeps_it_from_nothing() {
    let app = TestApp::start().await;
    let (client, other) = (app.with_access_key(), app.tenant("elsewhere").await);
    let connection = connected(&app, &client, "brief").await;
    let (token, _) = app.token_of_the_sandbox();
    let file = format!(
        "profiles:\n  brief:\n    invented:\n      username: brief\n      consumer_key: invented\n      \
         consumer_secret: made-up\n      token: {token}\n      secret: invented\n"
    );
    let report = import(&other, &file, json!({ "format": "trc" })).await;
    assert_eq!(report["done"], 1, "{report}");
    let gone = client.delete(&connection_path(&id(&connection))).await.expect(200);
    assert_eq!(gone, json!({ "revoked": true }));
}

/// The id of what another workspace deleted is still its own.
#[tokio::test]
async fn a_file_takes_no_id_that_may_come_back() {
    let app = TestApp::start().await;
    let (client, other) = (app.with_access_key(), app.tenant("elsewhere").await);
    let deleted = id(&connected_with_own_app(&app, &client, "brief").await);
    let file = encrypted(&client).await;
    let path = connection_path(&deleted);
    let _ = client.delete(&path).await.expect(200);
    let report = import(&other, &file, json!({})).await;
    assert_eq!(report["done"], 1, "{report}");
    assert_ne!(list(&other).await[0]["id"], json!(deleted));
    let back = client.post(&format!("{path}/revert"), &json!({ "version": 1 })).await;
    assert_eq!(back.expect(200)["id"], json!(deleted));
}
