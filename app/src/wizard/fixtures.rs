//! What a server would answer, for tests.

use pinfold_api::{
    Account, AppKind, AppRef, Authorization, AuthorizationState, Code, Connection, Health,
    HealthState, Problem, task_access,
};

use crate::failure::Failure;

pub(crate) fn authorization(id: &str, state: AuthorizationState) -> Authorization {
    let granted = state == AuthorizationState::Authenticated;
    Authorization {
        id: id.to_owned(),
        state,
        authorize_url: (!granted)
            .then(|| format!("https://x.test/oauth/authorize?oauth_token={id}")),
        authorize_qr: (!granted).then(|| "#.".to_owned()),
        created_at: "2026-08-01T00:00:00Z".to_owned(),
        expires_at: "2026-08-01T00:10:00Z".to_owned(),
        app: app(),
        connection_id: None,
        account: granted.then(account),
        access_token: granted.then(|| "9007199-token".to_owned()),
        access_level: None,
        tasks: Vec::new(),
        duplicates: Vec::new(),
    }
}

pub(crate) fn connection(name: &str, version: i64) -> Connection {
    Connection {
        id: "c1".to_owned(),
        workspace: "default".to_owned(),
        name: name.to_owned(),
        group: None,
        account: Some(account()),
        app: app(),
        access_token: Some("9007199-token".to_owned()),
        access_secret_set: true,
        access_level: None,
        health: Health {
            state: HealthState::Unknown,
            since: "2026-08-01T00:00:00Z".to_owned(),
            last_success: None,
            last_error: None,
        },
        allow: None,
        tasks: task_access(None),
        version,
        created_at: "2026-08-01T00:00:00Z".to_owned(),
        updated_at: "2026-08-01T00:00:00Z".to_owned(),
        last_used_at: None,
        old_token: None,
    }
}

pub(crate) fn failure(code: Code, field: Option<&str>, next: Option<Authorization>) -> Failure {
    Failure::Answered(Box::new(Problem {
        type_uri: format!("about:pinfold#{}", code.as_str()),
        title: String::new(),
        status: 422,
        detail: String::new(),
        code,
        field: field.map(str::to_owned),
        retry_after: None,
        clock_skew: None,
        x: None,
        next: next.map(Box::new),
        request_id: "r1".to_owned(),
    }))
}

fn app() -> AppRef {
    AppRef { kind: AppKind::Registered, id: None, name: None, consumer_key_hint: "abc".to_owned() }
}

fn account() -> Account {
    Account { user_id: "9007199".to_owned(), screen_name: "brief".to_owned() }
}
