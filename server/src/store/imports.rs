//! Moving in and out: everything of a workspace at once, and an import in one transaction.

use pinfold_api::VersionAction;

use super::connections;
use super::db::{AssertSqlSafe, query};
use super::edits::{apply, find};
use super::versions::last_version;
use super::{
    AppEdit, AppRow, Author, ConnectionRow, Edit, Result, Revocation, Store, VersionKind,
    app_changes, apps, lower,
};

/// A part of an import.
#[derive(Clone, Debug)]
pub enum ImportStep {
    /// A connection that is not here.
    Insert(Box<ConnectionRow>),
    /// A saved app that is not here. Before the connections that belong to it.
    InsertApp(Box<AppRow>),
    /// One that is, as long as it has this version.
    EditApp {
        /// Which.
        id: String,
        /// Which version.
        version: i64,
        /// What changes; never the consumer key.
        edit: Box<AppEdit>,
    },
    /// One that is, as long as it has this version.
    Edit {
        /// Which.
        id: String,
        /// Which version.
        version: i64,
        /// What changes.
        edit: Box<Edit>,
    },
}

impl Store {
    /// A workspace's connections by creation, at most so many.
    pub async fn all_connections(&self, workspace: &str, cap: usize) -> Result<Vec<ConnectionRow>> {
        let rows = query(
            "SELECT * FROM connections WHERE workspace = $1 ORDER BY created_at, id LIMIT $2",
        )
        .bind(workspace)
        .bind(i64::try_from(cap).unwrap_or(i64::MAX))
        .fetch_all(&self.pool)
        .await?;
        let read = rows.iter().map(ConnectionRow::read);
        read.collect::<std::result::Result<_, _>>().map_err(Into::into)
    }

    /// The connection with a name, without regard to case.
    pub async fn connection_named(
        &self,
        workspace: &str,
        name: &str,
    ) -> Result<Option<ConnectionRow>> {
        let row = query("SELECT * FROM connections WHERE workspace = $1 AND name_key = $2")
            .bind(workspace)
            .bind(lower(name))
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(ConnectionRow::read).transpose().map_err(Into::into)
    }

    /// A connection that lives on an access token.
    pub async fn connection_with_token(
        &self,
        workspace: &str,
        provider: &str,
        access_token: &str,
    ) -> Result<Option<ConnectionRow>> {
        let row = query(
            "SELECT * FROM connections WHERE access_token = $1 AND workspace = $2 AND provider = $3
             ORDER BY created_at LIMIT 1",
        )
        .bind(access_token)
        .bind(workspace)
        .bind(provider)
        .fetch_optional(&self.pool)
        .await?;
        row.as_ref().map(ConnectionRow::read).transpose().map_err(Into::into)
    }

    /// Whether a connection of any workspace has this id: two may not. Nor may one have that of another
    /// workspace's, which was deleted and may come back.
    pub async fn connection_id_is_taken(&self, workspace: &str, id: &str) -> Result<bool> {
        self.is_taken(("connections", VersionKind::Connection), workspace, id).await
    }

    /// The same of a saved app.
    pub async fn app_id_is_taken(&self, workspace: &str, id: &str) -> Result<bool> {
        self.is_taken(("apps", VersionKind::App), workspace, id).await
    }

    async fn is_taken(
        &self,
        (table, kind): (&'static str, VersionKind),
        workspace: &str,
        id: &str,
    ) -> Result<bool> {
        let found = query(AssertSqlSafe(format!(
            "SELECT 1 FROM {table} WHERE id = $1 UNION ALL
             SELECT 1 FROM workspaces JOIN versions ON versions.workspace = workspaces.id
             WHERE workspaces.id <> $2 AND kind = $3 AND record = $1 LIMIT 1",
        )));
        let found = found.bind(id).bind(workspace).bind(kind.as_str());
        Ok(found.fetch_optional(&self.pool).await?.is_some())
    }

    /// Does all steps or none: `None` when one of the connections has another version by now.
    /// Answers the tokens that were let go.
    pub async fn import(
        &self,
        workspace: &str,
        steps: &[ImportStep],
        by: &Author,
    ) -> Result<Option<Vec<Revocation>>> {
        let mut change = self.pool.change().await?;
        let mut let_go = Vec::new();
        for step in steps {
            match step {
                ImportStep::Insert(row) => {
                    connections::insert(&mut change, row, by, VersionAction::Imported).await?;
                }
                ImportStep::InsertApp(row) => {
                    // One that was here before goes on counting.
                    let app = VersionKind::App;
                    let last = last_version(&mut change, workspace, app, &row.id).await?;
                    let version = last.map_or(1, |last| last.version + 1);
                    let row = AppRow { version, ..(**row).clone() };
                    apps::insert(&mut change, &row, by).await?;
                }
                ImportStep::EditApp { id, version, edit } => {
                    let before = apps::find(&mut change, workspace, id).await?;
                    let Some(before) = before.filter(|row| row.version == *version) else {
                        return Ok(None);
                    };
                    let imported = VersionAction::Imported;
                    app_changes::apply(&mut change, &before, edit, by, imported).await?;
                }
                ImportStep::Edit { id, version, edit } => {
                    let Some(before) = find(&mut change, workspace, id, *version).await? else {
                        return Ok(None);
                    };
                    let imported = VersionAction::Imported;
                    let edited = apply(&mut change, &before, edit, by, imported).await?;
                    let_go.extend(edited.let_go);
                }
            }
        }
        change.commit().await?;
        Ok(Some(let_go))
    }
}
