//! Hand-offs: the right to make one connection, or to repair one, given to an account's owner by a
//! portal's session or by a link.
//!
//! [`mint`] gives it, [`terms`](self) keep whoever holds it to it, and the store spends it in the
//! change that makes the connection. Everything that is done with it, an authorization above all, is
//! bound to the hand-off and not to one of its tokens: a person whose token ended goes on with the
//! next.

mod mint;
mod terms;

use pinfold_api::{
    Code, Handoff, HandoffConnection, LiveSession, RegisteredApp, Role, SessionKind, SessionState,
};

use crate::authorization::hint;
use crate::clock::{Millis, rfc3339};
use crate::problem::Refusal;
use crate::session::Caller;
use crate::state::AppState;
use crate::store::{BrowserSession, ConnectionRow, HandoffRow};
use crate::workspace::Registered;

pub use mint::mint;
pub(crate) use terms::{app, narrow, words_of_repair};

/// How long a token, or the session of an opened link, lasts at most.
pub const TOKEN_MILLIS: Millis = 30 * 60 * 1000;

impl Caller {
    /// Refuses who has made the one connection that they were here for.
    pub(crate) fn may_go_on(&self) -> Result<(), Refusal> {
        match &self.handoff {
            Some(handoff) if handoff.made_id.is_some() => Err(Code::HandoffDone.into()),
            _ => Ok(()),
        }
    }
}

impl HandoffRow {
    /// What its holder is told: who asks, and for what.
    pub async fn answer(&self, state: &AppState) -> Result<Handoff, Refusal> {
        let repairs = match &self.connection_id {
            Some(id) => state.store.connection(&self.workspace, id).await?,
            None => None,
        };
        let open = state.store.open_authorizations(&self.workspace, &self.id).await?;
        let live = open.into_iter().filter(|row| row.is_open(state.clock.now()));
        let newest = live.max_by(|one, other| one.id.cmp(&other.id));
        Ok(Handoff {
            authorization_id: newest.map(|row| row.id),
            id: self.id.clone(),
            origin: self.origin.clone(),
            note: self.note.clone(),
            access: self.access,
            app: self.asking_app(state, repairs.as_ref()).await?,
            connection: repairs.map(|row| HandoffConnection {
                id: row.id,
                name: row.name,
                screen_name: row.account.map(|account| account.screen_name),
            }),
            done: self.made_id.is_some(),
            connection_id: self.made_id.clone(),
        })
    }

    async fn asking_app(
        &self,
        state: &AppState,
        repairs: Option<&ConnectionRow>,
    ) -> Result<Option<RegisteredApp>, Refusal> {
        let saved = self.app_id.as_ref().or(repairs.and_then(|row| row.app_id.as_ref()));
        if let Some(id) = saved {
            let row = state.store.app(&self.workspace, id).await?;
            let shown = |row: crate::store::AppRow| RegisteredApp {
                consumer_key_hint: hint(&row.consumer_key),
                name: row.name,
            };
            return Ok(row.map(shown));
        }
        let registered = Registered::of(state, &self.workspace).await?;
        Ok(match (repairs, registered) {
            (Some(row), Some(app)) if app.consumer_key == row.consumer_key => Some(app.answer()),
            (Some(row), _) => {
                let hint = hint(&row.consumer_key);
                Some(RegisteredApp { name: hint.clone(), consumer_key_hint: hint })
            }
            (None, app) => app.map(|app| app.answer()),
        })
    }

    /// What an operator sees of it.
    pub fn listed(self, connection_name: Option<String>, caller: &Caller) -> LiveSession {
        let link = self.origin.is_none();
        LiveSession {
            current: self.id == caller.session_id,
            kind: if link { SessionKind::Link } else { SessionKind::Embed },
            state: match (&self.made_id, self.opened_at) {
                (Some(_), _) => SessionState::Done,
                (None, None) if link => SessionState::Waiting,
                _ => SessionState::Open,
            },
            role: Role::Connector,
            id: self.id,
            origin: self.origin,
            subject: self.subject,
            note: self.note,
            access: self.access,
            app_id: self.app_id,
            connection_id: self.made_id.or(self.connection_id),
            connection_name,
            created_at: rfc3339(self.created_at),
            opened_at: self.opened_at.map(rfc3339),
            expires_at: rfc3339(self.expires_at),
        }
    }
}

impl BrowserSession {
    /// What an operator sees of it.
    pub fn listed(self, caller: &Caller) -> LiveSession {
        LiveSession {
            current: self.session.id == caller.session_id,
            kind: SessionKind::Browser,
            state: SessionState::Open,
            role: self.session.role,
            id: self.session.id,
            origin: None,
            subject: None,
            note: None,
            access: None,
            app_id: None,
            connection_id: None,
            connection_name: None,
            created_at: rfc3339(self.created_at),
            opened_at: None,
            expires_at: rfc3339(self.session.expires_at),
        }
    }
}
