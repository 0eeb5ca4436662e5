//! `/export`: connections as a file.

use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use pinfold_api::{Action, ExportRequest, paths};
use secrecy::SecretString;

use super::Problems;
use crate::body::LargeJson;
use crate::moves::{self, House};
use crate::problem::Refusal;
use crate::session::Operator;
use crate::state::AppState;
use crate::workspace::Registered;

/// Connections in one answer; `pinfold export` knows no limit.
const CAP: usize = 20_000;

/// Connections as a file: with a passphrase an age file (armored) that holds their secrets, without
/// one JSON that holds none.
#[utoipa::path(
    post,
    path = paths::EXPORT,
    tag = "moves",
    request_body = ExportRequest,
    responses(
        (status = 200, description = "The file, with its name in content-disposition", content(
            (String = "application/age"),
            (serde_json::Value = "application/json"),
        )),
        Problems,
    ),
)]
pub async fn post(
    State(state): State<AppState>,
    Operator(caller): Operator,
    LargeJson(wanted): LargeJson<ExportRequest>,
) -> Result<Response, Refusal> {
    let passphrase = wanted.passphrase.map(|text| SecretString::from(text.into_exposed()));
    let secrets = if passphrase.is_some() { "with" } else { "without" };
    let registered = Registered::keys_of(&state, &caller.workspace).await?;
    let house = House::of(&state, &caller, registered.as_deref());
    let file = moves::export(&house, wanted.ids.as_deref(), passphrase, CAP).await?;
    // Before it leaves, it is written down.
    let words = format!("{} connections {secrets} secrets", file.connections);
    state.store.append_audit(&state.entry(&caller, Action::Export).saying(words)).await?;
    let disposition = format!("attachment; filename=\"{}\"", file.name);
    let headers =
        [(CONTENT_TYPE, file.content_type.to_owned()), (CONTENT_DISPOSITION, disposition)];
    Ok((headers, file.text.to_string()).into_response())
}
