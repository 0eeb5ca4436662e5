//! Delete: only what nothing uses, or with another saved app in its place.

use pinfold_api::Code;
use secrecy::SecretString;

use crate::authorization::App;
use crate::problem::Refusal;
use crate::seal::Place;
use crate::session::Caller;
use crate::state::AppState;
use crate::store::{AppChanged, AppRow, Revocation, SecretCopy};

/// Deletes a version of an app; what uses it moves to the `replacement`.
pub async fn delete(
    state: &AppState,
    caller: &Caller,
    row: &AppRow,
    replacement: Option<&str>,
) -> Result<(), Refusal> {
    let which = (&*row.workspace, &*row.id, row.version);
    let by = caller.author(state.clock.now());
    let mut copied = Vec::new();
    loop {
        match state.store.delete_app(which, replacement, &copied, &by).await? {
            AppChanged::Done(_) => return Ok(()),
            AppChanged::MovedSome => {}
            AppChanged::Stale => return Err(Code::VersionStale.into()),
            AppChanged::InUse(connections, authorizations) => {
                return Err(in_use(connections, authorizations));
            }
            AppChanged::Unfit => {
                return Err(Refusal::field(
                    "replacement",
                    "Name another saved app of this workspace with the same consumer key.",
                ));
            }
            AppChanged::Uncopied(revocations) => {
                copied.extend(copies(state, row, &revocations)?);
            }
        }
    }
}

/// A token that waits to be revoked needs the app's secret longer than the app.
pub(super) fn copies(
    state: &AppState,
    row: &AppRow,
    revocations: &[Revocation],
) -> Result<Vec<SecretCopy>, Refusal> {
    Ok(copies_of(state, &App::saved(state, row)?.keys.secret, revocations))
}

/// The same with the secret at hand.
pub fn copies_of(
    state: &AppState,
    secret: &SecretString,
    revocations: &[Revocation],
) -> Vec<SecretCopy> {
    let copy = |revocation: &Revocation| {
        let place = Place {
            workspace: &revocation.workspace,
            record: &revocation.record,
            field: "consumer_secret",
        };
        (revocation.id.clone(), state.seal.seal(place, secret))
    };
    revocations.iter().map(copy).collect()
}

pub(super) fn in_use(connections: i64, authorizations: i64) -> Refusal {
    let refusal = Refusal::new(Code::AppInUse);
    match (connections, authorizations) {
        (0, _) => refusal.because(
            "Somebody is connecting with it right now. Finish or cancel that, or wait twenty minutes.",
        ),
        (1, _) => refusal.because(
            "One connection uses it. Name another saved app with the same consumer key as \
             `replacement`, or delete the connection first.",
        ),
        _ => refusal.because(format!(
            "{connections} connections use it. Name another saved app with the same consumer key \
             as `replacement`, or delete them first."
        )),
    }
}
