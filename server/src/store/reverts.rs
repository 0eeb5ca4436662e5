//! Back to a version, also of what was deleted.
//!
//! A token that was let go comes back only while its revocation is still to be asked for: the
//! caller holds `State::grants`, so that nobody asks X at that moment, and whoever would ask later
//! sees the token in use.

use pinfold_api::{AppKind, HealthState, VersionAction};

use super::db::{Connection, query};
use super::edits::{apply, find};
use super::{
    AppColumns, Author, ConnectionRow, Edit, Edited, Result, Revocation, Snapshot, Store,
    TokenColumns, apps, connections,
};

/// What to go back to.
pub struct Reversion<'a> {
    /// The tenant.
    pub workspace: &'a str,
    /// The connection.
    pub id: &'a str,
    /// How it was.
    pub target: &'a Snapshot,
    /// Its name from now on.
    pub name: &'a str,
    /// By whom.
    pub by: &'a Author,
}

impl Store {
    /// Goes back to an older version when the present one is still the one named, otherwise
    /// `None`. With `take_token` the account, app and token go back too, and the present token is
    /// let go; otherwise they stay, except for an `app` with the same consumer key.
    pub async fn revert_connection(
        &self,
        back: &Reversion<'_>,
        version: i64,
        take_token: bool,
        app: Option<AppColumns>,
    ) -> Result<Option<Edited>> {
        let mut change = self.pool.change().await?;
        let Some(before) = find(&mut change, back.workspace, back.id, version).await? else {
            return Ok(None);
        };
        let mut edit = Edit {
            name: Some(back.name.to_owned()),
            group: Some(back.target.group.clone()),
            app,
            allow: Some(back.target.allow.clone()),
            token: None,
        };
        if take_token {
            let kept = withdraw(&mut change, back).await?;
            edit.token = Some(token_of(back.target, kept.as_ref()));
            // The secret of an own app that it has now serves the same consumer key.
            let same_app = before.app_kind == back.target.app_kind
                && before.app_id == back.target.app_id
                && before.consumer_key == back.target.consumer_key;
            if !same_app && edit.app.is_none() {
                edit.app = Some(app_of(&mut change, back, kept.as_ref()).await?);
            }
        }
        let edited = apply(&mut change, &before, &edit, back.by, VersionAction::Reverted).await?;
        change.commit().await?;
        Ok(Some(edited))
    }

    /// Brings a deleted connection back with its id. `None` when it is there already.
    pub async fn restore_connection(&self, back: &Reversion<'_>) -> Result<Option<ConnectionRow>> {
        let mut change = self.pool.change().await?;
        let there = query("SELECT 1 FROM connections WHERE id = $1")
            .bind(back.id)
            .fetch_optional(&mut *change)
            .await?;
        if there.is_some() {
            return Ok(None);
        }
        let kept = withdraw(&mut change, back).await?;
        let token = token_of(back.target, kept.as_ref());
        let app = app_of(&mut change, back, kept.as_ref()).await?;
        let (access_token, access_secret_sealed) = token.pair.unzip();
        let row = ConnectionRow {
            id: back.id.to_owned(),
            workspace: back.workspace.to_owned(),
            provider: token.provider,
            name: back.name.to_owned(),
            group: back.target.group.clone(),
            account: token.account,
            app_kind: app.kind,
            app_id: app.id,
            consumer_key: app.consumer_key,
            consumer_secret_sealed: app.consumer_secret_sealed,
            access_token,
            access_secret_sealed,
            access_level: token.access_level,
            allow: back.target.allow.clone(),
            health: token.health,
            health_since: back.by.at,
            last_success_at: None,
            last_error: None,
            version: 0,
            created_at: back.target.created_at,
            updated_at: back.by.at,
            last_used_at: back.target.last_used_at,
        };
        let row = connections::insert(&mut change, &row, back.by, VersionAction::Restored).await?;
        change.commit().await?;
        Ok(Some(row))
    }
}

/// Takes the target's token back from those that are to be revoked, when it is still among them.
async fn withdraw(change: &mut Connection, back: &Reversion<'_>) -> Result<Option<Revocation>> {
    let Some(access_token) = &back.target.access_token else { return Ok(None) };
    let row = query(
        "DELETE FROM revocations
         WHERE workspace = $1 AND record = $2 AND provider = $3 AND consumer_key = $4
           AND access_token = $5
         RETURNING *",
    )
    .bind(back.workspace)
    .bind(back.id)
    .bind(&back.target.provider)
    .bind(&back.target.consumer_key)
    .bind(access_token)
    .fetch_all(change)
    .await?;
    // Every one of the same token opens the same way; the last was let go of last.
    row.last().map(Revocation::read).transpose().map_err(Into::into)
}

/// Nobody has asked X about a token that comes back, or X's answer was lost: its health is unknown.
fn token_of(target: &Snapshot, kept: Option<&Revocation>) -> TokenColumns {
    TokenColumns {
        provider: target.provider.clone(),
        account: target.account.clone(),
        pair: kept.map(|kept| (kept.access_token.clone(), kept.access_secret_sealed.clone())),
        access_level: target.access_level.filter(|_| kept.is_some()),
        health: if kept.is_some() { HealthState::Unknown } else { HealthState::NeedsRepair },
        last_success_at: None,
    }
}

/// An own app's secret went with the token, and so did a saved app's when it was deleted since.
async fn app_of(
    change: &mut Connection,
    back: &Reversion<'_>,
    kept: Option<&Revocation>,
) -> Result<AppColumns> {
    let target = back.target;
    let mut app = AppColumns {
        kind: target.app_kind,
        id: None,
        consumer_key: target.consumer_key.clone(),
        consumer_secret_sealed: None,
    };
    if let Some(id) = &target.app_id {
        let saved = apps::find(change, back.workspace, id).await?;
        if saved.is_some_and(|saved| saved.consumer_key == target.consumer_key) {
            app.id = Some(id.clone());
            return Ok(app);
        }
    }
    if target.app_kind != AppKind::Registered {
        app.consumer_secret_sealed = kept.and_then(|kept| kept.consumer_secret_sealed.clone());
    }
    if app.consumer_secret_sealed.is_some() {
        app.kind = AppKind::Own;
    }
    Ok(app)
}
