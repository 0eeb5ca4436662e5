//! Hand-offs: minted, opened by their link, spent on one connection, revoked. Tokens and links are
//! kept as hashes.

use pinfold_api::{RequestedAccess, Role};

use super::db::{Connection, Row, query};
use super::{Result, SessionRow, Store, StoreError, as_word, audit, sessions, word};
use crate::audit::Entry;
use crate::clock::Millis;

/// How long a hand-off that ended can be gone on with by the next token for its subject: as long as a
/// token lives.
const GRACE_MILLIS: Millis = 30 * 60 * 1000;
/// The most that a list shows.
const LISTED: u32 = 500;

/// A hand-off.
#[derive(Clone, Debug)]
pub struct HandoffRow {
    /// `UUIDv7`.
    pub id: String,
    /// The tenant.
    pub workspace: String,
    /// The page that may use its tokens; `None`: it is a link.
    pub origin: Option<String>,
    /// Who it is for, in the portal's words.
    pub subject: Option<String>,
    /// For the account's owner.
    pub note: Option<String>,
    /// What is asked of X.
    pub access: Option<RequestedAccess>,
    /// The saved app that asks.
    pub app_id: Option<String>,
    /// What it repairs.
    pub connection_id: Option<String>,
    /// When its link was opened.
    pub opened_at: Option<Millis>,
    /// What it made or repaired.
    pub made_id: Option<String>,
    /// When it was minted.
    pub created_at: Millis,
    /// When it ends.
    pub expires_at: Millis,
}

/// What became of a link.
#[derive(Clone, Debug)]
pub enum Opened {
    /// Somebody is signed in.
    Session(SessionRow),
    /// It was opened before: the hand-off's id.
    Used(String),
    /// It is too old, or revoked.
    Over,
    /// There is no such link.
    Unknown,
}

/// A session that a browser got by signing in itself.
#[derive(Clone, Debug)]
pub struct BrowserSession {
    /// The session.
    pub session: SessionRow,
    /// When it began.
    pub created_at: Millis,
}

impl HandoffRow {
    pub(super) fn read(row: &Row) -> std::result::Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            workspace: row.try_get("workspace")?,
            origin: row.try_get("origin")?,
            subject: row.try_get("subject")?,
            note: row.try_get("note")?,
            access: row.try_get::<Option<&str>, _>("access")?.map(word).transpose()?,
            app_id: row.try_get("app_id")?,
            connection_id: row.try_get("connection_id")?,
            opened_at: row.try_get("opened_at")?,
            made_id: row.try_get("made_id")?,
            created_at: row.try_get("created_at")?,
            expires_at: row.try_get("expires_at")?,
        })
    }
}

impl Store {
    /// Keeps a hand-off with the hash of its token, of its link, or of both. One of the same
    /// subject, origin and connection that was not finished is gone on with instead: the answer's id
    /// is then that one's.
    pub async fn insert_handoff(
        &self,
        row: &HandoffRow,
        session: Option<(&SessionRow, &[u8])>,
        link_hash: Option<&[u8]>,
        entry: Entry,
    ) -> Result<String> {
        let mut change = self.pool.change().await?;
        let id = if let Some(id) = renew(&mut change, row).await? {
            id
        } else {
            insert(&mut change, row, link_hash).await?;
            row.id.clone()
        };
        if let Some((session, token_hash)) = session {
            sessions::write(&mut change, session, token_hash, row.created_at, Some(&id)).await?;
        }
        audit::append(&mut change, &entry.on(&id)).await?;
        change.commit().await?;
        Ok(id)
    }

    /// Opens a link, once, and keeps the session that it makes. `session` says when that would end.
    pub async fn open_handoff(
        &self,
        link_hash: &[u8],
        session: SessionRow,
        token_hash: &[u8],
        now: Millis,
        entry: Entry,
    ) -> Result<Opened> {
        let known = query("SELECT 1 FROM handoffs WHERE link_hash = $1").bind(link_hash);
        if known.fetch_optional(&self.pool).await?.is_none() {
            return Ok(Opened::Unknown);
        }
        let mut change = self.pool.change().await?;
        let found = query("SELECT * FROM handoffs WHERE link_hash = $1")
            .bind(link_hash)
            .fetch_optional(&mut *change)
            .await?;
        let Some(found) = found else { return Ok(Opened::Unknown) };
        let revoked: Option<Millis> = found.try_get("revoked_at")?;
        let handoff = HandoffRow::read(&found)?;
        if revoked.is_some() {
            return Ok(Opened::Over);
        }
        if handoff.opened_at.is_some() {
            return Ok(Opened::Used(handoff.id));
        }
        if handoff.expires_at <= now {
            return Ok(Opened::Over);
        }
        query("UPDATE handoffs SET opened_at = $1, expires_at = $2 WHERE id = $3")
            .bind(now)
            .bind(session.expires_at)
            .bind(&handoff.id)
            .execute(&mut *change)
            .await?;
        let session =
            SessionRow { workspace: handoff.workspace.clone(), role: Role::Connector, ..session };
        sessions::write(&mut change, &session, token_hash, now, Some(&handoff.id)).await?;
        let entry = entry.by(|who| who.signed_in(&session.workspace, session.role, &handoff.id));
        audit::append(&mut change, &entry).await?;
        change.commit().await?;
        Ok(Opened::Session(session))
    }

    /// What of a workspace is not over, the newest first, each with the name of its connection.
    pub async fn handoffs(
        &self,
        workspace: &str,
        now: Millis,
    ) -> Result<Vec<(HandoffRow, Option<String>)>> {
        let rows = query(
            "SELECT h.*, c.name AS connection_name FROM handoffs h LEFT JOIN connections c
                 ON c.workspace = h.workspace AND c.id = COALESCE(h.made_id, h.connection_id)
             WHERE h.workspace = $1 AND h.revoked_at IS NULL AND h.expires_at > $2
             ORDER BY h.created_at DESC, h.id DESC LIMIT $3",
        )
        .bind(workspace)
        .bind(now)
        .bind(LISTED)
        .fetch_all(&self.pool)
        .await?;
        let read =
            rows.iter().map(|row| Ok((HandoffRow::read(row)?, row.try_get("connection_name")?)));
        read.collect::<std::result::Result<_, sqlx::Error>>().map_err(Into::into)
    }

    /// The sessions of a workspace that browsers got by signing in, the newest first.
    pub async fn browser_sessions(
        &self,
        workspace: &str,
        now: Millis,
    ) -> Result<Vec<BrowserSession>> {
        let rows = query(
            "SELECT * FROM sessions WHERE workspace = $1 AND handoff_id IS NULL AND expires_at > $2
             ORDER BY created_at DESC, id DESC LIMIT $3",
        )
        .bind(workspace)
        .bind(now)
        .bind(LISTED)
        .fetch_all(&self.pool)
        .await?;
        let read = rows.iter().map(|row| {
            let session = SessionRow {
                id: row.try_get("id")?,
                workspace: row.try_get("workspace")?,
                role: word(row.try_get("role")?)?,
                expires_at: row.try_get("expires_at")?,
            };
            Ok(BrowserSession { session, created_at: row.try_get("created_at")? })
        });
        read.collect::<std::result::Result<_, sqlx::Error>>().map_err(Into::into)
    }

    /// Ends a hand-off or a browser's session at once; false when there is none that lives.
    pub async fn revoke_session(
        &self,
        workspace: &str,
        id: &str,
        now: Millis,
        entry: &Entry,
    ) -> Result<bool> {
        let mut change = self.pool.change().await?;
        let handoff = query(
            "UPDATE handoffs SET revoked_at = $1
             WHERE workspace = $2 AND id = $3 AND revoked_at IS NULL AND expires_at > $4",
        )
        .bind(now)
        .bind(workspace)
        .bind(id)
        .bind(now)
        .execute(&mut *change)
        .await?;
        let sessions = query(
            "DELETE FROM sessions
             WHERE workspace = $1 AND (handoff_id = $2 OR (id = $3 AND handoff_id IS NULL))",
        )
        .bind(workspace)
        .bind(id)
        .bind(id)
        .execute(&mut *change)
        .await?;
        if handoff.rows_affected() + sessions.rows_affected() == 0 {
            return Ok(false);
        }
        audit::append(&mut change, entry).await?;
        change.commit().await?;
        Ok(true)
    }
}

/// Part of the change that makes or repairs a connection: the hand-off is spent on it, once.
pub(super) async fn spend(
    change: &mut Connection,
    handoff: Option<&str>,
    connection_id: &str,
    now: Millis,
) -> Result<()> {
    let Some(id) = handoff else { return Ok(()) };
    let done = query(
        "UPDATE handoffs SET made_id = $1, done_at = $2
         WHERE id = $3 AND done_at IS NULL AND revoked_at IS NULL",
    )
    .bind(connection_id)
    .bind(now)
    .bind(id)
    .execute(change)
    .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(StoreError::HandoffDone) }
}

/// Goes on with what the same person was given before: what they have open is bound to its id.
async fn renew(change: &mut Connection, row: &HandoffRow) -> Result<Option<String>> {
    if row.origin.is_none() || row.subject.is_none() {
        return Ok(None);
    }
    let found = query(
        "UPDATE handoffs SET note = $1, access = $2, app_id = $3, expires_at = max(expires_at, $4)
         WHERE id = (SELECT id FROM handoffs
                     WHERE workspace = $5 AND subject = $6 AND origin = $7 AND connection_id IS NOT DISTINCT FROM $8
                       AND done_at IS NULL AND revoked_at IS NULL AND expires_at > $9
                     ORDER BY created_at DESC, id DESC LIMIT 1)
         RETURNING id",
    )
    .bind(&row.note)
    .bind(row.access.as_ref().map(as_word))
    .bind(&row.app_id)
    .bind(row.expires_at)
    .bind(&row.workspace)
    .bind(&row.subject)
    .bind(&row.origin)
    .bind(&row.connection_id)
    .bind(row.created_at - GRACE_MILLIS)
    .fetch_optional(change)
    .await?;
    Ok(found.map(|row| row.try_get("id")).transpose()?)
}

async fn insert(change: &mut Connection, row: &HandoffRow, link_hash: Option<&[u8]>) -> Result<()> {
    query(
        "INSERT INTO handoffs (id, workspace, origin, subject, note, access, app_id,
             connection_id, link_hash, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(&row.id)
    .bind(&row.workspace)
    .bind(&row.origin)
    .bind(&row.subject)
    .bind(&row.note)
    .bind(row.access.as_ref().map(as_word))
    .bind(&row.app_id)
    .bind(&row.connection_id)
    .bind(link_hash)
    .bind(row.created_at)
    .bind(row.expires_at)
    .execute(change)
    .await?;
    Ok(())
}
