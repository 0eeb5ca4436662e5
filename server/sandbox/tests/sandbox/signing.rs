//! RFC 5849 section 3.4 over the wire: what a signature covers, and what it does not.

use reqwest::Method;

use crate::lab::{Answer, Lab, Pair};
use crate::signer::encode;

const BAD_CREDENTIALS: (u16, i64) = (401, 32);

/// What a refused signature looks like on v2.
fn unauthorized(answer: &Answer) -> bool {
    answer.problem() == (401, "about:blank".to_owned()) && answer.json()["title"] == "Unauthorized"
}

#[tokio::test]
async fn another_host_scheme_port_or_path_is_another_signature() {
    let lab = Lab::start().await;
    let path = "/oauth/request_token";
    let own = lab.url(path);
    let port = lab.sandbox.url().port().expect("a port");
    for signed in [
        format!("http://api.x.com{path}"),
        own.replace("127.0.0.1", "localhost"),
        own.replace("http:", "https:"),
        own.replace(&format!(":{port}"), ""),
        own.replace(&format!(":{port}"), ":1"),
        own.replace("/oauth/", "/OAuth/"),
        format!("{own}/"),
    ] {
        let answer = lab.ask().signed_for(&signed).send().await;
        assert_eq!(answer.code(), BAD_CREDENTIALS, "{signed}");
    }
}

#[tokio::test]
async fn a_host_in_capitals_is_the_same_host() {
    let lab = Lab::start().await;
    let port = lab.sandbox.url().port().expect("a port");
    let signed = format!("http://localhost:{port}/oauth/request_token");
    let call = lab.ask().signed_for(&signed).header("host", &format!("LOCALHOST:{port}"));
    assert_eq!(call.send().await.status, 200);
}

#[tokio::test]
async fn another_method_is_another_signature() {
    let lab = Lab::start().await;
    let access = lab.connect("brief").await;
    let answer = lab.get("/2/tweets/1").token(&access).sent_as(Method::DELETE).send().await;
    assert!(unauthorized(&answer));
}

#[tokio::test]
async fn the_order_of_the_query_does_not_matter() {
    let lab = Lab::start().await;
    let access = lab.connect("brief").await;
    let signed = [("a", "1"), ("b", "2"), ("a", "0")];
    let answer = lab.me(&access).query("b=2&a=1&a=0", &signed).send().await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn a_changed_query_is_refused() {
    let lab = Lab::start().await;
    let access = lab.connect("brief").await;
    let answer = lab.me(&access).query("a=2", &[("a", "1")]).send().await;
    assert!(unauthorized(&answer));
    let answer = lab.me(&access).query("", &[("a", "1")]).send().await;
    assert!(unauthorized(&answer));
}

#[tokio::test]
async fn plus_and_percent_20_are_the_same_space() {
    let lab = Lab::start().await;
    let access = lab.connect("brief").await;
    for raw in ["a=b+c", "a=b%20c"] {
        assert_eq!(lab.me(&access).query(raw, &[("a", "b c")]).send().await.status, 200, "{raw}");
    }
    assert!(unauthorized(&lab.me(&access).query("a=b+c", &[("a", "b+c")]).send().await));
}

#[tokio::test]
async fn lower_case_hex_in_the_header_is_the_same_text() {
    let lab = Lab::start().await;
    let call = lab.ask().oauth("oauth_callback", "http://127.0.0.1/a?b=\u{e4}/+");
    let answer = call.edit_header(|header| {
        let mut pieces = header.split('%');
        let first = pieces.next().unwrap_or_default().to_owned();
        pieces.fold(first, |text, piece| {
            format!("{text}%{}{}", piece[..2].to_ascii_lowercase(), &piece[2..])
        })
    });
    assert_eq!(answer.send().await.status, 200);
}

#[tokio::test]
async fn a_realm_is_never_signed() {
    let lab = Lab::start().await;
    let call = lab.ask().edit_header(|header| header.replacen("OAuth ", "OAuth realm=\"X\", ", 1));
    assert_eq!(call.send().await.status, 200);
}

#[tokio::test]
async fn a_value_encoded_twice_is_another_value() {
    let lab = Lab::start().await;
    let twice = |header: String| header.replace("nonce%20", "nonce%2520");
    let call = lab.ask().oauth("oauth_nonce", "nonce x").edit_header(twice);
    assert_eq!(call.send().await.code(), BAD_CREDENTIALS);
    assert_eq!(lab.ask().edit_signature(|raw| encode(&raw)).send().await.code(), BAD_CREDENTIALS);
}

#[tokio::test]
async fn a_json_body_is_not_signed() {
    let lab = Lab::start().await;
    let access = lab.connect("brief").await;
    let answer = lab.post("/2/tweets").token(&access).json("{\"text\":\"anything\"}").send().await;
    assert_eq!(answer.status, 201);
}

#[tokio::test]
async fn a_form_body_is_signed() {
    let lab = Lab::start().await;
    let signed = [("x_auth_access_type", "read")];
    assert_eq!(lab.ask().form("x_auth_access_type=read", &signed).send().await.status, 200);
    let changed = lab.ask().form("x_auth_access_type=write", &signed).send().await;
    assert_eq!(changed.code(), BAD_CREDENTIALS);
}

#[tokio::test]
async fn a_signature_of_the_right_length_but_wrong_is_refused() {
    let lab = Lab::start().await;
    let flip = |signature: String| {
        let first = if signature.starts_with('A') { "B" } else { "A" };
        format!("{first}{}", &signature[1..])
    };
    let answer = lab.ask().edit_signature(flip).send().await;
    assert_eq!(answer.code(), BAD_CREDENTIALS);
    let challenge = "OAuth realm=\"https://api.x.com\", api_error_code=32";
    assert_eq!(answer.header("www-authenticate"), challenge);
}

#[tokio::test]
async fn a_signature_one_byte_short_or_long_is_refused() {
    let lab = Lab::start().await;
    let short = lab.ask().edit_signature(|signature| signature[..27].to_owned());
    assert_eq!(short.send().await.code(), BAD_CREDENTIALS);
    let long = lab.ask().edit_signature(|signature| signature + "=");
    assert_eq!(long.send().await.code(), BAD_CREDENTIALS);
}

#[tokio::test]
async fn an_unknown_consumer_or_a_wrong_consumer_secret_is_32() {
    let lab = Lab::start().await;
    let own = lab.sandbox.consumer_key().to_owned();
    let stranger = Pair { token: "nobody".to_owned(), secret: "nothing".to_owned() };
    assert_eq!(lab.ask().app(&stranger).send().await.code(), BAD_CREDENTIALS);
    let wrong = Pair { token: own, secret: "nothing".to_owned() };
    assert_eq!(lab.ask().app(&wrong).send().await.code(), BAD_CREDENTIALS);
}
