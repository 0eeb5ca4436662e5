//! Workspaces, each with its registered app, the hash of its access key, and its limits.

use super::db::{AssertSqlSafe, Connection, Row, query};
use super::{Result, Revocation, SecretCopy, Store, StoreError, audit, revocations};
use crate::audit::Entry;
use crate::clock::Millis;

/// A workspace.
#[derive(Clone, Debug)]
pub struct WorkspaceRow {
    /// `UUIDv7`, or [`super::DEFAULT_WORKSPACE`].
    pub id: String,
    /// For people.
    pub name: String,
    /// How many connections it may hold; `None`: as many as there are.
    pub most_connections: Option<i64>,
    /// How many authorizations may begin in an hour; `None`: as many as come.
    pub authorizations_per_hour: Option<i64>,
    /// When it was made.
    pub created_at: Millis,
    /// When its access key was made; `None`: it has none of its own.
    pub access_key_at: Option<Millis>,
    /// Its registered app.
    pub app: Option<RegisteredAppRow>,
}

/// The registered app of a workspace.
#[derive(Clone, Debug)]
pub struct RegisteredAppRow {
    /// `UUIDv7`: what its secret is sealed to.
    pub id: String,
    /// The tenant.
    pub workspace: String,
    /// As in "Use the … registered app".
    pub name: String,
    /// Its key.
    pub consumer_key: String,
    /// Its secret.
    pub consumer_secret_sealed: Vec<u8>,
    /// When it was set.
    pub updated_at: Millis,
}

/// What changes; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct WorkspaceEdit {
    /// The name.
    pub name: Option<String>,
    /// Both limits: connections, and authorizations an hour.
    pub limits: Option<(Option<i64>, Option<i64>)>,
    /// The registered app; `Some(None)` takes it away.
    pub app: Option<Option<RegisteredAppRow>>,
    /// Copies of the old one's secret for tokens that wait to be revoked.
    pub copies: Vec<SecretCopy>,
}

/// What became of a change.
#[derive(Clone, Debug)]
pub enum WorkspaceChanged {
    /// As it is now.
    Done(Box<WorkspaceRow>),
    /// There is no such workspace.
    Gone,
    /// Tokens of its registered app are in use.
    AppInUse,
    /// Copies of its secret are missing for these.
    Uncopied(Vec<Revocation>),
}

impl WorkspaceRow {
    /// The app's columns are null where there is none.
    fn read(row: &Row) -> std::result::Result<Self, sqlx::Error> {
        let id: String = row.try_get("id")?;
        let app = match row.try_get::<Option<String>, _>("app_id")? {
            None => None,
            Some(app_id) => Some(RegisteredAppRow {
                id: app_id,
                workspace: id.clone(),
                name: row.try_get("app_name")?,
                consumer_key: row.try_get("consumer_key")?,
                consumer_secret_sealed: row.try_get("consumer_secret_sealed")?,
                updated_at: row.try_get("app_at")?,
            }),
        };
        Ok(Self {
            name: row.try_get::<Option<String>, _>("name")?.unwrap_or_else(|| id.clone()),
            most_connections: row.try_get("most_connections")?,
            authorizations_per_hour: row.try_get("authorizations_per_hour")?,
            created_at: row.try_get("created_at")?,
            access_key_at: row.try_get("access_key_at")?,
            app,
            id,
        })
    }
}

/// Workspaces with their apps, to be followed by a `WHERE`.
const SELECT: &str = "SELECT w.id, w.name, w.most_connections, w.authorizations_per_hour,
         w.created_at, w.access_key_at, a.id AS app_id, a.name AS app_name, a.consumer_key,
         a.consumer_secret_sealed, a.updated_at AS app_at
     FROM workspaces w LEFT JOIN registered_apps a ON a.workspace = w.id";

impl Store {
    /// Keeps a new workspace with the hash of its access key.
    pub async fn insert_workspace(
        &self,
        row: &WorkspaceRow,
        key_hash: &[u8],
        entries: &[Entry],
    ) -> Result<()> {
        let mut change = self.pool.change().await?;
        query(
            "INSERT INTO workspaces (id, name, access_key_hash, access_key_at, most_connections,
                 authorizations_per_hour, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(&row.id)
        .bind(&row.name)
        .bind(key_hash)
        .bind(row.access_key_at)
        .bind(row.most_connections)
        .bind(row.authorizations_per_hour)
        .bind(row.created_at)
        .execute(&mut *change)
        .await?;
        if let Some(app) = &row.app {
            insert_app(&mut change, app).await?;
        }
        for entry in entries {
            audit::append(&mut change, entry).await?;
        }
        change.commit().await?;
        Ok(())
    }

    /// All workspaces, the oldest first.
    pub async fn workspaces(&self) -> Result<Vec<WorkspaceRow>> {
        let sql = format!("{SELECT} ORDER BY w.created_at, w.id");
        let rows = query(AssertSqlSafe(sql)).fetch_all(&self.pool).await?;
        let read = rows.iter().map(WorkspaceRow::read);
        read.collect::<std::result::Result<_, _>>().map_err(Into::into)
    }

    /// One workspace.
    pub async fn workspace(&self, id: &str) -> Result<Option<WorkspaceRow>> {
        let mut reading = self.pool.snapshot().await?;
        find(&mut reading, id).await
    }

    /// Changes a workspace. Its registered app stays as long as something needs its secret.
    pub async fn change_workspace(
        &self,
        id: &str,
        edit: WorkspaceEdit,
        entries: &[Entry],
    ) -> Result<WorkspaceChanged> {
        let mut change = self.pool.change().await?;
        let Some(mut row) = find(&mut change, id).await? else { return Ok(WorkspaceChanged::Gone) };
        if let Some(name) = edit.name {
            row.name = name;
        }
        if let Some(limits) = edit.limits {
            (row.most_connections, row.authorizations_per_hour) = limits;
        }
        query(
            "UPDATE workspaces SET name = $1, most_connections = $2, authorizations_per_hour = $3
             WHERE id = $4",
        )
        .bind(&row.name)
        .bind(row.most_connections)
        .bind(row.authorizations_per_hour)
        .bind(id)
        .execute(&mut *change)
        .await?;
        if let Some(app) = edit.app {
            let another = |old: &RegisteredAppRow| {
                app.as_ref().is_none_or(|new| new.consumer_key != old.consumer_key)
            };
            if let Some(old) = row.app.as_ref().filter(|old| another(old)) {
                if app_in_use(&mut change, old).await? {
                    return Ok(WorkspaceChanged::AppInUse);
                }
                let uncopied = hand_over(&mut change, old, &edit.copies).await?;
                if !uncopied.is_empty() {
                    return Ok(WorkspaceChanged::Uncopied(uncopied));
                }
            }
            query("DELETE FROM registered_apps WHERE workspace = $1")
                .bind(id)
                .execute(&mut *change)
                .await?;
            if let Some(app) = &app {
                insert_app(&mut change, app).await?;
            }
            row.app = app;
        }
        for entry in entries {
            audit::append(&mut change, entry).await?;
        }
        change.commit().await?;
        Ok(WorkspaceChanged::Done(Box::new(row)))
    }

    /// Puts another access key in the place of the one there was, and ends what operators' browsers
    /// got with it, except for one session. False when there is no such workspace.
    pub async fn set_access_key(
        &self,
        id: &str,
        key_hash: &[u8],
        now: Millis,
        except: &str,
        entries: &[Entry],
    ) -> Result<bool> {
        let mut change = self.pool.change().await?;
        let done =
            query("UPDATE workspaces SET access_key_hash = $1, access_key_at = $2 WHERE id = $3")
                .bind(key_hash)
                .bind(now)
                .bind(id)
                .execute(&mut *change)
                .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        query("DELETE FROM sessions WHERE workspace = $1 AND role = 'operator' AND id <> $2")
            .bind(id)
            .bind(except)
            .execute(&mut *change)
            .await?;
        for entry in entries {
            audit::append(&mut change, entry).await?;
        }
        change.commit().await?;
        Ok(true)
    }

    /// The workspace that an access key is of.
    pub async fn workspace_of_key(&self, key_hash: &[u8]) -> Result<Option<String>> {
        let row = query("SELECT id FROM workspaces WHERE access_key_hash = $1")
            .bind(key_hash)
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.map(|row| row.try_get("id")).transpose()?)
    }

    /// The registered app of a workspace.
    pub async fn registered_app(&self, workspace: &str) -> Result<Option<RegisteredAppRow>> {
        Ok(self.workspace(workspace).await?.and_then(|row| row.app))
    }

    /// Whether one more connection fits.
    pub async fn has_room(&self, workspace: &str) -> Result<bool> {
        let mut reading = self.pool.snapshot().await?;
        let row = query("SELECT most_connections FROM workspaces WHERE id = $1")
            .bind(workspace)
            .fetch_optional(&mut *reading)
            .await?;
        let most = row.map(|row| row.try_get(0)).transpose()?.flatten();
        fits(&mut reading, workspace, most).await
    }

    /// When the next authorization may begin; `None`: now. Those begun since count, a fresh request
    /// token after a wrong PIN as one more.
    pub async fn next_authorization(&self, workspace: &str, now: Millis) -> Result<Option<Millis>> {
        const HOUR: Millis = 60 * 60 * 1000;
        let row = query("SELECT authorizations_per_hour FROM workspaces WHERE id = $1")
            .bind(workspace)
            .fetch_optional(&self.pool)
            .await?;
        let most: Option<i64> = row.map(|row| row.try_get(0)).transpose()?.flatten();
        let Some(most) = most else { return Ok(None) };
        // The one that has to be an hour old.
        let row = query(
            "SELECT created_at FROM authorizations WHERE workspace = $1 AND created_at > $2
             ORDER BY created_at DESC LIMIT 1 OFFSET $3",
        )
        .bind(workspace)
        .bind(now - HOUR)
        .bind((most - 1).max(0))
        .fetch_optional(&self.pool)
        .await?;
        let begun: Option<Millis> = row.map(|row| row.try_get(0)).transpose()?;
        Ok(begun.map(|begun| begun + HOUR))
    }
}

/// Part of every change that adds a connection: refuses one too many.
///
/// The row is written, to no effect, so that two changes at once take turns.
pub(super) async fn take_room(change: &mut Connection, workspace: &str) -> Result<()> {
    let row = query(
        "UPDATE workspaces SET most_connections = most_connections
         WHERE id = $1 AND most_connections IS NOT NULL RETURNING most_connections",
    )
    .bind(workspace)
    .fetch_optional(&mut *change)
    .await?;
    let most = row.map(|row| row.try_get(0)).transpose()?;
    if fits(change, workspace, most).await? { Ok(()) } else { Err(StoreError::WorkspaceFull) }
}

async fn fits(reading: &mut Connection, workspace: &str, most: Option<i64>) -> Result<bool> {
    let Some(most) = most else { return Ok(true) };
    let row = query(
        "SELECT CAST(COALESCE(sum(count), 0) AS BIGINT) FROM connection_groups WHERE workspace = $1",
    )
    .bind(workspace)
    .fetch_one(reading)
    .await?;
    Ok(row.try_get::<i64, _>(0)? < most)
}

async fn find(reading: &mut Connection, id: &str) -> Result<Option<WorkspaceRow>> {
    let sql = format!("{SELECT} WHERE w.id = $1");
    let row = query(AssertSqlSafe(sql)).bind(id).fetch_optional(reading).await?;
    row.as_ref().map(WorkspaceRow::read).transpose().map_err(Into::into)
}

async fn insert_app(change: &mut Connection, app: &RegisteredAppRow) -> Result<()> {
    query(
        "INSERT INTO registered_apps (id, workspace, name, consumer_key, consumer_secret_sealed,
             updated_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(&app.id)
    .bind(&app.workspace)
    .bind(&app.name)
    .bind(&app.consumer_key)
    .bind(&app.consumer_secret_sealed)
    .bind(app.updated_at)
    .execute(change)
    .await?;
    Ok(())
}

/// Whether something would be lost with the app's secret.
async fn app_in_use(change: &mut Connection, app: &RegisteredAppRow) -> Result<bool> {
    let found = query(
        "SELECT 1 FROM connections
         WHERE workspace = $1 AND app_kind = 'registered' AND consumer_key = $2
         UNION ALL SELECT 1 FROM authorizations
         WHERE workspace = $1 AND app_kind = 'registered' AND consumer_key = $2
           AND state IN ('awaiting_pin', 'authenticated')
         LIMIT 1",
    )
    .bind(&app.workspace)
    .bind(&app.consumer_key)
    .fetch_optional(change)
    .await?;
    Ok(found.is_some())
}

/// Gives tokens that wait to be revoked their copies of the app's secret; answers those without one.
async fn hand_over(
    change: &mut Connection,
    app: &RegisteredAppRow,
    copies: &[SecretCopy],
) -> Result<Vec<Revocation>> {
    revocations::take_copies(change, copies).await?;
    let uncopied = query(
        "SELECT * FROM revocations
         WHERE workspace = $1 AND app_kind = 'registered' AND consumer_key = $2",
    )
    .bind(&app.workspace)
    .bind(&app.consumer_key)
    .fetch_all(change)
    .await?;
    let uncopied = uncopied.iter().map(Revocation::read);
    uncopied.collect::<std::result::Result<_, _>>().map_err(Into::into)
}
