//! Two Pinfolds on one database: what one does holds on the other at once.
//!
//! They run where the tests run on PostgreSQL (`PINFOLD_TEST_ON=postgres`); a file is for one.

use pinfold::config::MasterKeySource;
use pinfold_tests::{Client, Setup, TestApp};
use serde_json::{Value, json};

use crate::flow::{connected, connection_path, consented, get_pin, id, path, pin_path};
use crate::proxy::stage::Stage;

const KEYS: &str = "/api/v1/keys";

async fn two() -> Option<(TestApp, TestApp)> {
    if !pinfold_test_postgres::asked_for() {
        return None;
    }
    let one = TestApp::start().await;
    let other = one.beside().await;
    Some((one, other))
}

/// The same browser at the other one, as a load balancer has it.
async fn at_both(one: &TestApp, other: &TestApp) -> (Client, Client) {
    let made = one.with_access_key();
    let wanted = json!({ "role": "connector" });
    let made = made.post("/api/v1/sessions", &wanted).await.expect(201);
    let token = made["token"].as_str().expect("a token");
    (one.with_bearer(token), other.with_bearer(token))
}

#[tokio::test]
async fn an_authorization_begun_on_one_finishes_on_the_other() {
    let Some((one, other)) = two().await else { return };
    let (here, there) = at_both(&one, &other).await;
    let (authorization, pin) = consented(&one, &here, "brief").await;
    let id = id(&authorization);
    let seen = there.get(&path(&id)).await.expect(200);
    assert_eq!(seen["state"], "awaiting_pin");
    let granted = there.post(&pin_path(&id), &json!({ "pin": pin })).await.expect(200);
    assert_eq!(granted["account"]["screen_name"], "brief");
    let wanted = json!({ "authorization_id": id });
    let made = here.post("/api/v1/connections", &wanted).await.expect(201);
    let operator = other.with_access_key();
    let seen = operator.get(&connection_path(made["id"].as_str().expect("an id"))).await;
    assert_eq!(seen.expect(200)["access_token"], made["access_token"]);
}

#[tokio::test]
async fn a_stop_in_between_loses_nothing() {
    let Some((one, mut other)) = two().await else { return };
    let operator = one.with_access_key();
    let (authorization, pin) = consented(&one, &other.with_access_key(), "brief").await;
    other.stop().await;
    let id = id(&authorization);
    let _granted = operator.post(&pin_path(&id), &json!({ "pin": pin })).await.expect(200);
}

#[tokio::test]
async fn of_two_pins_at_once_on_two_servers_one_goes_to_x() {
    let Some((one, other)) = two().await else { return };
    let (here, there) = at_both(&one, &other).await;
    let (authorization, pin) = consented(&one, &here, "brief").await;
    let pin_path = pin_path(&id(&authorization));
    let body = json!({ "pin": pin });
    let (first, second) = tokio::join!(here.post(&pin_path, &body), there.post(&pin_path, &body));
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409], "{} {}", first.text, second.text);
}

#[tokio::test]
async fn a_session_that_ends_on_one_is_over_on_the_other() {
    let Some((one, other)) = two().await else { return };
    let (here, there) = at_both(&one, &other).await;
    let _seen = there.get("/api/v1/session").await.expect(200);
    assert_eq!(here.delete("/api/v1/session").await.status, 204);
    assert_eq!(there.get("/api/v1/session").await.status, 401);
}

#[tokio::test]
async fn a_link_is_good_once_on_either() {
    let Some((one, other)) = two().await else { return };
    let link = json!({ "link": one.sign_in_link().await });
    let (here, there) = (one.anonymous(), other.anonymous());
    let (first, second) =
        tokio::join!(here.post("/api/v1/session", &link), there.post("/api/v1/session", &link));
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!((statuses[0], statuses[1] >= 400), (204, true), "{statuses:?}");
}

#[tokio::test]
async fn a_key_made_on_one_works_on_the_other_until_it_is_revoked() {
    if !pinfold_test_postgres::asked_for() {
        return;
    }
    let stage = Stage::polite().await;
    let other = stage.app.beside().await;
    let wanted = json!({
        "name": "n", "connections": [stage.connection], "paths": ["GET /2/users/me"],
    });
    let made = stage.app.with_access_key().post(KEYS, &wanted).await.expect(201);
    let key = other.with_bearer(made["key"].as_str().expect("a key"));
    let call = stage.path("/2/users/me");
    for _ in 0..3 {
        assert_eq!(key.get(&call).await.status, 200);
    }
    let path = format!("{KEYS}/{}", id(&made));
    assert_eq!(stage.app.with_access_key().delete(&path).await.status, 204);
    assert_eq!(key.get(&call).await.status, 401, "at once");
}

#[tokio::test]
async fn a_connection_that_goes_on_one_is_gone_on_the_other() {
    let Some((one, other)) = two().await else { return };
    let made = connected(&one, &one.with_access_key(), "brief").await;
    let path = connection_path(&id(&made));
    let call = format!("{path}/x/2/users/me");
    assert_eq!(other.with_access_key().get(&call).await.status, 200);
    let (here, etag) = (one.with_access_key(), format!("\"{}\"", made["version"]));
    let gone = here.request(reqwest::Method::DELETE, &path).header("if-match", etag);
    assert!(here.send(gone).await.status < 300);
    assert_eq!(other.with_access_key().get(&call).await.status, 404);
}

#[tokio::test]
async fn a_days_cap_is_one_for_both() {
    if !pinfold_test_postgres::asked_for() {
        return;
    }
    let stage = Stage::polite().await;
    let other = stage.app.beside().await;
    // A post costs a cent and a half.
    let wanted = json!({
        "name": "n", "connections": [stage.connection], "paths": ["POST /2/tweets"],
        "per_day_usd": 0.075,
    });
    let made = stage.app.with_access_key().post(KEYS, &wanted).await.expect(201);
    let key = made["key"].as_str().expect("a key");
    let clients = [stage.app.with_bearer(key), other.with_bearer(key)];
    let sent = sent_by_both(&clients, &stage.path("/2/tweets")).await;
    assert_eq!(sent, 5);
    let list = other.with_access_key().get(KEYS).await.expect(200);
    assert_eq!(list["items"][0]["spent_today_usd"], 0.075);
}

#[tokio::test]
async fn a_minutes_calls_are_counted_for_both() {
    if !pinfold_test_postgres::asked_for() {
        return;
    }
    let stage = Stage::polite().await;
    let other = stage.app.beside().await;
    let wanted = json!({
        "name": "n", "connections": [stage.connection], "paths": ["POST /2/tweets"],
        "per_minute": 6,
    });
    let made = stage.app.with_access_key().post(KEYS, &wanted).await.expect(201);
    let key = made["key"].as_str().expect("a key");
    let clients = [stage.app.with_bearer(key), other.with_bearer(key)];
    assert_eq!(sent_by_both(&clients, &stage.path("/2/tweets")).await, 6);
}

/// Twenty at once, by turns; answers how many passed.
async fn sent_by_both(clients: &[Client; 2], path: &str) -> usize {
    let body = json!({ "text": "hello" });
    let mut asked = tokio::task::JoinSet::new();
    for number in 0..20 {
        let (client, path, body) = (clients[number % 2].clone(), path.to_owned(), body.clone());
        asked.spawn(async move { client.post(&path, &body).await.status });
    }
    asked.join_all().await.into_iter().filter(|status| *status < 300).count()
}

#[tokio::test]
async fn a_guesser_is_slowed_down_on_both() {
    let Some((one, other)) = two().await else { return };
    let wrong = json!({ "access_key": "not-the-access-key-at-all" });
    let mut slowed = 0;
    for _ in 0..20 {
        for app in [&one, &other] {
            let status = app.anonymous().post("/api/v1/session", &wrong).await.status;
            slowed += usize::from(status == 429);
        }
    }
    assert_eq!(slowed, 20, "twenty a minute for both together");
}

#[tokio::test]
async fn one_chain_of_entries_for_both() {
    let Some((one, other)) = two().await else { return };
    let mut asked = tokio::task::JoinSet::new();
    for number in 0..24 {
        let app = if number % 2 == 0 { &one } else { &other };
        let (client, wanted) = (
            app.with_access_key(),
            json!({ "name": format!("app {number}"), "consumer_key": "k", "consumer_secret": "s" }),
        );
        asked.spawn(async move { client.post("/api/v1/apps", &wanted).await.status });
    }
    assert!(asked.join_all().await.into_iter().all(|status| status == 201));
    let log = one.with_access_key().get("/api/v1/audit?action=app.create&limit=100").await;
    let log = log.expect(200);
    let items: &Vec<Value> = log["items"].as_array().expect("a list");
    assert_eq!(items.len(), 24);
}

#[tokio::test]
async fn another_master_key_is_refused() {
    let Some((one, other)) = two().await else { return };
    let file = other.folder().join("another-key");
    std::fs::write(&file, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n").expect("writes");
    let changed = other.start_with(|config| config.master_key = MasterKeySource::File(file)).await;
    let refused = changed.err().expect("must refuse").to_string();
    assert!(refused.contains("is not the key"), "{refused}");
    drop(one);
}

#[tokio::test]
async fn what_a_list_shows_is_the_same_from_both() {
    let Some((one, other)) = two().await else { return };
    let here = one.with_access_key();
    for account in ["brief", "raed_news", "wwwwwwwwwwwwwww"] {
        connected(&one, &here, account).await;
    }
    let _ = get_pin(&here).await;
    let list = "/api/v1/connections?search=bri&sort=-name";
    let (first, second) =
        tokio::join!(here.get(list), async { other.with_access_key().get(list).await });
    assert_eq!(first.expect(200), second.expect(200));
}

#[tokio::test]
async fn a_file_moves_into_a_database_whole() {
    if !pinfold_test_postgres::asked_for() {
        return;
    }
    let mut app = Setup::with(|config| config.database_url = None).start().await;
    let client = app.with_access_key();
    for account in ["brief", "raed_news"] {
        connected(&app, &client, account).await;
    }
    let made = client.get("/api/v1/connections").await.expect(200);
    let connection = made["items"][0]["id"].clone();
    let wanted = json!({ "name": "n", "connections": [connection], "tasks": ["tweet"] });
    let _key = client.post(KEYS, &wanted).await.expect(201);
    let wanted = json!({ "name": "ours", "consumer_key": "k", "consumer_secret": "s" });
    let _saved = client.post("/api/v1/apps", &wanted).await.expect(201);
    let paths = ["/api/v1/connections", "/api/v1/connections?search=bri", "/api/v1/apps", KEYS]
        .map(str::to_owned);
    let shown = async |app: &TestApp| {
        let mut shown = Vec::new();
        for path in &paths {
            shown.push(app.with_access_key().get(path).await.expect(200));
        }
        shown
    };
    let before = shown(&app).await;
    app.stop().await;
    app.work_with(Some(pinfold_test_postgres::database()));
    let told = pinfold::database::migrate(app.config()).await.expect("it moves").to_string();
    assert!(told.contains(" 2 connections") && told.contains(" 1 task_keys"), "{told}");
    let again = pinfold::database::migrate(app.config()).await.expect_err("once").to_string();
    assert!(again.contains("holds a Pinfold already"), "{again}");
    pinfold::audit::verify_beside(app.config(), None).await.expect("the log is whole there");
    app.restart_stopped().await;
    assert_eq!(shown(&app).await, before);
    // Its secrets open there: X takes what is signed with them.
    let me = format!("{}/x/2/users/me", connection_path(connection.as_str().expect("an id")));
    assert_eq!(app.with_access_key().get(&me).await.status, 200);
}
