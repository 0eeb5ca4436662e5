//! Delete: the connection goes, its token is revoked at X, and the answer says what X said.

use pinfold_api::{Cancelled, Code};

use crate::problem::Refusal;
use crate::revocation::revoke;
use crate::state::AppState;
use crate::store::{ConnectionRow, Revocation};

/// Deletes a version of a connection and revokes its token.
pub async fn delete(state: &AppState, row: &ConnectionRow) -> Result<Cancelled, Refusal> {
    let now = state.clock.now();
    if !state.store.delete_connection(row, now).await? {
        return Err(Code::VersionStale.into());
    }
    Ok(revoke(state, &Revocation::of_connection(row, now)).await)
}
