//! Edit, rotate the secret, and back to a version.

use pinfold_api::{AppChange, Code, Revert, VersionAction};
use secrecy::SecretString;

use super::delete::{copies, in_use};
use super::{name, place};
use crate::authorization::key_pair;
use crate::problem::Refusal;
use crate::session::Caller;
use crate::state::AppState;
use crate::store::{AppChanged, AppEdit, AppRow, AppSnapshot, VersionKind};

/// Changes a version of an app. A change of nothing makes no version.
pub async fn change(
    state: &AppState,
    caller: &Caller,
    row: AppRow,
    wanted: AppChange,
) -> Result<AppRow, Refusal> {
    let secret = wanted.consumer_secret.map(|secret| SecretString::from(secret.into_exposed()));
    if wanted.consumer_key.is_some() && secret.is_none() {
        return Err(Refusal::new(Code::InvalidRequest)
            .at("consumer_secret")
            .because("This field is missing. A key is changed together with its secret."));
    }
    // The secret alone belongs to the key that is there.
    let key = wanted.consumer_key.as_deref().unwrap_or(&row.consumer_key);
    let pair = secret.map(|secret| key_pair("", Some(key), Some(&secret))).transpose()?;
    let (key, secret) = pair.map(|pair| (pair.id, pair.secret)).unzip();
    let key = key.filter(|_| wanted.consumer_key.is_some());
    let sealed = secret.map(|secret| state.seal.seal(place(&row.workspace, &row.id), &secret));
    let edit = AppEdit {
        name: wanted.name.as_deref().map(|text| name("name", text)).transpose()?,
        consumer_key: key,
        consumer_secret_sealed: sealed,
        access: wanted.access,
    };
    let same = edit.consumer_secret_sealed.is_none()
        && edit.name.as_ref().is_none_or(|name| *name == row.name)
        && edit.access.is_none_or(|access| access == row.access);
    if same {
        return Ok(row);
    }
    let rotates = edit.consumer_secret_sealed.is_some();
    let action = if rotates { VersionAction::Rotated } else { VersionAction::Edited };
    apply(state, caller, &row, &edit, action).await
}

/// Goes back to a version's name and access. A secret is not kept, so neither is a key that had
/// another.
pub async fn revert(
    state: &AppState,
    caller: &Caller,
    row: AppRow,
    wanted: &Revert,
) -> Result<AppRow, Refusal> {
    let kind = VersionKind::App;
    let found = state.store.version(&caller.workspace, kind, &row.id, wanted.version).await?;
    let found = found.ok_or_else(|| Refusal::new(Code::NotFound).at("version"))?;
    let target = AppSnapshot::read(&found)?;
    if target.consumer_key != row.consumer_key {
        return Err(Refusal::new(Code::AppDiffers).because(
            "In that version the app had another consumer key, whose secret is not kept. Edit the \
             app and enter both.",
        ));
    }
    let edit = AppEdit {
        name: Some(match &wanted.name {
            Some(text) => name("name", text)?,
            None => target.name,
        }),
        access: Some(target.access),
        ..AppEdit::default()
    };
    apply(state, caller, &row, &edit, VersionAction::Reverted).await
}

async fn apply(
    state: &AppState,
    caller: &Caller,
    row: &AppRow,
    edit: &AppEdit,
    action: VersionAction,
) -> Result<AppRow, Refusal> {
    let which = (&*row.workspace, &*row.id, row.version);
    let by = caller.author(state.clock.now());
    let mut copied = Vec::new();
    loop {
        match state.store.edit_app(which, edit, &copied, &by, action).await? {
            AppChanged::Done(row) => return Ok(*row),
            AppChanged::InUse(connections, authorizations) => {
                return Err(in_use(connections, authorizations).at("consumer_key"));
            }
            AppChanged::Stale | AppChanged::Unfit | AppChanged::MovedSome => {
                return Err(Code::VersionStale.into());
            }
            AppChanged::Uncopied(revocations) => {
                copied.extend(copies(state, row, &revocations)?);
            }
        }
    }
}
