//! One call: who asks, for what, with which connection; then signed and passed on.

use std::sync::Arc;

use axum::body::Body;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderValue, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{Method, Request, Response};
use hyper::body::{Body as _, Incoming};
use pinfold_api::{Code, Role};
use uuid::Uuid;

use super::entitled::{Entitled, Right};
use super::sent::Sent;
use super::target::part;
use super::{Target, headers, parameters, payload, price};
use crate::fragment::HasFragment;
use crate::permit::METHODS;
use crate::problem::Refusal;
use crate::session::{Caller, Peer};
use crate::state::AppState;
use crate::task_key::{Held, TaskKey};
use crate::x::pass::{Call, PassError, Payload, UploadEnd};
use crate::x::sign::SignError;

/// What X sends is shown to programs. A browser that is led to it runs none of it.
const POLICY: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";

/// What is known of a call, for the audit log, when it is refused.
pub(super) struct Seen {
    pub(super) peer: Peer,
    pub(super) key: Held,
    /// Whoever came without a key.
    pub(super) caller: Option<Caller>,
    pub(super) connection: Option<Uuid>,
}

/// Carries out one call of the proxy.
pub(super) async fn call(
    state: &AppState,
    request: Request<Incoming>,
    seen: &mut Seen,
) -> Result<Response<Body>, Refusal> {
    if !state.hosts.allow(&request) {
        return Err(Code::ForeignHost.into());
    }
    let (now, generation) = (state.clock.recently(), state.store.changes().generation());
    let (mut parts, body) = request.into_parts();
    let reading = matches!(parts.method, Method::GET | Method::HEAD);
    if !reading && !state.origins.allow(&parts.headers) {
        return Err(Code::ForeignOrigin.into());
    }
    let key = Caller::key(&parts.headers, state, now).await?;
    seen.key.clone_from(&key);
    let workspace = if let Some(key) = &key {
        &key.workspace
    } else {
        let caller = Box::pin(Caller::find(&parts.headers, Some(seen.peer), state)).await?;
        let caller = &*seen.caller.insert(caller);
        if caller.role != Role::Operator {
            return Err(Code::Forbidden.into());
        }
        &caller.workspace
    };
    // An absolute form names a host, and the host is not the caller's to name.
    if parts.uri.authority().is_some() || parts.uri.scheme().is_some() {
        return Err(Refusal::new(Code::PathRefused).because("Send the path alone, without a host."));
    }
    if parts.extensions.get::<HasFragment>().is_some() {
        return Err(
            Refusal::new(Code::PathRefused).because("A request has no fragment. Leave it out.")
        );
    }
    let (id, path) = part(parts.uri.path()).ok_or(Code::NotFound)?;
    let id = Uuid::parse_str(id).map_err(|_| Code::NotFound)?;
    seen.connection = Some(id);
    if let Some(key) = &key {
        key.names(id)?;
    }
    let target = Target::parse(path)?;
    if !METHODS.contains(&parts.method) {
        return Err(Code::MethodNotAllowed.into());
    }
    if let Some(key) = &key {
        key.may_send(&parts.method, target)?;
    }
    let account = state.accounts.find(state, workspace, id).await?;
    account.fits(state)?;
    account.may_send(&parts.method, target)?;
    let query = parameters::decode(parts.uri.query().unwrap_or_default().as_bytes(), "query")?;
    let mut right = None;
    let body = if body.is_end_stream() {
        Body::empty()
    } else {
        let call = (&parts.method, target);
        let right = right.insert(Right::new(state, (&key, workspace), id, call));
        Body::new(Entitled::new(body, right, generation))
    };
    let read =
        read_and_price(key.as_deref(), &parts.method, target, &query, &parts.headers, body).await;
    let (payload, price) = match read {
        Ok(read) => read,
        Err(refusal) => return Err(Box::pin(Right::explain(right, refusal)).await),
    };
    let signer = account.signer(state)?;
    let room = state.holders.room(workspace, key.as_deref()).await?;
    if let Some(key) = &key {
        state.holders.take(&state.store, key, price, now).await?;
    }

    let sent = Sent::begin(state, Arc::clone(&account), key.clone(), reading);
    let call = Call {
        method: &parts.method,
        path: target.as_str(),
        query: &query,
        payload,
        accept: headers::accepted(&parts.headers),
        room,
        signer,
    };
    // Of the caller's own headers nothing is asked any more.
    let answer = match state.x.pass(call, &mut parts.headers).await {
        Ok(answer) => answer,
        Err(error) => {
            if error.sent_nothing() {
                sent.take_back();
                if let Some(key) = &key {
                    state.holders.give_back(&state.store, key, price, now).await;
                }
            }
            // Of what X may have done all the same, that is what has to be told.
            let right = right.filter(|_| matches!(error, PassError::Upload { .. }));
            return Err(Box::pin(Right::explain(right, not_passed(error, &query))).await);
        }
    };
    let mut response = Response::new(sent.hear(answer.evidence, answer.body));
    *response.status_mut() = answer.status;
    *response.headers_mut() = headers::from_x(parts.headers);
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// The body, and the price where a cap depends on it.
async fn read_and_price(
    key: Option<&TaskKey>,
    method: &Method,
    target: Target<'_>,
    query: &[(String, String)],
    headers: &axum::http::HeaderMap,
    body: Body,
) -> Result<(Payload, u64), Refusal> {
    if key.is_none_or(|key| key.per_day.is_none()) {
        return Ok((payload::read(headers, body).await?, 0));
    }
    if price::depends_on_text(method, target) {
        let (payload, has_url) = payload::read_post(headers, body).await?;
        let has_url = has_url || query.iter().any(|(_, value)| price::may_hold_url(value));
        return Ok((payload, price::of_post(has_url)));
    }
    Ok((payload::read(headers, body).await?, price::of(method, target, query)))
}

/// Said of what X was sent and did not answer.
pub const PERHAPS: &str =
    "It may have been carried out all the same: look at what is there before you send it again.";

/// Why there is no answer of X, in words.
pub fn not_passed(error: PassError, query: &[(String, String)]) -> Refusal {
    let place = |name: &str| {
        let in_query = query.iter().any(|(own, _)| own == name);
        parameters::unsignable(if in_query { "query" } else { "body" })
    };
    match error {
        PassError::Unsignable(SignError::Duplicate(name)) => {
            place(&name).because(format!("The parameter {name} is given twice. Give it once."))
        }
        PassError::Unsignable(SignError::Reserved(name)) => place(&name)
            .because(format!("The parameter {name} is the signature's own. Leave it out.")),
        PassError::Unsignable(SignError::Name(name)) => place(&name),
        PassError::Unsignable(error) => {
            tracing::error!(%error, "a checked call cannot be signed");
            Code::Internal.into()
        }
        PassError::Unreached => Code::XUnreachable.into(),
        PassError::Late => Refusal::new(Code::XUnreachable)
            .because(format!("X took the call and did not answer in time. {PERHAPS}")),
        PassError::Broken => Refusal::new(Code::XUnreachable)
            .because(format!("X took the call and closed the line without an answer. {PERHAPS}")),
        PassError::Garbled => Refusal::new(Code::XUnintelligible)
            .because(format!("What came back is not HTTP. {PERHAPS}")),
        PassError::Upload { end, .. } => match end {
            UploadEnd::TooLarge => Code::TooLarge.into(),
            UploadEnd::Slow => Code::RequestTimeout.into(),
            UploadEnd::Broken | UploadEnd::Whole => Refusal::new(Code::InvalidRequest)
                .because("The body did not arrive whole. Send it again."),
        },
    }
}
