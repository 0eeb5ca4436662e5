//! One thing done to many connections. Each is a change of its own: what fails for one does not
//! undo the others, and the answer says of each what became of it.

use std::collections::{HashMap, HashSet};

use pinfold_api::{BulkAction, BulkChange, BulkOutcome, BulkResult, Code, ConnectionChange};
use tokio::task::JoinSet;

use crate::clock::canonical_id;
use crate::problem::Refusal;
use crate::session::Caller;
use crate::state::AppState;

/// What became of one, and the token that it had.
type Done = (BulkResult, Option<String>);

/// Ids of one call.
const CAP: usize = 200;
/// So many at once: X is asked to revoke, and others want the store too.
const AT_ONCE: usize = 8;
/// So often a change that somebody else overtook is made again.
const TRIES: usize = 3;

/// Does it to each, [`AT_ONCE`] at a time, and to the end even when the browser goes away.
pub async fn bulk(
    state: &AppState,
    caller: &Caller,
    wanted: BulkChange,
) -> Result<BulkOutcome, Refusal> {
    let action = Action::read(&wanted)?;
    if wanted.ids.is_empty() || wanted.ids.len() > CAP {
        return Err(Refusal::field("ids", format!("Name 1 to {CAP} connections.")));
    }
    let mut seen = HashSet::new();
    let ids: Vec<String> = wanted
        .ids
        .into_iter()
        .map(|id| canonical_id(&id).unwrap_or(id))
        .filter(|id| seen.insert(id.clone()))
        .collect();
    let (state, caller) = (state.clone(), caller.clone());
    let asking = state.clone();
    let results = state.see_through(async move {
        let mut results = HashMap::new();
        let mut running = JoinSet::new();
        for id in &ids {
            if running.len() >= AT_ONCE {
                keep(&mut results, running.join_next().await);
            }
            let (state, caller, action, id) =
                (asking.clone(), caller.clone(), action.clone(), id.clone());
            running.spawn(async move { one(&state, &caller, &action, id).await });
        }
        while let Some(done) = running.join_next().await {
            keep(&mut results, Some(done));
        }
        tell_of_the_last(&mut results);
        // One whose work broke off is not claimed to be done.
        let broken = |id: &String| not_done(id.clone(), Code::Internal);
        let result = |id| results.remove(id).map_or_else(|| broken(id), |(result, _)| result);
        ids.iter().map(result).collect()
    });
    Ok(BulkOutcome { results: results.await? })
}

/// Of several with one token, the last that goes has it revoked; then it is revoked for all of them.
fn tell_of_the_last(results: &mut HashMap<String, Done>) {
    let dead = results.values().filter(|(result, _)| result.revoked == Some(true));
    let dead: HashSet<String> = dead.filter_map(|(_, token)| token.clone()).collect();
    for (result, token) in results.values_mut() {
        if result.revoked == Some(false) && token.as_ref().is_some_and(|it| dead.contains(it)) {
            (result.revoked, result.reason) = (Some(true), None);
        }
    }
}

fn keep(results: &mut HashMap<String, Done>, done: Option<Result<Done, tokio::task::JoinError>>) {
    match done {
        Some(Ok(done)) => drop(results.insert(done.0.id.clone(), done)),
        Some(Err(error)) => tracing::error!(%error, "a part of a bulk change broke off"),
        None => {}
    }
}

#[derive(Clone)]
enum Action {
    Change(ConnectionChange),
    Delete,
}

impl Action {
    fn read(wanted: &BulkChange) -> Result<Self, Refusal> {
        match (wanted.action, &wanted.group) {
            (BulkAction::Delete, None) => Ok(Self::Delete),
            (BulkAction::Delete, Some(_)) => {
                Err(Refusal::field("group", "Delete takes no group. Leave it out."))
            }
            (BulkAction::Group, Some(group)) => {
                let change = ConnectionChange {
                    group: Some(Some(group.clone())),
                    ..ConnectionChange::default()
                };
                super::text::group(group)?;
                Ok(Self::Change(change))
            }
            (BulkAction::Group, None) => Err(Refusal::new(Code::InvalidRequest)
                .at("group")
                .because("This field is missing. Name the group; empty takes them out.")),
        }
    }
}

fn not_done(id: String, code: Code) -> BulkResult {
    BulkResult { id, done: false, code: Some(code), ..BulkResult::default() }
}

async fn one(state: &AppState, caller: &Caller, action: &Action, id: String) -> Done {
    for _ in 0..TRIES {
        match attempt(state, caller, action, &id).await {
            Ok(done) => return done,
            Err(refusal) if refusal.code() == Code::VersionStale => {}
            Err(refusal) => return (not_done(id, refusal.code()), None),
        }
    }
    (not_done(id, Code::VersionStale), None)
}

async fn attempt(
    state: &AppState,
    caller: &Caller,
    action: &Action,
    id: &str,
) -> Result<Done, Refusal> {
    let row = state.store.connection(&caller.workspace, id).await?.ok_or(Code::NotFound)?;
    let done = BulkResult { id: id.to_owned(), done: true, ..BulkResult::default() };
    match action {
        Action::Change(change) => {
            // What is there already needs no version.
            let group = change.group.as_ref().and_then(|group| group.as_deref());
            let group = group.map(str::trim).filter(|group| !group.is_empty());
            if row.group.as_deref() != group {
                super::edit(state, caller, row, change.clone()).await?;
            }
            Ok((done, None))
        }
        Action::Delete => {
            let answer = super::delete(state, caller, &row).await?;
            let done = BulkResult { revoked: Some(answer.revoked), reason: answer.reason, ..done };
            Ok((done, row.access_token))
        }
    }
}
