//! Hand-offs: portals' sessions and links, each good for one connection.

use pinfold_tests::{Client, Setup, TestApp};
use reqwest::Method;
use serde_json::{Value, json};

use crate::flow::{connected, connection_path, consented, get_pin, id, path, pin_path};

const SESSION: &str = "/api/v1/session";
const SESSIONS: &str = "/api/v1/sessions";
const AUTHORIZATIONS: &str = "/api/v1/authorizations";
const CONNECTIONS: &str = "/api/v1/connections";
pub const PORTAL: &str = "https://portal.example";

/// A server that lets two portals in.
pub async fn with_portals() -> TestApp {
    let setup = Setup::with(|config| {
        config.allow_origins = vec![PORTAL.into(), "https://other.example".into()];
    });
    setup.start().await
}

pub async fn mint(app: &TestApp, wanted: Value) -> Value {
    app.with_access_key().post(SESSIONS, &wanted).await.expect(201)
}

/// A portal's session of this app; `more` is added to what is asked for.
pub async fn embedded(app: &TestApp, more: &Value) -> Client {
    let mut wanted = json!({ "role": "connector", "origin": PORTAL });
    for (name, value) in more.as_object().expect("fields") {
        wanted[name] = value.clone();
    }
    app.with_bearer(text(&mint(app, wanted).await, "token"))
}

fn text<'a>(answer: &'a Value, name: &str) -> &'a str {
    answer[name].as_str().unwrap_or_else(|| panic!("no {name} in {answer}"))
}

/// A browser that opened a link.
async fn opened(app: &TestApp, link: &str) -> Client {
    let browser = app.anonymous();
    let reply = browser.post(SESSION, &json!({ "link": link })).await;
    assert_eq!(reply.status, 204, "{}", reply.text);
    let cookie = reply.headers["set-cookie"].to_str().expect("ASCII");
    assert!(cookie.contains("Max-Age=1800"), "{cookie}");
    browser
}

async fn saved(client: &Client, authorization: &str) -> (u16, Value) {
    let reply = client.post(CONNECTIONS, &json!({ "authorization_id": authorization })).await;
    (reply.status, reply.json())
}

/// Get PIN without naming an app or a connection, consent, PIN; answers what waits for OK.
async fn granted(app: &TestApp, client: &Client, account: &str) -> String {
    let begun = client.post(AUTHORIZATIONS, &json!({})).await.expect(201);
    let pin = app.consent(text(&begun, "authorize_url"), account).await;
    let id = id(&begun);
    let _granted = client.post(&pin_path(&id), &json!({ "pin": pin })).await.expect(200);
    id
}

#[tokio::test]
async fn a_link_connects_one_account_and_then_does_nothing_more() {
    let app = TestApp::start().await;
    let wanted = json!({
        "role": "connector", "note": "For the newsroom's calendar", "access": "read",
        "subject": "Desk 4", "ttl": 86_400,
    });
    let minted = mint(&app, wanted).await;
    let link = text(&minted, "link");
    assert!(link.starts_with(&format!("{}/connect#link=", app.url())), "{link}");
    assert!(minted["token"].is_null(), "no token lives for a day");

    let owner = opened(&app, link).await;
    let session = owner.get(SESSION).await.expect(200);
    assert_eq!((&session["role"], &session["workspace"]), (&json!("connector"), &json!("default")));
    let told = &session["handoff"];
    assert_eq!(told["id"], minted["id"]);
    assert_eq!(told["note"], "For the newsroom's calendar");
    assert_eq!((&told["access"], &told["done"]), (&json!("read"), &json!(false)));
    assert_eq!(told["app"]["name"], "Pinfold");
    assert!(told["connection"].is_null() && told["origin"].is_null());

    let grant = granted(&app, &owner, "brief").await;
    let (status, made) = saved(&owner, &grant).await;
    assert_eq!((status, &made["access_level"]), (201, &json!("read")));
    // An answer that was lost on the way can be asked for again.
    assert_eq!(saved(&owner, &grant).await, (200, made.clone()));
    for refused in [
        owner.post(AUTHORIZATIONS, &json!({})).await,
        owner.post(&pin_path(&grant), &json!({ "pin": "1234567" })).await,
        owner.get(&connection_path(&id(&made))).await,
        owner.get(CONNECTIONS).await,
    ] {
        assert_eq!(refused.status, 403, "{}", refused.text);
    }
    assert_eq!(owner.post(AUTHORIZATIONS, &json!({})).await.problem(403), "handoff_done");
    let told = owner.get(SESSION).await.expect(200)["handoff"].clone();
    assert_eq!((&told["done"], &told["connection_id"]), (&json!(true), &made["id"]));

    let operator = app.operator().await;
    let list = operator.get(CONNECTIONS).await.expect(200);
    assert_eq!(list["items"][0]["id"], made["id"]);
    let audit = operator.get("/api/v1/audit?action=connection.create").await.expect(200);
    let entry = &audit["items"][0];
    assert_eq!((&entry["who"]["role"], &entry["subject"]), (&json!("connector"), &made["id"]));
    assert_eq!(entry["who"]["session_id"], minted["id"]);
    assert_eq!(entry["detail"], "\"brief\" for \"Desk 4\"");
    let audit = operator.get("/api/v1/audit?action=session").await.expect(200).to_string();
    assert!(audit.contains("link, for \\\"Desk 4\\\"") && audit.contains("by hand-off link"));
    let listed = operator.get(SESSIONS).await.expect(200);
    let entry = listed["items"].as_array().expect("a list").iter();
    let entry = entry.filter(|entry| entry["id"] == minted["id"]).collect::<Vec<_>>();
    assert_eq!((&entry[0]["state"], &entry[0]["connection_id"]), (&json!("done"), &made["id"]));
    assert!(!listed.to_string().contains(link.rsplit_once('=').expect("a token").1));
}

#[tokio::test]
async fn a_link_works_once_in_time_and_until_it_is_revoked() {
    let app = TestApp::start().await;
    let once = mint(&app, json!({ "role": "connector" })).await;
    let link = text(&once, "link");
    let _owner = opened(&app, link).await;
    let again = app.anonymous().post(SESSION, &json!({ "link": link })).await;
    assert_eq!(again.problem(401), "link_used");
    // Nor does it work for who has another session, whatever that may do.
    let other = mint(&app, json!({ "role": "connector" })).await;
    for client in [
        opened(&app, text(&other, "link")).await,
        app.with_bearer(text(&other, "token")),
        app.operator().await,
        app.with_access_key(),
    ] {
        let again = client.post(SESSION, &json!({ "link": link })).await;
        assert_eq!(again.problem(401), "link_used");
    }

    let late = mint(&app, json!({ "role": "connector", "ttl": 60 })).await;
    app.clock.advance(60_000);
    let reply = app.anonymous().post(SESSION, &json!({ "link": late["link"] })).await;
    assert_eq!(reply.problem(401), "link_expired");

    let revoked = mint(&app, json!({ "role": "connector" })).await;
    let operator = app.operator().await;
    let at = format!("{SESSIONS}/{}", text(&revoked, "id"));
    assert_eq!(operator.delete(&at).await.status, 204);
    assert_eq!(operator.delete(&at).await.problem(404), "not_found");
    let reply = app.anonymous().post(SESSION, &json!({ "link": revoked["link"] })).await;
    assert_eq!(reply.problem(401), "link_expired");
    let token = app.with_bearer(text(&revoked, "token"));
    assert_eq!(token.get(SESSION).await.problem(401), "unauthenticated");
    let reply = app.anonymous().post(SESSION, &json!({ "link": "nobody-made-this" })).await;
    assert_eq!(reply.problem(401), "sign_in_refused");
}

/// Whoever opened it opens it again and goes on where they were, until it is revoked.
#[tokio::test]
async fn a_link_works_again_for_who_opened_it() {
    let app = with_portals().await;
    let minted = mint(&app, json!({ "role": "connector" })).await;
    let link = text(&minted, "link");
    let owner = opened(&app, link).await;
    let open = async || {
        let session = owner.get(SESSION).await.expect(200);
        session["handoff"]["authorization_id"].clone()
    };
    assert!(open().await.is_null(), "nothing is begun");
    let _older = owner.post(AUTHORIZATIONS, &json!({})).await.expect(201);
    let begun = owner.post(AUTHORIZATIONS, &json!({})).await.expect(201);
    let again = owner.post(SESSION, &json!({ "link": link })).await;
    assert_eq!(again.status, 204, "{}", again.text);
    assert!(!again.headers.contains_key("set-cookie"), "it is the session that it was");
    assert_eq!(open().await, begun["id"], "the newest");
    assert_eq!(owner.delete(&path(&id(&begun))).await.status, 200);
    assert!(open().await.is_null(), "it was cancelled");
    let _late = owner.post(AUTHORIZATIONS, &json!({})).await.expect(201);
    app.clock.advance(601_000);
    assert!(open().await.is_null(), "it took too long");

    // On a listed page elsewhere the session is a token, and stays the same one.
    let minted = mint(&app, json!({ "role": "connector" })).await;
    let wanted = json!({ "link": minted["link"] });
    let page = app.anonymous();
    let from_page = |client: &Client| {
        client.request(Method::POST, SESSION).header("origin", PORTAL).json(&wanted)
    };
    let signed_in = page.send(from_page(&page)).await.expect(200);
    let bearer = app.with_bearer(text(&signed_in, "token"));
    assert_eq!(bearer.send(from_page(&bearer)).await.expect(200), signed_in);
    let at = format!("{SESSIONS}/{}", text(&minted, "id"));
    assert_eq!(app.operator().await.delete(&at).await.status, 204);
    assert_eq!(bearer.send(from_page(&bearer)).await.problem(401), "link_expired");
}

#[tokio::test]
async fn revoking_ends_what_is_open_at_once() {
    let app = with_portals().await;
    let minted = mint(&app, json!({ "role": "connector", "origin": PORTAL })).await;
    let portal = app.with_bearer(text(&minted, "token"));
    let grant = granted(&app, &portal, "brief").await;
    let operator = app.operator().await;
    let at = format!("{SESSIONS}/{}", text(&minted, "id"));
    assert_eq!(operator.delete(&at).await.status, 204);
    assert_eq!(saved(&portal, &grant).await.0, 401);
    for _ in 0..100 {
        if app.sandbox_state().await["access_tokens"] == json!([]) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let state = app.sandbox_state().await;
    assert!(!state.to_string().contains("\"revoked\":false"), "the grant is still there: {state}");
}

#[tokio::test]
async fn a_session_repairs_the_one_connection_that_it_names() {
    let app = with_portals().await;
    let operator = app.operator().await;
    let broken = connected(&app, &operator, "brief").await;
    let other = connected(&app, &operator, "raed_news").await;
    let portal = embedded(&app, &json!({ "connection_id": broken["id"] })).await;
    let told = portal.get(SESSION).await.expect(200)["handoff"].clone();
    let shown = json!({ "id": broken["id"], "name": "brief", "screen_name": "brief" });
    assert_eq!((&told["connection"], &told["origin"]), (&shown, &json!(PORTAL)));

    let elsewhere = portal.post(AUTHORIZATIONS, &json!({ "connection_id": other["id"] })).await;
    assert_eq!(elsewhere.problem(403), "forbidden");
    let own = json!({ "app": { "kind": "own", "consumer_key": "k", "consumer_secret": "s" } });
    assert_eq!(portal.post(AUTHORIZATIONS, &own).await.problem(403), "forbidden");

    // Another account: it may not take the connection's place, nor come in beside it.
    let wrong = granted(&app, &portal, "raed_news").await;
    for more in ["replace", "as_new"] {
        let wanted = json!({ "authorization_id": wrong, more: true });
        assert_eq!(portal.post(CONNECTIONS, &wanted).await.problem(403), "forbidden", "{more}");
    }
    assert_eq!(saved(&portal, &wrong).await.1["code"], "account_differs");

    let grant = granted(&app, &portal, "brief").await;
    let wanted = json!({ "authorization_id": grant, "name": "mine", "group": "mine" });
    let repaired = portal.post(CONNECTIONS, &wanted).await.expect(200);
    assert_eq!((&repaired["id"], &repaired["version"]), (&broken["id"], &json!(2)));
    assert_eq!((&repaired["name"], &repaired["group"]), (&json!("brief"), &Value::Null));
    assert_eq!(portal.post(AUTHORIZATIONS, &json!({})).await.problem(403), "handoff_done");
    let audit = operator.get("/api/v1/audit?action=connection.repair").await.expect(200);
    assert_eq!(audit["items"][0]["who"]["role"], "connector");
}

#[tokio::test]
async fn one_session_makes_one_connection_even_when_two_are_saved_at_once() {
    let app = with_portals().await;
    let portal = embedded(&app, &json!({})).await;
    let one = granted(&app, &portal, "brief").await;
    let other = granted(&app, &portal, "raed_news").await;
    let (one, other) = tokio::join!(saved(&portal, &one), saved(&portal, &other));
    let mut statuses = [one.0, other.0];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 403], "{one:?} {other:?}");
    let list = app.with_access_key().get(CONNECTIONS).await.expect(200);
    assert_eq!(list["items"].as_array().expect("a list").len(), 1);
}

#[tokio::test]
async fn the_next_token_of_the_same_person_goes_on_where_the_last_one_stopped() {
    let app = with_portals().await;
    let person = json!({ "subject": "user-42", "ttl": 60 });
    let first = embedded(&app, &person).await;
    let (authorization, pin) = consented(&app, &first, "brief").await;
    app.clock.advance(60_000);
    let at = path(&id(&authorization));
    assert_eq!(first.get(&at).await.problem(401), "unauthenticated");

    for stranger in [json!({ "subject": "user-43" }), json!({}), json!({ "subject": "USER-42" })] {
        let stranger = embedded(&app, &stranger).await;
        assert_eq!(stranger.get(&at).await.problem(404), "not_found");
    }
    let second = embedded(&app, &person).await;
    assert_eq!(second.get(&at).await.expect(200)["state"], "awaiting_pin");
    let pin = json!({ "pin": pin });
    let _granted = second.post(&pin_path(&id(&authorization)), &pin).await.expect(200);
    assert_eq!(saved(&second, &id(&authorization)).await.0, 201);
    // What is done is not gone on with.
    let third = embedded(&app, &person).await;
    assert_eq!(third.get(SESSION).await.expect(200)["handoff"]["done"], false);
    let _begun = get_pin(&third).await;
}

#[tokio::test]
async fn a_token_is_for_the_page_that_it_was_made_for() {
    let app = with_portals().await;
    let portal = embedded(&app, &json!({})).await;
    let own = app.url();
    let table = [
        (Method::GET, PORTAL, 200),
        (Method::GET, own.as_str(), 200),
        (Method::GET, "https://other.example", 403),
        (Method::GET, "https://evil.example", 403),
        (Method::GET, "null", 403),
        (Method::POST, PORTAL, 201),
        (Method::POST, own.as_str(), 201),
        (Method::POST, "https://other.example", 403),
    ];
    for (method, origin, status) in table {
        let at = if method == Method::GET { SESSION } else { AUTHORIZATIONS };
        let request = portal.request(method.clone(), at).header("origin", origin);
        let request = if method == Method::GET { request } else { request.json(&json!({})) };
        let reply = portal.send(request).await;
        assert_eq!(reply.status, status, "{method} {origin} {}", reply.text);
        if status == 403 {
            assert_eq!(reply.problem(403), "foreign_origin");
        }
    }
}

#[tokio::test]
async fn the_owner_learns_no_name_and_reaches_no_saved_app() {
    let app = with_portals().await;
    let operator = app.operator().await;
    let _taken = connected(&app, &operator, "brief").await;
    let portal = embedded(&app, &json!({})).await;
    let keys = json!({ "name": "Ours", "consumer_key": "key", "consumer_secret": "secret" });
    let vault = id(&operator.post("/api/v1/apps", &keys).await.expect(201));
    let choice = json!({ "app": { "kind": "saved", "id": vault } });
    assert_eq!(portal.post(AUTHORIZATIONS, &choice).await.problem(403), "forbidden");
    let keep = json!({ "app": {
        "kind": "own", "consumer_key": "k", "consumer_secret": "s", "save_as": "Mine",
    } });
    assert_eq!(portal.post(AUTHORIZATIONS, &keep).await.problem(403), "forbidden");

    let grant = granted(&app, &portal, "raed_news").await;
    let wanted = json!({ "authorization_id": grant, "name": "brief" });
    let made = portal.post(CONNECTIONS, &wanted).await.expect(201);
    assert_eq!(made["name"], "brief 2");
}

#[tokio::test]
async fn a_saved_app_asks_when_the_operator_says_so() {
    let app = with_portals().await;
    let operator = app.operator().await;
    let keys = json!({
        "name": "Ours", "consumer_key": app.consumer_key(),
        "consumer_secret": app.consumer_secret(),
    });
    let vault = id(&operator.post("/api/v1/apps", &keys).await.expect(201));
    let portal = embedded(&app, &json!({ "app_id": vault })).await;
    let told = portal.get(SESSION).await.expect(200)["handoff"].clone();
    assert_eq!(told["app"]["name"], "Ours");
    let other = json!({ "app": { "kind": "registered" } });
    assert_eq!(portal.post(AUTHORIZATIONS, &other).await.problem(403), "forbidden");
    let grant = granted(&app, &portal, "brief").await;
    let (status, made) = saved(&portal, &grant).await;
    assert_eq!((status, &made["app"]["id"]), (201, &json!(vault)));
}

#[tokio::test]
async fn what_cannot_be_given_is_named() {
    let app = with_portals().await;
    let nobody = "01890000-0000-7000-8000-000000000000";
    let table = [
        (json!({ "role": "operator" }), 422, "role"),
        (json!({ "role": "task" }), 422, "role"),
        (json!({ "role": "connector", "origin": "https://evil.example" }), 422, "origin"),
        (json!({ "role": "connector", "origin": "https://portal.example/" }), 422, "origin"),
        (json!({ "role": "connector", "origin": "*" }), 422, "origin"),
        (json!({ "role": "connector", "origin": PORTAL, "ttl": 1801 }), 422, "ttl"),
        (json!({ "role": "connector", "ttl": 59 }), 422, "ttl"),
        (json!({ "role": "connector", "ttl": 604_801 }), 422, "ttl"),
        (json!({ "role": "connector", "note": "a\nb" }), 422, "note"),
        (json!({ "role": "connector", "note": "n".repeat(501) }), 422, "note"),
        (json!({ "role": "connector", "subject": " " }), 422, "subject"),
        (json!({ "role": "connector", "connection_id": nobody }), 404, "connection_id"),
        (json!({ "role": "connector", "connection_id": "x" }), 404, "connection_id"),
        (json!({ "role": "connector", "app_id": nobody }), 404, "app_id"),
        (json!({ "role": "connector", "access": "all" }), 400, "access"),
        (json!({ "ttl": 60 }), 400, "role"),
    ];
    for (wanted, status, field) in table {
        let problem = app.with_access_key().post(SESSIONS, &wanted).await.expect(status);
        assert_eq!(problem["field"], field, "{wanted} {problem}");
    }
    let listed = app.with_access_key().get(SESSIONS).await.expect(200);
    assert_eq!(listed["items"], json!([]));
}

#[tokio::test]
async fn an_operator_sees_and_ends_browsers_sessions() {
    let app = TestApp::start().await;
    let (one, other) = (app.operator().await, app.operator().await);
    let listed = one.get(SESSIONS).await.expect(200)["items"].clone();
    let own = listed.as_array().expect("a list").iter().filter(|entry| entry["current"] == true);
    assert_eq!((listed.as_array().map(Vec::len), own.count()), (Some(2), 1));
    let theirs = listed.as_array().expect("a list").iter().find(|entry| entry["current"] == false);
    let at = format!("{SESSIONS}/{}", text(theirs.expect("the other"), "id"));
    assert_eq!(one.delete(&at).await.status, 204);
    assert_eq!(other.get(SESSION).await.problem(401), "unauthenticated");
    assert_eq!(one.get(SESSION).await.status, 200);
    assert_eq!(app.anonymous().get(SESSIONS).await.problem(401), "unauthenticated");
}
