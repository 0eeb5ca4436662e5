//! What comes back: X's answer as it is, or a problem that says it is ours; and what a call teaches.

use std::time::Duration;

use pinfold_tests::UpstreamReply;
use reqwest::Method;
use serde_json::json;

use super::stage::Stage;

#[tokio::test]
async fn an_answer_of_x_comes_through_unchanged_but_for_its_headers() {
    let body = r#"{"title":"Too Many Requests","detail":"<b>","status":429,"type":"about:blank"}"#;
    let stage = Stage::with(move |_| {
        let headers = [
            ("content-type", "application/problem+json"),
            ("x-rate-limit-limit", "75"),
            ("x-rate-limit-remaining", "0"),
            ("x-rate-limit-reset", "1763000000"),
            ("x-transaction-id", "abc"),
            ("retry-after", "7"),
            ("date", "Thu, 13 Nov 2025 02:13:20 GMT"),
            ("set-cookie", "guest_id=1"),
            ("location", "https://evil.example/"),
            ("pinfold-error", "forged"),
            ("access-control-allow-origin", "*"),
            ("x-app-limit-24hour-limit", "1"),
        ];
        UpstreamReply::with(429, &headers, body)
    })
    .await;
    let reply = stage.send(Method::GET, "/2/users/me").await;
    assert_eq!((reply.status, reply.text.as_str()), (429, body));
    for (name, value) in [
        ("content-type", "application/problem+json"),
        ("x-rate-limit-remaining", "0"),
        ("x-transaction-id", "abc"),
        ("retry-after", "7"),
        ("date", "Thu, 13 Nov 2025 02:13:20 GMT"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(reply.headers[name], value);
    }
    for name in [
        "set-cookie",
        "location",
        "pinfold-error",
        "access-control-allow-origin",
        "x-request-id",
        "x-app-limit-24hour-limit",
    ] {
        assert!(!reply.headers.contains_key(name), "{name}");
    }
}

#[tokio::test]
async fn a_redirect_is_shown_and_not_followed() {
    let stage = Stage::with(|_| {
        UpstreamReply::with(302, &[("location", "/2/users/me?again=1")], "elsewhere")
    })
    .await;
    let reply = stage.send(Method::GET, "/2/users/me").await;
    assert_eq!((reply.status, reply.text.as_str()), (302, "elsewhere"));
    assert_eq!(stage.upstream.take().len(), 1);
}

#[tokio::test]
async fn nothing_is_decompressed() {
    let stage = Stage::with(|_| {
        UpstreamReply::with(200, &[("content-encoding", "gzip")], "\u{1f}not really")
    })
    .await;
    let reply = stage.send(Method::GET, "/2/users/me").await;
    assert_eq!(reply.headers["content-encoding"], "gzip");
    assert_eq!(reply.text, "\u{1f}not really");
}

#[tokio::test]
async fn garbage_and_resets_are_problems_and_nothing_is_sent_twice() {
    for (reply, status, code) in [
        (UpstreamReply::Reset, 504, "x_unreachable"),
        (UpstreamReply::Last(Vec::new()), 504, "x_unreachable"),
        (UpstreamReply::Last(b"HTTP/1.1 200 OK\r\ncontent-le".to_vec()), 504, "x_unreachable"),
        (UpstreamReply::Last(b"SSH-2.0-OpenSSH\r\n\r\n".to_vec()), 502, "x_unintelligible"),
        (UpstreamReply::Last(b"\0\0\0\0".to_vec()), 502, "x_unintelligible"),
        (
            UpstreamReply::Last(b"HTTP/1.1 101 X\r\nupgrade: x\r\n\r\n".to_vec()),
            502,
            "x_unintelligible",
        ),
    ] {
        let script = reply.clone();
        let stage = Stage::with(move |_| script.clone()).await;
        for _ in 0..3 {
            let answer = stage.send(Method::POST, "/2/tweets").await;
            assert_eq!(answer.problem(status), code, "{reply:?}");
            assert_eq!(answer.headers["pinfold-error"], code);
        }
        assert_eq!(stage.upstream.take().len(), 3, "{reply:?}");
    }
}

/// X may close a kept line at any moment, also between two calls.
#[tokio::test]
async fn a_line_that_was_closed_meanwhile_is_not_used() {
    let stage = Stage::with(|_| {
        UpstreamReply::Last(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}".to_vec())
    })
    .await;
    for _ in 0..20 {
        assert_eq!(stage.send(Method::POST, "/2/tweets").await.status, 200);
        // Until the end of the line has come through.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(stage.upstream.take().len(), 20);
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_not_passed_for_a_whole_one() {
    let stage = Stage::with(|_| {
        UpstreamReply::Last(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"data\"".to_vec())
    })
    .await;
    let client = stage.app.with_access_key();
    // The connection breaks, with the head or after it.
    if let Ok(response) = client.request(Method::GET, &stage.path("/2/users/me")).send().await {
        assert!(response.text().await.is_err());
    }
}

#[tokio::test]
async fn an_x_that_is_not_there_is_a_problem() {
    let stage = Stage::polite().await;
    let Stage { app, upstream, connection } = stage;
    drop(upstream);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let reply =
        app.with_access_key().get(&format!("/api/v1/connections/{connection}/x/2/users/me")).await;
    assert_eq!(reply.problem(504), "x_unreachable");
}

#[tokio::test]
async fn every_call_teaches_health_level_and_use() {
    let stage = Stage::with(|seen| {
        let level = [("x-access-level", "read-write")];
        match seen.target.as_str() {
            "/2/good" => UpstreamReply::with(200, &level, "{}"),
            "/2/revoked" => UpstreamReply::with(401, &level, r#"{"errors":[{"code":89}]}"#),
            "/2/credits" => UpstreamReply::json(402, r#"{"title":"CreditsDepleted"}"#),
            "/2/suspended" => UpstreamReply::json(401, r#"{"errors":[{"code":416}]}"#),
            "/2/read-only" => UpstreamReply::json(
                403,
                r#"{"type":"https://api.twitter.com/2/problems/oauth1-permissions"}"#,
            ),
            _ => UpstreamReply::json(404, r#"{"title":"Not Found"}"#),
        }
    })
    .await;
    let before = stage.health().await;
    assert_eq!((&before["access_level"], &before["last_used_at"]), (&json!(null), &json!(null)));
    let table = [
        (Method::GET, "/2/good", "ok", json!(null)),
        (Method::GET, "/2/revoked", "needs_repair", json!("token_rejected")),
        (Method::GET, "/2/good", "ok", json!(null)),
        (Method::POST, "/2/read-only", "read_only", json!("read_only")),
        (Method::GET, "/2/good", "read_only", json!("read_only")),
        (Method::POST, "/2/good", "ok", json!(null)),
        (Method::GET, "/2/credits", "no_credits", json!("no_credits")),
        (Method::GET, "/2/nothing", "no_credits", json!("x_refused")),
        (Method::GET, "/2/suspended", "app_suspended", json!("app_suspended")),
        (Method::POST, "/2/good", "ok", json!(null)),
    ];
    for (method, path, state, error) in table {
        stage.app.clock.advance(60_000);
        let _ = stage.send(method, path).await;
        let now = stage.health().await;
        assert_eq!(now["health"]["state"], state, "{path}: {now}");
        assert_eq!(now["health"]["last_error"], error, "{path}");
        assert_eq!(now["access_level"], "read-write");
        assert_eq!(now["version"], before["version"], "health is no edit");
        assert!(now["last_used_at"].as_str() > before["last_used_at"].as_str());
    }
}
