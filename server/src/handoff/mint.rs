//! A new hand-off: every field is checked before anything is kept.

use pinfold_api::paths::pages;
use pinfold_api::{Action, Code, MintedSession, NewSession, Role};

use super::TOKEN_MILLIS;
use crate::clock::{Millis, canonical_id, rfc3339};
use crate::connection::one_line;
use crate::problem::Refusal;
use crate::session::{Caller, Token};
use crate::state::AppState;
use crate::store::{HandoffRow, SessionRow};

/// Characters of a subject, and of a note.
const SUBJECT_CHARS: u32 = 100;
const NOTE_CHARS: u32 = 500;
const SHORTEST: u32 = 60;
const LONGEST_TOKEN: u32 = 30 * 60;
const LONGEST_LINK: u32 = 7 * 24 * 60 * 60;

/// Gives the right to make or repair one connection away. Token and link are in the answer and
/// nowhere else.
pub async fn mint(
    state: &AppState,
    caller: &Caller,
    wanted: NewSession,
) -> Result<MintedSession, Refusal> {
    if wanted.role != Role::Connector {
        return Err(Refusal::field(
            "role",
            "Only connector sessions are given away. For an operator, run `pinfold sign-in`.",
        ));
    }
    let row = read(state, caller, wanted).await?;
    let lives = row.expires_at - row.created_at;
    let token = (row.origin.is_some() || lives <= TOKEN_MILLIS).then(Token::generate);
    let link = row.origin.is_none().then(Token::generate);
    let session = SessionRow {
        id: state.clock.new_id().to_string(),
        workspace: row.workspace.clone(),
        role: Role::Connector,
        expires_at: row.expires_at,
    };
    let token_hash = token.as_ref().map(Token::hash);
    let link_hash = link.as_ref().map(Token::hash);
    let entry = state.entry(caller, Action::SessionMint).saying(told(&row));
    let id = state
        .store
        .insert_handoff(
            &row,
            token_hash.as_ref().map(|hash| (&session, &hash[..])),
            link_hash.as_ref().map(|hash| &hash[..]),
            entry,
        )
        .await?;
    let pages = state.pages_url.as_str().trim_end_matches('/');
    Ok(MintedSession {
        id,
        token: token.map(|token| token.expose().to_owned()),
        // A fragment reaches no server's log and no `Referer`.
        link: link.map(|link| format!("{pages}{}#link={}", pages::CONNECT, link.expose())),
        expires_at: rfc3339(row.expires_at),
    })
}

async fn read(
    state: &AppState,
    caller: &Caller,
    wanted: NewSession,
) -> Result<HandoffRow, Refusal> {
    let origin = wanted.origin.map(|text| origin(state, &text)).transpose()?;
    let now = state.clock.now();
    let row = HandoffRow {
        id: state.clock.new_id().to_string(),
        workspace: caller.workspace.clone(),
        subject: wanted.subject.map(|text| said("subject", &text, SUBJECT_CHARS)).transpose()?,
        note: wanted.note.map(|text| said("note", &text, NOTE_CHARS)).transpose()?,
        access: wanted.access,
        app_id: wanted.app_id.map(|text| id("app_id", &text)).transpose()?,
        connection_id: wanted.connection_id.map(|text| id("connection_id", &text)).transpose()?,
        opened_at: None,
        made_id: None,
        created_at: now,
        expires_at: now + lifetime(wanted.ttl, origin.is_some())?,
        origin,
    };
    if let Some(id) = &row.app_id
        && state.store.app(&row.workspace, id).await?.is_none()
    {
        return Err(Refusal::new(Code::NotFound).at("app_id"));
    }
    if let Some(id) = &row.connection_id
        && state.store.connection(&row.workspace, id).await?.is_none()
    {
        return Err(Refusal::new(Code::NotFound).at("connection_id"));
    }
    Ok(row)
}

/// Letter by letter one of those that may frame and call this server.
fn origin(state: &AppState, text: &str) -> Result<String, Refusal> {
    if state.origins.listed().iter().any(|listed| listed == text) {
        return Ok(text.to_owned());
    }
    Err(Refusal::field(
        "origin",
        "This origin is not allowed. Name one of --allow-origin exactly: scheme, host and port, \
         with no slash at the end.",
    ))
}

fn lifetime(ttl: Option<u32>, token_only: bool) -> Result<Millis, Refusal> {
    let longest = if token_only { LONGEST_TOKEN } else { LONGEST_LINK };
    let seconds = ttl.unwrap_or(LONGEST_TOKEN);
    if (SHORTEST..=longest).contains(&seconds) {
        Ok(Millis::from(seconds) * 1000)
    } else {
        Err(Refusal::field("ttl", format!("Ask for {SHORTEST} to {longest} seconds.")))
    }
}

/// One visible line, or nothing to be said.
fn said(field: &str, text: &str, cap: u32) -> Result<String, Refusal> {
    let text = one_line(field, text, cap)?;
    if text.is_empty() {
        return Err(Refusal::field(field, "This is empty. Leave it out, or say something."));
    }
    Ok(text)
}

fn id(field: &str, text: &str) -> Result<String, Refusal> {
    canonical_id(text).ok_or_else(|| Refusal::new(Code::NotFound).at(field))
}

/// For the audit log.
fn told(row: &HandoffRow) -> String {
    let what = row.origin.as_ref().map(|origin| format!("token for {origin}"));
    let repairs = row.connection_id.as_ref().map(|id| format!("to repair {id}"));
    let whom = row.subject.as_ref().map(|subject| format!("for {subject:?}"));
    let words = [Some(what.unwrap_or_else(|| "link".to_owned())), repairs, whom];
    words.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
