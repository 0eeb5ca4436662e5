//! Health, readiness, metrics, and the description of it all.

use pinfold_api::Code;
use pinfold_tests::{Setup, TestApp};
use reqwest::Method;

#[tokio::test]
async fn it_says_that_it_lives_and_is_ready() {
    let app = TestApp::start().await;
    let client = app.anonymous();
    assert_eq!(client.get("/healthz").await.text, "ok\n");
    assert_eq!(client.get("/readyz").await.text, "ready\n");
}

#[tokio::test]
async fn metrics_are_for_loopback_and_operators() {
    let app = Setup::with(|config| {
        config.public_url = Some("https://pinfold.example".parse().expect("a URL"));
    });
    let app = app.start().await;
    app.at_address().get("/healthz").await;
    let metrics = app.at_address().get("/metrics").await.text;
    let counted = r#"pinfold_http_requests_total{method="GET",route="/healthz",status="200"} 1"#;
    assert!(metrics.contains(counted) && metrics.ends_with("# EOF\n"), "{metrics}");
    // What a caller invents is no label.
    let invented = app.at_address();
    let request = invented.request("INVENTED".parse().expect("a method"), "/api/v1/session");
    assert_eq!(invented.send(request).await.status, 405);
    let metrics = invented.get("/metrics").await.text;
    assert!(metrics.contains("method=\"other\"") && !metrics.contains("INVENTED"), "{metrics}");
    let proxied = invented.request(Method::GET, "/metrics").header("x-forwarded-for", "1.2.3.4");
    assert_eq!(invented.send(proxied).await.problem(401), "unauthenticated");
    // As a reverse proxy on the same machine passes it on.
    let asked = |client: &pinfold_tests::Client| {
        client.request(Method::GET, "/metrics").header("host", "pinfold.example")
    };
    let nobody = app.at_address();
    assert_eq!(nobody.send(asked(&nobody)).await.problem(401), "unauthenticated");
    let operator = pinfold_tests::Client::with_bearer(&app.address(), pinfold_tests::ACCESS_KEY);
    assert_eq!(operator.send(asked(&operator)).await.status, 200);
}

#[tokio::test]
async fn the_description_is_complete_and_holds_every_code() {
    let app = TestApp::start().await;
    let openapi = app.anonymous().get("/openapi.json").await.expect(200);
    assert!(openapi["openapi"].as_str().expect("a version").starts_with("3.1"));
    let codes = openapi["components"]["schemas"]["Code"]["enum"].as_array().expect("codes");
    let ours = Code::ALL.iter().chain([&Code::Unknown]).map(|code| code.as_str());
    assert_eq!(*codes, ours.collect::<Vec<_>>());
    for schema in ["Connection", "Authorization", "Problem", "Session"] {
        assert!(openapi["components"]["schemas"][schema].is_object(), "{schema}");
    }
    let body_of = |path: &str| openapi["paths"][path]["post"]["requestBody"]["required"].clone();
    assert_eq!(body_of("/api/v1/connections/{id}/clone"), false);
    assert_eq!(body_of("/api/v1/keys"), true);
    let messages: Vec<_> = openapi["webhooks"].as_object().expect("messages").keys().collect();
    let events = ["created", "repaired", "broken", "deleted"].map(|it| format!("connection.{it}"));
    assert_eq!(messages, events.iter().collect::<Vec<_>>());
    let text = openapi.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1) {
        let (pointer, _) = reference.split_once('"').expect("a text ends");
        assert!(openapi.pointer(pointer).is_some(), "{pointer} leads nowhere");
    }
}
