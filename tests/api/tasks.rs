//! `/connections/{id}/tasks/{task}`: each of the fourteen, against the sandbox.

use pinfold_tests::{Client, Seen, TestApp, UpstreamReply};
use serde_json::{Value, json};

use crate::flow::{connected, id};
use crate::proxy::stage::Stage;

async fn run(client: &Client, connection: &str, task: &str, given: Value) -> Value {
    let path = format!("/api/v1/connections/{connection}/tasks/{task}");
    let answer = client.post(&path, &given).await.expect(200);
    assert_eq!(answer["task"], task);
    answer
}

async fn refused(client: &Client, connection: &str, task: &str, given: Value) -> (u16, Value) {
    let path = format!("/api/v1/connections/{connection}/tasks/{task}");
    let reply = client.post(&path, &given).await;
    (reply.status, reply.json())
}

/// What was asked of the sandbox, but for this question.
async fn calls(app: &TestApp) -> Value {
    let mut requests = app.sandbox_state().await["requests"].take();
    requests.as_object_mut().expect("a map").remove("GET /sandbox/state");
    requests
}

async fn start() -> (TestApp, Client, String) {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let connection = id(&connected(&app, &client, "brief").await);
    (app, client, connection)
}

/// A connection that may do everything.
async fn start_with_messages() -> (TestApp, Client, String) {
    let app = TestApp::start().await;
    let change = json!({ "permission": "read-write-directmessages" });
    app.sandbox().post("/sandbox/app", &change).await;
    let client = app.operator().await;
    let connection = id(&connected(&app, &client, "brief").await);
    // The level becomes known with the first call.
    run(&client, &connection, "mentions", json!({ "count": 1 })).await;
    (app, client, connection)
}

#[tokio::test]
async fn the_fourteen_are_described() {
    let app = TestApp::start().await;
    let tasks = app.operator().await.get("/api/v1/tasks").await.expect(200);
    let items = tasks["items"].as_array().expect("a list");
    assert_eq!(items.len(), 14);
    assert_eq!(items[0]["name"], "tweet");
    assert_eq!(items[0]["fields"][0]["kind"], "tweet");
    assert_eq!(items[0]["needs"], "read-write");
    assert_eq!(items[0]["price_usd"], 0.015);
}

#[tokio::test]
async fn a_tweet_is_posted_read_and_deleted() {
    let (_app, client, connection) = start().await;
    let posted = run(&client, &connection, "tweet", json!({ "text": "héllo 🌍" })).await;
    assert_eq!(posted["data"]["text"], "héllo 🌍");
    assert_eq!(posted["price_usd"], 0.015);
    let tweet = posted["data"]["id"].as_str().expect("an id");

    for wanted in [json!(tweet), json!("0"), json!(0)] {
        let read = run(&client, &connection, "get-tweet", json!({ "tweet_id": wanted })).await;
        assert_eq!(read["data"]["id"], tweet, "0 is the latest");
    }
    let gone = run(&client, &connection, "delete-tweet", json!({ "tweet_id": 0 })).await;
    assert_eq!(gone["data"]["deleted"], true);
    let (status, problem) =
        refused(&client, &connection, "get-tweet", json!({ "tweet_id": tweet })).await;
    assert_eq!((status, &problem["field"]), (404, &json!("tweet_id")));
}

#[tokio::test]
async fn a_reply_answers_the_latest_mention() {
    let (_app, client, connection) = start().await;
    let reply = json!({ "tweet_id": 0, "text": "thanks" });
    let posted = run(&client, &connection, "reply", reply).await;
    assert_eq!(posted["data"]["text"], "thanks");
    let (status, problem) =
        refused(&client, &connection, "reply", json!({ "tweet_id": 1, "text": "hm" })).await;
    assert!(status >= 400, "{problem}");
    let words = problem["x"]["text"].as_str().expect("X's own words");
    assert!(words.contains("mentioned"), "{words}");
}

#[tokio::test]
async fn likes_retweets_and_follows_can_be_undone() {
    let (_app, client, connection) = start().await;
    let found = run(&client, &connection, "search", json!({ "query": "coffee", "count": 1 })).await;
    let tweet = found["data"][0]["id"].clone();
    for (task, member) in [("like", "liked"), ("retweet", "retweeted")] {
        let done = run(&client, &connection, task, json!({ "tweet_id": tweet })).await;
        assert_eq!(done["data"][member], true);
        let undo = json!({ "tweet_id": tweet, "undo": true });
        let undone = run(&client, &connection, task, undo).await;
        assert_eq!(undone["data"][member], false);
    }
    let wanted = json!({ "user": "@quiet_baker" });
    assert_eq!(run(&client, &connection, "follow", wanted).await["data"]["following"], true);
    let wanted = json!({ "user": "quiet_baker", "undo": true });
    assert_eq!(run(&client, &connection, "follow", wanted).await["data"]["following"], false);
    let (status, problem) =
        refused(&client, &connection, "follow", json!({ "user": "nobody_here" })).await;
    assert_eq!((status, &problem["field"]), (404, &json!("user")));
}

#[tokio::test]
async fn lists_page_to_the_asked_maximum() {
    let (_app, client, connection) = start().await;
    for (task, given, at_least) in [
        ("followers", json!({ "count": 200 }), 200),
        ("friends", json!({ "user": "quiet_baker", "count": 150 }), 20),
        ("timeline", json!({ "count": 130 }), 130),
        ("timeline", json!({ "kind": "user", "user": "quiet_baker" }), 3),
        ("mentions", json!({ "count": 25 }), 20),
        ("search", json!({ "query": "a", "count": 101 }), 101),
    ] {
        let asked = given["count"].as_u64().unwrap_or(20);
        let answer = run(&client, &connection, task, given.clone()).await;
        let entries = answer["data"].as_array().expect("a list");
        let mut ids: Vec<_> = entries.iter().map(|entry| entry["id"].as_str()).collect();
        assert!(ids.len() >= at_least && ids.len() as u64 <= asked, "{task} {}", ids.len());
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), entries.len(), "{task} told something twice");
    }
}

#[tokio::test]
async fn messages_want_their_permission() {
    let (_app, client, connection) = start_with_messages().await;
    let sent = json!({ "user": "quiet_baker", "text": "psst" });
    let answer = run(&client, &connection, "send-message", sent).await;
    assert!(answer["data"]["dm_event_id"].is_string());
    let answer = run(&client, &connection, "messages", json!({ "count": 5 })).await;
    assert_eq!(answer["data"][0]["text"], "psst");
    assert_eq!(answer["data"].as_array().map(Vec::len), Some(5));
}

#[tokio::test]
async fn what_the_access_level_rules_out_is_never_sent() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let connection = id(&connected(&app, &client, "reader").await);
    run(&client, &connection, "mentions", json!({ "count": 1 })).await;
    let before = calls(&app).await;
    let (status, problem) =
        refused(&client, &connection, "tweet", json!({ "text": "hello" })).await;
    assert_eq!((status, &problem["code"]), (422, &json!("read_only")), "{problem}");
    assert_eq!(calls(&app).await, before);
}

#[tokio::test]
async fn a_url_is_posted_only_when_its_price_is_confirmed() {
    let (_app, client, connection) = start().await;
    let text = "see example.com";
    let (status, problem) = refused(&client, &connection, "tweet", json!({ "text": text })).await;
    assert_eq!((status, &problem["code"]), (409, &json!("price_unconfirmed")));
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("$0.20")));
    let confirmed = json!({ "text": text, "confirm_price": true });
    assert_eq!(run(&client, &connection, "tweet", confirmed).await["price_usd"], 0.2);
}

#[tokio::test]
async fn a_preview_shows_the_requests_and_sends_none() {
    let (app, client, connection) = start().await;
    let before = calls(&app).await;
    let given = json!({ "tweet_id": 0, "text": "it's", "preview": true });
    let answer = run(&client, &connection, "reply", given).await;
    assert_eq!(answer["preview"], true);
    let requests = answer["requests"].as_array().expect("a list");
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[1]["method"], "POST");
    assert!(requests[1]["url"].as_str().is_some_and(|url| url.ends_with("/2/tweets")));
    let curl = requests[1]["curl"].as_str().expect("a text");
    assert!(curl.contains(&format!("/api/v1/connections/{connection}/x/2/tweets")), "{curl}");
    let header = requests[1]["authorization"].as_str().expect("a text");
    assert!(header.contains("oauth_signature=\"(made on the server)\""), "{header}");
    assert!(!answer.to_string().contains(&app.consumer_key()), "only a hint of the key");
    assert_eq!(calls(&app).await, before);
}

#[tokio::test]
async fn a_wrong_field_is_named_and_nothing_is_sent() {
    let (app, client, connection) = start().await;
    let before = calls(&app).await;
    for (task, given, field) in [
        ("tweet", json!({ "text": "x".repeat(281) }), "text"),
        ("tweet", json!({}), "text"),
        ("tweet", json!({ "text": "a", "preview": 1 }), "preview"),
        ("like", json!({ "tweet_id": "abc" }), "tweet_id"),
        ("followers", json!({ "count": 201 }), "count"),
        ("timeline", json!({ "user": "brief" }), "user"),
        ("dance", json!({}), "task"),
    ] {
        let (status, problem) = refused(&client, &connection, task, given).await;
        assert!((400..500).contains(&status), "{task} {status}");
        assert_eq!(problem["field"], field, "{task} {problem}");
    }
    assert_eq!(calls(&app).await, before);
}

#[tokio::test]
async fn a_task_key_runs_its_tasks_and_nothing_else() {
    let (app, client, connection) = start().await;
    let other = id(&connected(&app, &client, "raed_news").await);
    let wanted = json!({ "name": "cron", "connections": [connection], "tasks": ["tweet"] });
    let key = client.post("/api/v1/keys", &wanted).await.expect(201);
    let cron = app.with_bearer(key["key"].as_str().expect("the key"));
    run(&cron, &connection, "tweet", json!({ "text": "by cron" })).await;
    let (status, problem) = refused(&cron, &connection, "mentions", json!({})).await;
    assert_eq!((status, &problem["code"]), (403, &json!("outside_key")));
    for other in [&other, "raed_news", "nobody"] {
        let (status, problem) = refused(&cron, other, "tweet", json!({ "text": "no" })).await;
        assert_eq!((status, &problem["field"]), (404, &json!(null)), "{other}");
    }
    // By its name, whatever is in it.
    let renamed = json!({ "name": "The Brief / 2%" });
    let _ = client.patch(&format!("/api/v1/connections/{connection}"), &renamed).await.expect(200);
    run(&cron, "the%20brief%20%2F%202%25", "tweet", json!({ "text": "by its name" })).await;
    let usages = client.get(&format!("/api/v1/connections/{connection}/usages")).await.expect(200);
    assert_eq!(usages["items"][0]["calls"], 2, "{usages}");
    assert_eq!(usages["items"][0]["name"], "cron");
}

#[tokio::test]
async fn texts_are_counted_as_x_counts() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let weighed = client.post("/api/v1/weigh", &json!({ "text": "see example.com 🌍" })).await;
    assert_eq!(weighed.expect(200), json!({ "length": 30, "most": 280, "urls": 1, "valid": true }));
}

#[tokio::test]
async fn what_x_allows_no_more_is_answered_with_when_it_will() {
    let (app, client, connection) = start_with_messages().await;
    // X's own limits: 15 looks at the messages in 15 minutes.
    app.sandbox().post("/sandbox/limits", &json!({ "times": 1 })).await;
    for _ in 0..15 {
        run(&client, &connection, "messages", json!({ "count": 1 })).await;
    }
    let (status, problem) = refused(&client, &connection, "messages", json!({ "count": 1 })).await;
    assert_eq!((status, &problem["code"]), (503, &json!("x_rate_limited")), "{problem}");
    let wait = problem["retry_after"].as_i64().expect("it says when");
    assert!((1..=15 * 60).contains(&wait), "{wait}");
    // Another kind of call has limits of its own.
    run(&client, &connection, "mentions", json!({ "count": 1 })).await;
    app.clock.advance(wait * 1000);
    run(&client, &connection, "messages", json!({ "count": 1 })).await;
}

#[tokio::test]
async fn every_run_is_in_the_audit_log_and_no_text_is() {
    let (app, client, connection) = start().await;
    run(&client, &connection, "tweet", json!({ "text": "text-canary one" })).await;
    run(&client, &connection, "tweet", json!({ "text": "text-canary two", "preview": true })).await;
    let url = json!({ "text": "text-canary https://example.com" });
    let (status, _) = refused(&client, &connection, "tweet", url).await;
    assert_eq!(status, 409);
    app.misbehave("server_error", "api").await;
    let (status, _) = refused(&client, &connection, "get-tweet", json!({ "tweet_id": "17" })).await;
    assert_eq!(status, 502);
    let wanted = json!({ "name": "cron", "connections": [connection], "tasks": ["mentions"] });
    let key = client.post("/api/v1/keys", &wanted).await.expect(201);
    let cron = app.with_bearer(key["key"].as_str().expect("the key"));
    run(&cron, &connection, "mentions", json!({})).await;
    let (status, _) = refused(&cron, &connection, "follow", json!({ "user": "brief" })).await;
    assert_eq!(status, 403);

    let path = format!("/api/v1/audit?action=task.run&subject={connection}");
    let page = client.get(&path).await.expect(200);
    let mut entries = page["items"].as_array().expect("a list").clone();
    entries.reverse();
    let told: Vec<_> = entries
        .iter()
        .map(|entry| {
            let word = |name: &str| entry[name].as_str().unwrap_or("-");
            let role = entry["who"]["role"].as_str().unwrap_or("-");
            format!("{role} {} {} {}", word("detail"), word("result"), word("code"))
        })
        .collect();
    assert_eq!(
        told,
        [
            "operator tweet done -",
            "operator tweet, because of confirm_price refused price_unconfirmed",
            "operator get-tweet failed x_failed",
            "task mentions done -",
            "task follow refused outside_key",
        ]
    );
    assert!(!page.to_string().contains("text-canary"));
}

/// X says so in a 200 with errors.
#[tokio::test]
async fn what_x_did_not_find_is_not_done() {
    let (_app, client, connection) = start().await;
    for (task, given, field) in [
        ("like", json!({ "tweet_id": 1 }), "tweet_id"),
        ("like", json!({ "tweet_id": "001", "undo": true }), "tweet_id"),
        ("retweet", json!({ "tweet_id": 1 }), "tweet_id"),
        ("get-tweet", json!({ "tweet_id": 1 }), "tweet_id"),
        ("follow", json!({ "user": 999 }), "user"),
    ] {
        let (status, problem) = refused(&client, &connection, task, given).await;
        assert_eq!((status, &problem["field"]), (404, &json!(field)), "{task}: {problem}");
        let words = problem["x"]["text"].as_str().expect("X's own words");
        assert!(words.contains("not find"), "{task}: {problem}");
    }
}

/// One page of tweets, as X's: so many, and perhaps a next one.
fn page(ids: std::ops::Range<u32>, next: &str) -> UpstreamReply {
    let data: Vec<_> = ids.map(|id| json!({ "id": id.to_string(), "text": "t" })).collect();
    let mut meta = json!({ "result_count": data.len() });
    if !next.is_empty() {
        meta["next_token"] = next.into();
    }
    let mut answer = json!({ "meta": meta });
    if !data.is_empty() {
        answer["data"] = data.into();
    }
    UpstreamReply::json(200, &answer.to_string())
}

fn cursor(seen: &Seen) -> &str {
    seen.target.split("pagination_token=").nth(1).unwrap_or_default()
}

#[tokio::test]
async fn a_page_with_nothing_may_have_a_next_one_and_none_is_read_twice() {
    let stage = Stage::with(|seen| match cursor(seen) {
        "" => page(0..0, "second"),
        "second" => page(1..4, "third"),
        _ => page(4..5, "third"),
    })
    .await;
    let client = stage.app.with_access_key();
    let answer = run(&client, &stage.connection, "mentions", json!({ "count": 9 })).await;
    let ids = answer["data"].as_array().expect("a list").len();
    assert_eq!((ids, stage.upstream.take().len()), (4, 3), "{answer}");
    assert_eq!(answer["price_usd"], 0.02, "what there was, and no more");
}

#[tokio::test]
async fn a_list_that_breaks_off_is_told_as_far_as_it_came() {
    let stage = Stage::with(|seen| match cursor(seen) {
        "" => page(1..101, "second"),
        _ => UpstreamReply::json(503, "{}"),
    })
    .await;
    let client = stage.app.with_access_key();
    let answer = run(&client, &stage.connection, "mentions", json!({ "count": 200 })).await;
    assert_eq!(answer["data"].as_array().map(Vec::len), Some(100));
    assert_eq!(answer["incomplete"]["code"], "x_failed", "{answer}");
    // On its first page nothing is to be told.
    let stage = Stage::with(|_| UpstreamReply::json(200, r#"{"data":{"ok":true}}"#)).await;
    let client = stage.app.with_access_key();
    let (status, problem) = refused(&client, &stage.connection, "mentions", json!({})).await;
    assert_eq!((status, &problem["code"]), (502, &json!("x_unintelligible")));
}

#[tokio::test]
async fn a_preview_of_a_list_names_the_price_of_all_its_pages() {
    let (app, client, connection) = start().await;
    let before = calls(&app).await;
    let given = json!({ "query": "rain", "count": 105, "preview": true });
    let answer = run(&client, &connection, "search", given).await;
    assert_eq!((&answer["price_usd"], &answer["data"]), (&json!(0.55), &json!(null)), "{answer}");
    let urls: Vec<_> = answer["requests"].as_array().expect("a list").iter().collect();
    assert_eq!(urls.len(), 2);
    let last = urls[1]["url"].as_str().expect("a URL");
    assert!(last.contains("max_results=10&next_token="), "{last}");
    assert_eq!(calls(&app).await, before);
}

/// A run is one call of a key's minute, and what it may cost is put aside before anything is sent.
#[tokio::test]
async fn the_caps_of_a_key_are_asked_once_a_run() {
    let (app, client, connection) = start().await;
    let key = async |more: Value| {
        let mut wanted = json!({ "name": more.to_string(), "connections": [connection],
                                 "tasks": ["get-tweet", "search", "tweet"] });
        wanted.as_object_mut().expect("one").extend(more.as_object().expect("one").clone());
        let made = client.post("/api/v1/keys", &wanted).await.expect(201);
        (id(&made), app.with_bearer(made["key"].as_str().expect("the key")))
    };
    run(&client, &connection, "tweet", json!({ "text": "first" })).await;
    let (_, often) = key(json!({ "per_minute": 1 })).await;
    run(&often, &connection, "get-tweet", json!({ "tweet_id": 0 })).await;
    let (status, problem) =
        refused(&often, &connection, "get-tweet", json!({ "tweet_id": 0 })).await;
    assert_eq!((status, &problem["code"]), (429, &json!("too_many_requests")));
    let seconds = format!("{} seconds", problem["retry_after"]);
    assert!(problem["detail"].as_str().is_some_and(|it| it.contains(&seconds)), "{problem}");

    let (spender, spends) = key(json!({ "per_day_usd": 0.6 })).await;
    let before = calls(&app).await;
    let all = json!({ "query": "a", "count": 200 });
    let (status, problem) = refused(&spends, &connection, "search", all).await;
    assert_eq!((status, &problem["code"]), (429, &json!("spend_cap_reached")), "{problem}");
    assert_eq!(calls(&app).await, before, "nothing was bought of what cannot be had whole");
    let spent = async || {
        let keys = client.get("/api/v1/keys").await.expect(200);
        let keys = keys["items"].as_array().expect("keys").clone();
        keys.into_iter().find(|it| it["id"] == json!(spender)).expect("it")["spent_today_usd"]
            .clone()
    };
    assert_eq!(spent().await, json!(0.0));
    let found = run(&spends, &connection, "search", json!({ "query": "first", "count": 20 })).await;
    assert_eq!(spent().await, found["price_usd"], "what X did not bill comes back");
}

/// What a task says that it costs is what the sandbox bills, but for what is free that day.
#[tokio::test]
async fn the_sandbox_bills_what_tasks_say_that_they_cost() {
    let (app, client, connection) = start_with_messages().await;
    let billed = async || app.sandbox_state().await["billed_usd"].as_f64().expect("dollars");
    for (task, given) in [
        ("tweet", json!({ "text": "for free" })),
        ("tweet", json!({ "text": "see example.com", "confirm_price": true })),
        ("search", json!({ "query": "coffee", "count": 30 })),
        ("followers", json!({ "count": 200 })),
        ("send-message", json!({ "user": "@quiet_baker", "text": "hi" })),
        ("messages", json!({ "count": 3 })),
    ] {
        app.sandbox().post("/sandbox/credit", &json!({ "usd": null })).await;
        let told = run(&client, &connection, task, given).await["price_usd"].clone();
        assert_eq!(json!((billed().await * 1e6).round() / 1e6), told, "{task}");
    }
    app.sandbox().post("/sandbox/credit", &json!({ "usd": 0.01 })).await;
    run(&client, &connection, "tweet", json!({ "text": "the last one" })).await;
    let (status, problem) =
        refused(&client, &connection, "tweet", json!({ "text": "one too many" })).await;
    assert_eq!((status, &problem["code"]), (422, &json!("no_credits")), "{problem}");
}
