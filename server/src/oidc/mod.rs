//! Signing in by OpenID Connect: the authorization code flow with PKCE (RFC 7636), and a table of
//! configuration that says what those may do whom the provider vouches for.
//!
//! [`begin`] sends the browser to the provider with a sealed cookie of what it has to bring back;
//! [`finish`] takes the code that it brings, and what the provider says about it. A page of ours gets
//! a session by it; a front end elsewhere, whose page configuration names, gets a one-time link, which it turns into a
//! bearer: cookies are nothing between sites.

mod flow;
mod provider;

use pinfold_api::{Action, AuditResult, Code, paths};
use url::Url;

use crate::audit::Who;
use crate::problem::Refusal;
use crate::session::Peer;
use crate::session::{SESSION_MILLIS, Token};
use crate::state::AppState;
use crate::store::{DEFAULT_WORKSPACE, SessionRow};

use flow::{FLOW_MILLIS, Flow};
pub use provider::Oidc;

/// How long a person may take at the provider.
pub const FLOW_SECONDS: i64 = FLOW_MILLIS / 1000;

/// Where the provider sends the browser back to.
pub fn callback_url(public: &Url) -> Url {
    let mut url = public.clone();
    url.set_path(paths::OIDC_CALLBACK);
    url
}

/// What a browser takes along.
pub struct Begun {
    /// The provider's page.
    pub url: Url,
    /// What has to come back with it, sealed.
    pub cookie: String,
}

/// How long the one-time link of a page elsewhere is good for: until the browser is there.
const LINK_MILLIS: i64 = 60 * 1000;

/// Begins a sign-in, for a page on another origin when one is named.
pub async fn begin(state: &AppState, page: Option<&str>) -> Result<Begun, Refusal> {
    let oidc = state.oidc.as_ref().ok_or(Code::NotFound)?;
    let page = match page {
        Some(page) => Some(oidc.page(page).ok_or_else(|| Refusal::new(Code::ForeignOrigin))?),
        None => None,
    };
    let flow = Flow::new(page.map(String::from), state.clock.now());
    let url = oidc.authorize_url(&flow, state.clock.now()).await?;
    Ok(Begun { url, cookie: flow.seal(&state.seal) })
}

/// What the provider sent the browser back with.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Returned {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
}

/// How a sign-in ended.
pub struct Finished {
    /// The page on another origin that it was for.
    pub page: Option<String>,
    /// What that page takes for a one-time link, and ours for a session; or why there is none.
    pub token: Result<Token, Refusal>,
}

/// Ends a sign-in: somebody has a session or a link to one, or is told why not. Each is written down.
pub async fn finish(
    state: &AppState,
    peer: Peer,
    cookie: Option<&str>,
    returned: Returned,
) -> Finished {
    let flow = cookie.and_then(|text| Flow::open(&state.seal, text, state.clock.now()));
    let page = flow.as_ref().and_then(|flow| flow.page.clone());
    let token = signed_in(state, &peer, flow, returned).await;
    if let Err(refusal) = &token {
        let result =
            if refusal.status() >= 500 { AuditResult::Failed } else { AuditResult::Refused };
        let who = Who::nobody(Some(peer.client));
        let entry = state.entry_by(who, Action::SignIn).not_done(result, refusal.code());
        state.write_refusal(entry.saying("by OpenID Connect")).await;
    }
    Finished { page, token }
}

async fn signed_in(
    state: &AppState,
    peer: &Peer,
    flow: Option<Flow>,
    returned: Returned,
) -> Result<Token, Refusal> {
    let oidc = state.oidc.as_ref().ok_or(Code::NotFound)?;
    let now = state.clock.now();
    let flow = flow.filter(|flow| returned.state.as_deref().is_some_and(|it| flow.is_of(it)));
    let flow = flow.ok_or(Code::SignInRefused)?;
    if returned.error.is_some() {
        tracing::info!("the provider signs nobody in");
    }
    let code = returned.code.ok_or(Code::SignInRefused)?;
    state.limits.provider(peer.client).await?;
    let page = flow.page.clone();
    let who = oidc.identity(code, flow, &state.clock).await?;
    let row = state.people.find(&who).ok_or(Code::Forbidden)?;
    let session = SessionRow {
        id: state.clock.new_id().to_string(),
        workspace: row.workspace.clone().unwrap_or_else(|| DEFAULT_WORKSPACE.to_owned()),
        role: row.role,
        expires_at: now + SESSION_MILLIS,
    };
    let token = Token::generate();
    let name = who.email.as_ref().unwrap_or(&who.user);
    let entry = state.entry_by(Who::nobody(Some(peer.client)), Action::SignIn);
    if let Some(page) = page {
        // Whoever comes with the link is written down as signed in.
        let entry = entry.on(&session.workspace);
        let entry = entry.saying(format!("a link by OpenID Connect as {name} for {page}"));
        let (workspace, role) = (&session.workspace, session.role);
        let until = now + LINK_MILLIS;
        state.store.insert_link(&token.hash(), workspace, role, now, until, Some(&entry)).await?;
        return Ok(token);
    }
    let entry = entry.saying(format!("by OpenID Connect as {name}"));
    state.store.insert_session(&session, &token.hash(), now, entry).await?;
    tracing::info!(session = session.id, workspace = session.workspace, "signed in");
    Ok(token)
}
