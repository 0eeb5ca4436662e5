//! One attempt to connect, from Get PIN to OK or Cancel.
//!
//! An authorization is durable, bound to the session and provider that began it, single-use, and
//! short-lived. Whatever happens on the way, a token that X granted ends up in a connection or is
//! revoked, and the person is told which.

pub(crate) mod app;
mod begin;
mod cancel;
mod pin;
mod qr;
mod verify_pin;

use pinfold_api::{AppRef, Authorization, AuthorizationState, Duplicate, Role, task_access};
use secrecy::SecretString;

use crate::clock::{Millis, rfc3339};
use crate::problem::Refusal;
use crate::seal::Place;
use crate::session::Caller;
use crate::state::AppState;
use crate::store::AuthorizationRow;
use crate::x::KeyPair;

pub(crate) use app::key_pair;
pub use app::{App, Kept, hint};
pub use begin::begin;
pub use cancel::{abandon, abandon_all, cancel, sweep};
pub use verify_pin::authenticate;

/// How long an authorization waits for its PIN, and then for OK. What nobody saves is revoked.
pub const WAIT_SECONDS: u32 = 10 * 60;

/// Until when it waits.
fn wait_from(now: Millis) -> Millis {
    now + Millis::from(WAIT_SECONDS) * 1000
}

impl AuthorizationRow {
    fn place(&self, field: &'static str) -> Place<'_> {
        Place { workspace: &self.workspace, record: &self.id, field }
    }

    /// The app that asks, with its secret.
    pub async fn app(&self, state: &AppState) -> Result<App, Refusal> {
        let kept = Kept {
            workspace: &self.workspace,
            record: &self.id,
            kind: self.app_kind,
            id: self.app_id.as_deref(),
            consumer_key: &self.consumer_key,
            sealed: self.consumer_secret_sealed.as_deref(),
        };
        App::restore(state, kept).await
    }

    /// The request token and its secret, while there is one.
    fn request_pair(&self, state: &AppState) -> Result<Option<KeyPair>, Refusal> {
        let Some(sealed) = &self.request_secret_sealed else { return Ok(None) };
        let secret = state.seal.open(self.place("request_secret"), sealed)?;
        Ok(Some(KeyPair::new(&self.request_token, secret)))
    }

    /// The access token and its secret, while there is one.
    pub fn access_pair(&self, state: &AppState) -> Result<Option<KeyPair>, Refusal> {
        let Some((token, sealed)) =
            self.access_token.as_ref().zip(self.access_secret_sealed.as_ref())
        else {
            return Ok(None);
        };
        let secret: SecretString = state.seal.open(self.place("access_secret"), sealed)?;
        Ok(Some(KeyPair::new(token, secret)))
    }

    /// Where it stands now: one that nobody finished in time is expired, even before it is swept.
    fn state_at(&self, now: Millis) -> AuthorizationState {
        match self.state {
            AuthorizationState::AwaitingPin if self.expires_at <= now => {
                AuthorizationState::Expired
            }
            state => state,
        }
    }

    /// Whether one that the store has as open can be gone on with.
    pub(crate) fn is_open(&self, now: Millis) -> bool {
        self.expires_at > now
    }

    /// As the contract shows it, with what the caller may know of other connections of the account.
    pub async fn answer_to(
        &self,
        state: &AppState,
        caller: &Caller,
    ) -> Result<Authorization, Refusal> {
        let mut answer = self.answer(state);
        if let Some(account) = &answer.account
            && caller.role == Role::Operator
        {
            let repairs = self.connection_id.as_deref();
            let found = state
                .store
                .connections_of_account(&self.workspace, &self.provider, &account.user_id, repairs)
                .await?;
            let found = found.into_iter().map(|(id, name)| Duplicate { id, name });
            answer.duplicates = found.collect();
        }
        Ok(answer)
    }

    /// As the contract shows it.
    pub fn answer(&self, state: &AppState) -> Authorization {
        let stands = self.state_at(state.clock.now());
        let awaiting = stands == AuthorizationState::AwaitingPin;
        let granted = stands == AuthorizationState::Authenticated;
        let authorize_url: Option<String> = awaiting.then(|| {
            let how = crate::x::Authorize {
                force_login: self.ask.force_login,
                screen_name: self.ask.screen_name.as_deref(),
            };
            state.x.authorize_url(&self.request_token, how).into()
        });
        Authorization {
            id: self.id.clone(),
            state: stands,
            authorize_qr: authorize_url.as_deref().and_then(qr::qr_code),
            authorize_url,
            created_at: rfc3339(self.created_at),
            expires_at: rfc3339(self.expires_at),
            app: AppRef {
                kind: self.app_kind,
                id: self.app_id.clone(),
                name: None,
                consumer_key_hint: hint(&self.consumer_key),
            },
            connection_id: self.connection_id.clone(),
            account: self.account.clone().filter(|_| granted),
            access_token: self.access_token.clone().filter(|_| granted),
            access_level: self.access_level.filter(|_| granted),
            tasks: if granted { task_access(self.access_level) } else { Vec::new() },
            duplicates: Vec::new(),
        }
    }
}
