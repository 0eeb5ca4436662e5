//! Does X accept an app's keys? A request token is asked for and thrown away: that is free.

use pinfold_api::AppTest;

use crate::authorization::App;
use crate::state::AppState;

/// Asks X, and lets the error doctor read its answer.
pub async fn test(state: &AppState, app: &App) -> AppTest {
    match state.x.request_token(&app.keys, app.access).await {
        Ok(_) => AppTest { ok: true, diagnosis: None },
        Err(failure) => AppTest { ok: false, diagnosis: Some(failure.diagnosis()) },
    }
}
