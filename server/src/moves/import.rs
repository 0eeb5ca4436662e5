//! In: a file is read, each entry compared with what is here, and all of it happens in one
//! transaction, or nothing.

use pinfold_api::{
    Code, HealthState, ImportAction, ImportFormat, ImportItem, ImportReport, ImportResult, OnClash,
};
use secrecy::SecretString;
use serde::Deserialize;
use serde::de::IgnoredAny;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use super::apps::Apps;
use super::candidate::{Candidate, Unusable};
use super::document::{AppEntry, Document, Entry, FORMAT};
use super::plan::{Plan, Planned};
use super::{House, rc};
use crate::problem::Refusal;
use crate::seal::{self, UnlockError};
use crate::store::{Revocation, word_of};
use crate::turns::{self, Turns};
use crate::x::KeyPair;

/// Billed calls of one import.
const MOST_VERIFIED: usize = 200;

/// What is asked for.
pub struct Wanted {
    /// The file's text.
    pub content: Zeroizing<String>,
    /// Guessed when left out.
    pub format: Option<ImportFormat>,
    /// Opens an age file.
    pub passphrase: Option<SecretString>,
    /// Only tell.
    pub dry_run: bool,
    /// For names, tokens and accounts that clash.
    pub on_clash: OnClash,
    /// Ask X about each pair first.
    pub verify: bool,
    /// The most connections.
    pub cap: usize,
}

/// A file that was read, and what is to be done with it.
pub struct Opened {
    file: File,
    /// Only tell.
    pub dry_run: bool,
    on_clash: OnClash,
    verify: bool,
}

/// What an import did, and the tokens it let go of.
pub struct Imported {
    /// For the caller.
    pub report: ImportReport,
    /// To be revoked; they are remembered already.
    pub let_go: Vec<Revocation>,
}

/// One file at a time is locked or unlocked, away from the runtime: it takes memory and seconds. Only the
/// first of each workspace waits for the others.
pub(super) async fn one_at_a_time<T: Send + 'static>(
    workspace: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Refusal> {
    static FILES: Turns = Turns::new();
    static ONE: Semaphore = Semaphore::const_new(1);
    let turn = FILES.take(workspace).await?;
    let permit = ONE.acquire().await.map_err(|_| Refusal::new(Code::Internal))?;
    turns::aside((turn, permit), work).await
}

/// Reads the file of a workspace, which may take seconds.
pub async fn open(workspace: &str, wanted: Wanted) -> Result<Opened, Refusal> {
    let Wanted { content, format, passphrase, dry_run, on_clash, verify, cap } = wanted;
    let file = read(workspace, content, format, passphrase, cap).await?;
    if file.entries.len() > cap {
        return Err(too_many(cap));
    }
    Ok(Opened { file, dry_run, on_clash, verify })
}

fn too_many(cap: usize) -> Refusal {
    Refusal::new(Code::TooLarge).at("content").because(format!(
        "Nothing was changed. More than {cap} connections, or apps, are too many for one request. Use \
         `pinfold import` on the server."
    ))
}

/// Takes a file in, or only tells what that would do. X is asked before anybody is kept waiting.
pub async fn import(house: &House<'_>, opened: Opened) -> Result<Imported, Refusal> {
    let Opened { file: File { apps, entries, secrets }, dry_run, on_clash, verify } = opened;
    if verify && !dry_run && entries.len() > MOST_VERIFIED {
        return Err(Refusal::field(
            "verify",
            format!("X bills each call, so at most {MOST_VERIFIED} pairs are verified at once."),
        ));
    }
    let (mut plan, mut known) = (Plan::default(), Apps::default());
    let mut planned = Vec::with_capacity(apps.len() + entries.len());
    for app in apps {
        planned.push(known.add(house, app, secrets, on_clash).await?);
    }
    let (mut checked, mut is_silent) = (Vec::with_capacity(entries.len()), false);
    for entry in entries {
        let (name, account) = (shown(&entry.name), entry.account.clone());
        let screen_name = account.map(|account| shown(&account.screen_name));
        let candidate = match Candidate::check(house, &known, entry, secrets) {
            Ok(candidate) if verify && !dry_run => vouched(house, candidate, &mut is_silent).await,
            candidate => candidate,
        };
        checked.push((name, screen_name, candidate));
    }
    // Nobody asks X to revoke a token while it may be coming in.
    let _granting = match house.grants.filter(|_| !dry_run) {
        Some(grants) => Some(grants.share(house.store).await?),
        None => None,
    };
    for (name, screen_name, candidate) in checked {
        planned.push(match candidate {
            Ok(candidate) => plan.add(house, candidate, on_clash).await?,
            Err(why) => Planned::unusable(name, screen_name, why),
        });
    }
    let (mut items, steps): (Vec<_>, Vec<_>) =
        planned.into_iter().map(|Planned { item, step }| (item, step)).unzip();
    let steps: Vec<_> = steps.into_iter().flatten().collect();
    let let_go = if dry_run || steps.is_empty() {
        Vec::new()
    } else {
        let done = house.store.import(house.workspace, &steps, &house.by).await?;
        done.ok_or(Code::VersionStale)?
    };
    let done = |result| !matches!(result, Some(ImportResult::Skipped) | None);
    let done = if dry_run { 0 } else { items.iter().filter(|item| done(item.result)).count() };
    if dry_run {
        for item in &mut items {
            item.result = None;
        }
    }
    let done = u32::try_from(done).unwrap_or(u32::MAX);
    Ok(Imported { report: ImportReport { dry_run, items, done }, let_go })
}

/// Text of a file that was not checked, shortened.
fn shown(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(100).collect()
}

/// What is in a file.
struct File {
    apps: Vec<AppEntry>,
    entries: Vec<Entry>,
    /// Whether they come with their secrets.
    secrets: bool,
}

/// How much is in a file of ours.
#[derive(Deserialize)]
struct Counted {
    #[serde(default)]
    apps: Vec<IgnoredAny>,
    connections: Vec<IgnoredAny>,
}

/// Reads a file of any format.
async fn read(
    workspace: &str,
    content: Zeroizing<String>,
    format: Option<ImportFormat>,
    passphrase: Option<SecretString>,
    cap: usize,
) -> Result<File, Refusal> {
    let text = content.trim_start_matches('\u{FEFF}').trim_start();
    let encrypted = text.starts_with(seal::ARMOR);
    let ours = encrypted || text.starts_with('{');
    let wants_ours = format.map(|format| format == ImportFormat::Pinfold);
    if wants_ours.is_some_and(|wanted| wanted != ours) {
        return Err(Refusal::new(Code::FileUnreadable).at("format").because(
            "Nothing was changed. The file is of another format than named. Leave the format out, \
             or choose the other file.",
        ));
    }
    if !ours {
        return Ok(File { apps: Vec::new(), entries: rc::read(text)?, secrets: true });
    }
    if !encrypted {
        return document(text.as_bytes(), false, cap);
    }
    let passphrase = passphrase.ok_or_else(|| {
        Refusal::field(
            "passphrase",
            "The file is encrypted. Type the passphrase it was exported with.",
        )
    })?;
    let text = one_at_a_time(workspace, move || seal::unlock(content.trim(), passphrase)).await?;
    document(&text.map_err(refuse)?, true, cap)
}

fn refuse(error: UnlockError) -> Refusal {
    match error {
        UnlockError::Passphrase => Refusal::new(Code::PassphraseRejected).at("passphrase"),
        UnlockError::Damaged => Refusal::new(Code::FileUnreadable).at("content"),
        UnlockError::NoPassphrase => Refusal::new(Code::FileUnreadable).at("content").because(
            "Nothing was changed. The file was encrypted to a key and not with a passphrase. Take \
             an export of Pinfold's.",
        ),
        UnlockError::TooMuchWork => Refusal::new(Code::FileUnreadable).at("content").because(
            "Nothing was changed. To open the file would take too long. Take an export of Pinfold's, \
             or encrypt it again with the age program's own work factor.",
        ),
    }
}

/// A file in the clear is taken for one without secrets, whatever it says: with secrets it has to be
/// encrypted.
fn document(text: &[u8], encrypted: bool, cap: usize) -> Result<File, Refusal> {
    let unreadable = || Refusal::new(Code::FileUnreadable).at("content");
    // Counted first: what is too much takes no memory.
    let counted: Counted = serde_json::from_slice(text).map_err(|_| unreadable())?;
    if counted.apps.len().max(counted.connections.len()) > cap {
        return Err(too_many(cap));
    }
    let document: Document = serde_json::from_slice(text).map_err(|_| unreadable())?;
    if document.pinfold_export != FORMAT {
        return Err(unreadable().because(
            "Nothing was changed. The file is of a newer Pinfold. Update this server first.",
        ));
    }
    let secrets = document.secrets && encrypted;
    Ok(File { apps: document.apps, entries: document.connections, secrets })
}

/// Asks X whose pair it is: a billed call. Once X is silent it is not asked again.
async fn vouched(
    house: &House<'_>,
    candidate: Candidate,
    is_silent: &mut bool,
) -> Result<Candidate, Unusable> {
    let Some((token, secret)) = &candidate.token else { return Ok(candidate) };
    if *is_silent {
        return Err(Unusable::from(Refusal::new(Code::XUnreachable).at("access_token")));
    }
    let app = match (
        &candidate.app.consumer_key,
        candidate.app.consumer_secret.as_ref().or(candidate.app.saved_secret.as_ref()),
    ) {
        (Some(key), Some(secret)) => KeyPair::new(key.clone(), secret.clone()),
        _ => house
            .registered_app
            .cloned()
            .ok_or_else(|| Unusable::from(Refusal::new(Code::NoRegisteredApp)))?,
    };
    if candidate.provider != house.x.base() {
        return Err(Unusable {
            field: "provider".to_owned(),
            reason: "Another provider granted it, so nobody here can be asked. Import without \
                     verifying."
                .to_owned(),
        });
    }
    let pair = KeyPair::new(token.clone(), secret.clone());
    let verified = house.x.verify(&app, &pair).await.map_err(|failure| {
        let refusal = Refusal::from(failure);
        *is_silent = refusal.code() == Code::XUnreachable;
        let field = match refusal.code() {
            Code::AppKeysRejected => "app",
            _ => "access_token",
        };
        Unusable::from(refusal.at(field))
    })?;
    let claimed = candidate.account.as_ref().map(|account| &account.user_id);
    if claimed != Some(&verified.account.user_id) {
        return Err(Unusable {
            field: "account".to_owned(),
            reason: "X says that the token is another account's.".to_owned(),
        });
    }
    Ok(Candidate {
        account: Some(verified.account),
        access_level: verified.access_level.or(candidate.access_level),
        health: HealthState::Ok,
        health_since: house.by.at,
        last_success_at: Some(house.by.at),
        last_error: None,
        ..candidate
    })
}

impl Imported {
    fn count(&self, action: ImportAction) -> usize {
        self.report.items.iter().filter(|item| item.action == action).count()
    }

    /// How many entries cannot be taken in, whatever is done about clashes.
    pub fn unusable(&self) -> usize {
        self.count(ImportAction::Unusable)
    }

    /// How many entries of each kind there are, in words for a log or a terminal.
    pub fn summary(&self) -> String {
        format!(
            "{} new, {} updates, {} clashes, {} unchanged, {} unusable",
            self.count(ImportAction::New),
            self.count(ImportAction::Update),
            self.count(ImportAction::Clash),
            self.count(ImportAction::Unchanged),
            self.unusable(),
        )
    }

    /// The report as lines for a terminal.
    pub fn printed(&self) -> String {
        let mut lines: Vec<_> = self.report.items.iter().map(line).collect();
        let done = if self.report.dry_run {
            "Nothing was changed".to_owned()
        } else {
            format!("{} taken in", self.report.done)
        };
        lines.push(format!("{done}: {}.", self.summary()));
        lines.join("\n")
    }
}

fn line(item: &ImportItem) -> String {
    let account = item.screen_name.as_ref().map(|name| format!("@{name}"));
    let field = item.field.as_ref().map(|field| format!("[{field}]"));
    let result = item.result.as_ref().map(|result| format!("→ {}", word_of(result)));
    let action = format!("{:<9}", word_of(&item.action));
    let parts =
        [Some(action), Some(item.name.clone()), account, field, item.reason.clone(), result];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}
