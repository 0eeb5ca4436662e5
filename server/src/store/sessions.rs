//! Sessions and one-time links, by the hash of their token; the token itself is never stored.

use pinfold_api::Role;

use super::db::{Connection, Row, query};
use super::{HandoffRow, Result, Store, as_word, audit, word};
use crate::audit::Entry;
use crate::clock::Millis;

/// How long a hand-off that ended is remembered.
const REMEMBER_MILLIS: Millis = 7 * 24 * 60 * 60 * 1000;

/// A session, or what a link would make one of.
#[derive(Clone, Debug)]
pub struct SessionRow {
    /// `UUIDv7`.
    pub id: String,
    /// The tenant.
    pub workspace: String,
    /// What it may do.
    pub role: Role,
    /// When it ends.
    pub expires_at: Millis,
}

impl SessionRow {
    fn read(row: &Row) -> std::result::Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            workspace: row.try_get("workspace")?,
            role: word(row.try_get("role")?)?,
            expires_at: row.try_get("expires_at")?,
        })
    }
}

impl Store {
    /// Keeps a one-time link, with what is written down of how somebody came by it.
    pub async fn insert_link(
        &self,
        token_hash: &[u8],
        workspace: &str,
        role: Role,
        now: Millis,
        expires_at: Millis,
        entry: Option<&Entry>,
    ) -> Result<()> {
        let mut change = self.pool.change().await?;
        query(
            "INSERT INTO links (token_hash, workspace, role, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(token_hash)
        .bind(workspace)
        .bind(as_word(&role))
        .bind(now)
        .bind(expires_at)
        .execute(&mut *change)
        .await?;
        if let Some(entry) = entry {
            audit::append(&mut change, entry).await?;
        }
        change.commit().await?;
        Ok(())
    }

    /// Spends a link, once, and keeps the session that it makes: that of the link's workspace and
    /// role. Both or neither, so that a failure does not burn the link. The entry gets who signed in.
    pub async fn use_link(
        &self,
        link_hash: &[u8],
        session: SessionRow,
        token_hash: &[u8],
        now: Millis,
        entry: Entry,
    ) -> Result<Option<SessionRow>> {
        // Anybody may come with anything: who brings no link does not make others wait.
        let known = query("SELECT 1 FROM links WHERE token_hash = $1").bind(link_hash);
        if known.fetch_optional(&self.pool).await?.is_none() {
            return Ok(None);
        }
        let mut change = self.pool.change().await?;
        let link = query(
            "UPDATE links SET used_at = $1 WHERE token_hash = $2 AND used_at IS NULL AND expires_at > $3
             RETURNING workspace, role",
        )
        .bind(now)
        .bind(link_hash)
        .bind(now)
        .fetch_optional(&mut *change)
        .await?;
        let Some(link) = link else { return Ok(None) };
        let session = SessionRow {
            workspace: link.try_get("workspace")?,
            role: word(link.try_get("role")?)?,
            ..session
        };
        insert(&mut change, &session, token_hash, now, entry).await?;
        change.commit().await?;
        Ok(Some(session))
    }

    /// Keeps a session.
    pub async fn insert_session(
        &self,
        session: &SessionRow,
        token_hash: &[u8],
        now: Millis,
        entry: Entry,
    ) -> Result<()> {
        let mut change = self.pool.change().await?;
        insert(&mut change, session, token_hash, now, entry).await?;
        change.commit().await?;
        Ok(())
    }

    /// The session of a token, unless it ended, and the hand-off that it is of.
    pub async fn session(
        &self,
        token_hash: &[u8],
        now: Millis,
    ) -> Result<Option<(SessionRow, Option<HandoffRow>)>> {
        let row = query(
            "SELECT id, workspace, role, expires_at, handoff_id FROM sessions
             WHERE token_hash = $1 AND expires_at > $2",
        )
        .bind(token_hash)
        .bind(now)
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let session = SessionRow::read(&row)?;
        let Some(id) = row.try_get::<Option<String>, _>("handoff_id")? else {
            return Ok(Some((session, None)));
        };
        let handoff = query("SELECT * FROM handoffs WHERE id = $1 AND revoked_at IS NULL")
            .bind(id)
            .fetch_optional(&self.pool)
            .await?;
        let Some(handoff) = handoff else { return Ok(None) };
        Ok(Some((session, Some(HandoffRow::read(&handoff)?))))
    }

    /// Ends a session; what is none, as the access key, has no end.
    pub async fn delete_session(&self, workspace: &str, id: &str, entry: &Entry) -> Result<()> {
        let mut change = self.pool.change().await?;
        let done =
            query("DELETE FROM sessions WHERE workspace = $1 AND (id = $2 OR handoff_id = $3)")
                .bind(workspace)
                .bind(id)
                .bind(id)
                .execute(&mut *change)
                .await?;
        if done.rows_affected() > 0 {
            audit::append(&mut change, entry).await?;
            change.commit().await?;
        }
        Ok(())
    }

    /// Forgets sessions and links that ended, and hand-offs a week later: until then somebody who
    /// opens an old link is told what is the matter with it.
    pub async fn delete_ended_sessions(&self, now: Millis) -> Result<()> {
        let mut change = self.pool.change().await?;
        for sql in [
            "DELETE FROM sessions WHERE expires_at <= $1",
            "DELETE FROM links WHERE expires_at <= $1",
        ] {
            query(sql).bind(now).execute(&mut *change).await?;
        }
        query("DELETE FROM handoffs WHERE expires_at <= $1")
            .bind(now - REMEMBER_MILLIS)
            .execute(&mut *change)
            .await?;
        change.commit().await?;
        Ok(())
    }
}

async fn insert(
    change: &mut Connection,
    session: &SessionRow,
    token_hash: &[u8],
    now: Millis,
    entry: Entry,
) -> Result<()> {
    write(change, session, token_hash, now, None).await?;
    let SessionRow { id, workspace, role, .. } = session;
    let entry = entry.by(|who| who.signed_in(workspace, *role, id));
    audit::append(change, &entry).await
}

/// Part of every change that begins a session.
pub(super) async fn write(
    change: &mut Connection,
    session: &SessionRow,
    token_hash: &[u8],
    now: Millis,
    handoff: Option<&str>,
) -> Result<()> {
    query(
        "INSERT INTO sessions (id, token_hash, workspace, role, created_at, expires_at, handoff_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(&session.id)
    .bind(token_hash)
    .bind(&session.workspace)
    .bind(as_word(&session.role))
    .bind(now)
    .bind(session.expires_at)
    .bind(handoff)
    .execute(change)
    .await?;
    Ok(())
}
