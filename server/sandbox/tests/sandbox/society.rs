//! The little world: lists that are paged, and what one does to others.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::lab::{Answer, Lab, Pair};

/// The account `brief`.
const BRIEF: &str = "9007199254740993";

async fn list(lab: &Lab, access: &Pair, path: &str, query: &[(&str, &str)]) -> Answer {
    let raw: Vec<String> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    lab.get(path).token(access).query(&raw.join("&"), query).send().await
}

fn ids(answer: &Value) -> Vec<String> {
    let entries = answer["data"].as_array().into_iter().flatten();
    entries.map(|entry| entry["id"].as_str().expect("an id").to_owned()).collect()
}

#[tokio::test]
async fn pages_tell_everybody_once() {
    let lab = Lab::start().await;
    let access = lab.connect("brief").await;
    let path = format!("/2/users/{BRIEF}/followers");
    let (mut seen, mut next) = (BTreeSet::new(), None::<String>);
    loop {
        let mut query = vec![("max_results", "100")];
        query.extend(next.as_deref().map(|token| ("pagination_token", token)));
        let answer = list(&lab, &access, &path, &query).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.header("x-access-level"), "read-write");
        let json = answer.json();
        for id in ids(&json) {
            assert!(seen.insert(id), "told twice");
        }
        match json["meta"]["next_token"].as_str() {
            Some(token) => next = Some(token.to_owned()),
            None => break,
        }
    }
    assert!(seen.len() > 200, "{}", seen.len());
    for wrong in [("max_results", "0"), ("max_results", "1001"), ("pagination_token", "made-up")] {
        let refused = list(&lab, &access, &path, &[wrong]).await;
        assert_eq!(refused.problem(), (400, "invalid-request".to_owned()), "{wrong:?}");
    }
}

#[tokio::test]
async fn a_follow_a_like_and_a_reply_change_the_world() {
    let lab = Lab::start().await;
    let access = lab.connect("brief").await;
    let found = lab.get("/2/users/by/username/quiet_baker").token(&access).send().await.json();
    let baker = found["data"]["id"].as_str().expect("an id").to_owned();
    let following = format!("/2/users/{BRIEF}/following");
    let friends = async || {
        let answer = list(&lab, &access, &following, &[("max_results", "1000")]).await;
        ids(&answer.json()).contains(&baker)
    };

    let gone = lab.delete(&format!("{following}/{baker}")).token(&access).send().await.json();
    assert_eq!(gone["data"]["following"], false);
    assert!(!friends().await);
    let body = json!({ "target_user_id": baker }).to_string();
    lab.post(&following).token(&access).json(&body).send().await;
    assert!(friends().await);

    let mentions = format!("/2/users/{BRIEF}/mentions");
    let mentioned = ids(&list(&lab, &access, &mentions, &[]).await.json()).remove(0);
    let reply = |to: &str| json!({ "text": "thanks", "reply": { "in_reply_to_tweet_id": to } });
    let answer = lab.post("/2/tweets").token(&access).json(&reply(&mentioned).to_string());
    assert_eq!(answer.send().await.status, 201);
    let query = [("query", "from:quiet_baker"), ("max_results", "10")];
    let others = ids(&list(&lab, &access, "/2/tweets/search/recent", &query).await.json());
    let stranger = lab.post("/2/tweets").token(&access).json(&reply("1").to_string()).send().await;
    assert_eq!(stranger.status, 403, "who was not mentioned may not reply");

    let likes = format!("/2/users/{BRIEF}/likes");
    let body = json!({ "tweet_id": others[0] }).to_string();
    let answer = lab.post(&likes).token(&access).json(&body).send().await.json();
    assert_eq!(answer["data"]["liked"], true);
    let body = json!({ "tweet_id": "1" }).to_string();
    let missing = lab.post(&likes).token(&access).json(&body).send().await.json();
    assert_eq!(missing["errors"][0]["title"], "Not Found Error");
}

#[tokio::test]
async fn one_acts_as_oneself_only_and_messages_want_a_permission() {
    let lab = Lab::start().await;
    let access = lab.connect("brief").await;
    let body = json!({ "tweet_id": "1" }).to_string();
    let foreign = lab.post("/2/users/12/likes").token(&access).json(&body).send().await;
    assert_eq!(foreign.status, 403);
    let path = "/2/dm_conversations/with/12/messages";
    let body = json!({ "text": "psst" }).to_string();
    let refused = lab.post(path).token(&access).json(&body).send().await;
    assert_eq!(refused.problem(), (403, "oauth1-permissions".to_owned()));

    let change = json!({ "permission": "read-write-directmessages" });
    lab.control("/sandbox/app", &change).await;
    let access = lab.connect("brief").await;
    assert_eq!(lab.post(path).token(&access).json(&body).send().await.status, 201);
    let messages = list(&lab, &access, "/2/dm_events", &[]).await.json();
    assert_eq!(messages["data"][0]["text"], "psst");
    assert!(messages["data"].as_array().expect("a list").len() > 10);
}

#[tokio::test]
async fn what_x_refuses_today_is_refused() {
    let lab = Lab::start().await;
    let access = lab.connect("brief").await;
    let old = lab.get("/1.1/account/verify_credentials.json").token(&access).send().await;
    assert_eq!(old.code(), (403, 453), "no plan has it");
    let long = lab.tweet(&access, &"字".repeat(141)).send().await;
    assert_eq!(long.status, 403, "{}", long.text());
    assert!(long.text().contains("too long"), "{}", long.text());
    assert_eq!(lab.tweet(&access, &"字".repeat(140)).send().await.status, 201);
}
