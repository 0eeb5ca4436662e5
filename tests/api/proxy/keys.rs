//! Task keys: made once, good for what they name, capped, gone when revoked.

use std::time::Duration;

use pinfold_tests::UpstreamReply;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::stage::Stage;

const KEYS: &str = "/api/v1/keys";

async fn post(stage: &Stage, client: &pinfold_tests::Client, x: &str, text: &str) -> u16 {
    let body = json!({ "text": text });
    client.post(&stage.path(x), &body).await.status
}

#[tokio::test]
async fn a_key_is_shown_once_and_kept_as_a_hash() {
    let stage = Stage::polite().await;
    let wanted = json!({
        "name": " nightly ", "connections": [stage.connection, stage.connection],
        "tasks": ["tweet"], "paths": ["GET /2/users/me"], "expires_at": "2999-01-01T01:00:00+01:00",
        "per_minute": 5, "per_day_usd": 0.5,
    });
    let operator = stage.app.with_access_key();
    let reply = operator.post(KEYS, &wanted).await;
    let made = reply.expect(201);
    let key = made["key"].as_str().expect("a key").to_owned();
    assert!(key.starts_with("pinfold_key_") && key.len() == 55, "{key}");
    let location = reply.headers["location"].to_str().expect("ASCII");
    assert_eq!(location, format!("{KEYS}/{}", made["id"].as_str().expect("an id")));
    let list = operator.get(KEYS).await;
    assert!(!list.text.contains(&key));
    let shown = &list.expect(200)["items"][0];
    for (field, value) in [
        ("name", json!("nightly")),
        ("connections", json!([stage.connection])),
        ("tasks", json!(["tweet"])),
        ("paths", json!(["GET /2/users/me"])),
        ("expires_at", json!("2999-01-01T00:00:00Z")),
        ("per_minute", json!(5)),
        ("per_day_usd", json!(0.5)),
        ("spent_today_usd", json!(0.0)),
        ("calls", json!(0)),
        ("last_used_at", Value::Null),
    ] {
        assert_eq!(shown[field], value, "{field}");
    }
    for file in std::fs::read_dir(stage.app.folder()).expect("a folder") {
        let bytes = std::fs::read(file.expect("a file").path()).expect("readable");
        assert!(!bytes.windows(key.len()).any(|part| part == key.as_bytes()));
    }
}

#[tokio::test]
async fn a_wrong_field_is_named_and_nothing_is_made() {
    let stage = Stage::polite().await;
    let operator = stage.app.with_access_key();
    let fine = json!({ "name": "n", "connections": [stage.connection], "tasks": ["tweet"] });
    let nobody = "01890000-0000-7000-8000-000000000000";
    for (field, value, named) in [
        ("name", json!("  "), "name"),
        ("name", json!("a\nb"), "name"),
        ("connections", json!([]), "connections"),
        ("connections", json!(["x"]), "connections[0]"),
        ("tasks", json!([]), "tasks"),
        ("tasks", json!(["tweet", "fly"]), "tasks[1]"),
        ("paths", json!(["GET /2/../x"]), "paths[0]"),
        ("paths", json!(["GET /2/users/me", "FETCH /2/users"]), "paths[1]"),
        ("expires_at", json!("tomorrow"), "expires_at"),
        ("expires_at", json!("2001-01-01T00:00:00Z"), "expires_at"),
        ("per_minute", json!(0), "per_minute"),
        ("per_day_usd", json!(0), "per_day_usd"),
        ("per_day_usd", json!(-1), "per_day_usd"),
        ("per_day_usd", json!(1e300), "per_day_usd"),
    ] {
        let mut wanted = fine.clone();
        wanted[field] = value.clone();
        let reply = operator.post(KEYS, &wanted).await;
        assert_eq!(reply.problem(422), "invalid_field", "{field} {value}");
        assert_eq!(reply.json()["field"], named, "{field} {value}");
    }
    let mut strange = fine.clone();
    strange["connections"] = json!([stage.connection, nobody]);
    let reply = operator.post(KEYS, &strange).await;
    assert_eq!(reply.problem(404), "not_found");
    assert_eq!(reply.json()["field"], "connections[1]");
    assert_eq!(operator.get(KEYS).await.expect(200)["items"], json!([]));
}

#[tokio::test]
async fn a_key_reaches_its_paths_and_its_connections_only() {
    let stage = Stage::polite().await;
    let (_, key) = stage
        .key(json!({ "paths": ["GET /2/users/me", "* /2/users/*/likes", "GET /1.1/**"] }))
        .await;
    let table = [
        (Method::GET, "/2/users/me", 200),
        (Method::GET, "/2/users/me?user.fields=id", 200),
        (Method::POST, "/2/users/me", 403),
        (Method::GET, "/2/users/me/x", 403),
        (Method::POST, "/2/users/7/likes", 200),
        (Method::DELETE, "/2/users/7/likes/9", 403),
        (Method::GET, "/1.1/a/b/c.json", 200),
        (Method::GET, "/2/tweets", 403),
    ];
    for (method, path, status) in table {
        let reply = key.send(key.request(method.clone(), &stage.path(path))).await;
        assert_eq!(reply.status, status, "{method} {path}");
        if status == 403 {
            assert_eq!(reply.problem(403), "outside_key");
        }
    }
    let (_, tasks_only) = stage.key(json!({ "tasks": ["tweet"] })).await;
    assert_eq!(tasks_only.get(&stage.path("/2/users/me")).await.problem(403), "outside_key");
    // One that it does not name does not exist for it.
    let elsewhere = "/api/v1/connections/01890000-0000-7000-8000-000000000000/x/2/users/me";
    assert_eq!(key.get(elsewhere).await.problem(404), "not_found");
}

#[tokio::test]
async fn a_revoked_or_expired_key_is_nobody_at_once() {
    let stage = Stage::polite().await;
    let me = stage.path("/2/users/me");
    let (id, key) = stage.key(json!({ "paths": ["* /2/**"] })).await;
    assert_eq!(key.get(&me).await.status, 200);
    let operator = stage.app.with_access_key();
    assert_eq!(operator.delete(&format!("{KEYS}/{id}")).await.status, 204);
    assert_eq!(key.get(&me).await.problem(401), "unauthenticated");
    assert_eq!(operator.delete(&format!("{KEYS}/{id}")).await.problem(404), "not_found");

    let soon = stage.app.clock.now() + 60_000;
    let soon = pinfold::clock::rfc3339(soon);
    let (_, key) = stage.key(json!({ "paths": ["* /2/**"], "expires_at": soon })).await;
    assert_eq!(key.get(&me).await.status, 200);
    stage.app.clock.advance(60_000);
    assert_eq!(key.get(&me).await.problem(401), "unauthenticated");
    let actions = operator.get("/api/v1/audit?action=key").await.expect(200);
    let actions: Vec<&str> = actions["items"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|e| e["action"].as_str())
        .collect();
    // The second delete was refused, and that is written down as well.
    assert_eq!(actions, ["key.create", "key.delete", "key.delete", "key.create"]);
}

#[tokio::test]
async fn calls_a_minute_are_capped() {
    let stage = Stage::polite().await;
    let (_, key) = stage.key(json!({ "paths": ["* /2/**"], "per_minute": 3 })).await;
    let me = stage.path("/2/users/me");
    for _ in 0..3 {
        assert_eq!(key.get(&me).await.status, 200);
    }
    let refused = key.get(&me).await;
    assert_eq!(refused.problem(429), "too_many_requests");
    assert_eq!(refused.headers["retry-after"], "21");
    stage.app.clock.advance(20_000);
    assert_eq!(key.get(&me).await.status, 200);
    assert_eq!(stage.upstream.take().len(), 4);
}

#[tokio::test]
async fn a_days_money_is_capped_by_what_posts_cost() {
    let mut stage = Stage::polite().await;
    let (_, key) = stage.key(json!({ "paths": ["* /2/**"], "per_day_usd": 0.25 })).await;
    assert_eq!(post(&stage, &key, "/2/tweets", "hello").await, 200);
    assert_eq!(post(&stage, &key, "/2/tweets", "see a.example/x").await, 200);
    assert_eq!(post(&stage, &key, "/2/tweets", "see b.example").await, 429);
    assert_eq!(post(&stage, &key, "/2/tweets", "again").await, 200);
    let seen = stage.upstream.take();
    assert_eq!(seen[1].body, br#"{"text":"see a.example/x"}"#);
    assert_eq!((seen.len(), seen[1].header("content-length")), (3, Some("26")));
    let operator = stage.app.with_access_key();
    assert_eq!(operator.get(KEYS).await.expect(200)["items"][0]["spent_today_usd"], 0.23);
    // A restart forgets nothing.
    stage.app.restart().await;
    assert_eq!(post(&stage, &key, "/2/tweets", "see b.example").await, 429);
    assert_eq!(post(&stage, &key, "/2/tweets", "third").await, 200);
    assert_eq!(post(&stage, &key, "/2/tweets", "fourth").await, 429);
    stage.app.clock.advance(24 * 60 * 60 * 1000);
    assert_eq!(post(&stage, &key, "/2/tweets", "a new day").await, 200);
}

#[tokio::test]
async fn what_never_reached_x_costs_nothing() {
    let stage = Stage::polite().await;
    let (_, key) = stage.key(json!({ "paths": ["* /2/**"], "per_day_usd": 0.02 })).await;
    let twice = stage.path("/2/users/me?a=1&a=2");
    assert_eq!(key.get(&twice).await.problem(400), "unsignable");
    assert_eq!(key.get(&stage.path("/2/users/me")).await.status, 200);
    assert_eq!(key.get(&stage.path("/2/users/me")).await.status, 200);
    assert_eq!(key.get(&stage.path("/2/users/me")).await.problem(429), "spend_cap_reached");
}

#[tokio::test]
async fn usages_name_every_key_and_what_it_did() {
    let stage = Stage::with(|_| UpstreamReply::json(200, "{}")).await;
    let (busy, key) = stage.key(json!({ "paths": ["* /2/**"] })).await;
    let (idle, _) = stage.key(json!({ "name": "idle", "tasks": ["search"] })).await;
    for _ in 0..3 {
        assert_eq!(key.get(&stage.path("/2/users/me")).await.status, 200);
    }
    let path = format!("/api/v1/connections/{}/usages", stage.connection);
    let usages = stage.app.with_access_key().get(&path).await.expect(200);
    let typo = format!("/api/v1/usages?connection={}", stage.connection);
    assert_eq!(stage.app.with_access_key().get(&typo).await.problem(400), "invalid_request");
    let many = format!("/api/v1/usages?connections={},nobody", stage.connection);
    let many = stage.app.with_access_key().get(&many).await.expect(200);
    assert_eq!(many["items"], usages["items"]);
    let find = |id: &str| {
        let items = usages["items"].as_array().expect("a list");
        items.iter().find(|usage| usage["id"] == id).expect("a usage").clone()
    };
    let (busy, idle) = (find(&busy), find(&idle));
    assert_eq!((&busy["kind"], &busy["calls"]), (&json!("key"), &json!(3)));
    assert!(busy["last_used_at"].is_string());
    assert_eq!((&idle["calls"], &idle["last_used_at"]), (&json!(0), &Value::Null));
    assert_eq!((&idle["name"], &idle["tasks"]), (&json!("idle"), &json!(["search"])));
}

/// A body may come slowly: what was let pass at its head is asked about again with each part.
#[tokio::test]
async fn a_right_that_ends_while_a_body_comes_ends_the_call() {
    for (content_type, what) in [
        ("application/json", "key"),
        ("application/x-www-form-urlencoded", "key"),
        ("application/json", "allow"),
        ("application/json", "nothing"),
    ] {
        let stage = Stage::polite().await;
        let operator = stage.app.with_access_key();
        let wanted =
            json!({ "name": "k", "connections": [stage.connection], "paths": ["* /2/**"] });
        let made = operator.post(KEYS, &wanted).await.expect(201);
        let head = format!("transfer-encoding: chunked\r\ncontent-type: {content_type}\r\n");
        let key = made["key"].as_str().expect("a key");
        let mut call = stage.raw_with(key, "POST", "/2/tweets", &head).await;
        call.write_all(b"1\r\n \r\n").await.expect("begins");
        tokio::time::sleep(Duration::from_millis(100)).await;
        let connection = format!("/api/v1/connections/{}", stage.connection);
        let status = match what {
            "key" => {
                let path = format!("{KEYS}/{}", made["id"].as_str().expect("an id"));
                assert_eq!(operator.delete(&path).await.status, 204);
                "401"
            }
            "allow" => {
                let narrow = json!({ "allow": { "paths": ["GET /2/users/me"] } });
                let _ = operator.patch(&connection, &narrow).await.expect(200);
                "403"
            }
            _ => {
                // Any other change is none of its business.
                let _ = operator.patch(&connection, &json!({ "name": "new" })).await.expect(200);
                "200"
            }
        };
        // It may be told before all of it was sent.
        let _ = call.write_all(b"10\r\n{\"text\": \"late\"}\r\n0\r\n\r\n").await;
        let mut answer = String::new();
        let _ = call.read_to_string(&mut answer).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{what}: {answer}");
        let whole = stage.upstream.take().iter().any(|seen| seen.body.ends_with(b"}"));
        assert_eq!(whole, what == "nothing", "{what} {content_type}");
    }
}
