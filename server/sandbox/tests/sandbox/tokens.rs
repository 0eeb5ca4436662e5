//! Tokens in the wrong place, at the wrong time, in the wrong hands.

use serde_json::json;

use crate::lab::{Lab, Pair};

const REVOKED: (u16, i64) = (401, 89);

fn sentence(words: &str) -> (u16, String) {
    (401, words.to_owned())
}

#[tokio::test]
async fn a_token_of_another_consumer_is_refused() {
    let lab = Lab::start().await;
    let other = lab.another_app("read-write").await;
    let access = lab.connect("brief").await;
    assert_eq!(lab.me(&access).app(&other).send().await.code(), REVOKED);

    let request = lab.request_token().await;
    let pin = lab.consent(&request, "brief").await;
    let stolen = lab.exchange(&request, &pin).app(&other).send().await;
    assert_eq!(stolen.sentence(), sentence("Invalid request token"));
    assert_eq!(lab.exchange(&request, &pin).send().await.status, 200, "nothing was spent");
}

#[tokio::test]
async fn a_request_token_is_no_access_token_nor_the_reverse() {
    let lab = Lab::start().await;
    let request = lab.request_token().await;
    lab.consent(&request, "brief").await;
    assert_eq!(lab.me(&request).send().await.code(), REVOKED);

    let access = lab.connect("brief").await;
    let reversed = lab.exchange(&access, "1234567").send().await;
    assert_eq!(reversed.sentence(), sentence("Invalid request token"));
}

#[tokio::test]
async fn an_exchange_signed_without_a_token_has_invalid_reverse_auth_credentials() {
    let lab = Lab::start().await;
    let bare = lab.post("/oauth/access_token").oauth("oauth_verifier", "1234567").send().await;
    assert_eq!(bare.sentence(), sentence("Reverse auth credentials are invalid"));
}

#[tokio::test]
async fn a_request_token_that_nobody_approved_buys_nothing() {
    let lab = Lab::start().await;
    let request = lab.request_token().await;
    let early = lab.exchange(&request, "1234567").send().await;
    assert_eq!(early.sentence(), sentence("Invalid oauth_verifier parameter"));
}

#[tokio::test]
async fn a_request_token_works_once() {
    let lab = Lab::start().await;
    let request = lab.request_token().await;
    let pin = lab.consent(&request, "brief").await;
    assert_eq!(lab.exchange(&request, &pin).send().await.status, 200);
    let again = lab.exchange(&request, &pin).send().await;
    assert_eq!(again.sentence(), sentence("This feature is temporarily unavailable"));
}

#[tokio::test]
async fn a_request_token_is_exchanged_once_even_by_two_at_a_time() {
    let lab = Lab::start().await;
    let request = lab.request_token().await;
    let pin = lab.consent(&request, "brief").await;
    let (one, two) =
        tokio::join!(lab.exchange(&request, &pin).send(), lab.exchange(&request, &pin).send());
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401]);
}

#[tokio::test]
async fn a_request_token_expires_after_ten_minutes() {
    let lab = Lab::start().await;
    let request = lab.request_token().await;
    let pin = lab.consent(&request, "brief").await;
    lab.pass(600);
    let late = lab.exchange(&request, &pin).send().await;
    assert_eq!(late.sentence(), sentence("Invalid request token"));

    let request = lab.request_token().await;
    lab.pass(599);
    let pin = lab.consent(&request, "brief").await;
    assert_eq!(lab.exchange(&request, &pin).send().await.status, 200);
}

#[tokio::test]
async fn a_wrong_pin_burns_the_request_token() {
    let lab = Lab::start().await;
    let request = lab.request_token().await;
    let pin = lab.consent(&request, "brief").await;
    let wrong = if pin == "0000000" { "0000001" } else { "0000000" };
    let refused = lab.exchange(&request, wrong).send().await;
    assert_eq!(refused.sentence(), sentence("Invalid oauth_verifier parameter"));
    let burned = lab.exchange(&request, &pin).send().await;
    assert_eq!(burned.sentence(), sentence("This feature is temporarily unavailable"));
}

#[tokio::test]
async fn a_pin_is_exactly_its_digits() {
    let lab = Lab::start().await;
    for spoil in [
        (|pin: &str| format!("{} {}", &pin[..3], &pin[3..])) as fn(&str) -> String,
        |pin| format!(" {pin}"),
        |pin| format!("{pin}\n"),
        |pin| pin[..6].to_owned(),
        |pin| format!("0{pin}"),
        |_| String::new(),
    ] {
        let request = lab.request_token().await;
        let pin = spoil(&lab.consent(&request, "brief").await);
        let refused = lab.exchange(&request, &pin).send().await;
        assert_eq!(refused.sentence(), sentence("Invalid oauth_verifier parameter"), "{pin:?}");
    }
}

#[tokio::test]
async fn a_wrong_token_secret_is_refused_and_burns_nothing() {
    let lab = Lab::start().await;
    let request = lab.request_token().await;
    let pin = lab.consent(&request, "brief").await;
    let guessed = Pair { secret: "guess".to_owned(), ..request.clone() };
    assert_eq!(lab.exchange(&guessed, &pin).send().await.code(), (401, 32));
    assert_eq!(lab.exchange(&request, &pin).send().await.status, 200);
}

#[tokio::test]
async fn a_revoked_token_is_89_everywhere() {
    let lab = Lab::start().await;
    let access = lab.connect("brief").await;
    assert_eq!(lab.me(&access).send().await.status, 200);
    assert_eq!(lab.revoke(&access).send().await.status, 200);
    assert_eq!(lab.me(&access).send().await.code(), REVOKED);
    assert_eq!(lab.tweet(&access, "hello").send().await.code(), REVOKED);
    assert_eq!(lab.revoke(&access).send().await.code(), REVOKED);
}

#[tokio::test]
async fn a_read_only_token_cannot_post() {
    let lab = Lab::start().await;
    lab.control("/sandbox/app", &json!({ "permission": "read" })).await;
    let access = lab.connect("brief").await;
    assert_eq!(lab.me(&access).send().await.status, 200);
    let refused = lab.tweet(&access, "hello").send().await;
    assert_eq!(refused.problem(), (403, "oauth1-permissions".to_owned()));
    let deleted = lab.delete("/2/tweets/1").token(&access).send().await;
    assert_eq!(deleted.problem(), (403, "oauth1-permissions".to_owned()));
}
