//! A property: whatever is edited, gone back to, deleted and brought back, every acknowledged change
//! is a version, and the connection is what the last one says. Also after a restart.

use std::cell::{Cell, RefCell};

use pinfold_tests::{Client, TestApp};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::flow::{authenticated, connected, connection_path, id, versions};

#[derive(Clone, Debug)]
enum Step {
    Edit(Option<u8>, Option<u8>),
    Revert(prop::sample::Index),
    Delete,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (any::<Option<u8>>(), any::<Option<u8>>())
            .prop_map(|(name, group)| Step::Edit(name.map(|it| it % 5), group.map(|it| it % 3))),
        4 => any::<prop::sample::Index>().prop_map(Step::Revert),
        2 => Just(Step::Delete),
    ]
}

#[derive(Clone, Debug, PartialEq)]
struct Settings {
    name: String,
    group: Option<String>,
}

/// What must have happened: an action and the settings after it, the oldest first.
struct Model {
    id: String,
    prefix: String,
    past: Vec<(&'static str, Settings)>,
    alive: bool,
}

impl Model {
    fn now(&self) -> Settings {
        self.past.last().expect("it was made").1.clone()
    }

    /// Takes one step in both worlds.
    async fn step(&mut self, client: &Client, step: &Step) {
        let at = connection_path(&self.id);
        match step {
            Step::Edit(name, group) => {
                let mut settings = self.now();
                let mut change = json!({});
                if let Some(name) = name {
                    settings.name = format!("{} {name}", self.prefix);
                    change["name"] = json!(settings.name);
                }
                if let Some(group) = group {
                    settings.group = (*group > 0).then(|| format!("Group {group}"));
                    change["group"] = json!(settings.group.clone().unwrap_or_default());
                }
                let reply = client.patch(&at, &change).await;
                if self.alive {
                    let _ = reply.expect(200);
                    if settings != self.now() {
                        self.past.push(("edited", settings));
                    }
                } else {
                    assert_eq!(reply.problem(404), "not_found");
                }
            }
            Step::Revert(which) => {
                let which = which.index(self.past.len());
                let wanted = json!({ "version": which + 1 });
                let _ = client.post(&format!("{at}/revert"), &wanted).await.expect(200);
                let action = if self.alive { "reverted" } else { "restored" };
                self.past.push((action, self.past[which].1.clone()));
                self.alive = true;
            }
            Step::Delete => {
                let reply = client.delete(&at).await;
                if self.alive {
                    let _ = reply.expect(200);
                    self.past.push(("deleted", self.now()));
                    self.alive = false;
                } else {
                    assert_eq!(reply.problem(404), "not_found");
                }
            }
        }
    }

    /// Holds the listing and the connection against what must have happened.
    async fn check(&self, client: &Client) {
        let mut found = versions(client, &self.id).await;
        found.reverse();
        assert_eq!(found.len(), self.past.len(), "{}", Value::from(found));
        let mut before = None;
        for (number, (found, (action, settings))) in found.iter().zip(&self.past).enumerate() {
            assert_eq!(found["version"], number + 1);
            assert_eq!(found["action"], *action, "version {}", number + 1);
            if let Some(before) = before {
                let changes = found["changes"].as_array().expect("a list");
                let settled: Vec<_> = changes.iter().filter(|it| is_setting(it)).cloned().collect();
                assert_eq!(settled, differences(before, settings), "version {}", number + 1);
            }
            before = Some(settings);
        }
        let reply = client.get(&connection_path(&self.id)).await;
        let deleted = client.get("/api/v1/deleted").await.expect(200);
        let listed = deleted["items"].as_array().expect("a list").iter();
        assert_eq!(
            listed.filter(|it| it["id"] == self.id.as_str()).count(),
            usize::from(!self.alive)
        );
        if self.alive {
            let (now, connection) = (self.now(), reply.expect(200));
            assert_eq!(
                (&connection["name"], &connection["group"]),
                (&json!(now.name), &json!(now.group))
            );
            assert_eq!(connection["version"], self.past.len());
        } else {
            assert_eq!(reply.problem(404), "not_found");
        }
    }
}

fn is_setting(change: &Value) -> bool {
    change["field"] == "name" || change["field"] == "group"
}

fn differences(before: &Settings, after: &Settings) -> Vec<Value> {
    let mut changes = Vec::new();
    if before.name != after.name {
        changes.push(json!({ "field": "name", "from": before.name, "to": after.name }));
    }
    if before.group != after.group {
        changes.push(json!({ "field": "group", "from": before.group, "to": after.group }));
    }
    changes
}

/// A fresh connection with names of its own: every other one has a live token, the others are
/// clones without one.
async fn subject(app: &TestApp, client: &Client, original: &Value, number: usize) -> Model {
    let prefix = format!("Case {number}");
    let name = format!("{prefix} begins");
    let (connection, action) = if number.is_multiple_of(2) {
        let grant = authenticated(app, client, "brief").await;
        let wanted = json!({ "authorization_id": grant, "name": name });
        (client.post("/api/v1/connections", &wanted).await.expect(201), "created")
    } else {
        let path = format!("{}/clone", connection_path(&id(original)));
        (client.post(&path, &json!({ "name": name })).await.expect(201), "cloned")
    };
    let past = vec![(action, Settings { name, group: None })];
    Model { id: id(&connection), prefix, past, alive: true }
}

#[test]
fn no_acknowledged_change_is_ever_lost() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (mut app, client, original) = runtime.block_on(async {
        let app = TestApp::start().await;
        let client = app.operator().await;
        let original = connected(&app, &client, "raed_news").await;
        (app, client, original)
    });
    let (number, models) = (Cell::new(0_usize), RefCell::new(Vec::new()));
    let mut runner = TestRunner::new(Config { cases: 20, ..Config::default() });
    let steps = prop::collection::vec(step(), 1..14);
    let outcome = runner.run(&steps, |steps| {
        runtime.block_on(async {
            let this = number.replace(number.get() + 1);
            let mut model = subject(&app, &client, &original, this).await;
            for step in &steps {
                model.step(&client, step).await;
            }
            model.check(&client).await;
            models.borrow_mut().push(model);
        });
        Ok(())
    });
    outcome.expect("the listing equals the model");
    runtime.block_on(async {
        app.restart().await;
        let client = app.operator().await;
        for model in &models.into_inner() {
            model.check(&client).await;
        }
    });
}
