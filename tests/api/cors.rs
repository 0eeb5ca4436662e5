//! Pages on other origins: exactly the listed ones, with a bearer, and never with a cookie.

use pinfold_tests::{Client, Reply, Setup, TestApp};
use reqwest::{Method, RequestBuilder};
use serde_json::json;

use crate::flow::{connected, id};
use crate::handoff::{PORTAL, with_portals};

const SESSION: &str = "/api/v1/session";
const CONNECTIONS: &str = "/api/v1/connections";

fn from(request: RequestBuilder, origin: &str) -> RequestBuilder {
    request.header("origin", origin).header("sec-fetch-site", "cross-site")
}

async fn asked_beforehand(client: &Client, path: &str, origin: &str, method: &str) -> Reply {
    let request = from(client.request(Method::OPTIONS, path), origin);
    let request = request
        .header("access-control-request-method", method)
        .header("access-control-request-headers", "authorization,content-type");
    client.send(request).await
}

fn header<'a>(reply: &'a Reply, name: &str) -> &'a str {
    reply.headers.get(name).map_or("", |value| value.to_str().expect("ASCII"))
}

fn silent(reply: &Reply) -> bool {
    !reply.headers.keys().any(|name| name.as_str().starts_with("access-control-"))
}

#[tokio::test]
async fn a_listed_page_reads_answers_and_refusals() {
    let app = with_portals().await;
    let client = app.with_access_key();
    for (path, status) in
        [(CONNECTIONS, 200), ("/api/v1/nothing", 404), (SESSION, 200), ("/openapi.json", 200)]
    {
        let reply = client.send(from(client.request(Method::GET, path), PORTAL)).await;
        assert_eq!(reply.status, status, "{path}");
        assert_eq!(header(&reply, "access-control-allow-origin"), PORTAL);
        let exposed = header(&reply, "access-control-expose-headers");
        for name in
            ["pinfold-error", "x-request-id", "retry-after", "etag", "x-rate-limit-remaining"]
        {
            assert!(exposed.contains(name), "{exposed}");
        }
        assert!(header(&reply, "vary").contains("origin"));
        assert!(!reply.headers.contains_key("access-control-allow-credentials"));
    }
    let other = client.request(Method::GET, CONNECTIONS);
    let other = client.send(from(other, "https://other.example")).await;
    assert_eq!(header(&other, "access-control-allow-origin"), "https://other.example");
}

#[tokio::test]
async fn other_pages_hear_nothing() {
    let app = with_portals().await;
    let client = app.with_access_key();
    for origin in [
        "https://evil.example",
        "https://portal.example.evil.example",
        "http://portal.example",
        "https://portal.example:8443",
        "HTTPS://PORTAL.EXAMPLE",
        "null",
        "*",
    ] {
        let reply = client.send(from(client.request(Method::GET, CONNECTIONS), origin)).await;
        assert!(silent(&reply), "{origin}");
        let reply = asked_beforehand(&client, CONNECTIONS, origin, "POST").await;
        assert!(silent(&reply) && reply.status >= 400, "{origin}");
    }
    let none = TestApp::start().await;
    let client = none.with_access_key();
    assert!(silent(&asked_beforehand(&client, CONNECTIONS, PORTAL, "GET").await));
    assert!(silent(&client.send(from(client.request(Method::GET, CONNECTIONS), PORTAL)).await));
}

#[tokio::test]
async fn a_question_beforehand_is_answered_with_the_methods_of_the_path() {
    let app = with_portals().await;
    let nobody = app.anonymous();
    let id = "01890000-0000-7000-8000-000000000000";
    let table = [
        (CONNECTIONS.to_owned(), vec!["GET", "POST"]),
        (format!("{CONNECTIONS}/{id}"), vec!["GET", "PATCH", "DELETE"]),
        (SESSION.to_owned(), vec!["GET", "POST", "DELETE"]),
        (format!("{CONNECTIONS}/{id}/x/2/users/me"), vec!["GET", "POST", "PUT", "DELETE"]),
    ];
    for (path, methods) in table {
        let reply = asked_beforehand(&nobody, &path, PORTAL, "POST").await;
        assert_eq!((reply.status, reply.text.as_str()), (204, ""), "{path}");
        let allowed = header(&reply, "access-control-allow-methods");
        assert_eq!(allowed, header(&reply, "allow"));
        for method in methods {
            assert!(allowed.split([',', ' ']).any(|word| word == method), "{path} {allowed}");
        }
        assert_eq!(header(&reply, "access-control-allow-origin"), PORTAL);
        let headers = header(&reply, "access-control-allow-headers");
        assert!(headers.contains("authorization") && headers.contains("if-match"), "{headers}");
        assert!(!reply.headers.contains_key("access-control-allow-credentials"));
    }
    let unknown = asked_beforehand(&nobody, "/api/v1/nothing", PORTAL, "GET").await;
    assert_eq!(unknown.problem(404), "not_found");
    // A name that was bound to this address by somebody else.
    let rebound = nobody.request(Method::OPTIONS, CONNECTIONS).header("host", "evil.example");
    let rebound = from(rebound, PORTAL).header("access-control-request-method", "GET");
    assert_eq!(nobody.send(rebound).await.status, 421);
}

#[tokio::test]
async fn the_signing_proxy_answers_listed_pages_alike() {
    let app = with_portals().await;
    let client = app.with_access_key();
    let connection = connected(&app, &app.operator().await, "brief").await;
    let path = format!("{CONNECTIONS}/{}/x/2/users/me", id(&connection));
    let reply = client.send(from(client.request(Method::GET, &path), PORTAL)).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(header(&reply, "access-control-allow-origin"), PORTAL);
    assert!(header(&reply, "access-control-expose-headers").contains("x-rate-limit-reset"));
    let refused = app.anonymous();
    let refused = refused.send(from(refused.request(Method::GET, &path), PORTAL)).await;
    assert_eq!(refused.problem(401), "unauthenticated");
    assert_eq!(header(&refused, "access-control-allow-origin"), PORTAL);
    let evil = client.request(Method::GET, &path);
    assert!(silent(&client.send(from(evil, "https://evil.example")).await));
    let plain = client.get(&path).await;
    assert!(silent(&plain));
}

#[tokio::test]
async fn a_page_elsewhere_signs_in_to_a_bearer_and_gets_no_cookie() {
    let app = with_portals().await;
    let link = app.sign_in_link().await;
    let page = app.anonymous();
    let body = json!({ "link": link });
    let evil = from(page.request(Method::POST, SESSION), "https://evil.example").json(&body);
    assert_eq!(page.send(evil).await.problem(403), "foreign_origin");
    let reply = page.send(from(page.request(Method::POST, SESSION), PORTAL).json(&body)).await;
    assert!(!reply.headers.contains_key("set-cookie"));
    let signed_in = reply.expect(200);
    let bearer = app.with_bearer(signed_in["token"].as_str().expect("a token"));
    let who = bearer.send(from(bearer.request(Method::GET, SESSION), PORTAL)).await.expect(200);
    assert_eq!((&who["role"], &who["expires_at"]), (&json!("operator"), &signed_in["expires_at"]));
    let end = bearer.send(from(bearer.request(Method::DELETE, SESSION), PORTAL)).await;
    assert_eq!(end.status, 204);
    assert_eq!(bearer.get(SESSION).await.problem(401), "unauthenticated");
}

#[tokio::test]
async fn a_cookie_is_never_taken_from_a_listed_page() {
    let app = with_portals().await;
    let browser = app.operator().await;
    for method in [Method::GET, Method::DELETE] {
        let reply = browser.send(from(browser.request(method, SESSION), PORTAL)).await;
        assert!(matches!(reply.status, 401 | 403), "{} {}", reply.status, reply.text);
    }
    assert_eq!(browser.get(SESSION).await.status, 200);
}

#[tokio::test]
async fn the_loader_is_for_any_page_and_pages_stay_framed_by_listed_ones() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in [("index.html", "<p>hello"), ("embed.js", "export {}")] {
        std::fs::write(folder.path().join(name), text).expect("writes");
    }
    for (origins, ancestors) in [
        (vec![], "'none'"),
        (vec![PORTAL], PORTAL),
        (vec![PORTAL, "https://b.example"], "https://portal.example https://b.example"),
    ] {
        let assets = folder.path().to_owned();
        let setup = Setup::with(move |config| {
            config.allow_origins = origins.iter().map(|origin| (*origin).to_owned()).collect();
            config.assets = pinfold::config::AssetSource::Folder(assets.clone());
        });
        let app = setup.start().await;
        let page = app.anonymous().get("/connect?embed=1&origin=https%3A%2F%2Fevil.example").await;
        assert_eq!((page.status, page.text.as_str()), (200, "<p>hello"));
        let csp = header(&page, "content-security-policy");
        assert!(csp.ends_with(&format!("frame-ancestors {ancestors}")), "{csp}");
        let loader = app.anonymous().get("/embed.js").await;
        assert_eq!(header(&loader, "content-type"), "text/javascript; charset=utf-8");
        assert_eq!(header(&loader, "access-control-allow-origin"), "*");
        assert_eq!(header(&loader, "cross-origin-resource-policy"), "cross-origin");
        assert_eq!(header(&page, "cross-origin-resource-policy"), "same-origin");
        let names = app.anonymous().get("/pinfold.json").await.expect(200);
        assert_eq!(names, json!({ "server": "" }));
    }
}
