//! Changes of a connection, each with its version in the same transaction.
//!
//! Only what changes is written: what somebody else writes meanwhile without making a version, such
//! as what calls teach or a secret sealed anew, stays.

use pinfold_api::{AccessLevel, Account, Allow, AppKind, HealthState, VersionAction, WebhookEvent};

use super::connections::{as_json, name_taken};
use super::db::{Connection, QueryBuilder, query};
use super::{
    Author, ConnectionRow, Result, Revocation, Store, as_word, authorizations, deliveries,
    handoffs, lower, revocations, snapshot,
};
use crate::clock::Millis;

/// What changes; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct Edit {
    /// The name.
    pub name: Option<String>,
    /// The group; `Some(None)` takes it out.
    pub group: Option<Option<String>>,
    /// The app.
    pub app: Option<AppColumns>,
    /// What it may be used for; `Some(None)`: everything.
    pub allow: Option<Option<Allow>>,
    /// The account and its token pair.
    pub token: Option<TokenColumns>,
}

/// The app of a connection.
#[derive(Clone, Debug)]
pub struct AppColumns {
    /// Which of the three kinds.
    pub kind: AppKind,
    /// Which saved app.
    pub id: Option<String>,
    /// Its key.
    pub consumer_key: String,
    /// Its secret, sealed to the connection, when it has to be kept there.
    pub consumer_secret_sealed: Option<Vec<u8>>,
}

/// The account of a connection, its token pair, and what is known about it.
#[derive(Clone, Debug)]
pub struct TokenColumns {
    /// Who granted it.
    pub provider: String,
    /// Whose it is.
    pub account: Option<Account>,
    /// The token, and its secret sealed to the connection.
    pub pair: Option<(String, Vec<u8>)>,
    /// What it may do, when X told.
    pub access_level: Option<AccessLevel>,
    /// What is known of it.
    pub health: HealthState,
    /// When X last accepted it.
    pub last_success_at: Option<Millis>,
}

/// A changed connection.
#[derive(Clone, Debug)]
pub struct Edited {
    /// As it is now.
    pub row: ConnectionRow,
    /// The token that it let go of: it is to be revoked.
    pub let_go: Option<Revocation>,
}

impl Store {
    /// Changes a connection when the version is still the one named; `None` when there is no such
    /// version any more.
    pub async fn edit_connection(
        &self,
        (workspace, id, version): (&str, &str, i64),
        edit: &Edit,
        by: &Author,
    ) -> Result<Option<Edited>> {
        let mut change = self.pool.change().await?;
        let Some(before) = find(&mut change, workspace, id, version).await? else {
            return Ok(None);
        };
        let edited = apply(&mut change, &before, edit, by, VersionAction::Edited).await?;
        change.commit().await?;
        Ok(Some(edited))
    }

    /// Puts an authorization's grant into an existing connection: both or neither. `None` when the
    /// version is not the one named any more, or the authorization is not open.
    pub async fn repair_connection(
        &self,
        (workspace, id, version): (&str, &str, i64),
        authorization_id: &str,
        edit: &Edit,
        by: &Author,
    ) -> Result<Option<Edited>> {
        let mut change = self.pool.change().await?;
        let Some(before) = find(&mut change, workspace, id, version).await? else {
            return Ok(None);
        };
        if !authorizations::save(&mut change, authorization_id, id).await? {
            return Ok(None);
        }
        let edited = apply(&mut change, &before, edit, by, VersionAction::Repaired).await?;
        handoffs::spend(&mut change, by.handoff.as_deref(), id, by.at).await?;
        change.commit().await?;
        Ok(Some(edited))
    }

    /// Deletes a connection when the version is still the one named, and remembers its token until
    /// X has revoked it. `None` when there is no such version any more.
    pub async fn delete_connection(
        &self,
        (workspace, id, version): (&str, &str, i64),
        by: &Author,
    ) -> Result<Option<Option<Revocation>>> {
        let mut change = self.pool.change().await?;
        let Some(row) = find(&mut change, workspace, id, version).await? else { return Ok(None) };
        query("DELETE FROM connections WHERE workspace = $1 AND id = $2")
            .bind(workspace)
            .bind(id)
            .execute(&mut *change)
            .await?;
        let let_go = Revocation::of_connection(&row, by.at);
        if let Some(revocation) = &let_go {
            revocations::insert(&mut change, revocation).await?;
        }
        snapshot::record_deletion(&mut change, &row, by).await?;
        let gone = ConnectionRow { version: row.version + 1, ..row };
        deliveries::tell(&mut change, WebhookEvent::Deleted, &gone, None, by.at).await?;
        change.commit().await?;
        Ok(Some(let_go))
    }
}

pub(super) async fn find(
    change: &mut Connection,
    workspace: &str,
    id: &str,
    version: i64,
) -> Result<Option<ConnectionRow>> {
    let row = query("SELECT * FROM connections WHERE workspace = $1 AND id = $2 AND version = $3")
        .bind(workspace)
        .bind(id)
        .bind(version)
        .fetch_optional(change)
        .await?;
    row.as_ref().map(ConnectionRow::read).transpose().map_err(Into::into)
}

/// Writes a change, its version, and the token that it lets go of.
pub(super) async fn apply(
    change: &mut Connection,
    before: &ConnectionRow,
    edit: &Edit,
    by: &Author,
    action: VersionAction,
) -> Result<Edited> {
    let mut sql = update(edit, by.at);
    sql.push(" WHERE workspace = ").push_bind(&before.workspace);
    sql.push(" AND id = ").push_bind(&before.id).push(" RETURNING *");
    let row = sql.build().fetch_one(&mut *change).await.map_err(name_taken)?;
    let row = ConnectionRow::read(&row)?;
    snapshot::record_change(change, before, &row, by, action).await?;
    if action == VersionAction::Repaired {
        let handoff = by.handoff.as_deref();
        deliveries::tell(change, WebhookEvent::Repaired, &row, handoff, by.at).await?;
    }
    deliveries::tell_if_broken(change, before.health, &row, by.at).await?;
    let let_go = Revocation::of_connection(before, by.at)
        .filter(|old| row.access_token.as_ref() != Some(&old.access_token));
    if let Some(revocation) = &let_go {
        revocations::insert(change, revocation).await?;
    }
    Ok(Edited { row, let_go })
}

fn update(edit: &Edit, now: Millis) -> QueryBuilder<'static> {
    let mut sql = QueryBuilder::new("UPDATE connections SET version = version + 1");
    sql.push(", updated_at = ").push_bind(now);
    if let Some(name) = &edit.name {
        sql.push(", name = ").push_bind(name.clone());
        sql.push(", name_key = ").push_bind(lower(name));
    }
    if let Some(group) = &edit.group {
        sql.push(", group_name = ").push_bind(group.clone());
        sql.push(", group_key = ").push_bind(group.as_deref().map(lower));
    }
    if let Some(app) = &edit.app {
        sql.push(", app_kind = ").push_bind(as_word(&app.kind));
        sql.push(", app_id = ").push_bind(app.id.clone());
        sql.push(", consumer_key = ").push_bind(app.consumer_key.clone());
        sql.push(", consumer_secret_sealed = ").push_bind(app.consumer_secret_sealed.clone());
    }
    if let Some(allow) = &edit.allow {
        sql.push(", allow = ").push_bind(allow.as_ref().map(as_json));
    }
    if let Some(token) = &edit.token {
        let (user_id, screen_name) = match &token.account {
            Some(account) => (account.user_id.clone(), account.screen_name.clone()),
            None => Default::default(),
        };
        let (access_token, sealed) = token.pair.clone().unwrap_or_default();
        sql.push(", provider = ").push_bind(token.provider.clone());
        sql.push(", user_id = ").push_bind(user_id);
        sql.push(", screen_name = ").push_bind(screen_name);
        sql.push(", access_token = ").push_bind(access_token);
        sql.push(", access_secret_sealed = ").push_bind(sealed);
        sql.push(", access_level = ").push_bind(token.access_level.map(AccessLevel::as_str));
        sql.push(", health = ").push_bind(as_word(&token.health));
        sql.push(", health_since = ").push_bind(now);
        sql.push(", last_success_at = ").push_bind(token.last_success_at);
        sql.push(", last_error = NULL");
    }
    sql
}
