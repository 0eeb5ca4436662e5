//! Connections, changed by version. Their list is in [`super::listing`].

use pinfold_api::{AccessLevel, Account, Allow, AppKind, HealthState, VersionAction, WebhookEvent};

use super::db::{Connection, Row, query};
use super::versions::{json, last_version};
use super::{
    AppRow, Author, Result, Store, StoreError, VersionKind, apps, as_word, authorizations,
    deliveries, handoffs, lower, snapshot, word, workspaces,
};
use crate::clock::Millis;

/// A connection as it lies in the store.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "columns of migrations/0001_start.sql, described there")]
pub struct ConnectionRow {
    pub id: String,
    pub workspace: String,
    pub provider: String,
    pub name: String,
    pub group: Option<String>,
    /// `None`: it was never connected.
    pub account: Option<Account>,
    pub app_kind: AppKind,
    pub app_id: Option<String>,
    pub consumer_key: String,
    pub consumer_secret_sealed: Option<Vec<u8>>,
    /// The token and its secret are both there, or neither is.
    pub access_token: Option<String>,
    pub access_secret_sealed: Option<Vec<u8>>,
    pub access_level: Option<AccessLevel>,
    /// `None`: everything that X granted.
    pub allow: Option<Allow>,
    pub health: HealthState,
    pub health_since: Millis,
    pub last_success_at: Option<Millis>,
    pub last_error: Option<String>,
    pub version: i64,
    pub created_at: Millis,
    pub updated_at: Millis,
    pub last_used_at: Option<Millis>,
}

impl ConnectionRow {
    /// What is not there is an empty text in these columns.
    pub(super) fn read(row: &Row) -> std::result::Result<Self, sqlx::Error> {
        let filled = |column: &str| {
            let text: String = row.try_get(column)?;
            Ok::<_, sqlx::Error>(Some(text).filter(|text| !text.is_empty()))
        };
        let account = filled("user_id")?.zip(filled("screen_name")?);
        let sealed: Vec<u8> = row.try_get("access_secret_sealed")?;
        Ok(Self {
            id: row.try_get("id")?,
            workspace: row.try_get("workspace")?,
            provider: row.try_get("provider")?,
            name: row.try_get("name")?,
            group: row.try_get("group_name")?,
            account: account.map(|(user_id, screen_name)| Account { user_id, screen_name }),
            app_kind: word(row.try_get("app_kind")?)?,
            app_id: row.try_get("app_id")?,
            consumer_key: row.try_get("consumer_key")?,
            consumer_secret_sealed: row.try_get("consumer_secret_sealed")?,
            access_token: filled("access_token")?,
            access_secret_sealed: Some(sealed).filter(|sealed| !sealed.is_empty()),
            access_level: row
                .try_get::<Option<&str>, _>("access_level")?
                .and_then(AccessLevel::from_x),
            allow: row.try_get::<Option<&str>, _>("allow")?.map(json).transpose()?,
            health: word(row.try_get("health")?)?,
            health_since: row.try_get("health_since")?,
            last_success_at: row.try_get("last_success_at")?,
            last_error: row.try_get("last_error")?,
            version: row.try_get("version")?,
            created_at: row.try_get("created_at")?,
            updated_at: row.try_get("updated_at")?,
            last_used_at: row.try_get("last_used_at")?,
        })
    }
}

/// As the column keeps it.
pub(super) fn as_json(allow: &Allow) -> String {
    serde_json::to_string(allow).expect("lists of texts are JSON")
}

pub(super) fn name_taken(error: sqlx::Error) -> StoreError {
    match &error {
        sqlx::Error::Database(database) if database.is_unique_violation() => StoreError::NameTaken,
        sqlx::Error::Database(database) if database.is_foreign_key_violation() => {
            StoreError::AppGone
        }
        _ => StoreError::Database(error),
    }
}

impl Store {
    /// Saves a new connection.
    pub async fn insert_connection(
        &self,
        row: &ConnectionRow,
        by: &Author,
        action: VersionAction,
    ) -> Result<()> {
        self.insert_connection_and_app(row, None, by, action).await
    }

    /// Saves a new connection and, in the same change, the app it was made with.
    pub async fn insert_connection_and_app(
        &self,
        row: &ConnectionRow,
        app: Option<&AppRow>,
        by: &Author,
        action: VersionAction,
    ) -> Result<()> {
        // It reads before it writes, and must not lose its turn in between.
        let mut change = self.pool.change().await?;
        if let Some(app) = app {
            apps::insert(&mut change, app, by).await?;
        }
        insert(&mut change, row, by, action).await?;
        handoffs::spend(&mut change, by.handoff.as_deref(), &row.id, by.at).await?;
        change.commit().await?;
        Ok(())
    }

    /// Turns an authenticated authorization into a connection: both or neither. False when the
    /// authorization was saved or cancelled in the meantime.
    pub async fn save_authorization(
        &self,
        authorization_id: &str,
        row: &ConnectionRow,
        by: &Author,
    ) -> Result<bool> {
        let mut change = self.pool.change().await?;
        if !authorizations::save(&mut change, authorization_id, &row.id).await? {
            return Ok(false);
        }
        insert(&mut change, row, by, VersionAction::Created).await?;
        handoffs::spend(&mut change, by.handoff.as_deref(), &row.id, by.at).await?;
        change.commit().await?;
        Ok(true)
    }

    /// Whether a connection of the workspace has this name.
    pub async fn name_is_taken(&self, workspace: &str, name: &str) -> Result<bool> {
        let found = query("SELECT 1 FROM connections WHERE workspace = $1 AND name_key = $2")
            .bind(workspace)
            .bind(lower(name))
            .fetch_optional(&self.pool)
            .await?;
        Ok(found.is_some())
    }

    /// One connection of a workspace.
    pub async fn connection(&self, workspace: &str, id: &str) -> Result<Option<ConnectionRow>> {
        let row = query("SELECT * FROM connections WHERE workspace = $1 AND id = $2")
            .bind(workspace)
            .bind(id)
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(ConnectionRow::read).transpose().map_err(Into::into)
    }

    /// Other connections of an account, by name; a handful at most.
    pub async fn connections_of_account(
        &self,
        workspace: &str,
        provider: &str,
        user_id: &str,
        except: Option<&str>,
    ) -> Result<Vec<(String, String)>> {
        let rows = query(
            "SELECT id, name FROM connections
             WHERE workspace = $1 AND user_id = $2 AND provider = $3 AND id <> $4
             ORDER BY name_key LIMIT 20",
        )
        .bind(workspace)
        .bind(user_id)
        .bind(provider)
        .bind(except.unwrap_or_default())
        .fetch_all(&self.pool)
        .await?;
        let read = rows.iter().map(|row| Ok((row.try_get("id")?, row.try_get("name")?)));
        read.collect::<std::result::Result<_, sqlx::Error>>().map_err(Into::into)
    }
}

/// Writes a new row and its first version; one that comes back goes on counting.
pub(super) async fn insert(
    change: &mut Connection,
    row: &ConnectionRow,
    by: &Author,
    action: VersionAction,
) -> Result<ConnectionRow> {
    let kind = VersionKind::Connection;
    let last = last_version(change, &row.workspace, kind, &row.id).await?;
    let version = last.as_ref().map_or(1, |last| last.version + 1);
    let row = ConnectionRow { version, ..row.clone() };
    workspaces::take_room(change, &row.workspace).await?;
    write(change, &row).await?;
    snapshot::record_insertion(change, last.as_ref(), &row, by, action).await?;
    let handoff = by.handoff.as_deref();
    deliveries::tell(change, WebhookEvent::Created, &row, handoff, by.at).await?;
    Ok(row)
}

pub(super) async fn write(change: &mut Connection, row: &ConnectionRow) -> Result<()> {
    let account = row.account.as_ref();
    query(
        "INSERT INTO connections (id, workspace, provider, name, name_key, group_name,
             group_key, user_id, screen_name, app_kind, app_id, consumer_key,
             consumer_secret_sealed, access_token,
             access_secret_sealed, access_level, allow, health, health_since, last_success_at,
             last_error, version, created_at, updated_at, last_used_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)",
    )
    .bind(&row.id)
    .bind(&row.workspace)
    .bind(&row.provider)
    .bind(&row.name)
    .bind(lower(&row.name))
    .bind(&row.group)
    .bind(row.group.as_deref().map(lower))
    .bind(account.map_or("", |account| &account.user_id))
    .bind(account.map_or("", |account| &account.screen_name))
    .bind(as_word(&row.app_kind))
    .bind(&row.app_id)
    .bind(&row.consumer_key)
    .bind(&row.consumer_secret_sealed)
    .bind(row.access_token.as_deref().unwrap_or_default())
    .bind(row.access_secret_sealed.as_deref().unwrap_or_default())
    .bind(row.access_level.map(AccessLevel::as_str))
    .bind(row.allow.as_ref().map(as_json))
    .bind(as_word(&row.health))
    .bind(row.health_since)
    .bind(row.last_success_at)
    .bind(&row.last_error)
    .bind(row.version)
    .bind(row.created_at)
    .bind(row.updated_at)
    .bind(row.last_used_at)
    .execute(change)
    .await
    .map_err(name_taken)?;
    Ok(())
}
