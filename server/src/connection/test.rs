//! Test: does this connection work? From what is known, free; or by asking X, which bills it.

use pinfold_api::{Code, ConnectionTest, Diagnosis, HealthState, USER_READ_MICROS};

use crate::clock::rfc3339;
use crate::problem::Refusal;
use crate::state::AppState;
use crate::store::{ConnectionRow, Lesson};
use crate::task_key::dollars;
use crate::x::doctor;

/// Tells what is known, after one call of X when it is to be `live`. What this server alone can tell
/// is told without a call.
pub async fn test(
    state: &AppState,
    row: ConnectionRow,
    live: bool,
) -> Result<ConnectionTest, Refusal> {
    // First what is wrong with the connection itself: its app matters only to a token.
    let keys = match row.access_pair(state) {
        Ok(token) => row.app(state).await.map(|app| (app.keys, token)),
        Err(refusal) => Err(refusal),
    };
    let (live, row, diagnosis) = match keys {
        Err(refusal) => (false, row, Some(of_refusal(refusal))),
        Ok(_) if !live => {
            let diagnosis = recall(&row);
            (false, row, diagnosis)
        }
        Ok((app, token)) => {
            let verified = state.x.verify(&app, &token).await;
            let diagnosis = verified.as_ref().err().map(crate::x::Failure::diagnosis);
            let lesson = Lesson {
                access_token: &token.id,
                at: state.clock.now(),
                health: match &verified {
                    Ok(_) => Some(HealthState::Ok),
                    Err(failure) => health_after(failure.code),
                },
                access_level: verified.as_ref().ok().and_then(|it| it.access_level),
                error: verified.as_ref().err().map(|failure| failure.code.as_str()),
            };
            let learned = state.store.learn(&row.workspace, &row.id, &lesson).await?;
            (true, learned.unwrap_or(row), diagnosis)
        }
    };
    Ok(ConnectionTest {
        live,
        price_usd: if live { dollars(USER_READ_MICROS) } else { 0.0 },
        checked_at: rfc3339(state.clock.now()),
        health: row.answer(&state.seal).health,
        diagnosis,
    })
}

/// The state that a refusal of X leaves a connection in; most say nothing about it.
fn health_after(code: Code) -> Option<HealthState> {
    match code {
        Code::TokenRejected | Code::AppKeysRejected => Some(HealthState::NeedsRepair),
        Code::ReadOnly => Some(HealthState::ReadOnly),
        Code::AppSuspended => Some(HealthState::AppSuspended),
        Code::NoCredits => Some(HealthState::NoCredits),
        _ => None,
    }
}

/// What the last call taught, when it was not good.
fn recall(row: &ConnectionRow) -> Option<Diagnosis> {
    let word = row.last_error.as_deref()?;
    doctor::recall(*Code::ALL.iter().find(|code| code.as_str() == word)?)
}

/// What is wrong on this side.
fn of_refusal(refusal: Refusal) -> Diagnosis {
    let problem = refusal.into_problem("");
    Diagnosis {
        code: problem.code,
        cause: format!("{}.", problem.title),
        proof: "This server can tell without asking X.".to_owned(),
        next: problem.detail,
        clock_skew_seconds: None,
        x: None,
    }
}
