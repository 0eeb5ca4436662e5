//! What reaches X: the path that was asked for, the query as it was signed, the headers of the list.

use pinfold_tests::UpstreamReply;
use reqwest::Method;
use serde_json::json;

use super::stage::Stage;
use super::verifier::verify;

fn authority(stage: &Stage) -> &str {
    stage.upstream.url().strip_prefix("http://").expect("http")
}

#[tokio::test]
async fn a_get_arrives_signed_with_exactly_the_listed_headers() {
    let stage = Stage::polite().await;
    let client = stage.app.with_access_key();
    let request = client
        .request(Method::GET, &stage.path("/2/users/me?user.fields=id,name"))
        .header("accept", "application/json")
        .header("accept-encoding", "gzip, br")
        .header("cookie", "guest_id=1; pinfold=x")
        .header("x_forwarded_for", "1.2.3.4")
        .header("x-forwarded-host", "evil.example")
        .header("forwarded", "host=evil.example")
        .header("connection", "keep-alive, x-custom")
        .header("x-custom", "1")
        .header("te", "trailers")
        .header("range", "bytes=0-1")
        .header("user-agent", "curl");
    let reply = client.send(request).await;
    assert_eq!((reply.status, reply.text.as_str()), (200, "{}"));
    let seen = stage.sent();
    assert_eq!(seen.names(), ["accept", "authorization", "host", "user-agent"]);
    assert_eq!(seen.target, "/2/users/me?user.fields=id%2Cname");
    assert_eq!(seen.header("accept"), Some("application/json"));
    assert!(seen.header("user-agent").is_some_and(|agent| agent.starts_with("pinfold/")));
    verify(&seen, authority(&stage));
}

#[tokio::test]
async fn a_query_is_encoded_anew_in_its_order() {
    let stage = Stage::polite().await;
    for (given, sent) in [
        ("?b=2&a=1", "?b=2&a=1"),
        ("?query=a+b%20c&max_results=10", "?query=a%20b%20c&max_results=10"),
        ("?q=%7e%41*%2a!'()", "?q=~A%2A%2A%21%27%28%29"),
        ("?q=%C3%BC", "?q=%C3%BC"),
        ("?a", "?a="),
        ("?&&a=1&", "?a=1"),
        ("?", ""),
    ] {
        let reply = stage.send(Method::GET, &format!("/2/tweets/search/recent{given}")).await;
        assert_eq!(reply.status, 200, "{given}: {}", reply.text);
        let seen = stage.sent();
        assert_eq!(seen.target, format!("/2/tweets/search/recent{sent}"), "{given}");
        verify(&seen, authority(&stage));
    }
}

#[tokio::test]
async fn what_cannot_be_signed_as_it_is_is_refused_by_name() {
    let stage = Stage::polite().await;
    for query in ["a=1&a=2", "a[]=1", "a%20b=1", "=1", "oauth_token=x", "a=%ff", "a=%zz", "a=%"] {
        let reply = stage.send(Method::GET, &format!("/2/tweets?{query}")).await;
        assert_eq!(reply.problem(400), "unsignable", "{query}");
        assert_eq!(reply.headers["pinfold-error"], "unsignable");
        assert_eq!(reply.json()["field"], "query", "{query}");
    }
    assert!(stage.upstream.take().is_empty());
}

#[tokio::test]
async fn every_method_of_x_passes_and_no_other() {
    let stage = Stage::polite().await;
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"] {
        let reply = stage.send(method.parse().expect("a method"), "/2/tweets/17").await;
        assert_eq!(reply.status, 200, "{method}: {}", reply.text);
        let seen = stage.sent();
        assert_eq!(seen.method, method);
        verify(&seen, authority(&stage));
        let bodied = matches!(method, "POST" | "PUT" | "PATCH");
        assert_eq!(seen.header("content-length"), bodied.then_some("0"), "{method}");
    }
    for method in ["OPTIONS", "TRACE", "LINK", "get"] {
        let reply = stage.send(method.parse().expect("a method"), "/2/tweets/17").await;
        assert_eq!(reply.problem(405), "method_not_allowed", "{method}");
    }
    assert!(stage.upstream.take().is_empty());
}

#[tokio::test]
async fn only_paths_of_x_pass() {
    let stage = Stage::polite().await;
    for path in [
        "",
        "/",
        "/2",
        "/2/",
        "/3/tweets",
        "/oauth/request_token",
        "/1.1/oauth/invalidate_token.json",
        "/2/oauth2/token",
        "/2/users/me/",
        "/2/users%2fme",
        "/2/users/%00",
        "/2/users;a",
        "/2/a..b",
        "/2/@evil.example",
    ] {
        let reply = stage.send(Method::GET, path).await;
        assert_eq!(reply.problem(400), "path_refused", "{path}");
    }
    assert!(stage.upstream.take().is_empty());
}

#[tokio::test]
async fn a_connection_without_a_token_signs_nothing() {
    let stage = Stage::polite().await;
    let operator = stage.app.with_access_key();
    let path = format!("/api/v1/connections/{}/clone", stage.connection);
    let copy = operator.post(&path, &json!({})).await.expect(201);
    let id = copy["id"].as_str().expect("an id");
    let reply = operator.get(&format!("/api/v1/connections/{id}/x/2/users/me")).await;
    assert_eq!(reply.problem(409), "needs_repair");
    assert!(stage.upstream.take().is_empty());
}

#[tokio::test]
async fn a_deleted_connection_is_gone_at_once() {
    let stage = Stage::with(|seen| match seen.target.as_str() {
        "/1.1/oauth/invalidate_token.json" => {
            UpstreamReply::json(200, r#"{"access_token":"7-access-token"}"#)
        }
        _ => UpstreamReply::json(200, "{}"),
    })
    .await;
    assert_eq!(stage.send(Method::GET, "/2/users/me").await.status, 200);
    let path = format!("/api/v1/connections/{}", stage.connection);
    assert_eq!(stage.app.with_access_key().delete(&path).await.status, 200);
    assert_eq!(stage.send(Method::GET, "/2/users/me").await.problem(404), "not_found");
}

/// A token is for the provider that gave it.
#[tokio::test]
async fn a_token_of_another_provider_is_not_sent_to_this_one() {
    let mut stage = Stage::polite().await;
    let elsewhere = pinfold_tests::Upstream::polite().await;
    stage.app.stop().await;
    let url = elsewhere.url().parse::<url::Url>().expect("a URL");
    let server = stage.app.start_with(|config| config.x_api_url = url).await.expect("starts");
    assert_eq!(stage.send_to(server.address(), "/2/users/me").await.problem(409), "wrong_state");
    assert!(elsewhere.take().is_empty());
    server.stop().await;
}

/// What X's answers teach and pass on is X's alone, though the caller's map is filled with it.
#[tokio::test]
async fn a_callers_header_is_never_an_answer_of_x() {
    let stage = Stage::polite().await;
    let client = stage.app.with_access_key();
    let mut request = client.request(Method::GET, &stage.path("/2/users/me"));
    let forged = [
        ("x-access-level", "read"),
        ("date", "Sun, 06 Nov 1994 08:49:37 GMT"),
        ("age", "1"),
        ("x-rate-limit-remaining", "7"),
        ("x-transaction-id", "forged"),
        ("retry-after", "7"),
        ("content-encoding", "gzip"),
    ];
    for (name, value) in forged {
        request = request.header(name, value);
    }
    let reply = client.send(request).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    for (name, value) in forged {
        let told = reply.headers.get_all(name).iter();
        assert!(told.into_iter().all(|own| own != value), "{name}");
    }
    let path = format!("/api/v1/connections/{}", stage.connection);
    let _tested = client.post(&format!("{path}/test"), &json!({})).await.expect(200);
    let connection = client.get(&path).await.expect(200);
    assert!(connection["access_level"].is_null(), "{connection}");
    let session = client.get("/api/v1/session").await.expect(200);
    let skew = session["clock_skew_seconds"].as_i64();
    assert!(skew.is_none_or(|skew| skew.abs() < 60), "{session}");
}
