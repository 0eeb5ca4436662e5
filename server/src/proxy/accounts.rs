//! The connections in use, as they lie in the store: sealed. A call asks no disk, and no plain secret is
//! kept: they are opened for the first call, for as long as it takes to make the [`Signer`] of it.

use std::sync::{Arc, OnceLock};

use hyper::Method;
use pinfold_api::{AppKind, Code};
use uuid::Uuid;

use super::Target;
use crate::kept::Kept;
use crate::ledger::{Lesson, Verdict};
use crate::permit::Permit;
use crate::problem::Refusal;
use crate::seal::SealError;
use crate::state::AppState;
use crate::store::{AppRow, ConnectionRow, Store};
use crate::workspace::Registered;
use crate::x::KeyPair;
use crate::x::sign::Signer;

/// A connection to sign for.
#[derive(Debug)]
pub struct Account {
    /// Its id.
    pub id: Uuid,
    /// The row, with its secrets sealed.
    pub row: ConnectionRow,
    /// The saved app that it names, sealed as well.
    app: Option<AppRow>,
    /// The registered app of its workspace, when it is of that, sealed or left where it is.
    registered: Option<Registered>,
    /// All that it may be used for; `None`: everything that X granted.
    permit: Option<Permit>,
    /// What signs for it, made for the first call.
    signer: OnceLock<Signer>,
}

impl Account {
    async fn read(state: &AppState, workspace: &str, id: Uuid) -> Result<Option<Self>, Refusal> {
        let store = &state.store;
        let Some(row) = store.connection(workspace, &id.to_string()).await? else {
            return Ok(None);
        };
        let app = match &row.app_id {
            Some(app) => store.app(workspace, app).await?,
            None => None,
        };
        let registered = match row.app_kind {
            AppKind::Registered => Registered::of(state, workspace).await?,
            _ => None,
        };
        let permit = match &row.allow {
            None => None,
            Some(allow) => {
                let permit = Permit::read(allow.tasks.clone(), &allow.paths);
                Some(permit.ok_or_else(|| {
                    tracing::error!(id = row.id, "what a connection may be used for is unreadable");
                    Refusal::new(Code::Internal)
                })?)
            }
        };
        Ok(Some(Self { id, row, app, registered, permit, signer: OnceLock::new() }))
    }

    /// Whether it may be used to send this through the proxy, whoever asks.
    pub fn may_send(&self, method: &Method, target: Target<'_>) -> Result<(), Refusal> {
        self.may(|permit| permit.sends(method, target))
    }

    /// Whether it may be used for a task, whoever asks.
    pub fn may_run(&self, task: &str) -> Result<(), Refusal> {
        self.may(|permit| permit.runs(task))
    }

    fn may(&self, covers: impl FnOnce(&Permit) -> bool) -> Result<(), Refusal> {
        let covered = self.permit.as_ref().is_none_or(covers);
        if covered { Ok(()) } else { Err(Code::OutsideConnection.into()) }
    }

    /// Whether it belongs to the provider that this server talks to: no other one ever hears of it.
    pub fn fits(&self, state: &AppState) -> Result<(), Refusal> {
        if self.row.provider == state.x.base() {
            return Ok(());
        }
        Err(Refusal::new(Code::WrongState).because(
            "This connection belongs to another provider than the one this server talks to now. \
             Check --x-api-url, or connect the account again.",
        ))
    }

    /// What signs its calls. A secret that was changed where it lies shows as the connection's health.
    pub fn signer(self: &Arc<Self>, state: &AppState) -> Result<&Signer, Refusal> {
        if let Some(signer) = self.signer.get() {
            return Ok(signer);
        }
        let (app, token) = self.keys(state).inspect_err(|_| self.note_if_changed(state))?;
        Ok(self.signer.get_or_init(|| Signer::new(&app, Some(&token))))
    }

    /// Of its own secrets alone: an app's is the app's. A key that is missing shows by itself, and is
    /// over when it is back.
    fn note_if_changed(self: &Arc<Self>, state: &AppState) {
        let row = &self.row;
        let own = [
            ("access_secret", &row.access_secret_sealed),
            ("consumer_secret", &row.consumer_secret_sealed),
        ];
        let changed = own.into_iter().any(|(field, sealed)| {
            let opened = sealed.as_ref().map(|sealed| state.seal.open(row.place(field), sealed));
            matches!(opened, Some(Err(SealError::Malformed | SealError::Tampered)))
        });
        if changed {
            let lesson =
                Lesson { at: state.clock.now(), verdict: Verdict::Locked, access_level: None };
            state.ledger.note(self, None, lesson);
        }
    }

    /// Opens the app's secret and the token's, for one use. First the token's: its app matters only
    /// to a token.
    pub fn keys(&self, state: &AppState) -> Result<(Arc<KeyPair>, KeyPair), Refusal> {
        let token = self.row.access_pair(state)?;
        let app = self.row.app_with(state, self.app.as_ref(), self.registered.as_ref())?;
        Ok((app.keys, token))
    }
}

/// Connections by id.
#[derive(Debug, Default)]
pub struct Accounts(Kept<Uuid, Account>);

impl Accounts {
    /// A connection of a workspace; of another one there is none.
    pub async fn find(
        &self,
        state: &AppState,
        workspace: &str,
        id: Uuid,
    ) -> Result<Arc<Account>, Refusal> {
        let account = self.0.find(&state.store, id, || Account::read(state, workspace, id)).await?;
        let own = account.filter(|account| account.row.workspace == workspace);
        own.ok_or_else(|| Code::NotFound.into())
    }

    /// Lets go of those that changed since they were read, and of what signed for them.
    pub fn forget_the_old(&self, store: &Store) {
        self.0.forget_the_old(store);
    }

    /// Whether nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
impl Account {
    pub(crate) fn for_tests() -> Arc<Self> {
        use pinfold_api::{Account, HealthState};
        let id = Uuid::from_u128(7);
        let row = ConnectionRow {
            id: id.to_string(),
            workspace: "w".into(),
            provider: "https://api.x.com".into(),
            name: "n".into(),
            group: None,
            account: Some(Account { user_id: "1".into(), screen_name: "s".into() }),
            app_kind: AppKind::Registered,
            app_id: None,
            consumer_key: "k".into(),
            consumer_secret_sealed: None,
            access_token: Some("1-t".into()),
            access_secret_sealed: Some(vec![]),
            access_level: None,
            allow: None,
            health: HealthState::Ok,
            health_since: 0,
            last_success_at: None,
            last_error: None,
            version: 1,
            created_at: 0,
            updated_at: 0,
            last_used_at: None,
        };
        Arc::new(Self {
            id,
            row,
            app: None,
            registered: None,
            permit: None,
            signer: OnceLock::new(),
        })
    }
}
