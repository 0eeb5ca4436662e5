//! Reading answers. `None`: it is not the shape that it should be.

use pinfold_api::{
    AccessLevel, Account, Allow, AppKind, AppRef, Authorization, AuthorizationState, Cancelled,
    Code, Connection, ConnectionPage, Duplicate, Handoff, HandoffConnection, Health, HealthState,
    Limits, Problem, Provider, ProviderError, RegisteredApp, RequestedAccess, Role, Session,
    TaskAccess,
};

use crate::failure::Failure;

/// A JSON value, whoever parsed it.
pub trait Json: Sized {
    /// A member of an object; `None` when it is missing or null.
    fn get(&self, name: &str) -> Option<Self>;
    /// A string.
    fn text(&self) -> Option<String>;
    /// A number. Those of the API are whole, and small enough for a double.
    fn number(&self) -> Option<i64>;
    /// A number that may be a fraction.
    fn amount(&self) -> Option<f64>;
    /// `true` or `false`.
    fn truth(&self) -> Option<bool>;
    /// The elements of an array.
    fn items(&self) -> Option<Vec<Self>>;
}

#[inline(never)]
pub(super) fn text(json: &impl Json, name: &str) -> Option<String> {
    json.get(name)?.text()
}

#[inline(never)]
pub(super) fn truth(json: &impl Json, name: &str) -> Option<bool> {
    json.get(name)?.truth()
}

#[inline(never)]
pub(super) fn number<T: TryFrom<i64>>(json: &impl Json, name: &str) -> Option<T> {
    T::try_from(json.get(name)?.number()?).ok()
}

/// Who am I.
pub fn session(json: &impl Json) -> Option<Session> {
    let (provider, limits) = (json.get("provider")?, json.get("limits")?);
    Some(Session {
        role: match text(json, "role")?.as_str() {
            "operator" => Role::Operator,
            "connector" => Role::Connector,
            "task" => Role::Task,
            _ => return None,
        },
        workspace: text(json, "workspace")?,
        expires_at: text(json, "expires_at"),
        provider: Provider {
            name: text(&provider, "name")?,
            url: text(&provider, "url")?,
            sandbox: truth(&provider, "sandbox")?,
        },
        registered_app: json.get("registered_app").and_then(|it| registered_app(&it)),
        limits: Limits {
            name_chars: number(&limits, "name_chars")?,
            group_chars: number(&limits, "group_chars")?,
            authorization_seconds: number(&limits, "authorization_seconds")?,
        },
        clock_skew_seconds: number(json, "clock_skew_seconds"),
        handoff: json.get("handoff").and_then(|json| handoff(&json)).map(Box::new),
    })
}

/// Who asks a connector, and for what.
fn handoff(json: &impl Json) -> Option<Handoff> {
    Some(Handoff {
        id: text(json, "id")?,
        origin: text(json, "origin"),
        note: text(json, "note"),
        access: match text(json, "access").as_deref() {
            Some("read") => Some(RequestedAccess::Read),
            Some("write") => Some(RequestedAccess::Write),
            _ => None,
        },
        connection: json.get("connection").and_then(|it| {
            Some(HandoffConnection {
                id: text(&it, "id")?,
                name: text(&it, "name")?,
                screen_name: text(&it, "screen_name"),
            })
        }),
        app: json.get("app").and_then(|it| registered_app(&it)),
        authorization_id: text(json, "authorization_id"),
        done: truth(json, "done")?,
        connection_id: text(json, "connection_id"),
    })
}

fn registered_app(json: &impl Json) -> Option<RegisteredApp> {
    Some(RegisteredApp {
        name: text(json, "name")?,
        consumer_key_hint: text(json, "consumer_key_hint")?,
    })
}

/// An authorization.
pub fn authorization(json: &impl Json) -> Option<Authorization> {
    Some(Authorization {
        id: text(json, "id")?,
        state: match text(json, "state")?.as_str() {
            "awaiting_pin" => AuthorizationState::AwaitingPin,
            "authenticated" => AuthorizationState::Authenticated,
            "saved" => AuthorizationState::Saved,
            "cancelled" => AuthorizationState::Cancelled,
            "expired" => AuthorizationState::Expired,
            "rejected" => AuthorizationState::Rejected,
            _ => return None,
        },
        authorize_url: text(json, "authorize_url"),
        authorize_qr: text(json, "authorize_qr"),
        created_at: text(json, "created_at")?,
        expires_at: text(json, "expires_at")?,
        app: app(&json.get("app")?)?,
        connection_id: text(json, "connection_id"),
        account: json.get("account").and_then(|it| account(&it)),
        access_token: text(json, "access_token"),
        access_level: access_level(json),
        tasks: tasks(json),
        duplicates: duplicates(json),
    })
}

fn duplicates(json: &impl Json) -> Vec<Duplicate> {
    let items = json.get("duplicates").and_then(|it| it.items()).unwrap_or_default();
    let read = |it: &_| Some(Duplicate { id: text(it, "id")?, name: text(it, "name")? });
    items.iter().filter_map(read).collect()
}

/// What became of a token.
pub fn cancelled(json: &impl Json) -> Option<Cancelled> {
    Some(Cancelled { revoked: truth(json, "revoked")?, reason: text(json, "reason") })
}

/// A connection.
pub fn connection(json: &impl Json) -> Option<Connection> {
    Some(Connection {
        id: text(json, "id")?,
        workspace: text(json, "workspace")?,
        name: text(json, "name")?,
        group: text(json, "group"),
        account: json.get("account").and_then(|it| account(&it)),
        app: app(&json.get("app")?)?,
        access_token: text(json, "access_token"),
        access_secret_set: truth(json, "access_secret_set")?,
        access_level: access_level(json),
        health: health(&json.get("health")?)?,
        tasks: tasks(json),
        allow: json
            .get("allow")
            .map(|it| Allow { tasks: texts(&it, "tasks"), paths: texts(&it, "paths") }),
        version: number(json, "version")?,
        created_at: text(json, "created_at")?,
        updated_at: text(json, "updated_at")?,
        last_used_at: text(json, "last_used_at"),
        old_token: json.get("old_token").and_then(|it| cancelled(&it)),
    })
}

/// A page of connections.
pub fn connection_page(json: &impl Json) -> Option<ConnectionPage> {
    let items = json.get("items")?.items()?;
    let items = items.iter().map(connection).collect::<Option<_>>()?;
    Some(ConnectionPage { items, next: text(json, "next") })
}

pub(super) fn code(json: &impl Json) -> Code {
    known(&text(json, "code").unwrap_or_default())
}

fn known(code: &str) -> Code {
    Code::ALL.iter().copied().find(|it| it.as_str() == code).unwrap_or(Code::Unknown)
}

/// A refusal that came as its code alone, in an address.
pub fn refusal(code: &str) -> Failure {
    Failure::Answered(Box::new(Problem {
        type_uri: String::new(),
        title: String::new(),
        status: 403,
        detail: String::new(),
        code: known(code),
        field: None,
        retry_after: None,
        clock_skew: None,
        x: None,
        next: None,
        request_id: String::new(),
    }))
}

/// A problem document.
pub fn problem(json: &impl Json) -> Option<Problem> {
    text(json, "code")?;
    Some(Problem {
        type_uri: text(json, "type")?,
        title: text(json, "title")?,
        status: number(json, "status")?,
        detail: text(json, "detail")?,
        code: code(json),
        field: text(json, "field"),
        retry_after: number(json, "retry_after"),
        clock_skew: number(json, "clock_skew"),
        x: json.get("x").and_then(|x| {
            Some(ProviderError {
                status: number(&x, "status")?,
                code: number(&x, "code"),
                type_uri: text(&x, "type"),
                text: text(&x, "text")?,
            })
        }),
        next: json.get("next").and_then(|next| authorization(&next)).map(Box::new),
        request_id: text(json, "request_id")?,
    })
}

fn app(json: &impl Json) -> Option<AppRef> {
    Some(AppRef {
        kind: match text(json, "kind")?.as_str() {
            "registered" => AppKind::Registered,
            "own" => AppKind::Own,
            "saved" => AppKind::Saved,
            _ => return None,
        },
        id: text(json, "id"),
        name: text(json, "name"),
        consumer_key_hint: text(json, "consumer_key_hint")?,
    })
}

fn texts(json: &impl Json, name: &str) -> Vec<String> {
    let items = json.get(name).and_then(|it| it.items()).unwrap_or_default();
    items.iter().filter_map(Json::text).collect()
}

fn account(json: &impl Json) -> Option<Account> {
    Some(Account { user_id: text(json, "user_id")?, screen_name: text(json, "screen_name")? })
}

fn access_level(json: &impl Json) -> Option<AccessLevel> {
    AccessLevel::from_x(&text(json, "access_level")?)
}

fn health(json: &impl Json) -> Option<Health> {
    Some(Health {
        state: health_state(json)?,
        since: text(json, "since")?,
        last_success: text(json, "last_success"),
        last_error: text(json, "last_error"),
    })
}

pub(super) fn health_state(json: &impl Json) -> Option<HealthState> {
    Some(match text(json, "state")?.as_str() {
        "ok" => HealthState::Ok,
        "needs_repair" => HealthState::NeedsRepair,
        "read_only" => HealthState::ReadOnly,
        "app_suspended" => HealthState::AppSuspended,
        "no_credits" => HealthState::NoCredits,
        "cannot_decrypt" => HealthState::CannotDecrypt,
        _ => HealthState::Unknown,
    })
}

fn tasks(json: &impl Json) -> Vec<TaskAccess> {
    let items = json.get("tasks").and_then(|tasks| tasks.items()).unwrap_or_default();
    let task = |json: &_| {
        Some(TaskAccess {
            task: text(json, "task")?,
            allowed: truth(json, "allowed")?,
            reason: text(json, "reason"),
        })
    };
    items.iter().filter_map(task).collect()
}
