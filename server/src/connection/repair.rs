//! Repair: a new grant for an existing connection. Its id stays, and its account too unless the
//! person says otherwise.

use pinfold_api::{Cancelled, Code, HealthState};

use super::create::{Grant, Labels};
use super::edit::columns;
use crate::problem::Refusal;
use crate::revocation::revoke;
use crate::session::Caller;
use crate::state::AppState;
use crate::store::{AuthorizationRow, ConnectionRow, Edit, TokenColumns};

/// How often a repair starts over because somebody edits the connection at the same moment.
const TRIES: u32 = 5;

/// A repaired connection, and what became of the token that it let go of.
pub struct Repaired {
    /// As it is now.
    pub row: ConnectionRow,
    /// `None`: there was none, or X gave the same one again.
    pub old_token: Option<Cancelled>,
}

/// Puts what an authorization was granted into the connection `id`.
pub(super) async fn repair(
    state: &AppState,
    caller: &Caller,
    id: &str,
    authorization: &AuthorizationRow,
    labels: &Labels,
    replace: bool,
) -> Result<Repaired, Refusal> {
    for _ in 0..TRIES {
        let row = state.store.connection(&caller.workspace, id).await?.ok_or_else(|| {
            Refusal::new(Code::NotFound).at("connection_id").because(
                "The connection that was to be repaired is deleted. Send `as_new` to make a new one.",
            )
        })?;
        let grant = Grant::of(state, authorization).await?;
        if !replace {
            same_account(&row, &grant)?;
        }
        let now = state.clock.now();
        let sealed = state.seal.seal(row.place("access_secret"), &grant.token.secret);
        let edit = Edit {
            name: labels.name.clone(),
            group: labels.group.clone().map(|group| Some(group).filter(|it| !it.is_empty())),
            app: Some(columns(state, &row, &grant.app)),
            allow: labels.allow.clone().map(Some),
            token: Some(TokenColumns {
                provider: authorization.provider.clone(),
                account: Some(grant.account),
                pair: Some((grant.token.id, sealed)),
                access_level: grant.access_level,
                health: HealthState::Ok,
                last_success_at: Some(now),
            }),
        };
        let which = (&*row.workspace, &*row.id, row.version);
        let by = caller.author(now);
        let repaired = state.store.repair_connection(which, &authorization.id, &edit, &by).await?;
        if let Some(repaired) = repaired {
            let old_token = match &repaired.let_go {
                Some(let_go) => Some(revoke(state, let_go).await),
                None => None,
            };
            return Ok(Repaired { row: repaired.row, old_token });
        }
        let open = state
            .store
            .authorization(&authorization.workspace, &authorization.session_id, &authorization.id)
            .await?
            .is_some_and(|now| now.state == authorization.state);
        if !open {
            return Err(Refusal::new(Code::WrongState).at("authorization_id"));
        }
    }
    Err(Code::VersionStale.into())
}

/// A connection that was never connected takes any account.
fn same_account(row: &ConnectionRow, grant: &Grant) -> Result<(), Refusal> {
    let Some(account) = &row.account else { return Ok(()) };
    if row.provider == grant.provider && account.user_id == grant.account.user_id {
        return Ok(());
    }
    Err(Refusal::new(Code::AccountDiffers).because(format!(
        "This connection belongs to @{}, and @{} authorized. Send `replace` to change its account, \
         or `as_new` to make a new connection.",
        account.screen_name, grant.account.screen_name,
    )))
}
