//! Delete: the connection goes, its token is revoked at X, and the answer says what X said.

use pinfold_api::{Cancelled, Code};

use crate::problem::Refusal;
use crate::revocation::{not_revoked, revoke};
use crate::session::Caller;
use crate::state::AppState;
use crate::store::ConnectionRow;

/// Deletes a version of a connection and revokes its token.
pub async fn delete(
    state: &AppState,
    caller: &Caller,
    row: &ConnectionRow,
) -> Result<Cancelled, Refusal> {
    let by = caller.author(state.clock.now());
    let deleted =
        state.store.delete_connection((&row.workspace, &row.id, row.version), &by).await?;
    match deleted.ok_or(Code::VersionStale)? {
        Some(let_go) => Ok(revoke(state, &let_go).await),
        None => Ok(not_revoked("nothing_granted")),
    }
}
