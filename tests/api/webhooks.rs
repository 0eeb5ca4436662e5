//! Webhooks: a portal's back end hears of each connection, once signed and however often it fails.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, Mac as _};
use pinfold_tests::{Client, Seen, Setup, TestApp, Upstream, UpstreamReply};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::flow::{connected, connection_path, id, reauthorized};

const WEBHOOKS: &str = "/api/v1/webhooks";

/// A Pinfold that may reach loopback.
async fn start() -> TestApp {
    Setup::with(|config| config.webhook_allow = vec!["127.0.0.0/8".parse().expect("a network")])
        .start()
        .await
}

/// A portal that answers with a status which a test can change.
async fn portal(status: u16) -> (Upstream, Arc<AtomicU16>) {
    let status = Arc::new(AtomicU16::new(status));
    let answer = Arc::clone(&status);
    let script = move |_: &Seen| UpstreamReply::json(answer.load(Ordering::SeqCst), "{}");
    (Upstream::bare(script).await, status)
}

async fn hooked(client: &Client, url: &str) -> Value {
    client.post(WEBHOOKS, &json!({ "url": url })).await.expect(201)
}

/// What arrives, once as much is there as is waited for.
async fn arrived(portal: &Upstream, count: usize) -> Vec<Seen> {
    let mut all = Vec::new();
    for _ in 0..200 {
        all.extend(portal.take());
        if all.len() >= count {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(all.len(), count, "{all:?}");
    all
}

/// The messages to a webhook, when so many are written down as delivered: a portal has a message a moment
/// earlier.
async fn delivered(client: &Client, webhook: &Value, count: usize) -> Vec<Value> {
    let path = format!("{WEBHOOKS}/{}/deliveries", id(webhook));
    for _ in 0..300 {
        let list = client.get(&path).await.expect(200);
        let items = list["items"].as_array().expect("a list");
        if items.iter().filter(|it| it["state"] == "delivered").count() == count {
            return items.clone();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("not {count} are delivered")
}

/// The newest messages to a webhook, when the newest has had so many attempts.
async fn attempted(client: &Client, webhook: &Value, count: usize) -> Value {
    let path = format!("{WEBHOOKS}/{}/deliveries", id(webhook));
    for _ in 0..300 {
        let list = client.get(&path).await.expect(200);
        let attempts = list["items"][0]["attempts"].as_array().map_or(0, Vec::len);
        if attempts >= count {
            return list["items"].clone();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("no attempt number {count}")
}

fn body(seen: &Seen) -> Value {
    serde_json::from_slice(&seen.body).expect("JSON")
}

/// As a portal would check it.
fn is_signed(seen: &Seen, secret: &str) -> bool {
    let key = BASE64_STANDARD.decode(secret.strip_prefix("whsec_").expect("a secret"));
    let mut mac = Hmac::<Sha256>::new_from_slice(&key.expect("base64")).expect("a key");
    for header in ["webhook-id", "webhook-timestamp"] {
        mac.update(seen.header(header).expect(header).as_bytes());
        mac.update(b".");
    }
    mac.update(&seen.body);
    let expected = format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()));
    seen.header("webhook-signature") == Some(&expected)
}

#[tokio::test]
async fn a_portal_hears_of_each_connection_signed() {
    let (app, (portal, _)) = (start().await, portal(204).await);
    let operator = app.operator().await;
    let webhook = hooked(&operator, &format!("{}/hook?from=pinfold", portal.url())).await;
    let secret = webhook["secret"].as_str().expect("a secret");
    assert!(!operator.get(WEBHOOKS).await.text.contains(secret));

    // Made by a portal's session: the message says which.
    let wanted = json!({ "role": "connector", "subject": "user-42" });
    let minted = operator.post("/api/v1/sessions", &wanted).await.expect(201);
    let owner = app.with_bearer(minted["token"].as_str().expect("a token"));
    let connection = connected(&app, &owner, "brief").await;
    let seen = arrived(&portal, 1).await.remove(0);
    assert_eq!((&*seen.method, &*seen.target), ("POST", "/hook?from=pinfold"));
    let headers = [
        "content-length",
        "content-type",
        "host",
        "user-agent",
        "webhook-id",
        "webhook-signature",
        "webhook-timestamp",
    ];
    assert_eq!(seen.names(), headers);
    assert!(is_signed(&seen, secret));
    let seconds: i64 = seen.header("webhook-timestamp").expect("a time").parse().expect("seconds");
    assert_eq!(seconds, app.clock.now() / 1000);
    let message = body(&seen);
    assert_eq!(message["type"], "connection.created");
    let data = &message["data"];
    assert_eq!(data["workspace"], "default");
    assert_eq!(data["connection"]["id"], connection["id"]);
    assert_eq!(data["connection"]["account"]["screen_name"], "brief");
    assert_eq!(data["session"], json!({ "id": minted["id"], "subject": "user-42" }));
    assert!(!message.to_string().contains("token"), "no token is told");

    let at = connection_path(&id(&connection));
    let authorization = reauthorized(&app, &operator, &id(&connection), "brief").await;
    let wanted = json!({ "authorization_id": authorization });
    assert_eq!(operator.post("/api/v1/connections", &wanted).await.status, 200);
    let repaired = body(&arrived(&portal, 1).await[0]);
    assert_eq!(repaired["type"], "connection.repaired");

    assert_eq!(operator.delete(&at).await.status, 200);
    let deleted = body(&arrived(&portal, 1).await[0]);
    assert_eq!(deleted["type"], "connection.deleted");
    let versions =
        [&message, &repaired, &deleted].map(|it| it["data"]["connection"]["version"].clone());
    assert_eq!(versions, [json!(1), json!(2), json!(3)]);

    let list = delivered(&operator, &webhook, 3).await;
    assert_eq!(list.len(), 3);
    // The test's clock stands still, so they are in no order.
    let first = seen.header("webhook-id").expect("an id");
    let first: Vec<_> = list.iter().filter(|it| it["id"] == first).collect();
    assert_eq!(first.len(), 1);
    assert_eq!(first[0]["attempts"][0]["status"], 204);
}

#[tokio::test]
async fn a_connection_that_breaks_is_told_once() {
    let (app, (portal, _)) = (start().await, portal(200).await);
    let operator = app.operator().await;
    let connection = connected(&app, &operator, "brief").await;
    hooked(&operator, portal.url()).await;
    let at = connection_path(&id(&connection));
    for _ in 0..2 {
        app.misbehave("bad_credentials", "api").await;
        assert_eq!(operator.get(&format!("{at}/x/2/users/me")).await.status, 401);
    }
    let broken = body(&arrived(&portal, 1).await[0]);
    assert_eq!(broken["type"], "connection.broken");
    assert_eq!(broken["data"]["connection"]["health"], "needs_repair");
    // A test says the same, and it is no news.
    app.misbehave("bad_credentials", "api").await;
    let tested = operator.post(&format!("{at}/test"), &json!({ "live": true })).await;
    assert_eq!(tested.status, 200);
    tokio::time::sleep(Duration::from_millis(2500)).await;
    assert!(portal.take().is_empty());
}

#[tokio::test]
async fn what_fails_is_sent_again_with_the_same_id_even_after_a_restart() {
    let (mut app, (portal, status)) = (start().await, portal(503).await);
    let webhook = hooked(&app.with_access_key(), portal.url()).await;
    let secret = webhook["secret"].as_str().expect("a secret").to_owned();
    connected(&app, &app.operator().await, "brief").await;
    let mut all = arrived(&portal, 1).await;
    attempted(&app.with_access_key(), &webhook, 1).await;
    app.clock.advance(6_000);
    all.extend(arrived(&portal, 1).await);
    attempted(&app.with_access_key(), &webhook, 2).await;
    app.restart().await;
    status.store(200, Ordering::SeqCst);
    app.clock.advance(34_000);
    all.extend(arrived(&portal, 1).await);
    let list = attempted(&app.with_access_key(), &webhook, 3).await;
    assert_eq!(list[0]["state"], "delivered");
    assert_eq!(list[0]["next_attempt_at"], json!(null));
    let statuses: Vec<_> = list[0]["attempts"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|attempt| attempt["status"].clone())
        .collect();
    assert_eq!(statuses, [503, 503, 200]);
    let ids: HashSet<_> = all.iter().map(|seen| seen.header("webhook-id")).collect();
    assert_eq!(ids.len(), 1);
    assert!(all.iter().all(|seen| is_signed(seen, &secret)));
    let times: HashSet<_> = all.iter().map(|seen| seen.header("webhook-timestamp")).collect();
    assert_eq!(times.len(), 3, "each attempt has its own time");
    app.clock.advance(100_000_000);
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert!(portal.take().is_empty(), "what was delivered is not sent again");
}

#[tokio::test]
async fn what_never_succeeds_is_given_up() {
    let (app, (portal, _)) = (start().await, portal(302).await);
    let operator = app.operator().await;
    let webhook = hooked(&operator, portal.url()).await;
    connected(&app, &operator, "brief").await;
    for attempt in 1..=9 {
        arrived(&portal, 1).await;
        let list = attempted(&app.with_access_key(), &webhook, attempt).await;
        assert_eq!(list[0]["state"], if attempt < 9 { "waiting" } else { "given_up" });
        app.clock.advance(27 * 60 * 60 * 1000);
    }
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert!(portal.take().is_empty());
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let app = start().await;
    let (inside, _) = portal(200).await;
    let target = inside.url().to_owned();
    let portal =
        Upstream::bare(move |_| UpstreamReply::with(307, &[("location", &target)], "")).await;
    let operator = app.operator().await;
    let webhook = hooked(&operator, portal.url()).await;
    connected(&app, &operator, "brief").await;
    let list = attempted(&operator, &webhook, 1).await;
    assert_eq!(list[0]["attempts"][0]["status"], 307);
    assert!(inside.take().is_empty());
}

#[tokio::test]
async fn private_addresses_are_refused_by_text_and_by_name() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    for url in
        ["http://127.0.0.1:1/", "https://127.0.0.1/", "https://169.254.169.254/", "https://[::1]/"]
    {
        let refused = operator.post(WEBHOOKS, &json!({ "url": url })).await;
        assert_eq!(refused.json()["field"], "url");
        assert_eq!(refused.problem(422), "invalid_field");
    }
    // A name that leads inside is only found out when it is asked.
    let (portal, _) = portal(200).await;
    let port = portal.url().rsplit_once(':').expect("a port").1;
    let webhook = hooked(&operator, &format!("https://localhost:{port}/")).await;
    connected(&app, &operator, "brief").await;
    let list = attempted(&operator, &webhook, 1).await;
    assert_eq!(list[0]["attempts"][0]["error"], "its address may not be asked");
    assert_eq!(list[0]["attempts"][0]["status"], json!(null));
    assert!(portal.take().is_empty());
}

#[tokio::test]
async fn a_portal_that_hangs_or_babbles_keeps_nobody_up() {
    let app = start().await;
    let slow = Upstream::bare(|_| UpstreamReply::Stall(Vec::new())).await;
    let babbling = Upstream::bare(|_| {
        UpstreamReply::Bytes(
            format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "y".repeat(100_000)).into(),
        )
    })
    .await;
    let endless = Upstream::bare(|_| UpstreamReply::Large(1 << 40)).await;
    let operator = app.operator().await;
    let mut webhooks = Vec::new();
    for portal in [&slow, &babbling, &endless] {
        webhooks.push(hooked(&operator, portal.url()).await);
    }
    connected(&app, &operator, "brief").await;
    let list = attempted(&operator, &webhooks[1], 1).await;
    assert_eq!(list[0]["attempts"][0]["error"], "the line ended without an answer");
    let list = attempted(&operator, &webhooks[2], 1).await;
    assert_eq!(list[0]["attempts"][0]["status"], 200, "of an answer only the head is read");
    let list = attempted(&operator, &webhooks[0], 1).await;
    assert_eq!(list[0]["attempts"][0]["error"], "no answer in time");
}

#[tokio::test]
async fn a_deleted_webhook_hears_nothing() {
    let (app, (portal, _)) = (start().await, portal(503).await);
    let operator = app.operator().await;
    let webhook = hooked(&operator, portal.url()).await;
    connected(&app, &operator, "brief").await;
    arrived(&portal, 1).await;
    let path = format!("{WEBHOOKS}/{}", id(&webhook));
    assert_eq!(operator.delete(&path).await.status, 204);
    assert_eq!(operator.delete(&path).await.problem(404), "not_found");
    assert_eq!(operator.get(&format!("{path}/deliveries")).await.problem(404), "not_found");
    app.clock.advance(60_000);
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert!(portal.take().is_empty());
    let log = operator.get("/api/v1/audit?action=webhook").await.expect(200);
    let actions: Vec<_> = log["items"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|item| item["result"] == "done")
        .map(|item| item["action"].clone())
        .collect();
    assert_eq!(actions, ["webhook.delete", "webhook.create"]);
}

#[tokio::test]
async fn a_workspace_has_ten_webhooks_at_most_and_hears_of_no_other() {
    let (app, (portal, _)) = (start().await, portal(200).await);
    let stranger = app.signed_in("elsewhere", pinfold_api::Role::Operator).await;
    hooked(&stranger, portal.url()).await;
    let operator = app.operator().await;
    connected(&app, &operator, "brief").await;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert!(portal.take().is_empty());
    for _ in 0..10 {
        hooked(&operator, portal.url()).await;
    }
    let refused = operator.post(WEBHOOKS, &json!({ "url": portal.url() })).await;
    assert_eq!(refused.problem(422), "invalid_field");
}

/// More messages wait for a portal that takes its time than are sent at once.
#[tokio::test]
async fn a_slow_portal_holds_up_its_own_workspace_only() {
    let (app, (portal, _)) = (start().await, portal(200).await);
    let slow = Upstream::bare(|_| UpstreamReply::Stall(Vec::new())).await;
    let operator = app.operator().await;
    for _ in 0..10 {
        hooked(&operator, slow.url()).await;
    }
    for account in ["brief", "raed_news"] {
        connected(&app, &operator, account).await;
    }
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let stranger = app.tenant("elsewhere").await;
    hooked(&stranger, portal.url()).await;
    connected(&app, &stranger, "brief").await;
    let heard = tokio::time::timeout(Duration::from_secs(6), arrived(&portal, 1)).await;
    assert!(heard.is_ok(), "it waits for the slow one");
}
