//! Authorizations: durable, bound to the session that began them, single-use.
//!
//! Each step is one `UPDATE` whose `WHERE` names the state it leaves, so of two that race only one
//! wins. A state that ends an authorization wipes its secrets in the same statement.

use pinfold_api::{AccessLevel, Account, AppKind, AuthorizationState, RequestedAccess};
use serde::{Deserialize, Serialize};

use super::db::{AssertSqlSafe, Connection, Row, query};
use super::{
    AppRow, Author, Result, Revocation, Store, apps, as_word, audit, connections, revocations, word,
};
use crate::audit::Entry;
use crate::clock::Millis;

/// An authorization as it lies in the store.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "columns of migrations/0001_start.sql, described there")]
pub struct AuthorizationRow {
    pub id: String,
    pub workspace: String,
    pub session_id: String,
    pub provider: String,
    pub state: AuthorizationState,
    pub app_kind: AppKind,
    pub app_id: Option<String>,
    pub consumer_key: String,
    pub consumer_secret_sealed: Option<Vec<u8>>,
    pub ask: Ask,
    pub request_token: String,
    pub request_secret_sealed: Option<Vec<u8>>,
    pub leased_until: Millis,
    pub may_be_granted: bool,
    pub account: Option<Account>,
    pub access_token: Option<String>,
    pub access_secret_sealed: Option<Vec<u8>>,
    pub access_level: Option<AccessLevel>,
    pub connection_id: Option<String>,
    pub created_at: Millis,
    pub expires_at: Millis,
}

/// What a person asked of X, kept so that a fresh request token asks for the same. No keys in it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Ask {
    /// Less than the app has.
    pub access: Option<RequestedAccess>,
    /// Ask for the password again.
    pub force_login: bool,
    /// Prefills X's sign-in form.
    pub screen_name: Option<String>,
}

/// What X granted, sealed.
pub struct Grant<'a> {
    /// Whose it is.
    pub account: &'a Account,
    /// The public half.
    pub access_token: &'a str,
    /// The other half, sealed to this authorization.
    pub access_secret_sealed: Vec<u8>,
    /// What it may do, when X told.
    pub access_level: Option<AccessLevel>,
    /// Until when it waits for OK.
    pub expires_at: Millis,
}

const WIPED: &str = "consumer_secret_sealed = NULL, request_secret_sealed = NULL, \
                     access_secret_sealed = NULL, leased_until = 0";

impl AuthorizationRow {
    fn read(row: &Row) -> std::result::Result<Self, sqlx::Error> {
        let user_id: Option<String> = row.try_get("user_id")?;
        let screen_name: Option<String> = row.try_get("screen_name")?;
        let ask: &str = row.try_get("ask")?;
        Ok(Self {
            id: row.try_get("id")?,
            workspace: row.try_get("workspace")?,
            session_id: row.try_get("session_id")?,
            provider: row.try_get("provider")?,
            state: word(row.try_get("state")?)?,
            app_kind: word(row.try_get("app_kind")?)?,
            app_id: row.try_get("app_id")?,
            consumer_key: row.try_get("consumer_key")?,
            consumer_secret_sealed: row.try_get("consumer_secret_sealed")?,
            ask: serde_json::from_str(ask).map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
            request_token: row.try_get("request_token")?,
            request_secret_sealed: row.try_get("request_secret_sealed")?,
            leased_until: row.try_get("leased_until")?,
            may_be_granted: row.try_get("may_be_granted")?,
            account: user_id
                .zip(screen_name)
                .map(|(user_id, screen_name)| Account { user_id, screen_name }),
            access_token: row.try_get("access_token")?,
            access_secret_sealed: row.try_get("access_secret_sealed")?,
            access_level: row
                .try_get::<Option<&str>, _>("access_level")?
                .and_then(AccessLevel::from_x),
            connection_id: row.try_get("connection_id")?,
            created_at: row.try_get("created_at")?,
            expires_at: row.try_get("expires_at")?,
        })
    }
}

impl Store {
    /// Keeps a new authorization and, in the same change, cancels every other one of the session
    /// that still waits for its PIN: the newest is live, the older are not. An app that is to be
    /// saved on the way is saved with it.
    pub async fn insert_authorization(
        &self,
        row: &AuthorizationRow,
        app: Option<&AppRow>,
        by: &Author,
        entry: &Entry,
    ) -> Result<()> {
        let mut change = self.pool.change().await?;
        if let Some(app) = app {
            apps::insert(&mut change, app, by).await?;
        }
        query(AssertSqlSafe(format!(
            "UPDATE authorizations SET state = 'cancelled', {WIPED}
             WHERE workspace = $1 AND session_id = $2 AND state = 'awaiting_pin'"
        )))
        .bind(&row.workspace)
        .bind(&row.session_id)
        .execute(&mut *change)
        .await?;
        insert(&mut change, row).await?;
        audit::append(&mut change, entry).await?;
        change.commit().await?;
        Ok(())
    }

    /// Keeps a fresh authorization in the place of one whose request token is spent. False, and
    /// nothing is changed, when that one was cancelled or replaced in the meantime.
    pub async fn replace_authorization(&self, spent: &str, row: &AuthorizationRow) -> Result<bool> {
        let mut change = self.pool.change().await?;
        let done = query(AssertSqlSafe(format!(
            "UPDATE authorizations SET state = 'rejected', {WIPED}
             WHERE id = $1 AND state IN ('awaiting_pin', 'expired')"
        )))
        .bind(spent)
        .execute(&mut *change)
        .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        insert(&mut change, row).await?;
        change.commit().await?;
        Ok(true)
    }

    /// One authorization of one session.
    pub async fn authorization(
        &self,
        workspace: &str,
        session_id: &str,
        id: &str,
    ) -> Result<Option<AuthorizationRow>> {
        let row = query(
            "SELECT * FROM authorizations WHERE workspace = $1 AND session_id = $2 AND id = $3",
        )
        .bind(workspace)
        .bind(session_id)
        .bind(id)
        .fetch_optional(&self.pool)
        .await?;
        row.as_ref().map(AuthorizationRow::read).transpose().map_err(Into::into)
    }

    /// The authorizations of a session that are not finished.
    pub async fn open_authorizations(
        &self,
        workspace: &str,
        session_id: &str,
    ) -> Result<Vec<AuthorizationRow>> {
        let rows = query(
            "SELECT * FROM authorizations WHERE workspace = $1 AND session_id = $2
             AND state IN ('awaiting_pin', 'authenticated')",
        )
        .bind(workspace)
        .bind(session_id)
        .fetch_all(&self.pool)
        .await?;
        let read = rows.iter().map(AuthorizationRow::read);
        read.collect::<std::result::Result<_, _>>().map_err(Into::into)
    }

    /// Takes the right to send a PIN, for a while: false when it no longer waits for one, or when
    /// somebody else is sending one.
    pub async fn lease_authorization(&self, id: &str, now: Millis, until: Millis) -> Result<bool> {
        let done = query(
            "UPDATE authorizations SET leased_until = $1
             WHERE id = $2 AND state = 'awaiting_pin' AND leased_until <= $3 AND expires_at > $4",
        )
        .bind(until)
        .bind(id)
        .bind(now)
        .bind(now)
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Gives the right to send a PIN back: nothing came of it, as far as anybody knows.
    pub async fn release_authorization(&self, id: &str, may_be_granted: bool) -> Result<()> {
        query(
            "UPDATE authorizations SET leased_until = 0, may_be_granted = may_be_granted OR $1
             WHERE id = $2",
        )
        .bind(may_be_granted)
        .bind(id)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// X granted a token pair. False when the authorization was cancelled in the meantime.
    pub async fn grant_authorization(
        &self,
        id: &str,
        grant: Grant<'_>,
        entry: &Entry,
    ) -> Result<bool> {
        let mut change = self.pool.change().await?;
        let done = query(
            "UPDATE authorizations SET state = 'authenticated', request_secret_sealed = NULL,
                 leased_until = 0, user_id = $1, screen_name = $2, access_token = $3,
                 access_secret_sealed = $4, access_level = $5, expires_at = $6
             WHERE id = $7 AND state = 'awaiting_pin'",
        )
        .bind(&grant.account.user_id)
        .bind(&grant.account.screen_name)
        .bind(grant.access_token)
        .bind(grant.access_secret_sealed)
        .bind(grant.access_level.map(AccessLevel::as_str))
        .bind(grant.expires_at)
        .bind(id)
        .execute(&mut *change)
        .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        audit::append(&mut change, entry).await?;
        change.commit().await?;
        Ok(true)
    }

    /// Ends an authorization and wipes its secrets; a grant is remembered until X has revoked it.
    /// False when it had left its state already.
    pub async fn end_authorization(
        &self,
        row: &AuthorizationRow,
        to: AuthorizationState,
        now: Millis,
        entry: &Entry,
    ) -> Result<bool> {
        let mut change = self.pool.change().await?;
        let done = query(AssertSqlSafe(format!(
            "UPDATE authorizations SET state = $1, {WIPED} WHERE id = $2 AND state = $3"
        )))
        .bind(as_word(&to))
        .bind(&row.id)
        .bind(as_word(&row.state))
        .execute(&mut *change)
        .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        if let Some(revocation) = Revocation::of_authorization(row, now) {
            revocations::insert(&mut change, &revocation).await?;
        }
        audit::append(&mut change, entry).await?;
        change.commit().await?;
        Ok(true)
    }

    /// Ends every authorization whose PIN did not come in time, forgets what ended before
    /// `forget_before`, and answers with the grants that nobody saved in time. A row that cannot be
    /// read is left out, and does not keep the others.
    pub async fn sweep_authorizations(
        &self,
        now: Millis,
        forget_before: Millis,
    ) -> Result<Vec<AuthorizationRow>> {
        query(AssertSqlSafe(format!(
            "UPDATE authorizations SET state = 'expired', {WIPED}
             WHERE state = 'awaiting_pin' AND expires_at <= $1 AND leased_until <= $2"
        )))
        .bind(now)
        .bind(now)
        .execute(&self.pool)
        .await?;
        query(
            "DELETE FROM authorizations WHERE expires_at <= $1
             AND state NOT IN ('awaiting_pin', 'authenticated')",
        )
        .bind(forget_before)
        .execute(&self.pool)
        .await?;
        let rows = query(
            "SELECT * FROM authorizations WHERE state = 'authenticated' AND expires_at <= $1",
        )
        .bind(now)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.iter().filter_map(readable).collect())
    }
}

fn readable(row: &Row) -> Option<AuthorizationRow> {
    AuthorizationRow::read(row)
        .inspect_err(|error| tracing::error!(%error, "an authorization cannot be read"))
        .ok()
}

/// Part of the change that puts an authorization's grant into a connection. False when it was saved
/// or cancelled in the meantime.
pub(super) async fn save(change: &mut Connection, id: &str, connection_id: &str) -> Result<bool> {
    let done = query(
        "UPDATE authorizations SET state = 'saved', connection_id = $1,
             consumer_secret_sealed = NULL, request_secret_sealed = NULL,
             access_secret_sealed = NULL
         WHERE id = $2 AND state = 'authenticated'",
    )
    .bind(connection_id)
    .bind(id)
    .execute(change)
    .await?;
    Ok(done.rows_affected() == 1)
}

async fn insert(change: &mut Connection, row: &AuthorizationRow) -> Result<()> {
    let ask =
        serde_json::to_string(&row.ask).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
    query(
        "INSERT INTO authorizations (id, workspace, session_id, provider, state, app_kind,
             app_id, consumer_key, consumer_secret_sealed, ask, request_token, request_secret_sealed,
             may_be_granted, connection_id, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
    )
    .bind(&row.id)
    .bind(&row.workspace)
    .bind(&row.session_id)
    .bind(&row.provider)
    .bind(as_word(&row.state))
    .bind(as_word(&row.app_kind))
    .bind(&row.app_id)
    .bind(&row.consumer_key)
    .bind(&row.consumer_secret_sealed)
    .bind(ask)
    .bind(&row.request_token)
    .bind(&row.request_secret_sealed)
    .bind(row.may_be_granted)
    .bind(&row.connection_id)
    .bind(row.created_at)
    .bind(row.expires_at)
    .execute(change)
    .await
    .map_err(connections::name_taken)?;
    Ok(())
}
