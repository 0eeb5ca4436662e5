//! The caller of a request, found before any handler runs.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::header::{AUTHORIZATION, HeaderMap};
use axum::http::request::Parts;
use pinfold_api::{Action, Code, Role};
use secrecy::ExposeSecret;
use subtle::ConstantTimeEq as _;

use super::{Peer, token};
use crate::audit::{Entry, Witness};
use crate::clock::Millis;
use crate::problem::Refusal;
use crate::seal::Chain;
use crate::state::AppState;
use crate::store::{Author, DEFAULT_WORKSPACE, HandoffRow};
use crate::task_key::{self, Held, TaskKey};
use crate::workspace;

/// The session id of everything that is done with the bare access key.
const ACCESS_KEY_SESSION: &str = "access-key";

/// Who asks.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The tenant.
    pub workspace: String,
    /// What it may do.
    pub role: Role,
    /// The session, which authorizations are bound to; of a hand-off, the hand-off.
    pub session_id: String,
    /// When it ends; `None` for the access key.
    pub expires_at: Option<Millis>,
    /// Where the request came from, for the audit log.
    pub address: Option<IpAddr>,
    /// What its entries there are chained by.
    pub(crate) chain: Arc<Chain>,
    /// The task key that it brings. Every extractor here refuses one: a key is good for what it
    /// names, and only the proxy and the tasks ask it.
    pub key: Held,
    /// What it was given, when it was given the right to connect by somebody.
    pub handoff: Option<Arc<HandoffRow>>,
}

/// A caller who may do all of the workspace.
pub struct Operator(pub Caller);

/// A caller who may at least make or repair a connection.
pub struct Connector(pub Caller);

/// A caller who may use connections: an operator, or somebody with a task key. What the key covers
/// is for the handler to ask ([`TaskKey::names`], [`TaskKey::may_run`]).
pub struct User(pub Caller);

impl Caller {
    /// Whoever a request comes from, task keys too.
    pub(crate) async fn find(
        headers: &HeaderMap,
        peer: Option<Peer>,
        state: &AppState,
    ) -> Result<Self, Refusal> {
        let address = peer.map(|peer| peer.client);
        let now = state.clock.now();
        if let Some(key) = Self::key(headers, state, now).await? {
            return Ok(Self::with_key(state, key, address));
        }
        let bearer = bearer(headers);
        if let Some(text) = bearer
            && let Some(workspace) = workspace_of(state, text).await?
        {
            return Ok(Self::access_key(state, workspace, address));
        }
        // Another scheme, such as the Basic of a proxy in front, is not for us.
        let foreign = state.origins.page(headers).is_some();
        let cookie = || state.cookie.read(headers).filter(|_| !foreign);
        let session = match bearer.or_else(cookie) {
            Some(token) => {
                let hash = token::hash(token);
                Box::pin(state.store.session(&hash, now)).await?
            }
            None => None,
        };
        let Some((session, handoff)) = session else {
            let vouched = if bearer.is_none() { vouched(headers, peer, state)? } else { None };
            return vouched.ok_or_else(|| Code::Unauthenticated.into());
        };
        if let Some(origin) = handoff.as_ref().and_then(|handoff| handoff.origin.as_deref())
            && !state.origins.allow_bound(headers, origin)
        {
            return Err(Refusal::new(Code::ForeignOrigin).because(
                "This session was made for another page. Ask that page's server for one of your own.",
            ));
        }
        let session_id = handoff.as_ref().map_or(session.id, |handoff| handoff.id.clone());
        Ok(Self {
            workspace: session.workspace,
            role: session.role,
            session_id,
            expires_at: Some(session.expires_at),
            address,
            chain: state.audit.chain(),
            key: None,
            handoff: handoff.map(Arc::new),
        })
    }

    /// The task key that a request brings, when it brings one.
    pub(crate) async fn key(
        headers: &HeaderMap,
        state: &AppState,
        now: Millis,
    ) -> Result<Held, Refusal> {
        let key = bearer(headers).filter(|text| text.starts_with(task_key::PREFIX));
        let Some(key) = key else { return Ok(None) };
        let key = state.holders.find(&state.store, key, now).await?;
        key.ok_or_else(|| Code::Unauthenticated.into()).map(Some)
    }

    pub(crate) fn with_key(state: &AppState, key: Arc<TaskKey>, address: Option<IpAddr>) -> Self {
        Self {
            workspace: key.workspace.clone(),
            role: Role::Task,
            session_id: key.id.to_string(),
            expires_at: key.expires_at,
            address,
            chain: state.audit.chain(),
            key: Some(key),
            handoff: None,
        }
    }

    /// Who does something now, for its version and the entry that comes with it.
    pub fn author(&self, now: Millis) -> Author {
        let entry = Entry::of_caller(&self.chain, self, Action::Request, now);
        Author {
            role: self.role,
            session_id: Some(self.session_id.clone()),
            at: now,
            handoff: self.handoff.as_ref().map(|handoff| handoff.id.clone()),
            audit: Some(entry),
        }
    }

    fn access_key(state: &AppState, workspace: String, address: Option<IpAddr>) -> Self {
        Self {
            workspace,
            role: Role::Operator,
            session_id: ACCESS_KEY_SESSION.to_owned(),
            expires_at: None,
            address,
            chain: state.audit.chain(),
            key: None,
            handoff: None,
        }
    }
}

/// Somebody whom the proxy in front vouches for. Its word comes with every request of their browser,
/// as no cookie of ours would: pages that are not ours get nothing by it, not even a look.
fn vouched(
    headers: &HeaderMap,
    peer: Option<Peer>,
    state: &AppState,
) -> Result<Option<Caller>, Refusal> {
    let Some(trusted) = state.trusted.as_ref().filter(|_| state.origins.own(headers)) else {
        return Ok(None);
    };
    let neighbour = peer.map(|peer| peer.neighbour);
    let Some(who) = trusted.identity(headers, neighbour) else { return Ok(None) };
    let row = state.people.find(&who).ok_or_else(|| {
        Refusal::new(Code::Forbidden).because(
            "You are known here, and nobody gave you access. Ask whoever runs this server.",
        )
    })?;
    Ok(Some(Caller {
        workspace: row.workspace.clone().unwrap_or_else(|| DEFAULT_WORKSPACE.to_owned()),
        role: row.role,
        session_id: format!("user:{}", who.user),
        expires_at: None,
        address: peer.map(|peer| peer.client),
        chain: state.audit.chain(),
        key: None,
        handoff: None,
    }))
}

/// The workspace that an access key operates: the server's own key the default one.
pub(crate) async fn workspace_of(state: &AppState, key: &str) -> Result<Option<String>, Refusal> {
    if is_access_key(state, key) {
        return Ok(Some(DEFAULT_WORKSPACE.to_owned()));
    }
    if !key.starts_with(workspace::PREFIX) {
        return Ok(None);
    }
    Ok(state.store.workspace_of_key(&token::hash(key)).await?)
}

/// Compares hashes in constant time, so that neither length nor content shows.
fn is_access_key(state: &AppState, given: &str) -> bool {
    let ours = token::hash(state.access_key.expose_secret());
    ours.ct_eq(&token::hash(given)).into()
}

/// RFC 6750 §2.1; the scheme's name has no case.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

impl<S> FromRequestParts<S> for Caller
where
    AppState: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let caller = anybody(parts, state).await?;
        if caller.key.is_some() { Err(Code::Forbidden.into()) } else { Ok(caller) }
    }
}

impl<S> FromRequestParts<S> for User
where
    AppState: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let caller = anybody(parts, state).await?;
        let may = caller.role == Role::Operator || caller.key.is_some();
        if may { Ok(Self(caller)) } else { Err(Code::Forbidden.into()) }
    }
}

async fn anybody<S>(parts: &Parts, state: &S) -> Result<Caller, Refusal>
where
    AppState: FromRef<S>,
    S: Sync,
{
    let state = AppState::from_ref(state);
    let caller =
        Caller::find(&parts.headers, parts.extensions.get::<Peer>().copied(), &state).await?;
    if let Some(witness) = parts.extensions.get::<Witness>() {
        witness.saw(&caller);
    }
    Ok(caller)
}

/// Lets a caller in whose role is one of these.
macro_rules! lets_in {
    ($who:ident: $($role:ident)|+) => {
        impl<S> FromRequestParts<S> for $who
        where
            AppState: FromRef<S>,
            S: Send + Sync,
        {
            type Rejection = Refusal;

            async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
                let caller = Caller::from_request_parts(parts, state).await?;
                match caller.role {
                    $(Role::$role)|+ => Ok(Self(caller)),
                    _ => Err(Code::Forbidden.into()),
                }
            }
        }
    };
}

lets_in!(Operator: Operator);
lets_in!(Connector: Operator | Connector);
