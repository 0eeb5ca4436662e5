//! Each of X's documented refusals, at the step where it happens.

use hyper::HeaderMap;
use hyper::body::Bytes;

use pinfold_api::Code;

use super::*;

fn answer(status: u16, body: &str) -> Answer {
    Answer {
        status: StatusCode::from_u16(status).expect("a status"),
        headers: HeaderMap::new(),
        body: Bytes::copy_from_slice(body.as_bytes()),
        clock_skew: Some(0),
        corrected: 0,
    }
}

fn code(step: Step, status: u16, body: &str) -> Code {
    refusal(step, &answer(status, body)).code
}

fn errors(code: i64) -> String {
    format!(r#"{{"errors":[{{"code":{code},"message":"words"}}]}}"#)
}

#[test]
fn numeric_codes() {
    use Step::{AccessToken, Api, RequestToken};
    let table = [
        (RequestToken, 401, 32, Code::AppKeysRejected),
        (RequestToken, 400, 215, Code::AppKeysRejected),
        (AccessToken, 401, 32, Code::RequestTokenRejected),
        (Api, 401, 32, Code::TokenRejected),
        (Api, 401, 89, Code::TokenRejected),
        (AccessToken, 401, 89, Code::RequestTokenRejected),
        (RequestToken, 401, 135, Code::ClockSkew),
        (RequestToken, 403, 415, Code::CallbackSetting),
        (RequestToken, 401, 417, Code::CallbackSetting),
        (RequestToken, 401, 416, Code::AppSuspended),
        (AccessToken, 403, 64, Code::AccountSuspended),
        (AccessToken, 403, 326, Code::AccountLocked),
        (Api, 403, 261, Code::ReadOnly),
        (Api, 403, 453, Code::AppNotEnrolled),
        (Api, 429, 88, Code::XRateLimited),
        (Api, 403, 9999, Code::XRefused),
    ];
    for (step, status, number, expected) in table {
        assert_eq!(code(step, status, &errors(number)), expected, "{step:?} {status} {number}");
    }
}

#[test]
fn plain_text_sent_as_html() {
    let wrong_pin = "Error processing your OAuth request: Invalid oauth_verifier parameter";
    assert_eq!(code(Step::AccessToken, 401, wrong_pin), Code::PinRejected);
    for spent in ["Invalid request token", "This feature is temporarily unavailable", "一時的"] {
        assert_eq!(code(Step::AccessToken, 401, spent), Code::RequestTokenRejected);
    }
    assert_eq!(code(Step::RequestToken, 401, "Failed to validate"), Code::AppKeysRejected);
    // As other providers of the dialect say it.
    for status in [400, 401, 403] {
        assert_eq!(code(Step::AccessToken, status, "Invalid verifier format"), Code::PinRejected);
        assert_eq!(code(Step::AccessToken, status, ""), Code::RequestTokenRejected);
    }
}

#[test]
fn xml() {
    let not_approved = r#"<?xml version="1.0"?><errors><error code="415">Callback URL not approved</error></errors>"#;
    let failure = refusal(Step::RequestToken, &answer(403, not_approved));
    assert_eq!(failure.code, Code::CallbackSetting);
    assert_eq!(failure.answer.expect("X answered").text, "Callback URL not approved");
    let desktop = "<hash><error>Desktop applications only support the oauth_callback value 'oob'</error></hash>";
    assert_eq!(code(Step::RequestToken, 401, desktop), Code::CallbackSetting);
}

#[test]
fn v2_problem_documents_go_by_the_last_segment_of_their_type() {
    let problem = |host: &str, kind: &str| {
        format!(r#"{{"title":"t","detail":"d","type":"https://{host}/2/problems/{kind}"}}"#)
    };
    for host in ["api.x.com", "api.twitter.com"] {
        assert_eq!(code(Step::Api, 403, &problem(host, "oauth1-permissions")), Code::ReadOnly);
        assert_eq!(code(Step::Api, 403, &problem(host, "client-forbidden")), Code::AppNotEnrolled);
        assert_eq!(code(Step::Api, 402, &problem(host, "credits")), Code::NoCredits);
        assert_eq!(code(Step::Api, 429, &problem(host, "usage-capped")), Code::XRateLimited);
    }
    let unauthorized = r#"{"title":"Unauthorized","type":"about:blank","status":401}"#;
    assert_eq!(code(Step::Api, 401, unauthorized), Code::TokenRejected);
}

#[test]
fn a_failing_x_is_not_blamed_on_the_user() {
    assert_eq!(code(Step::AccessToken, 500, ""), Code::XFailed);
    assert_eq!(
        code(Step::AccessToken, 503, "<html><body>Over capacity</body></html>"),
        Code::XFailed
    );
    assert_eq!(code(Step::AccessToken, 302, ""), Code::XUnintelligible);
}

#[test]
fn a_clock_out_of_step_explains_a_refused_signature() {
    let mut late = answer(401, &errors(32));
    late.clock_skew = Some(-360);
    let failure = refusal(Step::RequestToken, &late);
    assert_eq!((failure.code, failure.clock_skew), (Code::ClockSkew, Some(-360)));
    // It was signed with the right time already, so the clock explains nothing.
    late.corrected = -360;
    assert_eq!(refusal(Step::RequestToken, &late).code, Code::AppKeysRejected);
}

#[test]
fn the_wait_is_counted_by_the_clock_of_x() {
    let mut limited = answer(429, &errors(88));
    let date = "Thu, 13 Nov 2025 02:13:20 GMT".parse().expect("a header");
    limited.headers.insert("date", date);
    limited.headers.insert("x-rate-limit-reset", "1763000060".parse().expect("a header"));
    assert_eq!(refusal(Step::Api, &limited).retry_after, Some(60));
}

#[test]
fn a_success_that_cannot_be_used_repeats_nothing_of_its_body() {
    let answer = answer(200, "oauth_token_secret=canary");
    let failure = unusable(Step::RequestToken, &answer, Sign::Unconfirmed);
    assert!(!format!("{failure:?}").contains("canary"));
}

proptest::proptest! {
    #[test]
    fn no_body_makes_it_stumble(status in 100_u16..600, body in ".{0,400}") {
        let failure = refusal(Step::AccessToken, &answer(status, &body));
        assert!(failure.answer.expect("X answered").text.chars().count() <= TEXT_CAP);
    }
}
