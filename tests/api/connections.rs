//! `/connections`: OK, list, edit, delete.

use std::collections::HashSet;

use pinfold_tests::TestApp;
use reqwest::Method;
use serde_json::{Value, json};

use crate::flow::{authenticated, connected, connection_path, get_pin, id};

const CONNECTIONS: &str = "/api/v1/connections";

#[tokio::test]
async fn ok_saves_a_connection_named_after_the_account() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let authorization = authenticated(&app, &client, "brief").await;
    let wanted = json!({ "authorization_id": authorization, "group": " News desk " });
    let reply = client.post(CONNECTIONS, &wanted).await;
    let connection = reply.expect(201);
    assert_eq!(
        reply.headers["location"].to_str().expect("ASCII"),
        connection_path(&id(&connection))
    );
    assert_eq!(reply.headers["etag"], "\"1\"");
    assert_eq!(connection["name"], "brief");
    assert_eq!(connection["group"], "News desk");
    assert_eq!(connection["access_secret_set"], true);
    assert_eq!(connection["health"]["state"], "ok");
    assert_eq!(connection["app"]["kind"], "registered");
    assert_eq!(connection["version"], 1);
    assert_eq!(client.get(CONNECTIONS).await.expect(200)["items"], json!([connection]));
    // The answer to the first OK may be lost on the way: a second one makes nothing twice.
    let again = client.post(CONNECTIONS, &wanted).await.expect(200);
    assert_eq!(again, connection);
}

#[tokio::test]
async fn ok_needs_an_authenticated_authorization() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let waiting = id(&get_pin(&client).await);
    let reply = client.post(CONNECTIONS, &json!({ "authorization_id": waiting })).await;
    assert_eq!(reply.problem(409), "wrong_state");
    let nobodys = json!({ "authorization_id": "01890000-0000-7000-8000-000000000000" });
    assert_eq!(client.post(CONNECTIONS, &nobodys).await.problem(404), "not_found");
    assert_eq!(client.post(CONNECTIONS, &json!({})).await.problem(400), "invalid_request");
    assert_eq!(client.get(CONNECTIONS).await.expect(200)["items"], json!([]));
}

#[tokio::test]
async fn a_taken_name_is_said_at_the_name_and_nothing_is_lost() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let _ = connected(&app, &client, "brief").await;
    let authorization = authenticated(&app, &client, "raed_news").await;
    let named = |name: &str| json!({ "authorization_id": authorization, "name": name });
    let reply = client.post(CONNECTIONS, &named("BRIEF")).await;
    assert_eq!(reply.problem(409), "name_taken");
    assert_eq!(reply.json()["field"], "name");
    assert_eq!(client.post(CONNECTIONS, &named("Desk")).await.expect(201)["name"], "Desk");
    // One that nobody chose gets a number.
    assert_eq!(connected(&app, &client, "brief").await["name"], "brief 2");
}

#[tokio::test]
async fn where_every_member_may_be_left_out_so_may_the_body() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let path = connection_path(&id(&connected(&app, &client, "brief").await));
    let posts = [
        (format!("{path}/clone"), 201),
        (format!("{path}/test"), 200),
        (format!("{path}/tasks/mentions"), 200),
        ("/api/v1/export".to_owned(), 200),
        ("/api/v1/keys".to_owned(), 400),
    ];
    for (post, status) in posts {
        let reply = client.send(client.request(Method::POST, &post)).await;
        assert_eq!(reply.status, status, "{post}: {}", reply.text);
    }
}

#[tokio::test]
async fn texts_that_cannot_be_saved_are_refused_before_anything_happens() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let authorization = authenticated(&app, &client, "brief").await;
    for (field, text) in [
        ("name", "a\nb".to_owned()),
        ("name", "\u{202e}x".to_owned()),
        ("name", "\u{200b}".to_owned()),
        ("name", "x".repeat(101)),
        ("group", "x".repeat(101)),
    ] {
        let mut wanted = json!({ "authorization_id": authorization });
        wanted[field] = json!(text);
        let reply = client.post(CONNECTIONS, &wanted).await;
        assert_eq!(reply.problem(422), "invalid_field");
        assert_eq!(reply.json()["field"], field);
    }
    let wanted = json!({ "authorization_id": authorization });
    assert_eq!(client.post(CONNECTIONS, &wanted).await.status, 201);
}

/// A pair to paste: granted once, its secret known only because the test looks at X's own answer.
async fn pair(app: &TestApp) -> (String, String) {
    let url = app.sandbox_url();
    let keys = pinfold::x::KeyPair::new(app.consumer_key(), app.consumer_secret().into());
    let x = pinfold::x::X::new(url.parse().expect("a URL"), app.clock.clone());
    let request = x.request_token(&keys, None).await.expect("a request token");
    let link = format!("{url}/oauth/authorize?oauth_token={}", request.id);
    let pin = app.consent(&link, "brief").await;
    let granted = x.access_token(&keys, &request, &pin).await.expect("a grant");
    let secret = secrecy::ExposeSecret::expose_secret(&granted.token.secret).to_owned();
    (granted.token.id, secret)
}

#[tokio::test]
async fn a_pasted_pair_is_verified_before_it_is_saved() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let (token, secret) = pair(&app).await;
    let paste = |token: &str, secret: &str| json!({ "app": { "kind": "registered" }, "access_token": token, "access_secret": secret });
    let swapped = client.post(CONNECTIONS, &paste(&secret, &token)).await;
    assert_eq!(swapped.problem(422), "invalid_field");
    assert_eq!(swapped.json()["field"], "access_token");
    let wrong = client.post(CONNECTIONS, &paste(&token, "wrong-secret")).await;
    assert_eq!(wrong.problem(422), "token_rejected");
    let missing = json!({ "app": { "kind": "registered" }, "access_token": token });
    assert_eq!(client.post(CONNECTIONS, &missing).await.json()["field"], "access_secret");
    let no_app = json!({ "access_token": token, "access_secret": secret });
    assert_eq!(client.post(CONNECTIONS, &no_app).await.json()["field"], "app");
    assert_eq!(client.get(CONNECTIONS).await.expect(200)["items"], json!([]));
    let right = client.post(CONNECTIONS, &paste(&format!(" {token}\n"), &secret)).await.expect(201);
    assert_eq!(right["account"]["screen_name"], "brief");
    assert_eq!(right["access_level"], "read-write");
}

#[tokio::test]
async fn a_list_comes_in_pages_in_every_order() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let mut names = HashSet::new();
    for name in ["delta", "Alpha", "charlie", "Bravo", "echo"] {
        let authorization = authenticated(&app, &client, "brief").await;
        let wanted = json!({ "authorization_id": authorization, "name": name, "group": "g%" });
        let _ = client.post(CONNECTIONS, &wanted).await.expect(201);
        names.insert(name.to_owned());
        app.clock.advance(1000);
    }
    for (sort, first) in
        [("name", "Alpha"), ("-name", "echo"), ("created_at", "delta"), ("-created_at", "echo")]
    {
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("{CONNECTIONS}?limit=2&sort={sort}&cursor={cursor}");
            let page = client.get(&path).await.expect(200);
            seen.extend(page["items"].as_array().expect("a list").iter().map(name_of));
            match page["next"].as_str() {
                Some(next) => next.clone_into(&mut cursor),
                None => break,
            }
        }
        assert_eq!(seen[0], first, "{sort}");
        assert_eq!(seen.len(), 5, "{sort}");
        assert_eq!(seen.into_iter().collect::<HashSet<_>>(), names, "{sort}");
    }
    let found = |query: &str| {
        let (client, path) = (client.clone(), format!("{CONNECTIONS}?{query}"));
        async move { client.get(&path).await.expect(200)["items"].as_array().expect("a list").len() }
    };
    assert_eq!(found("search=ALPH").await, 1);
    assert_eq!(found("search=%25").await, 5, "the group");
    assert_eq!(found("search=a%25a").await, 0, "% is no wildcard");
    assert_eq!(found("group=g%25").await, 5);
    assert_eq!(found("group=g").await, 0);
    assert_eq!(found("search=G%25").await, 5, "case of the group");
    let too_long = format!("search={}", "_".repeat(300));
    let page = client.get(&format!("{CONNECTIONS}?limit=2&sort=name")).await.expect(200);
    let other_order = format!("sort=created_at&cursor={}", page["next"].as_str().expect("more"));
    assert_eq!(client.get(&format!("{CONNECTIONS}?{other_order}")).await.json()["field"], "cursor");
    for (query, field) in [
        ("limit=0", "limit"),
        ("sort=color", "sort"),
        ("cursor=!", "cursor"),
        ("limit=x", "limit"),
        (&too_long, "search"),
    ] {
        let reply = client.get(&format!("{CONNECTIONS}?{query}")).await;
        assert_eq!(reply.problem(422), "invalid_field");
        assert_eq!(reply.json()["field"], field);
    }
    assert_eq!(client.get(&format!("{CONNECTIONS}?what=1")).await.problem(400), "invalid_request");
}

fn name_of(connection: &Value) -> String {
    connection["name"].as_str().expect("text").to_owned()
}

#[tokio::test]
async fn two_people_never_overwrite_each_other_silently() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let path = connection_path(&id(&connected(&app, &client, "brief").await));
    let edit = |version: &'static str, body: Value| {
        let client = client.clone();
        let request = client.request(Method::PATCH, &path).header("if-match", version).json(&body);
        async move { client.send(request).await }
    };
    let first = edit("\"1\"", json!({ "name": "Morning" })).await;
    assert_eq!(first.expect(200)["version"], 2);
    assert_eq!(first.headers["etag"], "\"2\"");
    assert_eq!(edit("\"1\"", json!({ "name": "Evening" })).await.problem(412), "version_stale");
    let grouped = edit("\"2\"", json!({ "group": "Desk" })).await.expect(200);
    assert_eq!((&grouped["name"], &grouped["group"]), (&json!("Morning"), &json!("Desk")));
    let ungrouped = edit("\"3\"", json!({ "group": "" })).await.expect(200);
    assert_eq!(ungrouped["group"], Value::Null);
    let _ = edit("4", json!({ "group": "Desk" })).await.expect(200);
    let ungrouped = edit("5", json!({ "group": null })).await.expect(200);
    assert_eq!(ungrouped["group"], Value::Null);
    assert_eq!(edit("4", json!({ "name": "Evening" })).await.problem(412), "version_stale");
    assert_eq!(edit("\"6\"", json!({ "name": "" })).await.problem(422), "invalid_field");
    assert_eq!(edit("\"6\"", json!({ "access_token": "x" })).await.problem(400), "invalid_request");
    assert_eq!(edit("\"6\"", json!({})).await.expect(200)["version"], 6, "nothing changed");
    assert_eq!(client.get(&path).await.expect(200)["version"], 6);
}

#[tokio::test]
async fn delete_revokes_and_says_so() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let path = connection_path(&id(&connected(&app, &client, "brief").await));
    let stale = client.request(Method::DELETE, &path).header("if-match", "\"9\"");
    assert_eq!(client.send(stale).await.problem(412), "version_stale");
    assert_eq!(client.delete(&path).await.expect(200), json!({ "revoked": true }));
    assert_eq!(app.sandbox_state().await["access_tokens"], 0);
    assert_eq!(client.get(&path).await.problem(404), "not_found");
    assert_eq!(client.delete(&path).await.problem(404), "not_found");
}

#[tokio::test]
async fn delete_says_when_x_did_not_revoke() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    for (mode, reason) in [("reset", "x_unreachable"), ("server_error", "x_failed")] {
        let path = connection_path(&id(&connected(&app, &client, "brief").await));
        app.misbehave(mode, "revoke").await;
        let reply = client.delete(&path).await.expect(200);
        assert_eq!(reply, json!({ "revoked": false, "reason": reason }));
        assert_eq!(client.get(&path).await.status, 404);
    }
}

#[tokio::test]
async fn delete_keeps_a_token_that_another_connection_lives_on() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let first = connected(&app, &client, "brief").await;
    let authorization = authenticated(&app, &client, "brief").await;
    let wanted = json!({ "authorization_id": authorization, "name": "Second" });
    let second = client.post(CONNECTIONS, &wanted).await.expect(201);
    let reply = client.delete(&connection_path(&id(&first))).await.expect(200);
    assert_eq!(reply, json!({ "revoked": false, "reason": "in_use" }));
    let reply = client.delete(&connection_path(&id(&second))).await.expect(200);
    assert_eq!(reply, json!({ "revoked": true }));
}
