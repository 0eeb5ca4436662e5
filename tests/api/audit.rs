//! `/audit`: who did what, and what became of it.

use pinfold_api::Role;
use pinfold_tests::{Client, TestApp};
use reqwest::Method;
use serde_json::{Value, json};

use crate::flow::{
    authenticated, connected, connection_path, consented, get_pin, id, path, pin_path,
};

const AUDIT: &str = "/api/v1/audit";
const SESSION: &str = "/api/v1/session";

/// Every entry that matches, the newest first.
async fn entries(client: &Client, query: &str) -> Vec<Value> {
    let page = client.get(&format!("{AUDIT}?limit=200&{query}")).await.expect(200);
    assert_eq!(page["next"], json!(null), "more than a page");
    page["items"].as_array().expect("items").clone()
}

/// The only entry that matches.
async fn entry(client: &Client, query: &str) -> Value {
    let entries = entries(client, query).await;
    assert_eq!(entries.len(), 1, "{query}: {entries:#?}");
    entries[0].clone()
}

#[tokio::test]
async fn signing_in_and_out_is_written_with_session_and_address() {
    let app = TestApp::start().await;
    let browser = app.operator().await;
    let operator = app.with_access_key();
    let came = entry(&operator, "action=session.sign_in").await;
    assert_eq!(came["result"], "done");
    assert_eq!(came["detail"], "by link");
    assert_eq!(came["who"]["role"], "operator");
    assert_eq!(came["who"]["address"], "127.0.0.1");
    let session = came["who"]["session_id"].as_str().expect("a session");
    assert_eq!(browser.delete(SESSION).await.status, 204);
    let went = entry(&operator, &format!("who={session}&action=session.sign_out")).await;
    assert!(went["seq"].as_i64() > came["seq"].as_i64());
    let key = json!({ "access_key": pinfold_tests::ACCESS_KEY });
    assert_eq!(app.anonymous().post(SESSION, &key).await.status, 204);
    assert_eq!(entries(&operator, "action=session").await[0]["detail"], "by access key");
}

#[tokio::test]
async fn a_refused_sign_in_is_written_and_the_guess_is_not() {
    let app = TestApp::start().await;
    let guess = json!({ "access_key": "a-guess-that-must-not-be-kept" });
    assert_eq!(app.anonymous().post(SESSION, &guess).await.status, 401);
    let operator = app.with_access_key();
    let refused = entry(&operator, "action=session.sign_in&result=refused").await;
    assert_eq!(refused["code"], "sign_in_refused");
    assert_eq!(refused["who"], json!({ "role": "nobody", "address": "127.0.0.1" }));
    assert!(!refused.to_string().contains("guess"), "{refused}");
}

#[tokio::test]
async fn what_a_role_or_a_page_may_not_do_is_written() {
    let app = TestApp::start().await;
    let operator = app.with_access_key();
    let connector = app.signed_in("default", Role::Connector).await;
    let id = "01890000-0000-7000-8000-000000000000";
    let path = format!("/api/v1/connections/{id}");
    assert_eq!(connector.delete(&path).await.status, 403);
    let forbidden = entry(&operator, &format!("subject={id}")).await;
    assert_eq!(forbidden["action"], "connection.delete");
    assert_eq!(forbidden["code"], "forbidden");
    assert_eq!(forbidden["who"]["role"], "connector");
    // Another tenant's id, or nobody's: the same.
    assert_eq!(operator.get(&path).await.status, 404);
    let probed = entry(&operator, &format!("subject={id}&action=request")).await;
    assert_eq!(probed["code"], "not_found");
    assert_eq!(probed["detail"], "GET /api/v1/connections/{id}");
    let rebound = app.anonymous().request(Method::GET, SESSION).header("host", "evil.example");
    assert_eq!(app.anonymous().send(rebound).await.status, 421);
    let foreign = operator.request(Method::POST, SESSION).header("origin", "https://evil.example");
    assert_eq!(operator.send(foreign).await.status, 403);
    assert_eq!(app.with_bearer("wrong").get("/api/v1/connections").await.status, 401);
    let refused = entries(&operator, "who=nobody&result=refused").await;
    let codes: Vec<_> = refused.iter().map(|entry| entry["code"].clone()).collect();
    assert_eq!(codes, ["unauthenticated", "foreign_origin", "foreign_host"]);
}

#[tokio::test]
async fn a_text_finds_any_part_of_an_entry() {
    let app = TestApp::start().await;
    let operator = app.with_access_key();
    let id = "01890000-0000-7000-8000-000000000000";
    assert_eq!(operator.get(&format!("/api/v1/connections/{id}")).await.status, 404);
    for part in ["01890000", "NOT_FOUND", "operator%20", "get%20%2Fapi", "127.0.0.1", "%7Bid%7D"] {
        let found = entry(&operator, &format!("action=request&text={part}")).await;
        assert_eq!(found["subject"], id, "{part}");
    }
    // What is a pattern to the store is a text here.
    for none in ["%25", "not_foun_", "not%25found", "!"] {
        let found = entries(&operator, &format!("action=request&text={none}")).await;
        assert_eq!(found, [] as [Value; 0], "{none}");
    }
    let long = format!("/api/v1/audit?text={}", "x".repeat(101));
    assert_eq!(operator.get(&long).await.problem(422), "invalid_field");
}

#[tokio::test]
async fn a_page_that_asks_who_it_is_fills_no_log() {
    let app = TestApp::start().await;
    assert_eq!(app.anonymous().get(SESSION).await.status, 401);
    assert_eq!(app.anonymous().get("/nothing").await.status, 404);
    assert_eq!(entries(&app.with_access_key(), "result=refused").await, [] as [Value; 0]);
}

#[tokio::test]
async fn a_flood_is_counted_not_written() {
    let app = TestApp::start().await;
    for _ in 0..30 {
        assert_eq!(app.with_bearer("wrong").get("/api/v1/connections").await.status, 401);
    }
    let operator = app.with_access_key();
    let _one = entry(&operator, "result=refused").await;
    app.clock.advance(60_000);
    let refused = entries(&operator, "result=refused").await;
    assert_eq!(refused.len(), 2);
    let counted = refused[0]["detail"].as_str().expect("words");
    assert!(counted.ends_with("29 more like this"), "{counted}");
}

#[tokio::test]
async fn reading_and_exporting_the_log_is_written() {
    let app = TestApp::start().await;
    let operator = app.with_access_key();
    let _first = operator.get(AUDIT).await.expect(200);
    let _again = operator.get(AUDIT).await.expect(200);
    assert_eq!(entries(&operator, "action=audit.read").await.len(), 1, "a minute is one read");
    let _lines = lines(&operator, "").await;
    assert_eq!(entry(&operator, "action=audit.export").await["who"]["role"], "operator");
    let connector = app.signed_in("default", Role::Connector).await;
    assert_eq!(connector.get(AUDIT).await.problem(403), "forbidden");
    assert_eq!(entries(&operator, "action=audit.read&result=refused").await.len(), 1);
}

/// The log as JSON lines, the oldest first.
async fn lines(client: &Client, query: &str) -> Vec<Value> {
    let request = client.request(Method::GET, &format!("{AUDIT}?{query}"));
    let reply = client.send(request.header("accept", "application/x-ndjson")).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(reply.headers["content-type"], "application/x-ndjson");
    assert!(reply.headers.contains_key("content-disposition"));
    reply.text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[tokio::test]
async fn pages_and_lines_hold_the_same_unbroken_chain() {
    let app = TestApp::start().await;
    let operator = app.with_access_key();
    for guess in 0..15 {
        app.clock.advance(60_000);
        let guess = json!({ "access_key": format!("guess-{guess}") });
        assert_eq!(app.anonymous().post(SESSION, &guess).await.status, 401);
    }
    let lines = lines(&operator, "").await;
    assert!(lines.len() >= 16, "{}", lines.len());
    assert_eq!(lines[0]["action"], "audit.begin");
    assert_eq!(lines[0]["previous"], "0".repeat(64));
    for pair in lines.windows(2) {
        assert_eq!(pair[1]["previous"], pair[0]["hash"]);
        assert_eq!(pair[1]["seq"].as_i64(), pair[0]["seq"].as_i64().map(|seq| seq + 1));
    }
    // The same by pages of three, from the other end.
    let (mut paged, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = operator.get(&format!("{AUDIT}?limit=3{cursor}")).await.expect(200);
        paged.extend(page["items"].as_array().expect("items").clone());
        let Some(next) = page["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    paged.reverse();
    assert_eq!(paged[..lines.len()], lines);
}

#[tokio::test]
async fn filters_choose_and_wrong_ones_are_named() {
    let app = TestApp::start().await;
    let operator = app.with_access_key();
    let begun = entry(&operator, "action=audit.begin").await;
    app.clock.advance(60_000);
    let _browser = app.operator().await;
    let since = begun["at"].as_str().expect("a time");
    assert_eq!(entries(&operator, &format!("action=audit.begin&since={since}")).await.len(), 1);
    assert_eq!(entries(&operator, &format!("action=audit.begin&until={since}")).await.len(), 0);
    let later = entries(&operator, &format!("until=2999-01-01T00:00:00Z&since={since}")).await;
    assert!(later.len() >= 2);
    assert_eq!(entries(&operator, "action=session&who=127.0.0.1").await.len(), 1);
    for wrong in
        ["action=nothing", "result=maybe", "since=yesterday", "until=1", "cursor=x", "limit=0"]
    {
        let reply = operator.get(&format!("{AUDIT}?{wrong}")).await;
        let field = wrong.split('=').next().expect("a field");
        assert_eq!(reply.problem(422), "invalid_field", "{wrong}");
        assert_eq!(reply.json()["field"], field);
    }
    assert_eq!(operator.get(&format!("{AUDIT}?x=1")).await.problem(400), "invalid_request");
}

#[tokio::test]
async fn a_workspace_reads_its_own_entries_only() {
    let app = TestApp::start().await;
    let stranger = app.signed_in("elsewhere", Role::Operator).await;
    let _own = app.operator().await;
    assert_eq!(
        stranger.get("/api/v1/connections/01890000-0000-7000-8000-000000000000").await.status,
        404
    );
    let theirs = entries(&stranger, "").await;
    assert_eq!(theirs.len(), 3, "signed in, probed, read: {theirs:#?}");
    assert!(theirs.iter().all(|entry| entry["workspace"] == "elsewhere"));
    assert!(lines(&stranger, "").await.iter().all(|entry| entry["workspace"] == "elsewhere"));
    let ours = entries(&app.with_access_key(), "").await;
    assert!(ours.iter().all(|entry| entry["workspace"] == "default"));
}

/// `action result` of every entry that matches, the oldest first.
async fn story(client: &Client, query: &str) -> Vec<String> {
    let mut entries = entries(client, query).await;
    entries.reverse();
    let word = |value: &Value| value.as_str().expect("a word").to_owned();
    entries.iter().map(|e| format!("{} {}", word(&e["action"]), word(&e["result"]))).collect()
}

#[tokio::test]
async fn an_authorization_is_written_from_get_pin_to_cancel() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let (authorization, pin) = consented(&app, &client, "brief").await;
    let first = id(&authorization);
    let wrong = client.post(&pin_path(&first), &json!({ "pin": "0000000" })).await;
    let next = wrong.json()["next"].clone();
    assert_eq!(
        story(&client, &format!("subject={first}")).await,
        ["authorization.begin done", "authorization.pin refused"]
    );
    let refused = entry(&client, "action=authorization.pin&result=refused").await;
    assert_eq!(refused["code"], "pin_rejected");
    assert!(!refused.to_string().contains("0000000") && !refused.to_string().contains(&pin));
    let pin = app.consent(next["authorize_url"].as_str().expect("a link"), "brief").await;
    let second = id(&next);
    let _granted = client.post(&pin_path(&second), &json!({ "pin": pin })).await.expect(200);
    assert_eq!(client.delete(&path(&second)).await.expect(200)["revoked"], true);
    assert_eq!(
        story(&client, &format!("subject={second}")).await,
        ["authorization.pin done", "authorization.cancel done", "token.revoke done"]
    );
    let granted = entry(&client, &format!("subject={second}&action=authorization.pin")).await;
    assert_eq!(granted["detail"], "@brief");
    assert_eq!(granted["who"]["role"], "operator");
    assert_eq!(granted["who"]["address"], "127.0.0.1");
}

#[tokio::test]
async fn signing_out_writes_what_it_cancels_and_the_janitor_what_it_lets_go() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let waiting = id(&get_pin(&client).await);
    assert_eq!(client.delete(SESSION).await.status, 204);
    let operator = app.with_access_key();
    let expected = ["authorization.begin done", "authorization.cancel done"];
    // It is cancelled in the background.
    for _ in 0..100 {
        if story(&operator, &format!("subject={waiting}")).await == expected {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("{:?}", story(&operator, &format!("subject={waiting}")).await);
}

#[tokio::test]
async fn every_change_of_a_connection_is_written_with_it() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let connection = id(&connected(&app, &client, "brief").await);
    let here = connection_path(&connection);
    let _edited = client.patch(&here, &json!({ "name": "Second", "group": "G" })).await.expect(200);
    let stale = client.request(Method::PATCH, &here).header("if-match", "\"1\"");
    let stale = client.send(stale.json(&json!({ "name": "Third" }))).await;
    assert_eq!(stale.status, 412);
    let back = client.post(&format!("{here}/revert"), &json!({ "version": 1 })).await;
    assert_eq!(back.status, 200, "{}", back.text);
    let copy = client.post(&format!("{here}/clone"), &json!({})).await.expect(201);
    assert_eq!(client.delete(&here).await.status, 200);
    let gone = client.post(&format!("{here}/revert"), &json!({ "version": 1 })).await;
    assert_eq!(gone.status, 200, "{}", gone.text);
    assert_eq!(
        story(&client, &format!("subject={connection}")).await,
        [
            "connection.create done",
            "connection.edit done",
            "connection.edit refused",
            "connection.revert done",
            "connection.delete done",
            "token.revoke done",
            "connection.restore done",
        ]
    );
    let edited = entry(&client, "action=connection.edit&result=done").await;
    assert_eq!(edited["detail"], "\"Second\": name, group");
    assert_eq!(edited["who"]["address"], "127.0.0.1");
    let refused = entry(&client, "action=connection.edit&result=refused").await;
    assert_eq!(refused["code"], "version_stale");
    let cloned = entry(&client, "action=connection.clone").await;
    assert_eq!(cloned["subject"], copy["id"]);
}

/// What is not written did not happen, and the other way round.
#[tokio::test]
async fn a_change_that_fails_leaves_no_entry_of_being_done() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let _first = connected(&app, &client, "brief").await;
    let second = authenticated(&app, &client, "reader").await;
    let taken = json!({ "authorization_id": second, "name": "brief" });
    assert_eq!(client.post("/api/v1/connections", &taken).await.problem(409), "name_taken");
    assert_eq!(
        story(&client, "action=connection").await,
        ["connection.create done", "connection.create refused"]
    );
    assert_eq!(entry(&client, "result=refused").await["detail"], "because of name");
}

#[tokio::test]
async fn every_change_of_an_app_is_written_with_it_and_its_secret_is_not() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let (key, secret) = (app.consumer_key(), app.consumer_secret());
    let wanted = json!({ "name": "Mine", "consumer_key": key, "consumer_secret": secret });
    let saved = id(&client.post("/api/v1/apps", &wanted).await.expect(201));
    let here = format!("/api/v1/apps/{saved}");
    let _renamed = client.patch(&here, &json!({ "name": "Ours" })).await.expect(200);
    let _tested = client.post(&format!("{here}/test"), &json!({})).await.expect(200);
    let again = json!({ "name": "Ours", "consumer_key": key, "consumer_secret": secret });
    assert_eq!(client.post("/api/v1/apps", &again).await.status, 409);
    assert!(client.delete(&here).await.status < 300);
    assert_eq!(
        story(&client, "action=app").await,
        [
            "app.create done",
            "app.edit done",
            "app.test done",
            "app.create refused",
            "app.delete done"
        ]
    );
    for entry in entries(&client, "").await {
        assert!(!entry.to_string().contains(&secret), "{entry}");
    }
}
