//! `/connections/{id}/versions`: every change is one, in words and without secrets.

use pinfold_api::Role;
use pinfold_tests::TestApp;
use serde_json::{Value, json};

use crate::flow::{connected, connection_path, id, versions};

#[tokio::test]
async fn every_change_is_a_version_with_who_when_and_what() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let connection = connected(&app, &client, "brief").await;
    let at = connection_path(&id(&connection));
    app.clock.advance(1000);
    let edited =
        client.patch(&at, &json!({ "name": "Morning", "group": "Desk" })).await.expect(200);
    app.clock.advance(1000);
    let ungrouped = app.with_access_key().patch(&at, &json!({ "group": "" })).await;
    let _ = ungrouped.expect(200);

    let found = versions(&client, &id(&connection)).await;
    let numbers: Vec<_> =
        found.iter().map(|it| it["version"].as_i64().expect("a number")).collect();
    assert_eq!(numbers, [3, 2, 1]);
    assert_eq!(found[0]["who"], json!({ "role": "operator", "session_id": "access-key" }));
    assert_eq!(found[0]["changes"], json!([{ "field": "group", "from": "Desk", "to": null }]));
    assert_eq!((&found[1]["action"], &found[1]["at"]), (&json!("edited"), &edited["updated_at"]));
    assert_ne!(found[1]["who"]["session_id"], "access-key");
    assert_eq!(
        found[1]["changes"],
        json!([
            { "field": "name", "from": "brief", "to": "Morning" },
            { "field": "group", "from": null, "to": "Desk" },
        ])
    );
    assert_eq!(
        (&found[2]["action"], &found[2]["at"]),
        (&json!("created"), &connection["created_at"])
    );
    let made = found[2]["changes"].as_array().expect("a list");
    let field = |name: &str| made.iter().find(|it| it["field"] == name).map(|it| it["to"].clone());
    assert_eq!(field("account"), Some(json!("@brief")));
    assert_eq!(field("access_token"), Some(connection["access_token"].clone()));
    let hint = connection["app"]["consumer_key_hint"].as_str().expect("text");
    assert_eq!(field("app"), Some(json!(format!("registered {hint}"))));
    let all = Value::from(found).to_string();
    for secret in app.secrets_of_the_sandbox() {
        assert!(!all.contains(&secret));
    }
}

#[tokio::test]
async fn versions_come_in_pages_and_only_to_their_workspace() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let connection = id(&connected(&app, &client, "brief").await);
    let at = connection_path(&connection);
    for number in 0..60 {
        let _ = client.patch(&at, &json!({ "name": format!("Name {number}") })).await.expect(200);
    }
    let first = client.get(&format!("{at}/versions")).await.expect(200);
    assert_eq!(first["items"].as_array().expect("a list").len(), 50);
    let all = versions(&client, &connection).await;
    let numbers: Vec<_> = all.iter().map(|it| it["version"].as_i64().expect("a number")).collect();
    assert_eq!(numbers, (1..=61).rev().collect::<Vec<_>>());
    let wrong = client.get(&format!("{at}/versions?cursor=x")).await;
    assert_eq!(
        (wrong.problem(422), &wrong.json()["field"]),
        ("invalid_field".to_owned(), &json!("cursor"))
    );
    let unknown = client.get(&format!("{at}/versions?what=1")).await;
    assert_eq!(unknown.problem(400), "invalid_request");
    let nobodys = connection_path("01890000-0000-7000-8000-000000000000");
    assert_eq!(client.get(&format!("{nobodys}/versions")).await.problem(404), "not_found");
    // Also after the deletion, when only the versions are left.
    let _ = client.delete(&at).await.expect(200);
    let stranger = app.signed_in("elsewhere", Role::Operator).await;
    assert_eq!(stranger.get(&format!("{at}/versions")).await.problem(404), "not_found");
    let back = stranger.post(&format!("{at}/revert"), &json!({ "version": 1 })).await;
    assert_eq!(back.problem(404), "not_found");
    assert_eq!(stranger.get("/api/v1/deleted").await.expect(200)["items"], json!([]));
    assert_eq!(versions(&client, &connection).await[0]["action"], "deleted");
}

#[tokio::test]
async fn the_deleted_are_listed_in_pages() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let original = connected(&app, &client, "brief").await;
    let clone = format!("{}/clone", connection_path(&id(&original)));
    let mut gone = Vec::new();
    for _ in 0..52 {
        let copy =
            client.post(&clone, &json!({ "name": format!("{}", gone.len()) })).await.expect(201);
        app.clock.advance(10);
        let _ = client.delete(&connection_path(&id(&copy))).await.expect(200);
        gone.insert(0, id(&copy));
    }
    let first = client.get("/api/v1/deleted").await.expect(200);
    let next = first["next"].as_str().expect("more");
    let second = client.get(&format!("/api/v1/deleted?cursor={next}")).await.expect(200);
    assert!(second["next"].is_null());
    let listed = [&first, &second].map(|page| page["items"].as_array().expect("a list").clone());
    let listed: Vec<_> = listed.concat().iter().map(id).collect();
    assert_eq!(listed, gone);
    let wrong = client.get("/api/v1/deleted?cursor=!").await;
    assert_eq!(
        (wrong.problem(422), &wrong.json()["field"]),
        ("invalid_field".to_owned(), &json!("cursor"))
    );
}
