//! The three legs as X walks them.

use serde_json::json;

use crate::lab::{Lab, Pair};

#[tokio::test]
async fn three_legs_end_in_a_call_as_the_account() {
    let lab = Lab::start().await;

    let asked = lab.ask().send().await;
    assert_eq!(asked.status, 200);
    assert_eq!(asked.header("content-type"), "text/html;charset=utf-8");
    assert_eq!(asked.form("oauth_callback_confirmed").as_deref(), Some("true"));
    let request = asked.pair();
    assert_eq!(request.token.len(), 27);

    let pin = lab.consent(&request, "brief").await;
    assert!(pin.len() == 7 && pin.bytes().all(|digit| digit.is_ascii_digit()), "{pin}");

    let granted = lab.exchange(&request, &pin).send().await;
    assert_eq!(granted.status, 200);
    assert_eq!(granted.header("content-type"), "text/html;charset=utf-8");
    assert_eq!(granted.header("x-access-level"), "read-write");
    assert_eq!(granted.form("screen_name").as_deref(), Some("brief"));
    let access = granted.pair();
    let (user_id, random) = access.token.split_once('-').expect("a dash");
    assert_eq!(granted.form("user_id").as_deref(), Some(user_id));
    assert_eq!(random.len(), 40);

    let me = lab.me(&access).query("user.fields=name", &[("user.fields", "name")]).send().await;
    assert_eq!(me.status, 200);
    assert_eq!(me.json()["data"]["id"], user_id);
    assert_eq!(me.json()["data"]["username"], "brief");
    assert_eq!(me.header("x-access-level"), "read-write");
}

#[tokio::test]
async fn every_answer_of_the_api_tells_rate_limit_transaction_and_date() {
    let lab = Lab::start().await;
    let access = lab.connect("brief").await;
    let limits = lab.control("/sandbox/limits", &serde_json::json!({ "times": 1 })).await;
    assert_eq!(limits.status, 204);
    let (first, second) = (lab.me(&access).send().await, lab.me(&access).send().await);
    assert_eq!(first.header("x-rate-limit-limit"), "75");
    assert_eq!(first.header("x-rate-limit-remaining"), "74");
    assert_eq!(second.header("x-rate-limit-remaining"), "73");
    let reset: u64 = first.header("x-rate-limit-reset").parse().expect("epoch seconds");
    assert!(reset > lab.now() && reset <= lab.now() + 900);
    assert_eq!(first.header("x-transaction-id").len(), 16);
    assert_eq!(first.header("date"), "Fri, 15 Jan 2027 08:00:00 GMT");
    for _ in 0..73 {
        assert_eq!(lab.me(&access).send().await.status, 200);
    }
    let refused = lab.me(&access).send().await;
    assert_eq!(refused.problem(), (429, "about:blank".to_owned()));
    assert_eq!(refused.header("x-rate-limit-remaining"), "0");
    assert_eq!(refused.header("x-rate-limit-reset"), reset.to_string());
    lab.pass(900);
    assert_eq!(lab.me(&access).send().await.status, 200);
}

#[tokio::test]
async fn a_callback_that_the_app_cannot_have_is_415_in_the_format_that_is_accepted() {
    let lab = Lab::start().await;
    let bad = || lab.post("/oauth/request_token").oauth("oauth_callback", "javascript:alert(1)");
    let json = bad().header("accept", "application/json").send().await;
    assert_eq!(json.code(), (403, 415));
    let xml = bad().send().await;
    assert_eq!(xml.status, 403);
    assert_eq!(xml.header("content-type"), "application/xml; charset=utf-8");
    assert!(xml.text().contains("<error code=\"415\">"));
}

#[tokio::test]
async fn a_callback_is_required() {
    let lab = Lab::start().await;
    assert_eq!(lab.post("/oauth/request_token").send().await.code(), (400, 215));
}

#[tokio::test]
async fn access_type_can_only_ask_for_less() {
    let lab = Lab::start().await;
    let level = async |asked: &str, app: &Pair| {
        let query = format!("x_auth_access_type={asked}");
        let call = lab.ask().app(app).query(&query, &[("x_auth_access_type", asked)]);
        let request = call.send().await.pair();
        let pin = lab.consent(&request, "brief").await;
        let granted = lab.exchange(&request, &pin).app(app).send().await;
        granted.header("x-access-level").to_owned()
    };
    let (reads, everything) =
        (lab.another_app("read").await, lab.another_app("read-write-directmessages").await);
    assert_eq!(level("read", &everything).await, "read");
    assert_eq!(level("write", &everything).await, "read-write");
    assert_eq!(level("write", &reads).await, "read");
    let nonsense = lab.ask().query("x_auth_access_type=all", &[("x_auth_access_type", "all")]);
    assert_eq!(nonsense.send().await.code(), (400, 215));
}

#[tokio::test]
async fn an_account_may_grant_less_than_the_app_asks() {
    let lab = Lab::start().await;
    let reader = lab.connect("reader").await;
    assert_eq!(lab.me(&reader).send().await.header("x-access-level"), "read");
}

#[tokio::test]
async fn a_locked_account_gets_326_and_a_suspended_one_64() {
    let lab = Lab::start().await;
    for (screen_name, code) in [("locked", 326), ("suspended", 64)] {
        let request = lab.request_token().await;
        let pin = lab.consent(&request, screen_name).await;
        assert_eq!(lab.exchange(&request, &pin).send().await.code(), (403, code));
    }
}

#[tokio::test]
async fn the_same_app_and_account_have_the_same_token_until_it_is_revoked() {
    let lab = Lab::start().await;
    let first = lab.connect("brief").await;
    assert_eq!(lab.connect("brief").await, first);
    assert_ne!(lab.connect("raed_news").await, first);

    let revoked = lab.revoke(&first).send().await;
    assert_eq!(revoked.status, 200);
    assert_eq!(revoked.json(), json!({ "access_token": first.token }));
    assert_ne!(lab.connect("brief").await.token, first.token);
}

#[tokio::test]
async fn a_changed_app_permission_takes_effect_with_the_next_authorization() {
    let lab = Lab::start().await;
    let access = lab.connect("brief").await;
    let change = json!({ "permission": "read-write-directmessages" });
    assert_eq!(lab.control("/sandbox/app", &change).await.status, 200);
    assert_eq!(lab.me(&access).send().await.header("x-access-level"), "read-write");
    let again = lab.connect("brief").await;
    let level = lab.me(&again).send().await;
    assert_eq!(level.header("x-access-level"), "read-write-directmessages");
}

#[tokio::test]
async fn a_post_can_be_read_back_and_deleted() {
    let lab = Lab::start().await;
    let access = lab.connect("brief").await;
    let posted = lab.tweet(&access, "Ladies + Gentlemen").send().await;
    assert_eq!(posted.status, 201);
    let id = posted.json()["data"]["id"].as_str().expect("an id").to_owned();
    let path = format!("/2/tweets/{id}");
    let read = lab.get(&path).token(&access).send().await;
    assert_eq!(read.json()["data"]["text"], "Ladies + Gentlemen");
    let deleted = lab.delete(&path).token(&access).send().await;
    assert_eq!(deleted.json(), json!({ "data": { "deleted": true } }));
    let gone = lab.get(&path).token(&access).send().await;
    assert_eq!(gone.status, 200);
    assert_eq!(gone.json()["errors"][0]["resource_id"], id);
}

#[tokio::test]
async fn a_duplicate_or_empty_post_is_refused() {
    let lab = Lab::start().await;
    let access = lab.connect("brief").await;
    assert_eq!(lab.tweet(&access, "once").send().await.status, 201);
    let twice = lab.tweet(&access, "once").send().await;
    assert_eq!(twice.problem(), (403, "about:blank".to_owned()));
    assert!(twice.text().contains("duplicate content"));
    let empty = lab.tweet(&access, " ").send().await;
    assert_eq!(empty.problem(), (400, "invalid-request".to_owned()));
}
