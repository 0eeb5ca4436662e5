//! Changes of a saved app: edited and deleted by version, never from under what needs it.
//!
//! A revocation needs the secret of its app until X has answered. So before an app goes, or gets
//! another key, each of its revocations gets a copy, sealed to itself. This room has no key, so the
//! caller seals: it is told which copies are missing, and tries again with them.

use pinfold_api::{AppKind, RequestedAccess, VersionAction};

use super::apps::{find, name_taken, record_change};
use super::db::{Connection, QueryBuilder, query};
use super::listing::lower;
use super::{
    AppColumns, AppRow, Author, ConnectionRow, Edit, Result, Revocation, Store, as_word, edits,
    revocations,
};
use crate::clock::Millis;

/// What changes of an app; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct AppEdit {
    /// The name.
    pub name: Option<String>,
    /// The key, together with its secret.
    pub consumer_key: Option<String>,
    /// The secret, sealed to the app.
    pub consumer_secret_sealed: Option<Vec<u8>>,
    /// The most that is asked for; `Some(None)`: what the app has at X.
    pub access: Option<Option<RequestedAccess>>,
}

/// Connections that move to another app in one change.
const MOVED_AT_ONCE: i64 = 500;

/// What became of a change of an app.
#[derive(Debug)]
pub enum AppChanged {
    /// It is done: the app as it is now, or as it was last.
    Done(Box<AppRow>),
    /// There is no such version any more.
    Stale,
    /// So many connections use it, and so many people are connecting with it right now.
    InUse(i64, i64),
    /// The replacement is not there, or has another consumer key.
    Unfit,
    /// A part of its connections has moved: ask again.
    MovedSome,
    /// Copies of the secret are missing for these.
    Uncopied(Vec<Revocation>),
}

/// A copy of the secret: the revocation's id, and the secret sealed to its record.
pub type SecretCopy = (String, Vec<u8>);

impl Store {
    /// Changes an app. Another consumer key is for an app that nothing uses: a token belongs to the
    /// key it was granted to.
    pub async fn edit_app(
        &self,
        (workspace, id, version): (&str, &str, i64),
        edit: &AppEdit,
        copies: &[SecretCopy],
        by: &Author,
        action: VersionAction,
    ) -> Result<AppChanged> {
        let mut change = self.pool.change().await?;
        let Some(before) = present(&mut change, workspace, id, version).await? else {
            return Ok(AppChanged::Stale);
        };
        if edit.consumer_key.as_ref().is_some_and(|key| *key != before.consumer_key)
            && let Some(hindered) = set_free(&mut change, &before, copies, by.at).await?
        {
            return Ok(hindered);
        }
        let row = apply(&mut change, &before, edit, by, action).await?;
        change.commit().await?;
        Ok(AppChanged::Done(Box::new(row)))
    }

    /// Deletes an app that nothing uses; with a `replacement` of the same consumer key, whatever
    /// uses it moves there first, a part in each change, so that nobody else waits for all of it.
    pub async fn delete_app(
        &self,
        (workspace, id, version): (&str, &str, i64),
        replacement: Option<&str>,
        copies: &[SecretCopy],
        by: &Author,
    ) -> Result<AppChanged> {
        let mut change = self.pool.change().await?;
        let Some(row) = present(&mut change, workspace, id, version).await? else {
            return Ok(AppChanged::Stale);
        };
        if let Some(replacement) = replacement {
            let fits = find(&mut change, workspace, replacement)
                .await?
                .filter(|other| other.id != row.id && other.consumer_key == row.consumer_key);
            let Some(other) = fits else { return Ok(AppChanged::Unfit) };
            if !move_some(&mut change, &row, &other, by).await? {
                change.commit().await?;
                return Ok(AppChanged::MovedSome);
            }
        } else if let Some(hindered) = set_free(&mut change, &row, copies, by.at).await? {
            return Ok(hindered);
        }
        query("DELETE FROM apps WHERE workspace = $1 AND id = $2")
            .bind(workspace)
            .bind(id)
            .execute(&mut *change)
            .await?;
        let gone = AppRow { version: row.version + 1, ..row.clone() };
        record_change(&mut change, &row, &gone, by, VersionAction::Deleted).await?;
        change.commit().await?;
        Ok(AppChanged::Done(Box::new(row)))
    }
}

/// Writes a change and its version. Another consumer key is the caller's to have cleared.
pub(super) async fn apply(
    change: &mut Connection,
    before: &AppRow,
    edit: &AppEdit,
    by: &Author,
    action: VersionAction,
) -> Result<AppRow> {
    let row = update(edit, by.at)
        .push(" WHERE workspace = ")
        .push_bind(&before.workspace)
        .push(" AND id = ")
        .push_bind(&before.id)
        .push(" RETURNING *")
        .build()
        .fetch_one(&mut *change)
        .await
        .map_err(name_taken)?;
    let row = AppRow::read(&row)?;
    record_change(change, before, &row, by, action).await?;
    Ok(row)
}

async fn present(
    change: &mut Connection,
    workspace: &str,
    id: &str,
    version: i64,
) -> Result<Option<AppRow>> {
    Ok(find(change, workspace, id).await?.filter(|row| row.version == version))
}

fn update(edit: &AppEdit, now: Millis) -> QueryBuilder<'static> {
    let mut sql = QueryBuilder::new("UPDATE apps SET version = version + 1");
    sql.push(", updated_at = ").push_bind(now);
    if let Some(name) = &edit.name {
        sql.push(", name = ").push_bind(name.clone());
        sql.push(", name_key = ").push_bind(lower(name));
    }
    if let Some(key) = &edit.consumer_key {
        sql.push(", consumer_key = ").push_bind(key.clone());
    }
    if let Some(sealed) = &edit.consumer_secret_sealed {
        sql.push(", consumer_secret_sealed = ").push_bind(sealed.clone());
        sql.push(", secret_set_at = ").push_bind(now);
    }
    if let Some(access) = &edit.access {
        sql.push(", access = ").push_bind(access.as_ref().map(as_word));
    }
    sql
}

/// Makes sure that nothing needs the app's secret any more; otherwise says what does.
async fn set_free(
    change: &mut Connection,
    row: &AppRow,
    copies: &[SecretCopy],
    now: Millis,
) -> Result<Option<AppChanged>> {
    let users = query(
        "SELECT (SELECT count(*) FROM connections WHERE app_id = $1),
                (SELECT count(*) FROM authorizations WHERE app_id = $1
                    AND (state = 'authenticated' OR leased_until > $2
                         OR state = 'awaiting_pin' AND expires_at > $2))",
    )
    .bind(&row.id)
    .bind(now)
    .fetch_one(&mut *change)
    .await?;
    let (connections, authorizations) = (users.try_get(0)?, users.try_get(1)?);
    if connections > 0 || authorizations > 0 {
        return Ok(Some(AppChanged::InUse(connections, authorizations)));
    }
    revocations::take_copies(change, copies).await?;
    let uncopied = query("SELECT * FROM revocations WHERE app_id = $1")
        .bind(&row.id)
        .fetch_all(change)
        .await?;
    let uncopied = uncopied.iter().map(Revocation::read);
    let uncopied = uncopied.collect::<std::result::Result<Vec<_>, _>>()?;
    Ok((!uncopied.is_empty()).then_some(AppChanged::Uncopied(uncopied)))
}

/// Everything of one app is another's from now on; each connection gets a version. False: there are
/// more connections than one change moves.
async fn move_some(
    change: &mut Connection,
    from: &AppRow,
    to: &AppRow,
    by: &Author,
) -> Result<bool> {
    let connections = query("SELECT * FROM connections WHERE app_id = $1 LIMIT $2")
        .bind(&from.id)
        .bind(MOVED_AT_ONCE)
        .fetch_all(&mut *change)
        .await?;
    let app = AppColumns {
        kind: AppKind::Saved,
        id: Some(to.id.clone()),
        consumer_key: to.consumer_key.clone(),
        consumer_secret_sealed: None,
    };
    let edit = Edit { app: Some(app), ..Edit::default() };
    for row in &connections {
        let row = ConnectionRow::read(row)?;
        edits::apply(change, &row, &edit, by, VersionAction::Edited).await?;
    }
    if i64::try_from(connections.len()) == Ok(MOVED_AT_ONCE) {
        return Ok(false);
    }
    for sql in [
        "UPDATE authorizations SET app_id = $1 WHERE app_id = $2",
        "UPDATE revocations SET app_id = $1 WHERE app_id = $2",
    ] {
        query(sql).bind(&to.id).bind(&from.id).execute(&mut *change).await?;
    }
    Ok(true)
}
