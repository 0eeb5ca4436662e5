//! `/import`: a file previewed, or taken in.

use axum::Json as Answer;
use axum::extract::State;
use pinfold_api::{Action, ImportReport, ImportRequest, Problem, paths};
use secrecy::SecretString;
use zeroize::Zeroizing;

use super::Problems;
use crate::body::LargeJson;
use crate::moves::{self, House, Imported, Wanted};
use crate::problem::Refusal;
use crate::revocation::revoke;
use crate::session::Operator;
use crate::state::AppState;
use crate::workspace::Registered;

/// An export of this server's fits.
const CAP: usize = 20_000;

/// What a file would do here, or does: all of it in one transaction, or nothing.
#[utoipa::path(
    post,
    path = paths::IMPORT,
    tag = "moves",
    request_body = ImportRequest,
    responses(
        (status = 200, body = ImportReport),
        (status = 422, description = "Wrong passphrase, or not a whole file; nothing was changed", body = Problem, content_type = "application/problem+json"),
        Problems,
    ),
)]
pub async fn post(
    State(state): State<AppState>,
    Operator(caller): Operator,
    LargeJson(wanted): LargeJson<ImportRequest>,
) -> Result<Answer<ImportReport>, Refusal> {
    let wanted = Wanted {
        content: Zeroizing::new(wanted.content.into_exposed()),
        format: wanted.format,
        passphrase: wanted.passphrase.map(|text| SecretString::from(text.into_exposed())),
        dry_run: wanted.dry_run,
        on_clash: wanted.on_clash,
        verify: wanted.verify == Some(true),
        cap: CAP,
    };
    // An import is finished even when the browser goes away.
    let (room, asker) = (state.clone(), caller.clone());
    let done = state.see_through(async move {
        let opened = moves::open(&asker.workspace, wanted).await?;
        let registered = Registered::keys_of(&room, &asker.workspace).await?;
        let house = House::of(&room, &asker, registered.as_deref());
        let done = moves::import(&house, opened).await?;
        let words = format!("{} done: {}", done.report.done, done.summary());
        let Imported { report, let_go } = done;
        if !report.dry_run {
            let entry = room.entry(&asker, Action::Import).saying(words);
            // Each connection's entry came with its change.
            if let Err(error) = room.store.append_audit(&entry).await {
                tracing::error!(%error, "an import as a whole is not in the audit log");
            }
        }
        let revoking = room.clone();
        room.in_background(async move {
            for let_go in &let_go {
                revoke(&revoking, let_go).await;
            }
        });
        Ok::<_, Refusal>(report)
    });
    Ok(Answer(done.await??))
}
