//! Delete: the connection goes, its token is revoked at X, and the answer says what X said.

use pinfold_api::{Cancelled, Code};

use crate::authorization::revoke;
use crate::problem::Refusal;
use crate::state::AppState;
use crate::store::ConnectionRow;

/// Deletes a version of a connection and revokes its token. The row goes first: a token that X
/// then refuses to revoke is reported, while a revoked token in a kept row would be a lie.
pub async fn delete(state: &AppState, row: &ConnectionRow) -> Result<Cancelled, Refusal> {
    let app = row.app(state);
    let pair = row.access_pair(state);
    if !state.store.delete_connection(&row.workspace, &row.id, row.version).await? {
        return Err(Code::VersionStale.into());
    }
    match (app, pair) {
        (Ok(app), Ok(pair)) => revoke(state, &row.provider, &app.keys, &pair, &row.id).await,
        (Err(refusal), _) | (_, Err(refusal)) => {
            Ok(Cancelled { revoked: false, reason: Some(refusal.code().as_str().to_owned()) })
        }
    }
}
