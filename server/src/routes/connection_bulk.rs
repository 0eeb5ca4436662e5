//! `/connections/bulk`: one thing done to many connections, each as the single call would do it.

use axum::Json as Answer;
use axum::extract::State;
use pinfold_api::{BulkChange, BulkOutcome, paths};

use super::Problems;
use crate::body::Json;
use crate::connection;
use crate::problem::Refusal;
use crate::session::Operator;
use crate::state::AppState;

/// Group or delete many; what became of each is told.
#[utoipa::path(
    post,
    path = paths::CONNECTIONS_BULK,
    tag = "connections",
    request_body = BulkChange,
    responses(
        (status = 200, description = "What became of each, done or not", body = BulkOutcome),
        Problems,
    ),
)]
pub async fn post(
    State(state): State<AppState>,
    Operator(caller): Operator,
    Json(wanted): Json<BulkChange>,
) -> Result<Answer<BulkOutcome>, Refusal> {
    connection::bulk(&state, &caller, wanted).await.map(Answer)
}
