//! A hundred callers at once on ten connections: at the end every call is counted, once.

use pinfold_tests::{Client, TestApp};
use serde_json::{Value, json};

use crate::flow::{connected, id};

const CALLERS: usize = 100;
const CALLS: usize = 5;

async fn numbers(operator: &Client, connection: &str) -> (u64, Value) {
    let path = format!("/api/v1/connections/{connection}");
    let usages = operator.get(&format!("{path}/usages")).await.expect(200);
    let calls = usages["items"][0]["calls"].as_u64().expect("a count");
    (calls, operator.get(&path).await.expect(200))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_callers_on_ten_connections_are_counted_exactly() {
    let mut app = TestApp::start().await;
    let operator = app.operator().await;
    // One account may have many connections: they share a token, not a row.
    let mut connections = Vec::new();
    for number in 0..10 {
        let made = connected(&app, &operator, "brief").await;
        let path = format!("/api/v1/connections/{}", id(&made));
        let named = json!({ "name": format!("number {number}") });
        let _ = operator.patch(&path, &named).await.expect(200);
        connections.push(id(&made));
    }
    let wanted = json!({
        "name": "all", "connections": connections, "paths": ["GET /2/tweets/*", "GET /2/users/me"],
    });
    let made = operator.post("/api/v1/keys", &wanted).await.expect(201);
    let key = app.with_bearer(made["key"].as_str().expect("a key"));
    app.clock.advance(1000);

    let mut callers = Vec::new();
    for caller in 0..CALLERS {
        let (key, connection) = (key.clone(), connections[caller % 10].clone());
        callers.push(tokio::spawn(async move {
            for _ in 0..CALLS {
                let path = format!("/api/v1/connections/{connection}/x/2/tweets/17");
                assert_eq!(key.get(&path).await.status, 200);
            }
        }));
    }
    for caller in callers {
        caller.await.expect("no caller fails");
    }
    let state = app.sandbox_state().await;
    let seen = &state["requests"]["GET /2/tweets/{id}"];
    assert_eq!(*seen, CALLERS * CALLS, "X saw something else");
    // A graceful stop loses nothing.
    app.restart().await;
    let operator = app.with_access_key();
    let mut all = 0;
    for connection in &connections {
        let (calls, row) = numbers(&operator, connection).await;
        assert_eq!(calls, (CALLERS / 10 * CALLS) as u64);
        assert_eq!(row["health"]["state"], "ok");
        assert_eq!(row["last_used_at"], pinfold::clock::rfc3339(app.clock.now()));
        assert_eq!(row["health"]["last_success"], row["last_used_at"]);
        assert!(row["access_level"].is_string());
        all += calls;
    }
    let list = operator.get("/api/v1/keys").await.expect(200);
    assert_eq!(list["items"][0]["calls"], all);
}
