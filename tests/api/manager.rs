//! The manager: search, order, groups, and many at once.

use std::collections::BTreeSet;

use pinfold::dev;
use pinfold_tests::{Client, TestApp};
use serde_json::{Value, json};

use crate::flow::{authenticated, connected, connection_path, id};

const CONNECTIONS: &str = "/api/v1/connections";
const GROUPS: &str = "/api/v1/connections/groups";
const BULK: &str = "/api/v1/connections/bulk";

/// A Pinfold with so many made-up connections.
async fn filled(connections: usize) -> (TestApp, Client) {
    let mut app = TestApp::start().await;
    app.stop().await;
    let written = dev::seed(app.config(), &app.clock, connections).await.expect("it is filled");
    assert_eq!(written, connections);
    app.restart_stopped().await;
    let client = app.operator().await;
    (app, client)
}

/// All pages of a list.
async fn all(client: &Client, query: &str) -> Vec<Value> {
    let (mut items, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("{CONNECTIONS}?limit=7&cursor={cursor}&{query}");
        let page = client.get(&path).await.expect(200);
        items.extend(page["items"].as_array().expect("a list").iter().cloned());
        match page["next"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => return items,
        }
    }
}

fn text<'a>(connection: &'a Value, pointer: &str) -> &'a str {
    connection.pointer(pointer).expect("it is there").as_str().unwrap_or_default()
}

fn ids(items: &[Value]) -> BTreeSet<String> {
    items.iter().map(id).collect()
}

#[tokio::test]
async fn every_column_sorts_both_ways_and_what_is_empty_comes_first() {
    let (_app, client) = filled(60).await;
    for (sort, pointer) in [
        ("name", "/name"),
        ("account", "/account/screen_name"),
        ("group", "/group"),
        ("access_level", "/access_level"),
        ("health", "/health/state"),
        ("last_used_at", "/last_used_at"),
        ("created_at", "/created_at"),
    ] {
        let up = all(&client, &format!("sort={sort}")).await;
        assert_eq!(ids(&up).len(), 60, "{sort}");
        let keys: Vec<String> = up.iter().map(|item| text(item, pointer).to_lowercase()).collect();
        assert!(keys.is_sorted(), "{sort}: {keys:?}");
        let mut down = all(&client, &format!("sort=-{sort}")).await;
        down.reverse();
        assert_eq!(up, down, "{sort}");
    }
    let apps = all(&client, "sort=app").await;
    let kinds: Vec<&str> = apps.iter().map(|item| text(item, "/app/kind")).collect();
    assert!(kinds.is_sorted() && kinds.contains(&"own") && kinds.contains(&"registered"));
}

#[tokio::test]
async fn a_search_finds_parts_of_name_account_and_group_without_regard_to_case() {
    let (_app, client) = filled(300).await;
    let everything = all(&client, "").await;
    assert_eq!(everything.len(), 300);
    for search in
        ["a", "E", "1", "ne", "NEWS", "Ö", "οδός", "ΟΔΌΣ", "s 1", "é", "_", "9", "zzz", "acme n"]
    {
        let wanted: BTreeSet<String> = everything
            .iter()
            .filter(|item| {
                ["/name", "/account/screen_name", "/group"].iter().any(|pointer| {
                    let fold = |text: &str| text.to_lowercase().replace('ς', "σ");
                    fold(text(item, pointer)).contains(&fold(search))
                })
            })
            .map(id)
            .collect();
        for sort in ["name", "-health", "last_used_at", "group"] {
            let encoded: String = url::form_urlencoded::byte_serialize(search.as_bytes()).collect();
            let found = all(&client, &format!("sort={sort}&search={encoded}")).await;
            assert_eq!(ids(&found), wanted, "{search} by {sort}");
            assert_eq!(found.len(), wanted.len(), "{search} by {sort}");
        }
    }
}

#[tokio::test]
async fn a_change_is_found_at_once() {
    let (_app, client) = filled(20).await;
    let first = all(&client, "").await.swap_remove(0);
    let path = connection_path(&id(&first));
    let change = json!({ "name": "Ωmega Desk", "group": "Night Shift" });
    let _ = client.patch(&path, &change).await.expect(200);
    for search in ["search=%CF%89MEGA", "search=night", "group=NIGHT%20SHIFT", "search=x&group=z"] {
        let found = all(&client, search).await;
        assert_eq!(found.len(), usize::from(!search.contains("group=z")), "{search}");
    }
    let old = text(&first, "/name").replace(' ', "%20");
    assert_eq!(all(&client, &format!("search={old}")).await.len(), 0, "the old name");
    assert_eq!(client.delete(&path).await.status, 200);
    assert_eq!(all(&client, "search=night").await.len(), 0);
}

#[tokio::test]
async fn groups_are_counted_with_and_without_a_search() {
    let (_app, client) = filled(120).await;
    let everything = all(&client, "").await;
    let counts = client.get(GROUPS).await.expect(200);
    assert_eq!(counts["total"], 120);
    assert_eq!(counts["items"][0]["group"], Value::Null, "those in none come first");
    let mut sum = 0;
    for item in counts["items"].as_array().expect("a list") {
        let members: Vec<&Value> =
            everything.iter().filter(|connection| connection["group"] == item["group"]).collect();
        assert_eq!(item["count"], members.len(), "{item}");
        sum += members.len();
        let query = match item["group"].as_str() {
            Some(group) => format!("group={}", group.to_uppercase().replace(' ', "%20")),
            None => "ungrouped=true".to_owned(),
        };
        assert_eq!(all(&client, &format!("{query}&sort=-name")).await.len(), members.len());
    }
    assert_eq!(sum, 120);
    let found = all(&client, "search=news").await.len();
    let counts = client.get(&format!("{GROUPS}?search=News")).await.expect(200);
    assert_eq!(counts["total"], found);
    let nothing = client.get(&format!("{GROUPS}?search=qqqq")).await.expect(200);
    assert_eq!(nothing, json!({ "items": [], "total": 0 }));
    assert_eq!(client.get(&format!("{GROUPS}?what=1")).await.problem(400), "invalid_request");
    let both = client.get(&format!("{CONNECTIONS}?group=a&ungrouped=true")).await;
    assert_eq!(
        (both.problem(422).as_str(), &both.json()["field"]),
        ("invalid_field", &json!("ungrouped"))
    );
}

#[tokio::test]
async fn two_spellings_are_one_group() {
    let (_app, client) = filled(3).await;
    for (number, item) in all(&client, "").await.iter().enumerate() {
        let group = if number == 1 { "DESK" } else { "desk" };
        let _ =
            client.patch(&connection_path(&id(item)), &json!({ "group": group })).await.expect(200);
    }
    let counts = client.get(GROUPS).await.expect(200);
    assert_eq!(counts["items"], json!([{ "group": "desk", "count": 3 }]));
    assert_eq!(all(&client, "group=Desk").await.len(), 3);
}

#[tokio::test]
async fn many_are_grouped_and_each_answer_is_true() {
    let (app, client) = filled(12).await;
    let mut wanted: Vec<String> = all(&client, "").await.iter().map(id).collect();
    let nobodys = "01890000-0000-7000-8000-000000000000".to_owned();
    wanted.insert(3, nobodys.clone());
    wanted.push("no id".to_owned());
    wanted.push(wanted[0].to_uppercase());
    let order = json!({ "ids": wanted, "action": "group", "group": " Bulk " });
    let results = client.post(BULK, &order).await.expect(200)["results"].clone();
    let results = results.as_array().expect("a list");
    assert_eq!(results.len(), 14, "the one that was named twice is answered once");
    for (result, id) in results.iter().zip(&wanted) {
        assert_eq!(&result["id"], id, "in the order asked");
        let there = *id != nobodys && id != "no id";
        assert_eq!(result["done"], there, "{result}");
        assert_eq!(result["code"] == "not_found", !there, "{result}");
    }
    assert_eq!(all(&client, "group=bulk").await.len(), 12);
    let version = |items: Vec<Value>| items[0]["version"].as_i64();
    assert_eq!(version(all(&client, "group=bulk").await), Some(2));
    let _ = client.post(BULK, &order).await.expect(200);
    assert_eq!(version(all(&client, "group=bulk").await), Some(2), "nothing changed, no version");
    let ungroup = json!({ "ids": wanted, "action": "group", "group": "" });
    let _ = client.post(BULK, &ungroup).await.expect(200);
    assert_eq!(all(&client, "ungrouped=true").await.len(), 12);
    let stranger = app.signed_in("elsewhere", pinfold_api::Role::Operator).await;
    let results = stranger.post(BULK, &ungroup).await.expect(200)["results"].clone();
    assert!(results.as_array().expect("a list").iter().all(|result| result["done"] == false));
}

#[tokio::test]
async fn many_are_deleted_and_revoked_as_one_would_be() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let brief = connected(&app, &client, "brief").await;
    let news = connected(&app, &client, "raed_news").await;
    let authorization = authenticated(&app, &client, "brief").await;
    let again = json!({ "authorization_id": authorization, "name": "Again" });
    let again = client.post(CONNECTIONS, &again).await.expect(201);
    let order = json!({ "ids": [id(&news)], "action": "delete" });
    app.misbehave("server_error", "revoke").await;
    let results = client.post(BULK, &order).await.expect(200)["results"].clone();
    let failed = json!([{ "id": id(&news), "done": true, "revoked": false, "reason": "x_failed" }]);
    assert_eq!(results, failed);
    let order = json!({ "ids": [id(&brief), id(&news)], "action": "delete" });
    let results = client.post(BULK, &order).await.expect(200)["results"].clone();
    assert_eq!(
        results[0],
        json!({ "id": id(&brief), "done": true, "revoked": false, "reason": "in_use" })
    );
    assert_eq!(results[1], json!({ "id": id(&news), "done": false, "code": "not_found" }));
    let order = json!({ "ids": [id(&again)], "action": "delete" });
    let results = client.post(BULK, &order).await.expect(200)["results"].clone();
    assert_eq!(results, json!([{ "id": id(&again), "done": true, "revoked": true }]));
    assert_eq!(all(&client, "").await.len(), 0);
}

/// X gives one token to one app and account: when all that live on it go, it goes for all of them.
#[tokio::test]
async fn a_token_of_several_that_go_together_is_revoked_for_each() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let mut ids = vec![id(&connected(&app, &client, "brief").await)];
    for name in ["Again", "And again"] {
        let authorization = authenticated(&app, &client, "brief").await;
        let wanted = json!({ "authorization_id": authorization, "name": name });
        ids.push(id(&client.post(CONNECTIONS, &wanted).await.expect(201)));
    }
    let order = json!({ "ids": ids, "action": "delete" });
    let results = client.post(BULK, &order).await.expect(200)["results"].clone();
    for result in results.as_array().expect("a list") {
        assert_eq!(
            (&result["revoked"], &result["reason"]),
            (&json!(true), &json!(null)),
            "{results}"
        );
    }
}

#[tokio::test]
async fn a_bulk_change_that_makes_no_sense_changes_nothing() {
    let (_app, client) = filled(2).await;
    let id = id(&all(&client, "").await[0]);
    let too_many = vec![id.clone(); 201];
    for (order, status, field) in [
        (json!({ "ids": [], "action": "delete" }), 422, "ids"),
        (json!({ "ids": too_many, "action": "delete" }), 422, "ids"),
        (json!({ "ids": [id], "action": "delete", "group": "x" }), 422, "group"),
        (json!({ "ids": [id], "action": "group" }), 400, "group"),
        (json!({ "ids": [id], "action": "group", "group": "a\nb" }), 422, "group"),
        (json!({ "ids": [id], "action": "burn" }), 400, "action"),
        (json!({ "action": "delete" }), 400, "ids"),
        (json!({ "ids": [id], "action": "delete", "all": true }), 400, "all"),
    ] {
        let reply = client.post(BULK, &order).await;
        assert_eq!((reply.status, &reply.json()["field"]), (status, &json!(field)), "{order}");
    }
    assert_eq!(all(&client, "").await.len(), 2);
}
