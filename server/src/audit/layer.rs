//! Writes down what was refused, when the refusal passes on its way out.

use std::net::IpAddr;

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use pinfold_api::{Action, AuditResult, Code, paths};

use super::{Entry, Who, Witness};
use crate::clock::canonical_id;
use crate::problem::Refusal;
use crate::session::{Caller, Peer};
use crate::state::AppState;

/// Sees every request and its answer. A refusal is on the disk, or counted, before it is answered.
pub(crate) async fn witness(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let witness = Witness::default();
    request.extensions_mut().insert(witness.clone());
    let asked = Asked::of(&request);
    let response = next.run(request).await;
    let Some(refusal) = response.extensions().get::<Refusal>() else { return response };
    if let Some(entry) = asked.refused(&state, &witness, refusal) {
        state.write_refusal(entry).await;
    }
    response
}

/// The same for a call of the signing proxy, which does not go by the layers.
pub(crate) async fn refused_call(
    state: &AppState,
    caller: Option<&Caller>,
    address: IpAddr,
    method: &Method,
    subject: Option<String>,
    refusal: &Refusal,
) {
    let witness = Witness::default();
    if let Some(caller) = caller {
        witness.saw(caller);
    }
    let route = Some(paths::CONNECTION_PROXY.to_owned());
    let asked =
        Asked { method: method.clone(), route, subject, task: None, address: Some(address) };
    if let Some(entry) = asked.refused(state, &witness, refusal) {
        state.write_refusal(entry).await;
    }
}

/// What is kept of a request until its answer is known: no body, no query, and of the path only the
/// route and an id.
struct Asked {
    method: Method,
    route: Option<String>,
    subject: Option<String>,
    /// The name of a task, when there is one of that name.
    task: Option<&'static str>,
    address: Option<IpAddr>,
}

impl Asked {
    fn of(request: &Request) -> Self {
        let route =
            request.extensions().get::<MatchedPath>().map(|route| route.as_str().to_owned());
        let subject = route.as_deref().and_then(|route| id_in(route, request.uri().path()));
        let task =
            route.as_deref().and_then(|route| part_in(route, "{task}", request.uri().path()));
        let task = task.and_then(pinfold_api::task).map(|task| task.name);
        let address = request.extensions().get::<Peer>().map(|peer| peer.client);
        Self { method: request.method().clone(), route, subject, task, address }
    }

    fn refused(self, state: &AppState, witness: &Witness, refusal: &Refusal) -> Option<Entry> {
        let route = self.route.as_deref().unwrap_or_default();
        let action = action_of(&self.method, route);
        if !worth_writing(&self.method, route, action, refusal) {
            return None;
        }
        let result =
            if refusal.status() >= 500 { AuditResult::Failed } else { AuditResult::Refused };
        let who = witness.who().cloned().unwrap_or_else(|| Who::nobody(self.address));
        let entry = state.entry_by(who, action).not_done(result, refusal.code());
        let entry = match self.subject.or_else(|| witness.subject().cloned()) {
            Some(subject) => entry.on(subject),
            None => entry,
        };
        let no_route = self.route.is_none();
        Some(match action {
            // A path that nobody made is text of the caller's, so it is not repeated.
            Action::Request if no_route => {
                entry.saying(format!("{} elsewhere", word(&self.method)))
            }
            Action::Request | Action::Use => {
                entry.saying(format!("{} {route}", word(&self.method)))
            }
            _ => match (self.task, refusal.names_field()) {
                (Some(task), Some(field)) => entry.saying(format!("{task}, because of {field}")),
                (Some(task), None) => entry.saying(task),
                (None, Some(field)) => entry.saying(format!("because of {field}")),
                (None, None) => entry,
            },
        })
    }
}

/// Refusals that are about rights are written whatever was asked; others when a change was asked.
fn worth_writing(method: &Method, route: &str, action: Action, refusal: &Refusal) -> bool {
    match refusal.code() {
        // "Who am I?" of a browser that is not signed in: each visit begins with it.
        Code::Unauthenticated => !(route == paths::SESSION && method == Method::GET),
        Code::Forbidden
        | Code::OutsideKey
        | Code::OutsideConnection
        | Code::ForeignHost
        | Code::ForeignOrigin
        | Code::TooManyRequests => true,
        // Nothing there, or another tenant's.
        Code::NotFound => route.contains("{id}"),
        // Not understood, so nothing was asked.
        Code::InvalidRequest
        | Code::UnsupportedMediaType
        | Code::TooLarge
        | Code::RequestTimeout
        | Code::MethodNotAllowed => false,
        _ => !matches!(action, Action::Request | Action::Use),
    }
}

/// The action that a route stands for. What only reads is `request`.
fn action_of(method: &Method, route: &str) -> Action {
    match (method.as_str(), route) {
        ("POST", paths::SESSION) => Action::SignIn,
        ("DELETE", paths::SESSION) => Action::SignOut,
        ("POST", paths::SESSIONS) => Action::SessionMint,
        ("DELETE", paths::SESSION_OF) => Action::SessionRevoke,
        ("POST", paths::WORKSPACES) => Action::WorkspaceCreate,
        ("PATCH", paths::WORKSPACE) => Action::WorkspaceEdit,
        ("DELETE", paths::WORKSPACE) => Action::WorkspaceDelete,
        ("POST", paths::WORKSPACE_KEY) => Action::WorkspaceRekey,
        ("POST", paths::WEBHOOKS) => Action::WebhookCreate,
        ("DELETE", paths::WEBHOOK) => Action::WebhookDelete,
        ("POST", paths::AUTHORIZATIONS) => Action::AuthorizationBegin,
        ("POST", paths::AUTHORIZATION_PIN) => Action::AuthorizationPin,
        ("DELETE", paths::AUTHORIZATION) => Action::AuthorizationCancel,
        ("POST", paths::CONNECTIONS) => Action::ConnectionCreate,
        ("PATCH", paths::CONNECTION) => Action::ConnectionEdit,
        ("DELETE", paths::CONNECTION) => Action::ConnectionDelete,
        ("POST", paths::CONNECTION_CLONE) => Action::ConnectionClone,
        ("POST", paths::CONNECTION_TEST) => Action::ConnectionTest,
        ("POST", paths::CONNECTION_REVERT) => Action::ConnectionRevert,
        ("POST", paths::APPS) => Action::AppCreate,
        ("PATCH", paths::APP) => Action::AppEdit,
        ("DELETE", paths::APP) => Action::AppDelete,
        ("POST", paths::APP_REVERT) => Action::AppRevert,
        ("POST", paths::APP_TEST | paths::REGISTERED_APP_TEST) => Action::AppTest,
        ("POST", paths::KEYS) => Action::KeyCreate,
        ("DELETE", paths::KEY) => Action::KeyDelete,
        ("POST", paths::EXPORT) => Action::Export,
        ("POST", paths::IMPORT) => Action::Import,
        ("GET", paths::AUDIT) => Action::AuditRead,
        ("POST", paths::CONNECTION_TASK) => Action::TaskRun,
        (_, route) if is_use(route) => Action::Use,
        _ => Action::Request,
    }
}

/// Signed calls of a connection.
fn is_use(route: &str) -> bool {
    route.strip_prefix(paths::CONNECTION).is_some_and(|below| below.starts_with("/x/"))
}

/// A caller may invent methods; they are not repeated.
fn word(method: &Method) -> &'static str {
    crate::layers::name_of(method)
}

/// The id in the place that a route leaves for it.
fn id_in(route: &str, path: &str) -> Option<String> {
    part_in(route, "{id}", path).and_then(canonical_id)
}

/// What stands in a place that a route leaves.
fn part_in<'a>(route: &str, place: &str, path: &'a str) -> Option<&'a str> {
    let mut pairs = route.split('/').zip(path.split('/'));
    pairs.find(|(name, _)| *name == place).map(|(_, text)| text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leaves_its_id_and_nothing_else() {
        let id = "01890000-0000-7000-8000-000000000000";
        let path = format!("/api/v1/connections/{id}");
        assert_eq!(id_in(paths::CONNECTION, &path).as_deref(), Some(id));
        assert_eq!(id_in(paths::CONNECTION, "/api/v1/connections/secret"), None);
        assert_eq!(id_in(paths::CONNECTIONS, "/api/v1/connections"), None);
    }
}
