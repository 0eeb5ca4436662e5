//! Who does it, and how the layer that sees a refusal knows.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use pinfold_api::Role;

use crate::session::Caller;
use crate::store::DEFAULT_WORKSPACE;

/// The doer of an entry.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Who {
    pub(super) workspace: String,
    pub(super) role: &'static str,
    pub(super) session_id: Option<String>,
    pub(super) address: Option<String>,
}

impl Who {
    /// Somebody who is signed in.
    pub fn caller(caller: &Caller) -> Self {
        Self {
            workspace: caller.workspace.clone(),
            role: word(caller.role),
            session_id: Some(caller.session_id.clone()),
            address: caller.address.map(written),
        }
    }

    /// Somebody who is not, or not yet. It stands in the operator's own workspace, for it belongs
    /// to no other.
    pub fn nobody(address: Option<IpAddr>) -> Self {
        Self {
            workspace: DEFAULT_WORKSPACE.to_owned(),
            role: "nobody",
            session_id: None,
            address: address.map(written),
        }
    }

    /// Pinfold itself, or a command beside it.
    pub fn server(workspace: &str) -> Self {
        Self { workspace: workspace.to_owned(), role: "server", session_id: None, address: None }
    }

    pub(super) fn is_nobody(&self) -> bool {
        self.session_id.is_none()
    }

    /// The session that somebody got by signing in.
    #[must_use]
    pub fn signed_in(self, workspace: &str, role: Role, session_id: &str) -> Self {
        Self {
            workspace: workspace.to_owned(),
            role: word(role),
            session_id: Some(session_id.to_owned()),
            ..self
        }
    }
}

const fn word(role: Role) -> &'static str {
    match role {
        Role::Operator => "operator",
        Role::Connector => "connector",
        Role::Task => "task",
    }
}

fn written(address: IpAddr) -> String {
    address.to_canonical().to_string()
}

/// Travels with a request, so that the layer learns whom a handler found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Witness(Arc<(OnceLock<Who>, OnceLock<String>)>);

impl Witness {
    /// The caller was found.
    pub(crate) fn saw(&self, caller: &Caller) {
        // One request has one caller; asked for twice, it is the same one.
        let _ = self.0.0.set(Who::caller(caller));
    }

    /// The request names its subject otherwise than by id.
    pub(crate) fn is_about(&self, id: &str) {
        let _ = self.0.1.set(id.to_owned());
    }

    pub(super) fn subject(&self) -> Option<&String> {
        self.0.1.get()
    }

    pub(super) fn who(&self) -> Option<&Who> {
        self.0.0.get()
    }
}
