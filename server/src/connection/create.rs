//! OK: an authenticated authorization, or a verified pasted pair, becomes a connection.

use pinfold_api::{
    AccessLevel, Account, Allow, AuthorizationState, Code, HealthState, NewConnection,
    VersionAction,
};
use secrecy::SecretString;

use super::naming::Naming;
use super::repair::{Repaired, repair};
use super::text;
use crate::apps;
use crate::authorization::App;
use crate::authorization::app::{key_text, secret_text};
use crate::clock::canonical_id;
use crate::handoff;
use crate::permit;
use crate::problem::Refusal;
use crate::seal::Place;
use crate::session::Caller;
use crate::state::AppState;
use crate::store::{AuthorizationRow, ConnectionRow};
use crate::workspace;
use crate::x::KeyPair;

/// Whether OK made the connection now or had made it before.
pub enum Created {
    /// 201.
    Now(Box<ConnectionRow>),
    /// 200: the answer to the first OK was lost on the way, and nothing is made twice.
    Before(Box<ConnectionRow>),
    /// 200: an existing connection got a new token.
    Repaired(Box<Repaired>),
}

/// Name and group as typed, and what it is for; an empty group is none, and takes a repaired connection
/// out of its own.
#[derive(Default)]
pub(super) struct Labels {
    pub(super) name: Option<String>,
    pub(super) group: Option<String>,
    pub(super) allow: Option<Allow>,
}

impl Labels {
    fn read(wanted: &NewConnection) -> Result<Self, Refusal> {
        let name = wanted.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
        let group = wanted.group.as_deref().map(text::group).transpose()?;
        let allow = wanted.allow.clone().map(|allow| permit::checked("allow.", allow));
        Ok(Self { name: name.map(text::name).transpose()?, group, allow: allow.transpose()? })
    }
}

/// What X granted or vouched for.
pub(super) struct Grant {
    pub(super) provider: String,
    pub(super) app: App,
    pub(super) token: KeyPair,
    pub(super) account: Account,
    pub(super) access_level: Option<AccessLevel>,
}

impl Grant {
    /// What an authorization waits to have saved.
    pub(super) async fn of(state: &AppState, row: &AuthorizationRow) -> Result<Self, Refusal> {
        let (token, account) =
            row.access_pair(state)?.zip(row.account.clone()).ok_or(Code::WrongState)?;
        Ok(Self {
            provider: row.provider.clone(),
            app: row.app(state).await?,
            token,
            account,
            access_level: row.access_level,
        })
    }
}

/// Makes a connection.
pub async fn create(
    state: &AppState,
    caller: &Caller,
    wanted: NewConnection,
) -> Result<Created, Refusal> {
    let labels = Labels::read(&wanted)?;
    let pasted =
        wanted.app.is_some() || wanted.access_token.is_some() || wanted.access_secret.is_some();
    match (&wanted.authorization_id, pasted) {
        (Some(id), false) => from_authorization(state, caller, id, &wanted, labels).await,
        (None, true) => from_pasted_pair(state, caller, wanted, labels).await,
        (Some(_), true) => Err(Refusal::field(
            "authorization_id",
            "Send either an authorization or a pasted pair, not both.",
        )),
        (None, false) => Err(Refusal::new(Code::InvalidRequest)
            .at("authorization_id")
            .because("This field is missing. Send it, or app, access_token and access_secret.")),
    }
}

async fn from_authorization(
    state: &AppState,
    caller: &Caller,
    id: &str,
    wanted: &NewConnection,
    labels: Labels,
) -> Result<Created, Refusal> {
    let (replace, as_new) = (wanted.replace == Some(true), wanted.as_new == Some(true));
    if replace && as_new {
        return Err(Refusal::field("as_new", "Send either `replace` or `as_new`, not both."));
    }
    handoff::words_of_repair(caller, replace, as_new)?;
    let id =
        &canonical_id(id).ok_or_else(|| Refusal::new(Code::NotFound).at("authorization_id"))?;
    let row = state
        .store
        .authorization(&caller.workspace, &caller.session_id, id)
        .await?
        .ok_or_else(|| Refusal::new(Code::NotFound).at("authorization_id"))?;
    match (row.state, &row.connection_id) {
        (AuthorizationState::Authenticated, _) => {}
        (AuthorizationState::Saved, Some(connection_id)) => {
            let before = state.store.connection(&caller.workspace, connection_id).await?;
            return before
                .map(|row| Created::Before(Box::new(row)))
                .ok_or_else(|| Code::WrongState.into());
        }
        (AuthorizationState::AwaitingPin, _) => {
            return Err(Refusal::new(Code::WrongState)
                .at("authorization_id")
                .because("No PIN was authenticated yet. Do that first."));
        }
        _ => return Err(Refusal::new(Code::WrongState).at("authorization_id")),
    }
    caller.may_go_on()?;
    if let Some(connection_id) = row.connection_id.as_deref().filter(|_| !as_new) {
        let labels = if caller.handoff.is_some() { Labels::default() } else { labels };
        let repaired = repair(state, caller, connection_id, &row, &labels, replace).await?;
        return Ok(Created::Repaired(Box::new(repaired)));
    }
    if replace {
        return Err(Refusal::field(
            "replace",
            "This authorization repairs no connection. Leave `replace` out.",
        ));
    }
    let chosen = is_chosen(caller, &labels);
    let mut connection = assemble(state, caller, Grant::of(state, &row).await?, labels);
    let mut naming = Naming::new(chosen, &connection);
    let by = caller.author(connection.created_at);
    let saved = loop {
        naming.settle(state, &mut connection).await?;
        let saved = state.store.save_authorization(id, &connection, &by).await;
        if !naming.was_overtaken(&saved) {
            break saved?;
        }
    };
    if !saved {
        return Err(Refusal::new(Code::WrongState).at("authorization_id"));
    }
    Ok(Created::Now(Box::new(connection)))
}

async fn from_pasted_pair(
    state: &AppState,
    caller: &Caller,
    wanted: NewConnection,
    labels: Labels,
) -> Result<Created, Refusal> {
    caller.may_go_on()?;
    let choice = match &caller.handoff {
        Some(handoff) if handoff.connection_id.is_some() => {
            return Err(Refusal::new(Code::Forbidden).at("access_token"));
        }
        Some(handoff) => handoff::app(state, handoff, wanted.app, None).await?,
        None => wanted.app,
    };
    let choice = choice.ok_or_else(|| {
        Refusal::new(Code::InvalidRequest)
            .at("app")
            .because("This field is missing. Name the app that the token belongs to.")
    })?;
    let app = App::choose(state, caller, choice).await?;
    let id = key_text("access_token", wanted.access_token.as_deref())?;
    let secret = wanted.access_secret.map(|secret| SecretString::from(secret.into_exposed()));
    let secret = secret_text("access_secret", secret.as_ref())?;
    if !starts_with_user_id(&id) {
        return Err(Refusal::field(
            "access_token",
            "An access token begins with the account's number and a dash, as in 12345-AbC…. \
             If the other field holds that, swap the two.",
        ));
    }
    let token = KeyPair::new(id, secret);
    // X bills the next call, so what would fail anyway fails before it.
    if let Some(name) = &labels.name
        && caller.handoff.is_none()
        && state.store.name_is_taken(&caller.workspace, name).await?
    {
        return Err(Refusal::new(Code::NameTaken).at("name"));
    }
    workspace::may_add(state, &caller.workspace).await?;
    let _granting = state.grants.share(&state.store).await?;
    let verified = state.x.verify(&app.keys, &token).await?;
    let grant = Grant {
        provider: state.x.base().to_owned(),
        app,
        token,
        account: verified.account,
        access_level: verified.access_level,
    };
    let unsaved = grant.app.unsaved.clone();
    let chosen = is_chosen(caller, &labels);
    let mut connection = assemble(state, caller, grant, labels);
    let mut naming = Naming::new(chosen, &connection);
    let by = caller.author(connection.created_at);
    loop {
        naming.settle(state, &mut connection).await?;
        let action = VersionAction::Created;
        let saved = state
            .store
            .insert_connection_and_app(&connection, unsaved.as_deref(), &by, action)
            .await;
        if !naming.was_overtaken(&saved) {
            break saved.map_err(apps::at_save_as)?;
        }
    }
    Ok(Created::Now(Box::new(connection)))
}

/// Whether a name that is taken is to be refused. One that was chosen behind a hand-off is not: whoever
/// connects there may not learn which other names there are.
fn is_chosen(caller: &Caller, labels: &Labels) -> bool {
    labels.name.is_some() && caller.handoff.is_none()
}

/// `<user id>-<text>`: how X makes access tokens, and so a swap with the secret is noticed.
pub(crate) fn starts_with_user_id(access_token: &str) -> bool {
    access_token.split_once('-').is_some_and(|(user_id, rest)| {
        (1..=19).contains(&user_id.len())
            && user_id.bytes().all(|byte| byte.is_ascii_digit())
            && !rest.is_empty()
    })
}

fn assemble(state: &AppState, caller: &Caller, grant: Grant, labels: Labels) -> ConnectionRow {
    let now = state.clock.now();
    let id = state.clock.new_id().to_string();
    let place = |field| Place { workspace: &caller.workspace, record: &id, field };
    ConnectionRow {
        workspace: caller.workspace.clone(),
        provider: grant.provider,
        name: labels.name.unwrap_or_else(|| text::name_of(&grant.account)),
        group: labels.group.filter(|group| !group.is_empty()),
        app_kind: grant.app.kind,
        app_id: grant.app.id.clone(),
        consumer_key: grant.app.keys.id.clone(),
        consumer_secret_sealed: grant.app.seal(state, place("consumer_secret")),
        access_secret_sealed: Some(state.seal.seal(place("access_secret"), &grant.token.secret)),
        access_token: Some(grant.token.id),
        account: Some(grant.account),
        access_level: grant.access_level,
        allow: labels.allow,
        health: HealthState::Ok,
        health_since: now,
        last_success_at: Some(now),
        last_error: None,
        version: 1,
        created_at: now,
        updated_at: now,
        last_used_at: None,
        id: id.clone(),
    }
}
