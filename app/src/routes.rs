//! The pages and their addresses. Following links and the history is `app`'s.

use pinfold_api::paths::{self, pages};

/// A page of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// Manage Connections.
    Connections,
    /// Add; with the authorization to resume, if any.
    NewConnection(Option<String>),
    /// The wizard once more, for a connection by its id.
    Repair(String),
    /// The wizard for somebody who was handed a link, or in the page of a portal; with the
    /// authorization to resume.
    Connect(Option<String>),
    /// What was deleted.
    Deleted,
    /// One connection, by its id.
    Connection(String),
    /// The app vault.
    Apps,
    /// The audit log.
    Activity,
    /// Export and import.
    Move,
    /// Task keys; with the connection to make one for, if any.
    Keys(Option<String>),
    /// Hand-off links and sessions; with the connection to repair by a link, if any.
    Links(Option<String>),
    /// Webhooks, and what became of their messages.
    Webhooks,
    /// Where sign-in links lead.
    SignIn,
    /// Any other address.
    NotFound,
}

impl Route {
    /// Reads `location.pathname` and `location.search`.
    pub fn parse(path: &str, query: &str) -> Self {
        match path {
            pages::HOME | pages::CONNECTIONS => Self::Connections,
            pages::NEW_CONNECTION => {
                match (id(query, "authorization="), id(query, "connection=")) {
                    (None, Some(connection)) => Self::Repair(connection),
                    (authorization, _) => Self::NewConnection(authorization),
                }
            }
            pages::CONNECT => Self::Connect(id(query, "authorization=")),
            pages::DELETED => Self::Deleted,
            pages::APPS => Self::Apps,
            pages::ACTIVITY => Self::Activity,
            pages::MOVE => Self::Move,
            pages::KEYS => Self::Keys(id(query, "connection=")),
            pages::LINKS => Self::Links(id(query, "connection=")),
            pages::WEBHOOKS => Self::Webhooks,
            pages::SIGN_IN => Self::SignIn,
            _ => {
                match pages::CONNECTION.strip_suffix("{id}").and_then(|to| path.strip_prefix(to)) {
                    Some(id) if is_id(id) => Self::Connection(id.to_owned()),
                    _ => Self::NotFound,
                }
            }
        }
    }

    /// The address of the page.
    pub fn path(&self) -> String {
        match self {
            Self::Connections | Self::NotFound => pages::CONNECTIONS.to_owned(),
            Self::NewConnection(None) => pages::NEW_CONNECTION.to_owned(),
            Self::NewConnection(Some(id)) => {
                format!("{}?authorization={id}", pages::NEW_CONNECTION)
            }
            Self::Connect(None) => pages::CONNECT.to_owned(),
            Self::Connect(Some(id)) => format!("{}?authorization={id}", pages::CONNECT),
            Self::Repair(id) => format!("{}?connection={id}", pages::NEW_CONNECTION),
            Self::Keys(None) => pages::KEYS.to_owned(),
            Self::Keys(Some(id)) => format!("{}?connection={id}", pages::KEYS),
            Self::Links(None) => pages::LINKS.to_owned(),
            Self::Links(Some(id)) => format!("{}?connection={id}", pages::LINKS),
            Self::Webhooks => pages::WEBHOOKS.to_owned(),
            Self::Deleted => pages::DELETED.to_owned(),
            Self::Connection(id) => paths::with_id(pages::CONNECTION, id),
            Self::Apps => pages::APPS.to_owned(),
            Self::Activity => pages::ACTIVITY.to_owned(),
            Self::Move => pages::MOVE.to_owned(),
            Self::SignIn => pages::SIGN_IN.to_owned(),
        }
    }
}

fn id(query: &str, name: &str) -> Option<String> {
    let mut pairs = query.trim_start_matches('?').split('&');
    let id = pairs.find_map(|pair| pair.strip_prefix(name))?;
    is_id(id).then(|| id.to_owned())
}

/// What cannot be an id never becomes part of a request's path.
fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_page_is_found_at_its_own_address() {
        let id = || "0197a2b4-7c11".to_owned();
        for route in [
            Route::Connections,
            Route::NewConnection(None),
            Route::NewConnection(Some(id())),
            Route::Repair(id()),
            Route::Connect(None),
            Route::Connect(Some(id())),
            Route::Deleted,
            Route::Keys(None),
            Route::Keys(Some(id())),
            Route::Links(None),
            Route::Links(Some(id())),
            Route::Webhooks,
            Route::Connection(id()),
            Route::Apps,
            Route::Activity,
            Route::Move,
            Route::SignIn,
        ] {
            let address = route.path();
            let (path, query) = address.split_once('?').unwrap_or((&address, ""));
            assert_eq!(Route::parse(path, query), route, "{address}");
        }
    }

    #[test]
    fn what_cannot_be_an_id_is_not_passed_on() {
        assert_eq!(Route::parse("/connections/a%2Fb", ""), Route::NotFound);
        assert_eq!(Route::parse("/connections/", ""), Route::NotFound);
        let traversal = "?authorization=../session";
        assert_eq!(Route::parse("/connections/new", traversal), Route::NewConnection(None));
    }
}
