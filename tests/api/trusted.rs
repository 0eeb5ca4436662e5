//! People behind an authenticating proxy, who are believed by its address alone.

use pinfold::config::{People, Trusted};
use pinfold_tests::{Client, Reply, Setup, TestApp};
use reqwest::Method;
use serde_json::json;

const SESSION: &str = "/api/v1/session";
const HEADER: &str = "x-forwarded-user";

/// Behind a proxy at this address, which names its users in a header.
fn behind(proxy: &'static str) -> Setup {
    Setup::with(move |config| {
        config.trusted = Some(Trusted {
            header: HEADER.parse().expect("a name"),
            proxies: vec![proxy.parse().expect("an address")],
        });
        config.people = People::read(
            r#"
            [[people]]
            user = "alice"
            role = "operator"
            [[people]]
            email = "*@example.com"
            role = "connector"
            "#,
        )
        .expect("a table");
    })
}

async fn ask(client: &Client, method: Method, path: &str, headers: &[(&str, &str)]) -> Reply {
    let request = client.request(method.clone(), path);
    let body = json!({ "app": { "kind": "registered" } });
    let request = if method == Method::POST { request.json(&body) } else { request };
    let headers =
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    client.send(headers).await
}

async fn who(app: &TestApp, headers: &[(&str, &str)]) -> Reply {
    ask(&app.anonymous(), Method::GET, SESSION, headers).await
}

#[tokio::test]
async fn the_proxy_says_who_it_is() {
    let app = behind("127.0.0.1").start().await;
    let alice = who(&app, &[(HEADER, "alice")]).await.expect(200);
    assert_eq!((&alice["role"], &alice["workspace"]), (&json!("operator"), &json!("default")));
    let other = who(&app, &[(HEADER, "bob@example.com")]).await.expect(200);
    assert_eq!(other["role"], "connector");
    assert_eq!(who(&app, &[(HEADER, "mallory")]).await.problem(403), "forbidden");
    assert_eq!(who(&app, &[]).await.problem(401), "unauthenticated");
    assert_eq!(who(&app, &[(HEADER, "")]).await.problem(401), "unauthenticated");
    let twice = [(HEADER, "mallory"), (HEADER, "alice")];
    assert_eq!(who(&app, &twice).await.problem(401), "unauthenticated");
    let (client, alice) = (app.anonymous(), [(HEADER, "alice")]);
    let begun = ask(&client, Method::POST, "/api/v1/authorizations", &alice).await;
    assert_eq!(begun.status, 201);
    let log = ask(&client, Method::GET, "/api/v1/audit", &alice).await;
    assert!(log.text.contains("user:alice"), "{}", log.text);
}

#[tokio::test]
async fn from_any_other_address_the_header_says_nothing() {
    let app = behind("192.0.2.7").start().await;
    assert_eq!(who(&app, &[(HEADER, "alice")]).await.problem(401), "unauthenticated");
    let app = TestApp::start().await;
    assert_eq!(who(&app, &[(HEADER, "alice")]).await.problem(401), "unauthenticated");
}

#[tokio::test]
async fn a_bearer_and_a_session_come_before_the_header() {
    let app = behind("127.0.0.0/8").start().await;
    let alice = (HEADER, "alice");
    let wrong = ask(&app.with_bearer("wrong"), Method::GET, SESSION, &[alice]).await;
    assert_eq!(wrong.problem(401), "unauthenticated");
    let browser = app.signed_in("default", pinfold_api::Role::Connector).await;
    let session = ask(&browser, Method::GET, SESSION, &[alice]).await.expect(200);
    assert_eq!(session["role"], "connector", "who opened a link goes on with that");
    assert_eq!(ask(&browser, Method::DELETE, SESSION, &[alice]).await.status, 204);
    let session = ask(&browser, Method::GET, SESSION, &[alice]).await.expect(200);
    assert_eq!(session["role"], "operator");
}

#[tokio::test]
async fn foreign_pages_get_nothing_done_by_it() {
    let app = behind("127.0.0.1").start().await;
    let (client, own) = (app.anonymous(), app.url());
    let begin = "/api/v1/authorizations";
    let table = [
        (vec![("origin", "https://evil.example")], 403),
        (vec![("sec-fetch-site", "cross-site")], 403),
        (vec![("sec-fetch-site", "same-site"), ("origin", own.as_str())], 403),
        (vec![("origin", own.as_str()), ("sec-fetch-site", "same-origin")], 201),
        (vec![], 201),
    ];
    for (mut headers, status) in table {
        headers.push((HEADER, "alice"));
        let reply = ask(&client, Method::POST, begin, &headers).await;
        assert_eq!(reply.status, status, "{headers:?}");
        // A cookie would stay at home on the way of a foreign page; the proxy's word does not.
        let reply = ask(&client, Method::GET, "/api/v1/connections", &headers).await;
        assert_eq!(reply.status, if status == 201 { 200 } else { 401 }, "{headers:?}");
    }
}

/// Behind a proxy all have its address: without its word one guesser would stop everybody.
#[tokio::test]
async fn a_trusted_proxy_says_whose_request_it_is() {
    let app = Setup::with(|config| {
        config.proxies = vec!["127.0.0.1".parse().expect("an address")];
    });
    let app = app.start().await;
    let guess = async |address: &str| {
        let request = app.anonymous().request(Method::POST, SESSION);
        let request = request.header("x-forwarded-for", address);
        app.anonymous().send(request.json(&json!({ "access_key": "a guess" }))).await.status
    };
    let mut last = 401;
    for _ in 0..40 {
        last = guess("203.0.113.9").await;
    }
    assert_eq!(last, 429);
    assert_eq!(guess("203.0.113.10").await, 401);
    let log = app.with_access_key().get("/api/v1/audit?who=203.0.113.9").await.expect(200);
    assert!(!log["items"].as_array().expect("a list").is_empty());
}
