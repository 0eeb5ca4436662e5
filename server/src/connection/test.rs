//! Test: does this connection work? From what is known, free; or by asking X, which bills it.

use std::sync::Arc;

use pinfold_api::{Code, ConnectionTest, Diagnosis, USER_READ_MICROS};

use crate::clock::rfc3339;
use crate::ledger::{Lesson, Verdict};
use crate::problem::Refusal;
use crate::proxy::Account;
use crate::state::AppState;
use crate::store::ConnectionRow;
use crate::task_key::dollars;
use crate::x::doctor;

/// Tells what is known, after one call of X when it is to be `live`. What this server alone can tell
/// is told without a call. What calls taught is in the row only; the account may be as old as it was
/// last changed by somebody.
pub async fn test(
    state: &AppState,
    account: Arc<Account>,
    row: ConnectionRow,
    live: bool,
) -> Result<ConnectionTest, Refusal> {
    let keys = account.signer(state).and_then(|_| account.keys(state));
    let (live, row, diagnosis) = match keys {
        Err(refusal) => (false, learned(state, row).await?, Some(of_refusal(refusal))),
        Ok(_) if !live => {
            let diagnosis = recall(&row);
            (false, row, diagnosis)
        }
        Ok((app, token)) => {
            let verified = state.x.verify(&app, &token).await;
            let lesson = Lesson {
                at: state.clock.now(),
                verdict: match &verified {
                    Ok(_) => Verdict::Accepted { reading: true },
                    Err(failure) => Verdict::Refused(failure.code),
                },
                access_level: verified.as_ref().ok().and_then(|it| it.access_level),
            };
            state.ledger.note(&account, None, lesson);
            let row = learned(state, row).await?;
            let diagnosis = verified.as_ref().err().map(crate::x::Failure::diagnosis);
            (true, row, diagnosis)
        }
    };
    Ok(ConnectionTest {
        live,
        price_usd: if live { dollars(USER_READ_MICROS) } else { 0.0 },
        checked_at: rfc3339(state.clock.now()),
        health: row.health(&state.seal),
        diagnosis,
    })
}

/// The row with what calls taught.
async fn learned(state: &AppState, row: ConnectionRow) -> Result<ConnectionRow, Refusal> {
    state.ledger.catch_up(state).await;
    Ok(state.store.connection(&row.workspace, &row.id).await?.unwrap_or(row))
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
        retry_after: problem.retry_after,
        x: None,
    }
}
