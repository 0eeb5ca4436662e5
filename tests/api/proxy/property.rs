//! Whatever the caller sends, X alone is asked, and the signature is right.

use pinfold_tests::{ACCESS_KEY, Upstream};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, TestRunner};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::stage::Stage;
use super::verifier::verify;

#[derive(Clone, Debug)]
struct Asked {
    method: &'static str,
    path: String,
    query: String,
    headers: Vec<String>,
    form: Option<String>,
}

/// From clean to hostile, so that both sides of every check are met.
fn path() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        16 => "[A-Za-z0-9._~-]{1,8}",
        1 => "[!-~]{0,6}",
        1 => prop::sample::select(vec![
            "..", ".", "", "%2e%2e", "%2f", "@CANARY", "CANARY", "http:", "\\\\CANARY", "%00",
            "#@CANARY", "oauth",
        ])
        .prop_map(str::to_owned),
    ];
    let start = prop_oneof![16 => Just("/2"), 8 => Just("/1.1"), 1 => Just("//CANARY"), 1 => Just("@CANARY/2"), 1 => Just("")];
    (start, prop::collection::vec(piece, 0..5))
        .prop_map(|(start, pieces)| format!("{start}/{}", pieces.join("/")))
}

fn pairs() -> impl Strategy<Value = String> {
    let value =
        prop_oneof![16 => "([A-Za-z0-9+*'.~,:/-]|%20|%C3%BC){0,12}", 1 => "[!-~&&[^#]]{0,10}"];
    let pair = ("[a-z._]{1,6}", value).prop_map(|(name, value)| format!("{name}={value}"));
    prop::collection::vec(pair, 0..5).prop_map(|pairs| pairs.join("&"))
}

fn headers() -> impl Strategy<Value = Vec<String>> {
    let header = prop::sample::select(vec![
        "x-forwarded-host: CANARY",
        "forwarded: host=CANARY",
        "x-original-url: http://CANARY/",
        "x-http-method-override: DELETE",
        "x-rewrite-url: /oauth/x",
        "cookie: a=b",
        "via: CANARY",
        "accept: */*",
        "x_host: CANARY",
        "connection: authorization",
        "proxy-authorization: Basic eA==",
        "expect: 100-continue",
        "origin-host: CANARY",
        "upgrade: h2c",
        "trailer: host",
    ]);
    prop::collection::vec(header.prop_map(str::to_owned), 0..4)
}

fn asked() -> impl Strategy<Value = Asked> {
    let method = prop::sample::select(vec!["GET", "POST", "PUT", "DELETE"]);
    (method, path(), pairs(), headers(), proptest::option::of(pairs())).prop_map(
        |(method, path, query, headers, form)| Asked { method, path, query, headers, form },
    )
}

async fn send(stage: &Stage, canary: &str, asked: &Asked) {
    let host = stage.app.url().replace("http://", "");
    let question = if asked.query.is_empty() { "" } else { "?" };
    let headers: String = asked.headers.iter().flat_map(|header| [header, "\r\n"]).collect();
    let form = asked.form.as_deref().unwrap_or_default();
    let framed = asked.form.as_ref().map_or_else(String::new, |form| {
        let kind = "content-type: application/x-www-form-urlencoded";
        format!("{kind}\r\ncontent-length: {}\r\n", form.len())
    });
    let request = format!(
        "{} {}{question}{} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {ACCESS_KEY}\r\n\
         {headers}{framed}connection: close\r\n\r\n{form}",
        asked.method,
        stage.path(&asked.path),
        asked.query,
    );
    let mut stream = TcpStream::connect(&host).await.expect("connects");
    let _ = stream.write_all(request.replace("CANARY", canary).as_bytes()).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
}

#[tokio::test]
async fn whatever_the_caller_sends_x_alone_is_asked_and_the_signature_verifies() {
    let stage = Stage::polite().await;
    let canary = Upstream::polite().await;
    let authority = stage.upstream.url().trim_start_matches("http://").to_owned();
    let canary_authority = canary.url().trim_start_matches("http://").to_owned();
    let mut runner = TestRunner::new(Config::default());
    let mut passed = 0;
    for _ in 0..600 {
        let asked = asked().new_tree(&mut runner).expect("a value").current();
        send(&stage, &canary_authority, &asked).await;
        for seen in stage.upstream.take() {
            passed += 1;
            verify(&seen, &authority);
            assert_eq!(seen.method, asked.method);
            let path = seen.target.split('?').next().unwrap_or_default();
            // A fragment is cut off before anybody sees it, a `?` ends the path; nothing else may change.
            let given = asked.path.split(['#', '?']).next().unwrap_or_default();
            assert_eq!(path, given, "{asked:?}");
            assert!(path.starts_with("/2/") || path.starts_with("/1.1/"), "{asked:?}");
            let listed =
                ["accept", "authorization", "content-length", "content-type", "host", "user-agent"];
            assert!(seen.names().iter().all(|name| listed.contains(&name.as_str())), "{seen:?}");
        }
    }
    assert!(passed > 50, "only {passed} calls passed: the generator is too hostile");
    assert!(canary.take().is_empty(), "somebody else was asked");
}
