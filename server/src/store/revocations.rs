//! Tokens that are to be revoked at X. A change that lets go of a token writes it here in the same
//! transaction, so that not even a power cut leaves a token alive that nobody remembers.

use pinfold_api::AppKind;

use super::db::{Connection, Row, query};
use super::{AuthorizationRow, ConnectionRow, Result, SecretCopy, Store, as_word, audit, word};
use crate::audit::Entry;
use crate::clock::Millis;

/// A token that is to be revoked.
#[derive(Clone, Debug)]
pub struct Revocation {
    /// Its own: that of the authorization, or of the connection and the version that had it.
    pub id: String,
    /// The authorization or connection it came from, which its secrets are sealed to.
    pub record: String,
    /// The tenant.
    pub workspace: String,
    /// The base URL of the provider that granted it.
    pub provider: String,
    /// Which kind of app it belongs to.
    pub app_kind: AppKind,
    /// Which saved app.
    pub app_id: Option<String>,
    /// The app.
    pub consumer_key: String,
    /// Its secret, when the app keeps it nowhere else.
    pub consumer_secret_sealed: Option<Vec<u8>>,
    /// The token.
    pub access_token: String,
    /// Its secret.
    pub access_secret_sealed: Vec<u8>,
    /// When it was let go.
    pub created_at: Millis,
}

/// Who names a token, with what it says is the token's secret.
#[derive(Debug)]
pub struct Holder {
    /// The tenant.
    pub workspace: String,
    /// The connection or authorization, which the secret is sealed to.
    pub record: String,
    /// The secret.
    pub access_secret_sealed: Vec<u8>,
}

/// Both kinds of rows name these columns alike. Nothing without a token.
macro_rules! let_go {
    ($row:expr, $id:expr, $now:expr) => {
        Some(Revocation {
            id: $id,
            record: $row.id.clone(),
            workspace: $row.workspace.clone(),
            provider: $row.provider.clone(),
            app_kind: $row.app_kind,
            app_id: $row.app_id.clone(),
            consumer_key: $row.consumer_key.clone(),
            consumer_secret_sealed: $row.consumer_secret_sealed.clone(),
            access_token: $row.access_token.clone()?,
            access_secret_sealed: $row.access_secret_sealed.clone()?,
            created_at: $now,
        })
    };
}

impl Revocation {
    /// What an authorization leaves at X when it ends now: nothing before a grant.
    pub fn of_authorization(row: &AuthorizationRow, now: Millis) -> Option<Self> {
        let_go!(row, row.id.clone(), now)
    }

    /// What a connection leaves at X when it lets go of its token now: nothing without one.
    pub fn of_connection(row: &ConnectionRow, now: Millis) -> Option<Self> {
        let_go!(row, format!("{}.{}", row.id, row.version), now)
    }

    pub(super) fn read(row: &Row) -> std::result::Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            record: row.try_get("record")?,
            workspace: row.try_get("workspace")?,
            provider: row.try_get("provider")?,
            app_kind: word(row.try_get("app_kind")?)?,
            app_id: row.try_get("app_id")?,
            consumer_key: row.try_get("consumer_key")?,
            consumer_secret_sealed: row.try_get("consumer_secret_sealed")?,
            access_token: row.try_get("access_token")?,
            access_secret_sealed: row.try_get("access_secret_sealed")?,
            created_at: row.try_get("created_at")?,
        })
    }
}

impl Store {
    /// Remembers a token that was never stored elsewhere.
    pub async fn insert_revocation(&self, revocation: &Revocation) -> Result<()> {
        let mut change = self.pool.change().await?;
        insert(&mut change, revocation).await?;
        change.commit().await?;
        Ok(())
    }

    /// Forgets a token: X has answered, or there is nothing to ask.
    pub async fn finish_revocation(&self, id: &str, entry: &Entry) -> Result<()> {
        let mut change = self.pool.change().await?;
        query("DELETE FROM revocations WHERE id = $1").bind(id).execute(&mut *change).await?;
        audit::append(&mut change, entry).await?;
        change.commit().await?;
        Ok(())
    }

    /// Tokens that were let go before a time and are not revoked yet, by id from `after` on.
    pub async fn pending_revocations(
        &self,
        before: Millis,
        after: &str,
        limit: u32,
    ) -> Result<Vec<Revocation>> {
        let rows = query(
            "SELECT * FROM revocations WHERE created_at <= $1 AND id > $2 ORDER BY id LIMIT $3",
        )
        .bind(before)
        .bind(after)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        let read = rows.iter().map(Revocation::read);
        read.collect::<std::result::Result<_, _>>().map_err(Into::into)
    }

    /// The connections, and the authorizations but the token's own, that name this token: X gives the
    /// same token to the same app and account again, so revoking it for one would take it from the other.
    /// That holds across workspaces too. A connection that let go of it and got it back lives on it again.
    pub async fn holders(&self, revocation: &Revocation) -> Result<Vec<Holder>> {
        let rows = query(
            "SELECT workspace, id, access_secret_sealed FROM connections
             WHERE access_token = $1 AND provider = $2 AND access_secret_sealed IS NOT NULL
             UNION ALL
             SELECT workspace, id, access_secret_sealed FROM authorizations
             WHERE access_token = $1 AND provider = $2 AND access_secret_sealed IS NOT NULL
                 AND id <> $3 AND state = 'authenticated'",
        )
        .bind(&revocation.access_token)
        .bind(&revocation.provider)
        .bind(&revocation.record)
        .fetch_all(&self.pool)
        .await?;
        let read = |row: &Row| {
            Ok(Holder {
                workspace: row.try_get("workspace")?,
                record: row.try_get("id")?,
                access_secret_sealed: row.try_get("access_secret_sealed")?,
            })
        };
        let read = rows.iter().map(read);
        read.collect::<std::result::Result<_, sqlx::Error>>().map_err(Into::into)
    }
}

/// Each of these tokens is revoked with its own copy of the app's secret from now on.
pub(super) async fn take_copies(change: &mut Connection, copies: &[SecretCopy]) -> Result<()> {
    for (revocation, sealed) in copies {
        query(
            "UPDATE revocations SET app_kind = 'own', app_id = NULL, consumer_secret_sealed = $1
             WHERE id = $2 AND app_kind <> 'own'",
        )
        .bind(sealed)
        .bind(revocation)
        .execute(&mut *change)
        .await?;
    }
    Ok(())
}

/// Part of the change that lets go of the token.
pub(super) async fn insert(change: &mut Connection, revocation: &Revocation) -> Result<()> {
    query(
        "INSERT INTO revocations (id, record, workspace, provider, app_kind, app_id, consumer_key,
             consumer_secret_sealed, access_token, access_secret_sealed, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (id) DO NOTHING",
    )
    .bind(&revocation.id)
    .bind(&revocation.record)
    .bind(&revocation.workspace)
    .bind(&revocation.provider)
    .bind(as_word(&revocation.app_kind))
    .bind(&revocation.app_id)
    .bind(&revocation.consumer_key)
    .bind(&revocation.consumer_secret_sealed)
    .bind(&revocation.access_token)
    .bind(&revocation.access_secret_sealed)
    .bind(revocation.created_at)
    .execute(change)
    .await?;
    Ok(())
}
