//! Hosts, origins, headers: what a browser may be tricked into, and is not.

use pinfold_tests::{Setup, TestApp};
use reqwest::Method;
use serde_json::json;

const SESSION: &str = "/api/v1/session";

#[tokio::test]
async fn a_foreign_host_is_refused_everywhere() {
    let app = TestApp::start().await;
    let client = app.with_access_key();
    for path in [SESSION, "/", "/healthz", "/api/v1/connections", "/openapi.json"] {
        let rebound = client.request(Method::GET, path).header("host", "evil.example");
        assert_eq!(client.send(rebound).await.problem(421), "foreign_host", "{path}");
    }
    let localhost = client.request(Method::GET, SESSION).header("host", "localhost:1");
    assert_eq!(client.send(localhost).await.status, 200);
}

#[tokio::test]
async fn a_foreign_page_changes_nothing() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let own = app.url();
    let table = [
        (vec![("origin", "https://evil.example")], 403),
        (vec![("origin", "null")], 403),
        (vec![("sec-fetch-site", "cross-site")], 403),
        (vec![("sec-fetch-site", "same-site")], 403),
        (vec![("origin", "https://evil.example"), ("sec-fetch-site", "same-origin")], 403),
        (vec![("origin", own.as_str()), ("sec-fetch-site", "same-origin")], 201),
        (vec![("origin", own.as_str())], 201),
        (vec![], 201),
    ];
    for (headers, status) in table {
        let body = json!({ "app": { "kind": "registered" } });
        let mut request = client.request(Method::POST, "/api/v1/authorizations").json(&body);
        for (name, value) in &headers {
            request = request.header(*name, *value);
        }
        assert_eq!(client.send(request).await.status, status, "{headers:?}");
    }
    let simple = client
        .request(Method::POST, "/api/v1/authorizations")
        .header("content-type", "text/plain")
        .body(r#"{"app":{"kind":"registered"}}"#);
    assert_eq!(client.send(simple).await.problem(415), "unsupported_media_type");
}

#[tokio::test]
async fn every_answer_carries_the_protecting_headers() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    for path in ["/", SESSION, "/api/v1/nothing", "/healthz", "/sign-in"] {
        let headers = client.get(path).await.headers;
        let csp = headers["content-security-policy"].to_str().expect("ASCII").to_owned();
        assert!(
            csp.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'"),
            "{csp}"
        );
        assert!(csp.contains("frame-ancestors 'none'") && !csp.contains("unsafe-inline"), "{csp}");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["referrer-policy"], "no-referrer");
        assert_eq!(headers["cross-origin-opener-policy"], "same-origin");
        assert!(headers.contains_key("x-request-id") && headers.contains_key("cache-control"));
        assert!(!headers.contains_key("access-control-allow-origin"));
    }
    assert_eq!(client.get(SESSION).await.headers["cache-control"], "no-store");
}

/// As nginx's basic authentication in front passes it on.
#[tokio::test]
async fn another_scheme_does_not_hide_the_cookie() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let request = client.request(Method::GET, SESSION).header("authorization", "Basic dTpw");
    assert_eq!(client.send(request).await.status, 200);
}

#[tokio::test]
async fn frames_are_for_listed_origins() {
    let app = Setup::with(|config| {
        config.allow_origins = vec!["https://portal.example".into(), "https://b.example".into()];
    });
    let app = app.start().await;
    let csp = app.anonymous().get("/healthz").await.headers["content-security-policy"].clone();
    let csp = csp.to_str().expect("ASCII");
    assert!(csp.ends_with("frame-ancestors https://portal.example https://b.example"), "{csp}");
}

#[tokio::test]
async fn over_https_the_cookie_is_bound_to_the_host() {
    let app = Setup::with(|config| {
        config.public_url = Some("https://pinfold.example".parse().expect("a URL"));
    });
    let app = app.start().await;
    let client = app.at_address();
    let link = app.sign_in_link().await;
    assert!(link.starts_with("https://pinfold.example/sign-in#link="), "{link}");
    let reply = client.post(SESSION, &json!({ "link": link })).await;
    let cookie = reply.headers["set-cookie"].to_str().expect("ASCII");
    assert!(cookie.starts_with("__Host-pinfold=") && cookie.ends_with("; Secure"), "{cookie}");
    assert!(reply.headers.contains_key("strict-transport-security"));
}

#[tokio::test]
async fn links_lead_to_where_the_pages_are() {
    let app = Setup::with(|config| {
        config.allow_origins = vec!["https://www.example".into()];
        config.pages_url = Some("https://www.example/tools/pinfold/".parse().expect("a URL"));
    });
    let app = app.start().await;
    let link = app.sign_in_link().await;
    assert!(link.starts_with("https://www.example/tools/pinfold/sign-in#link="), "{link}");
    let wanted = json!({ "role": "connector" });
    let minted = app.with_access_key().post("/api/v1/sessions", &wanted).await.expect(201);
    let link = minted["link"].as_str().expect("a link");
    assert!(link.starts_with("https://www.example/tools/pinfold/connect#link="), "{link}");
}

#[tokio::test]
async fn unknown_paths_and_methods_are_problems() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    assert_eq!(client.get("/api/v1/nothing").await.problem(404), "not_found");
    let refused = client.delete("/api/v1/connections").await;
    assert_eq!(refused.problem(405), "method_not_allowed");
    assert_eq!(refused.headers["allow"], "GET, HEAD, POST");
    assert_eq!(client.get("/api/v1/connections/not-an-id").await.problem(404), "not_found");
    assert_eq!(client.get("/api/v1/connections/%FF").await.problem(404), "not_found");
    assert_eq!(client.get("/..%2f..%2fetc/passwd").await.problem(404), "not_found");
}
