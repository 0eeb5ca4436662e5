//! RFC 5849 section 3.2, before any signature is looked at: the parameters, the timestamp, the nonce.
//! A refusal must be for the reason in its name, so each request is right in everything else.

use crate::lab::Lab;

const BAD_REQUEST: (u16, i64) = (400, 215);
const BAD_CREDENTIALS: (u16, i64) = (401, 32);
const CLOCK: (u16, i64) = (401, 135);

#[tokio::test]
async fn a_missing_parameter_is_400() {
    let lab = Lab::start().await;
    for name in ["oauth_consumer_key", "oauth_signature_method", "oauth_timestamp", "oauth_nonce"] {
        assert_eq!(lab.ask().without(name).send().await.code(), BAD_REQUEST, "without {name}");
        assert_eq!(lab.ask().oauth(name, "").send().await.code(), BAD_REQUEST, "empty {name}");
    }
    assert_eq!(lab.ask().unsigned().send().await.code(), BAD_REQUEST);
    let access = lab.connect("brief").await;
    assert_eq!(lab.me(&access).without("oauth_token").send().await.code(), BAD_REQUEST);
}

#[tokio::test]
async fn a_request_without_any_signature_is_400() {
    let lab = Lab::start().await;
    assert_eq!(lab.page("/2/users/me").await.code(), BAD_REQUEST);
}

#[tokio::test]
async fn a_missing_version_is_version_1() {
    let lab = Lab::start().await;
    assert_eq!(lab.ask().without("oauth_version").send().await.status, 200);
}

#[tokio::test]
async fn a_parameter_twice_in_the_header_is_400() {
    let lab = Lab::start().await;
    assert_eq!(lab.ask().again("oauth_nonce", "second").send().await.code(), BAD_REQUEST);
    assert_eq!(lab.ask().again("oauth_callback", "oob").send().await.code(), BAD_REQUEST);
}

#[tokio::test]
async fn two_authorization_headers_are_400() {
    let lab = Lab::start().await;
    let twice = lab.ask().header("authorization", "OAuth oauth_nonce=\"1\"");
    assert_eq!(twice.send().await.code(), BAD_REQUEST);
}

#[tokio::test]
async fn protocol_parameters_in_the_header_and_the_query_are_400() {
    let lab = Lab::start().await;
    let both = lab.ask().without("oauth_callback");
    let both = both.query("oauth_callback=oob", &[("oauth_callback", "oob")]);
    assert_eq!(both.send().await.code(), BAD_REQUEST);
}

#[tokio::test]
async fn protocol_parameters_in_the_header_and_the_form_are_400() {
    let lab = Lab::start().await;
    let both = lab.ask().without("oauth_callback");
    let both = both.form("oauth_callback=oob", &[("oauth_callback", "oob")]);
    assert_eq!(both.send().await.code(), BAD_REQUEST);
}

#[tokio::test]
async fn protocol_parameters_in_the_query_alone_pass() {
    let lab = Lab::start().await;
    assert_eq!(lab.ask().in_query().send().await.status, 200);
}

#[tokio::test]
async fn an_unknown_protocol_parameter_is_400() {
    let lab = Lab::start().await;
    assert_eq!(lab.ask().oauth("oauth_x", "1").send().await.code(), BAD_REQUEST);
}

#[tokio::test]
async fn any_other_version_is_400() {
    let lab = Lab::start().await;
    for version in ["1.0a", "2.0", "1", ""] {
        let answer = lab.ask().oauth("oauth_version", version).send().await;
        assert_eq!(answer.code(), BAD_REQUEST, "{version}");
    }
}

#[tokio::test]
async fn any_other_signature_method_is_400() {
    let lab = Lab::start().await;
    for method in ["PLAINTEXT", "RSA-SHA1", "HMAC-SHA256", "hmac-sha1"] {
        let answer = lab.ask().oauth("oauth_signature_method", method).send().await;
        assert_eq!(answer.code(), BAD_REQUEST, "{method}");
    }
}

#[tokio::test]
async fn a_timestamp_that_is_no_time_is_135() {
    let lab = Lab::start().await;
    let now = lab.now();
    let millis = format!("{now}000");
    let (fraction, plus) = (format!("{now}.5"), format!("+{now}"));
    for timestamp in ["0", "-1", "1.5", "soon", &fraction, &plus, &millis] {
        let answer = lab.ask().oauth("oauth_timestamp", timestamp).send().await;
        assert_eq!(answer.code(), CLOCK, "{timestamp}");
    }
}

#[tokio::test]
async fn a_timestamp_at_the_limit_passes_and_one_past_it_is_135() {
    let lab = Lab::start().await;
    let at = |seconds: u64| lab.ask().oauth("oauth_timestamp", &seconds.to_string());
    let now = lab.now();
    assert_eq!(at(now - 300).send().await.status, 200);
    assert_eq!(at(now + 300).send().await.status, 200);
    assert_eq!(at(now - 301).send().await.code(), CLOCK);
    assert_eq!(at(now + 301).send().await.code(), CLOCK);
}

#[tokio::test]
async fn a_nonce_passes_once() {
    let lab = Lab::start().await;
    let call = || lab.ask().oauth("oauth_nonce", "same");
    assert_eq!(call().send().await.status, 200);
    assert_eq!(call().send().await.code(), BAD_CREDENTIALS);
    lab.pass(1);
    assert_eq!(call().send().await.status, 200, "at another time it is another nonce");
}

#[tokio::test]
async fn a_nonce_is_not_spent_by_a_wrong_signature() {
    let lab = Lab::start().await;
    let call = || lab.ask().oauth("oauth_nonce", "mine");
    let forged = call().edit_signature(|_| "AAAAAAAAAAAAAAAAAAAAAAAAAAA=".to_owned());
    assert_eq!(forged.send().await.code(), BAD_CREDENTIALS);
    assert_eq!(call().send().await.status, 200);
}

#[tokio::test]
async fn a_body_without_end_is_413() {
    let lab = Lab::start().await;
    let access = lab.connect("brief").await;
    let answer = lab.tweet(&access, &"x".repeat(70_000)).send().await;
    assert_eq!(answer.status, 413);
}

#[tokio::test]
async fn a_header_that_is_not_oauth_is_400() {
    let lab = Lab::start().await;
    let bearer = lab.ask().edit_header(|_| "Bearer abc".to_owned());
    assert_eq!(bearer.send().await.code(), BAD_REQUEST);
    let broken = lab.ask().edit_header(|header| header.replace('"', ""));
    assert_eq!(broken.send().await.code(), BAD_REQUEST);
}
