//! X's bad days, one by one.

use std::error::Error;
use std::io;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::lab::{Answer, Lab, Pair};

/// What the first leg answers under this misbehaviour; the next first leg must be well again.
async fn asked_under(order: Value) -> Answer {
    let lab = Lab::start().await;
    lab.misbehave(order).await;
    let answer = lab.ask().send().await;
    assert_eq!(lab.ask().send().await.form("oauth_callback_confirmed").as_deref(), Some("true"));
    answer
}

/// What the third leg answers, and what it answers to the same PIN after that.
async fn exchanged_under(order: Value) -> [Answer; 2] {
    let lab = Lab::start().await;
    lab.misbehave(order).await;
    let request = lab.request_token().await;
    let pin = lab.consent(&request, "brief").await;
    let first = lab.exchange(&request, &pin).send().await;
    [first, lab.exchange(&request, &pin).send().await]
}

/// What `GET /2/users/me` answers, with the lab and the token to go on with.
async fn called_under(order: Value) -> (Lab, Pair, Answer) {
    let lab = Lab::start().await;
    let access = lab.connect("brief").await;
    lab.misbehave(order).await;
    let answer = lab.me(&access).send().await;
    (lab, access, answer)
}

#[tokio::test]
async fn omit_callback_confirmed_leaves_it_out() {
    let answer = asked_under(json!({ "mode": "omit_callback_confirmed" })).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.pair().token.len(), 27);
    assert_eq!(answer.form("oauth_callback_confirmed"), None);
}

#[tokio::test]
async fn callback_confirmed_false_says_so() {
    let answer = asked_under(json!({ "mode": "callback_confirmed_false" })).await;
    assert_eq!(answer.form("oauth_callback_confirmed").as_deref(), Some("false"));
}

#[tokio::test]
async fn callback_json_is_415() {
    assert_eq!(asked_under(json!({ "mode": "callback_json" })).await.code(), (403, 415));
}

#[tokio::test]
async fn callback_xml_is_415_in_xml() {
    let answer = asked_under(json!({ "mode": "callback_xml" })).await;
    assert_eq!(answer.status, 403);
    assert!(answer.text().contains("<error code=\"415\">"));
}

#[tokio::test]
async fn desktop_only_xml_is_417() {
    let answer = asked_under(json!({ "mode": "desktop_only_xml" })).await;
    assert_eq!(answer.status, 401);
    assert!(answer.text().contains("<error>Desktop applications only support the oauth_callback"));
}

#[tokio::test]
async fn app_suspended_is_416() {
    assert_eq!(asked_under(json!({ "mode": "app_suspended" })).await.code(), (401, 416));
}

#[tokio::test]
async fn bad_credentials_is_32() {
    assert_eq!(asked_under(json!({ "mode": "bad_credentials" })).await.code(), (401, 32));
}

#[tokio::test]
async fn server_error_is_500() {
    assert_eq!(asked_under(json!({ "mode": "server_error" })).await.code(), (500, 131));
}

#[tokio::test]
async fn unavailable_is_503_and_a_page() {
    let answer = asked_under(json!({ "mode": "unavailable" })).await;
    assert_eq!(answer.status, 503);
    assert!(answer.text().starts_with("<!DOCTYPE html>"));
}

#[tokio::test]
async fn garbage_is_200_and_not_even_text() {
    let answer = asked_under(json!({ "mode": "garbage" })).await;
    assert_eq!(answer.status, 200);
    assert!(String::from_utf8(answer.bytes).is_err());
}

#[tokio::test]
async fn clock_skew_is_135_with_a_date_to_match() {
    let answer = asked_under(json!({ "mode": "clock_skew" })).await;
    assert_eq!(answer.code(), (401, 135));
    assert_eq!(answer.header("date"), "Fri, 15 Jan 2027 08:06:00 GMT");
}

#[tokio::test]
async fn a_client_that_corrects_its_clock_gets_through_the_skew() {
    let lab = Lab::start().await;
    lab.misbehave(json!({ "mode": "clock_skew", "seconds": -7200, "times": 2 })).await;
    let answer = lab.ask().send().await;
    assert_eq!(answer.code(), (401, 135));
    assert_eq!(answer.header("date"), "Fri, 15 Jan 2027 06:00:00 GMT");
    let corrected = (lab.now() - 7200).to_string();
    assert_eq!(lab.ask().oauth("oauth_timestamp", &corrected).send().await.status, 200);
}

#[tokio::test]
async fn burn_makes_the_right_pin_wrong() {
    let [first, second] = exchanged_under(json!({ "mode": "burn" })).await;
    assert_eq!(first.sentence(), (401, "Invalid oauth_verifier parameter".to_owned()));
    assert_eq!(second.sentence(), (401, "This feature is temporarily unavailable".to_owned()));
}

#[tokio::test]
async fn invalid_verifier_localised_is_a_wrong_pin_in_another_language() {
    let [first, second] = exchanged_under(json!({ "mode": "invalid_verifier_localised" })).await;
    assert_eq!(first.status, 401);
    assert!(first.text().contains("パラメーターが無効です"));
    assert_eq!(second.sentence(), (401, "This feature is temporarily unavailable".to_owned()));
}

#[tokio::test]
async fn expire_makes_the_request_token_too_old() {
    for answer in exchanged_under(json!({ "mode": "expire" })).await {
        assert_eq!(answer.sentence(), (401, "Invalid request token".to_owned()));
    }
}

#[tokio::test]
async fn locked_and_suspended_wait_for_the_account() {
    for (mode, code) in [("locked", 326), ("suspended", 64)] {
        let [first, second] = exchanged_under(json!({ "mode": mode })).await;
        assert_eq!(first.code(), (403, code));
        assert_eq!(second.status, 200);
    }
}

#[tokio::test]
async fn read_only_grants_a_token_that_only_reads() {
    let lab = Lab::start().await;
    lab.misbehave(json!({ "mode": "read_only" })).await;
    let access = lab.connect("brief").await;
    assert_eq!(lab.me(&access).send().await.header("x-access-level"), "read");
    let refused = lab.tweet(&access, "hello").send().await;
    assert_eq!(refused.problem(), (403, "oauth1-permissions".to_owned()));
}

#[tokio::test]
async fn read_only_waits_for_a_write() {
    let (lab, access, read) = called_under(json!({ "mode": "read_only" })).await;
    assert_eq!(read.header("x-access-level"), "read-write");
    let refused = lab.tweet(&access, "hello").send().await;
    assert_eq!(refused.problem(), (403, "oauth1-permissions".to_owned()));
    assert_eq!(lab.tweet(&access, "hello").send().await.status, 201);
}

#[tokio::test]
async fn no_access_level_keeps_it_to_itself() {
    let (lab, access, answer) = called_under(json!({ "mode": "no_access_level" })).await;
    assert_eq!((answer.status, answer.header("x-access-level")), (200, ""));
    assert_eq!(lab.me(&access).send().await.header("x-access-level"), "read-write");
    let [granted, _] = exchanged_under(json!({ "mode": "no_access_level" })).await;
    assert_eq!((granted.status, granted.header("x-access-level")), (200, ""));
}

#[tokio::test]
async fn not_enrolled_is_client_forbidden() {
    let (_, _, answer) = called_under(json!({ "mode": "not_enrolled" })).await;
    assert_eq!(answer.problem(), (403, "client-forbidden".to_owned()));
    assert_eq!(answer.json()["reason"], "client-not-enrolled");
}

#[tokio::test]
async fn no_credits_is_402() {
    let (_, _, answer) = called_under(json!({ "mode": "no_credits" })).await;
    assert_eq!(answer.problem(), (402, "credits".to_owned()));
}

#[tokio::test]
async fn rate_limited_is_429_and_tells_when_it_ends() {
    let (lab, _, answer) = called_under(json!({ "mode": "rate_limited", "seconds": 30 })).await;
    assert_eq!(answer.problem(), (429, "about:blank".to_owned()));
    assert_eq!(answer.header("x-rate-limit-remaining"), "0");
    assert_eq!(answer.header("x-rate-limit-reset"), (lab.now() + 30).to_string());
    assert_eq!(asked_under(json!({ "mode": "rate_limited" })).await.code(), (429, 88));
}

#[tokio::test]
async fn slow_is_the_right_answer_late() {
    let start = Instant::now();
    let answer = asked_under(json!({ "mode": "slow", "seconds": 1 })).await;
    assert_eq!(answer.status, 200);
    assert!(start.elapsed() >= Duration::from_secs(1));
}

fn is_reset(error: &(dyn Error + 'static)) -> bool {
    let io = error.downcast_ref::<io::Error>();
    io.is_some_and(|error| error.kind() == io::ErrorKind::ConnectionReset)
        || error.source().is_some_and(is_reset)
}

#[tokio::test]
async fn reset_resets_the_connection() {
    let lab = Lab::start().await;
    lab.misbehave(json!({ "mode": "reset" })).await;
    let error = lab.ask().try_send().await.err().expect("no answer");
    let reset = is_reset(&error);
    assert!(reset, "{error:?}");
    assert_eq!(lab.ask().send().await.status, 200);
}

#[tokio::test]
async fn an_order_is_carried_out_as_often_as_it_says() {
    let lab = Lab::start().await;
    lab.misbehave(json!({ "mode": "server_error", "times": 2 })).await;
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(lab.ask().send().await.status);
    }
    assert_eq!(statuses, [500, 500, 200]);
}

#[tokio::test]
async fn an_order_for_a_step_waits_for_that_step() {
    let lab = Lab::start().await;
    lab.misbehave(json!({ "mode": "server_error", "step": "revoke" })).await;
    let access = lab.connect("brief").await;
    assert_eq!(lab.me(&access).send().await.status, 200);
    assert_eq!(lab.revoke(&access).send().await.status, 500);
    assert_eq!(lab.revoke(&access).send().await.status, 200);
}

#[tokio::test]
async fn an_explicit_step_is_taken_at_its_word() {
    let order = json!({ "mode": "no_credits", "step": "request_token" });
    assert_eq!(asked_under(order).await.status, 402);
}

#[tokio::test]
async fn it_behaves_again_when_told() {
    let lab = Lab::start().await;
    lab.misbehave(json!({ "mode": "server_error", "times": 9 })).await;
    assert_eq!(lab.state().await["misbehaviours"][0]["times"], 9);
    let behave = lab.http.delete(lab.url("/sandbox/misbehave")).send().await;
    assert_eq!(behave.expect("an answer").status(), 204);
    assert_eq!(lab.state().await["misbehaviours"], json!([]));
    assert_eq!(lab.ask().send().await.status, 200);
}

#[tokio::test]
async fn an_order_that_makes_no_sense_is_refused() {
    let lab = Lab::start().await;
    for order in [
        json!({ "mode": "burn", "step": "api" }),
        json!({ "mode": "burn", "times": 0 }),
        json!({ "mode": "slow", "seconds": 86_401 }),
    ] {
        assert_eq!(lab.control("/sandbox/misbehave", &order).await.status, 400, "{order}");
    }
    for order in [json!({ "mode": "explode" }), json!({ "mode": "burn", "when": "now" })] {
        assert_eq!(lab.control("/sandbox/misbehave", &order).await.status, 422, "{order}");
    }
    assert_eq!(lab.state().await["misbehaviours"], json!([]));
}
