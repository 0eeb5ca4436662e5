//! The provider: what it says about itself, where it signs people in, and whom it vouches for.

use std::pin::Pin;

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreErrorResponseType,
    CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm,
    CoreProviderMetadata, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AdditionalClaims, AsyncHttpClient, AuthorizationCode, Client, ClientId, ClientSecret,
    CsrfToken, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest,
    HttpResponse, IdTokenFields, IssuerUrl, Nonce, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, Scope, StandardErrorResponse, StandardTokenResponse, TokenResponse as _,
};
use pinfold_api::Code;
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::sync::RwLock;
use url::Url;

use super::flow::Flow;
use crate::clock::{Clock, Millis};
use crate::config::{Identity, OidcConfig};
use crate::problem::Refusal;
use crate::x::fetch::{Fetch, NoAnswer};

/// How long what the provider says about its addresses is believed.
const BELIEVED_MILLIS: Millis = 10 * 60 * 1000;

/// Every claim of an id token, so that configuration can name the one with the groups.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Claims {
    #[serde(flatten)]
    all: Map<String, Value>,
}

impl AdditionalClaims for Claims {}

type Token = StandardTokenResponse<
    IdTokenFields<
        Claims,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;

type Relying = Client<
    Claims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Token,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

impl<'c> AsyncHttpClient<'c> for Fetch {
    type Error = NoAnswer;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, NoAnswer>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.fetch(request))
    }
}

/// The provider that configuration names.
pub struct Oidc {
    config: OidcConfig,
    callback: Url,
    fetch: Fetch,
    known: RwLock<Option<(CoreProviderMetadata, Millis)>>,
}

impl Oidc {
    /// It is not asked before somebody signs in, so a start does not depend on it.
    pub fn new(config: OidcConfig, callback: Url) -> Self {
        Self { config, callback, fetch: Fetch::default(), known: RwLock::default() }
    }

    /// As in "Sign in with …".
    pub fn name(&self) -> &str {
        &self.config.name
    }

    /// The front end's page of this address, if configuration names it.
    pub fn page(&self, address: &str) -> Option<Url> {
        self.config.pages.iter().find(|page| page.as_str() == address).cloned()
    }

    /// Whether a front end of this origin has such a page.
    pub fn serves(&self, origin: &str) -> bool {
        self.config.pages.iter().any(|page| page.origin().ascii_serialization() == origin)
    }

    /// The page that a browser is sent to.
    pub async fn authorize_url(&self, flow: &Flow, now: Millis) -> Result<Url, Refusal> {
        let client = self.client(self.metadata(now).await?);
        let (state, nonce) = (flow.state.clone(), flow.nonce.clone());
        let verifier = PkceCodeVerifier::new(flow.verifier.clone());
        let request = client.authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            move || CsrfToken::new(state),
            move || Nonce::new(nonce),
        );
        let scopes = self.config.scopes.iter().cloned().map(Scope::new);
        let request = request
            .add_scopes(scopes)
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
        Ok(request.url().0)
    }

    /// Whom the provider vouches for by a code. Its word counts only as a signed id token for this
    /// server, of this sign-in, and not over.
    pub async fn identity(
        &self,
        code: String,
        flow: Flow,
        clock: &Clock,
    ) -> Result<Identity, Refusal> {
        // Asked anew: a key that the provider changed a minute ago counts.
        let client = self.client(self.discover(clock.now()).await?);
        let request = client.exchange_code(AuthorizationCode::new(code)).map_err(broken)?;
        let token = request
            .set_pkce_verifier(PkceCodeVerifier::new(flow.verifier))
            .request_async(&self.fetch)
            .await
            .map_err(refused)?;
        let id_token = token.id_token().ok_or(Code::SignInRefused)?;
        let clock = clock.clone();
        let verifier = client.id_token_verifier().set_time_fn(move || clock.system_time().into());
        let claims = id_token.claims(&verifier, &Nonce::new(flow.nonce)).map_err(refused)?;
        let theirs = claims.email_verified() == Some(true);
        let email = claims.email().filter(|_| theirs).map(|email| email.as_str().to_owned());
        let groups = claims.additional_claims().all.get(&self.config.groups_claim);
        Ok(Identity {
            user: claims.subject().as_str().to_owned(),
            email,
            groups: groups.map(words).unwrap_or_default(),
        })
    }

    fn client(&self, metadata: CoreProviderMetadata) -> Relying {
        let secret = self.config.client_secret.as_ref();
        let secret = secret.map(|secret| ClientSecret::new(secret.expose_secret().to_owned()));
        let client_id = ClientId::new(self.config.client_id.clone());
        Client::from_provider_metadata(metadata, client_id, secret)
            .set_redirect_uri(RedirectUrl::from_url(self.callback.clone()))
    }

    /// The same, or what it said a moment ago: whoever begins sign-ins by the dozen asks it once.
    async fn metadata(&self, now: Millis) -> Result<CoreProviderMetadata, Refusal> {
        if let Some((known, at)) = &*self.known.read().await
            && (*at..*at + BELIEVED_MILLIS).contains(&now)
        {
            return Ok(known.clone());
        }
        self.discover(now).await
    }

    /// What the provider says about itself now.
    async fn discover(&self, now: Millis) -> Result<CoreProviderMetadata, Refusal> {
        let issuer = IssuerUrl::new(self.config.issuer.clone()).map_err(broken)?;
        let asked = CoreProviderMetadata::discover_async(issuer, &self.fetch).await;
        let metadata = asked.map_err(|error| {
            tracing::warn!(%error, "the provider of OpenID Connect does not say who it is");
            Refusal::new(Code::ProviderUnreachable)
        })?;
        *self.known.write().await = Some((metadata.clone(), now));
        Ok(metadata)
    }
}

/// A claim with groups is a list of texts, or one text.
fn words(claim: &Value) -> Vec<String> {
    match claim {
        Value::String(word) => vec![word.clone()],
        Value::Array(list) => {
            list.iter().filter_map(|word| word.as_str().map(str::to_owned)).collect()
        }
        _ => Vec::new(),
    }
}

/// The provider did not take the code, or what it said is not to be believed. The library's errors
/// hold no token.
fn refused(error: impl std::error::Error) -> Refusal {
    tracing::warn!(%error, "a sign-in by OpenID Connect is refused");
    Code::SignInRefused.into()
}

fn broken(error: impl std::error::Error) -> Refusal {
    tracing::error!(%error, "the provider of OpenID Connect cannot be used");
    Code::ProviderUnreachable.into()
}
