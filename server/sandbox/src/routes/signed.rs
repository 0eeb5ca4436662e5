//! A signed request as handlers get it.

use std::sync::Arc;

use axum::body::{Bytes, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use axum::response::Response;

use crate::dialect::{self, Refused};
use crate::misbehave::{Misbehaviour, Mode};
use crate::parameters::Parameters;
use crate::provider::Provider;
use crate::signature::base_uri;
use crate::verify::{Presented, Refusal, Signer};

/// No request that X takes here is longer.
const MOST_BYTES: usize = 64 * 1024;

/// Read, and not yet believed.
pub(crate) struct Signed {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    presented: Presented,
    path: String,
    order: Option<Misbehaviour>,
}

impl FromRequest<Arc<Provider>> for Signed {
    type Rejection = Response;

    async fn from_request(request: Request, _: &Arc<Provider>) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, MOST_BYTES).await.map_err(|_| dialect::too_large())?;
        let path = parts.uri.path().to_owned();
        let parameters = Parameters::collect(&parts.headers, parts.uri.query(), &body)
            .map_err(|malformed| dialect::refusal(&path, Refusal::Malformed(malformed)))?;
        let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let base_uri = base_uri("http", host.unwrap_or_default(), &path);
        let presented = Presented { method: parts.method.to_string(), base_uri, parameters };
        let order = parts.extensions.get().copied();
        Ok(Self { headers: parts.headers, body, presented, path, order })
    }
}

impl Signed {
    /// Believes it, or answers it.
    pub(crate) fn verify(&self, provider: &Provider, signer: Signer) -> Result<(), Refused> {
        let now = provider.clock.seconds();
        let now = self.order.map_or(now, |order| order.shift(now));
        let verdict = provider
            .with(|inner| self.presented.verify(signer, &inner.world, &mut inner.nonces, now));
        Ok(verdict.map_err(|refusal| dialect::refusal(&self.path, refusal))?)
    }

    /// Whether this request was told to go wrong in this way.
    pub(crate) fn is_told_to(&self, mode: Mode) -> bool {
        self.order.is_some_and(|order| order.mode == mode)
    }

    /// A parameter, or nothing, which no check of ours takes for a value.
    pub(crate) fn parameter(&self, name: &str) -> &str {
        self.presented.parameters.get(name).unwrap_or_default()
    }

    pub(crate) fn consumer_key(&self) -> &str {
        self.parameter("oauth_consumer_key")
    }

    pub(crate) fn token(&self) -> &str {
        self.parameter("oauth_token")
    }
}
