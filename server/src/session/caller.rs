//! The caller of a request, found before any handler runs.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::header::{AUTHORIZATION, HeaderMap};
use axum::http::request::Parts;
use pinfold_api::{Action, Code, Role};
use secrecy::ExposeSecret;
use subtle::ConstantTimeEq as _;

use super::token;
use crate::audit::{Entry, Who, Witness};
use crate::clock::Millis;
use crate::problem::Refusal;
use crate::routes::Peer;
use crate::seal::Chain;
use crate::state::AppState;
use crate::store::{Author, DEFAULT_WORKSPACE};

/// The session id of everything that is done with the bare access key.
const ACCESS_KEY_SESSION: &str = "access-key";

/// Who asks.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The tenant.
    pub workspace: String,
    /// What it may do.
    pub role: Role,
    /// The session, which authorizations are bound to.
    pub session_id: String,
    /// When it ends; `None` for the access key.
    pub expires_at: Option<Millis>,
    /// Where the request came from, for the audit log.
    pub address: Option<IpAddr>,
    /// What its entries there are chained by.
    pub(crate) chain: Arc<Chain>,
}

/// A caller who may do all of the workspace.
pub struct Operator(pub Caller);

/// A caller who may at least make or repair a connection.
pub struct Connector(pub Caller);

impl Caller {
    async fn find(parts: &Parts, state: &AppState) -> Result<Self, Refusal> {
        let unauthenticated = || Refusal::new(Code::Unauthenticated);
        let bearer = bearer(&parts.headers);
        if bearer.is_some_and(|token| is_access_key(state, token)) {
            return Ok(Self::access_key(state, address(parts)));
        }
        // Another scheme, such as the Basic of a proxy in front, is not for us.
        let token = bearer.or_else(|| state.cookie.read(&parts.headers));
        let token = token.ok_or_else(unauthenticated)?;
        let session = state
            .store
            .session(&token::hash(token), state.clock.now())
            .await?
            .ok_or_else(unauthenticated)?;
        Ok(Self {
            workspace: session.workspace,
            role: session.role,
            session_id: session.id,
            expires_at: Some(session.expires_at),
            address: address(parts),
            chain: state.audit.chain(),
        })
    }

    /// Who does something now, for its version and the entry that comes with it.
    pub fn author(&self, now: Millis) -> Author {
        let entry = Entry::new(&self.chain, Who::caller(self), Action::Request, now);
        Author {
            role: self.role,
            session_id: Some(self.session_id.clone()),
            at: now,
            audit: Some(entry),
        }
    }

    fn access_key(state: &AppState, address: Option<IpAddr>) -> Self {
        Self {
            workspace: DEFAULT_WORKSPACE.to_owned(),
            role: Role::Operator,
            session_id: ACCESS_KEY_SESSION.to_owned(),
            expires_at: None,
            address,
            chain: state.audit.chain(),
        }
    }
}

fn address(parts: &Parts) -> Option<IpAddr> {
    parts.extensions.get::<Peer>().map(|peer| peer.0.ip())
}

/// Compares hashes in constant time, so that neither length nor content shows.
pub(crate) fn is_access_key(state: &AppState, given: &str) -> bool {
    let ours = token::hash(state.access_key.expose_secret());
    ours.ct_eq(&token::hash(given)).into()
}

/// RFC 6750 §2.1; the scheme's name has no case.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
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
        let caller = Self::find(parts, &AppState::from_ref(state)).await?;
        if let Some(witness) = parts.extensions.get::<Witness>() {
            witness.saw(&caller);
        }
        Ok(caller)
    }
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
