//! What is read and written by hand is what `serde` would read and write.

use pinfold_api::{
    AccessLevel, Allow, AppChoice, AppKind, Authorization, AuthorizationState, Cancelled, Code,
    Connection, ConnectionChange, ConnectionPage, Duplicate, Handoff, HandoffConnection, Health,
    HealthState, Limits, NewAuthorization, NewConnection, NewKey, PinEntry, Problem, Provider,
    ProviderError, RegisteredApp, RequestedAccess, Role, Session, SignIn, TaskDescription,
    TaskField, WriteOnly, task_access,
};
use serde_json::{Value, json};

use super::*;
use crate::wizard::fixtures;
use crate::words;

impl Json for Value {
    fn get(&self, name: &str) -> Option<Self> {
        Value::get(self, name).filter(|value| !value.is_null()).cloned()
    }

    fn text(&self) -> Option<String> {
        self.as_str().map(str::to_owned)
    }

    fn number(&self) -> Option<i64> {
        self.as_i64()
    }

    fn amount(&self) -> Option<f64> {
        self.as_f64()
    }

    fn truth(&self) -> Option<bool> {
        self.as_bool()
    }

    fn items(&self) -> Option<Vec<Self>> {
        self.as_array().cloned()
    }
}

fn wire(shape: &impl serde::Serialize) -> Value {
    serde_json::to_value(shape).expect("shapes of the API serialize")
}

fn assert_written(written: &str, shape: &impl serde::Serialize) {
    let value: Value = serde_json::from_str(written).expect(written);
    assert_eq!(value, wire(shape));
}

#[expect(clippy::unnecessary_wraps, reason = "short for the many optional members")]
fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn every_authorization_is_read_as_it_was_sent() {
    use AuthorizationState as State;
    for state in [
        State::AwaitingPin,
        State::Authenticated,
        State::Saved,
        State::Cancelled,
        State::Expired,
        State::Rejected,
    ] {
        let mut sent: Authorization = fixtures::authorization("a1", state);
        assert_eq!(authorization(&wire(&sent)), Some(sent.clone()));
        sent.connection_id = some("c1");
        sent.access_level = Some(AccessLevel::ReadWrite);
        sent.tasks = task_access(sent.access_level);
        sent.app.kind = AppKind::Saved;
        sent.app.id = some("app1");
        sent.duplicates = vec![Duplicate { id: "c2".to_owned(), name: "Desk".to_owned() }];
        assert_eq!(authorization(&wire(&sent)), Some(sent));
    }
}

#[test]
fn every_connection_is_read_as_it_was_sent() {
    use HealthState as State;
    for state in [
        State::Ok,
        State::NeedsRepair,
        State::ReadOnly,
        State::AppSuspended,
        State::NoCredits,
        State::CannotDecrypt,
        State::Unknown,
    ] {
        let mut sent: Connection = fixtures::connection("brief", 7);
        sent.group = some("News desk");
        sent.app.kind = AppKind::Own;
        sent.access_level = Some(AccessLevel::ReadWriteDirectMessages);
        sent.allow = Some(Allow { tasks: vec!["tweet".into()], paths: vec!["GET /2/a".into()] });
        sent.last_used_at = some("2026-08-01T00:00:00Z");
        sent.health = Health {
            state,
            since: "2026-08-01T00:00:00Z".to_owned(),
            last_success: some("2026-08-01T00:00:00Z"),
            last_error: some("x_failed"),
        };
        let page = ConnectionPage { items: vec![sent], next: some("cursor") };
        assert_eq!(connection_page(&wire(&page)), Some(page));
    }
    let mut bare = fixtures::connection("brief", 1);
    assert_eq!(connection(&wire(&bare)), Some(bare.clone()));
    bare.account = None;
    bare.access_token = None;
    bare.access_secret_set = false;
    bare.old_token = Some(Cancelled { revoked: true, reason: None });
    assert_eq!(connection(&wire(&bare)), Some(bare));
}

#[test]
fn every_session_is_read_as_it_was_sent() {
    for role in [Role::Operator, Role::Connector, Role::Task] {
        let mut sent = Session {
            role,
            workspace: "default".to_owned(),
            expires_at: some("2026-08-01T00:00:00Z"),
            provider: Provider {
                name: "X".to_owned(),
                url: "https://x.test".to_owned(),
                sandbox: true,
            },
            registered_app: Some(RegisteredApp {
                name: "Pinfold".to_owned(),
                consumer_key_hint: "abc".to_owned(),
            }),
            limits: Limits { name_chars: 80, group_chars: 60, authorization_seconds: 600 },
            clock_skew_seconds: Some(-42),
            handoff: Some(Box::new(Handoff {
                id: "h".to_owned(),
                origin: some("https://portal.test"),
                note: some("for the newsroom"),
                access: Some(RequestedAccess::Read),
                connection: Some(HandoffConnection {
                    id: "c".to_owned(),
                    name: "brief".to_owned(),
                    screen_name: some("brief"),
                }),
                app: None,
                authorization_id: some("a"),
                done: true,
                connection_id: some("c"),
            })),
        };
        assert_eq!(session(&wire(&sent)), Some(sent.clone()));
        sent.registered_app = None;
        sent.expires_at = None;
        sent.clock_skew_seconds = None;
        sent.handoff = None;
        assert_eq!(session(&wire(&sent)), Some(sent));
    }
}

#[test]
fn every_problem_is_read_as_it_was_sent() {
    for &code in Code::ALL {
        let sent = Problem {
            type_uri: "about:pinfold".to_owned(),
            title: "title".to_owned(),
            status: 422,
            detail: "detail".to_owned(),
            code,
            field: some("app.consumer_key"),
            retry_after: Some(900),
            clock_skew: Some(-301),
            x: Some(ProviderError {
                status: 401,
                code: Some(32),
                type_uri: some("t"),
                text: "no".to_owned(),
            }),
            next: Some(Box::new(fixtures::authorization("a2", AuthorizationState::AwaitingPin))),
            request_id: "r1".to_owned(),
        };
        assert_eq!(problem(&wire(&sent)), Some(sent));
    }
    let mut newer = wire(&Problem {
        type_uri: String::new(),
        title: String::new(),
        status: 400,
        detail: String::new(),
        code: Code::Internal,
        field: None,
        retry_after: None,
        clock_skew: None,
        x: None,
        next: None,
        request_id: String::new(),
    });
    newer["code"] = json!("of_a_newer_server");
    assert_eq!(problem(&newer).map(|it| it.code), Some(Code::Unknown));
}

#[test]
fn what_became_of_a_token_is_read_as_it_was_sent() {
    for reason in [None, some("in_use")] {
        let sent = Cancelled { revoked: reason.is_none(), reason };
        assert_eq!(cancelled(&wire(&sent)), Some(sent));
    }
}

#[test]
fn another_shape_is_not_read() {
    let page = json!({"items": [{"id": "half a connection"}], "next": null});
    assert_eq!(connection_page(&page), None);
    assert_eq!(session(&json!("<html>")), None);
}

#[test]
fn requests_are_written_as_serde_writes_them() {
    let own = AppChoice {
        kind: AppKind::Own,
        consumer_key: some("key \"quoted\" \\ and \u{1}\n control, ünïcode 𝕏"),
        consumer_secret: Some(WriteOnly::new("secret")),
        save_as: some("Ours"),
        id: None,
    };
    let saved = AppChoice { kind: AppKind::Saved, id: some("a"), ..AppChoice::default() };
    for app in [own, saved, AppChoice::default()] {
        let new = NewAuthorization { app: Some(app.clone()), ..NewAuthorization::default() };
        assert_written(&new_authorization(&new), &new);
        for access in [RequestedAccess::Read, RequestedAccess::Write] {
            let new = NewAuthorization {
                app: Some(app.clone()),
                access: Some(access),
                force_login: Some(true),
                screen_name: some("brief"),
                connection_id: some("c1"),
            };
            assert_written(&new_authorization(&new), &new);
        }
        let pasted = NewConnection {
            authorization_id: None,
            app: Some(app),
            access_token: some("1-t"),
            access_secret: Some(WriteOnly::new("s")),
            name: some("n"),
            group: some("g"),
            allow: None,
            replace: Some(true),
            as_new: Some(false),
        };
        assert_written(&new_connection(&pasted), &pasted);
    }
    let granted = NewConnection { authorization_id: some("a1"), ..NewConnection::default() };
    assert_written(&new_connection(&granted), &granted);
    let change = ConnectionChange { group: Some(some("")), ..Default::default() };
    assert_written(&connection_change(&change), &change);
    let moved = ConnectionChange { app: Some(AppChoice::default()), ..change };
    assert_written(&connection_change(&moved), &moved);
    let repair = NewAuthorization { connection_id: some("c1"), ..NewAuthorization::default() };
    assert_written(&new_authorization(&repair), &repair);
    let entry = PinEntry { pin: WriteOnly::new("0123456") };
    assert_written(&pin_entry(&entry), &entry);
    for with in [
        SignIn { access_key: Some(WriteOnly::new("k")), link: None },
        SignIn { access_key: None, link: Some(WriteOnly::new("l")) },
    ] {
        assert_written(&sign_in(&with), &with);
    }
}

#[test]
fn a_task_is_read_member_by_member() {
    let field = TaskField {
        name: "count".to_owned(),
        label: "Maximum".to_owned(),
        hint: "1 to 200.".to_owned(),
        kind: "count".to_owned(),
        required: true,
        words: vec!["home".to_owned()],
        most: Some(200),
    };
    let sent = wire(&TaskDescription {
        name: "search".to_owned(),
        title: "Search tweets".to_owned(),
        about: "Finds tweets.".to_owned(),
        needs: AccessLevel::Read,
        writes: false,
        price_usd: 0.005,
        billed_each: true,
        fields: vec![field],
        endpoints: vec!["GET /2/tweets/search/recent".to_owned()],
    });
    assert_eq!(
        ["name", "title", "about"].map(|it| said(&sent, it)),
        ["search", "Search tweets", "Finds tweets."]
    );
    assert_eq!((amount(&sent, "price_usd"), holds(&sent, "billed_each")), (Some(0.005), true));
    let fields = all(&sent, "fields");
    let texts = ["name", "label", "hint", "kind"].map(|it| said(&fields[0], it));
    assert_eq!(texts, ["count", "Maximum", "1 to 200.", "count"]);
    assert_eq!((amount(&fields[0], "most"), holds(&fields[0], "required")), (Some(200.0), true));
    assert_eq!(all(&fields[0], "words"), ["home"]);
    assert_eq!((said(&sent, "nothing"), all(&sent, "nothing").len()), (String::new(), 0));
}

#[test]
fn the_fields_of_a_key_are_described_as_those_of_a_task_and_are_the_ones_of_the_api() {
    let fields: Vec<TaskField> = serde_json::from_str(words::KEY_FIELDS).expect("descriptions");
    let key = wire(&NewKey {
        paths: vec![String::new()],
        expires_at: some("2026-08-01T00:00:00Z"),
        per_minute: Some(1),
        per_day_usd: Some(1.0),
        ..NewKey::default()
    });
    for field in fields {
        assert!(key.get(&field.name).is_some(), "{}", field.name);
    }
}

#[test]
fn lists_are_written_as_json() {
    let written = Object::new().list("tasks", &["a", "\"b\""]).list("none", &[]);
    let written = written.member("per_minute", "7").truth("preview", Some(true)).end();
    let value: Value = serde_json::from_str(&written).expect("JSON");
    let wanted = json!({"tasks": ["a", "\"b\""], "none": [], "per_minute": 7, "preview": true});
    assert_eq!(value, wanted);
}
