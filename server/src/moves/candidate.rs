//! An entry of a file, checked field by field as if a person had typed it.

use pinfold_api::{AccessLevel, Account, Allow, AppKind, HealthState};
use secrecy::SecretString;
use url::Url;

use super::House;
use super::apps::{Apps, Known};
use super::document::{Entry, EntryApp, Plain};
use crate::authorization::app::{key_text, secret_text};
use crate::authorization::{hint, key_pair};
use crate::clock::{Millis, canonical_id, millis};
use crate::connection::{group_text, name_text, starts_with_user_id};
use crate::permit;
use crate::problem::Refusal;

/// X's screen names have 15 characters; those of other providers may have more.
const SCREEN_NAME_CHARS: usize = 50;

/// An entry that can be imported.
pub struct Candidate {
    pub id: Option<String>,
    pub provider: String,
    pub name: String,
    pub group: Option<String>,
    pub account: Option<Account>,
    pub app: CandidateApp,
    pub token: Option<(String, SecretString)>,
    pub access_level: Option<AccessLevel>,
    /// `None`: the file says nothing of it.
    #[expect(clippy::option_option, reason = "left out and null are not the same")]
    pub allow: Option<Option<Allow>>,
    pub health: HealthState,
    pub health_since: Millis,
    pub last_success_at: Option<Millis>,
    pub last_error: Option<String>,
    pub created_at: Millis,
    pub updated_at: Millis,
    pub last_used_at: Option<Millis>,
}

/// Its app. Without the key, the file holds no secrets.
pub struct CandidateApp {
    pub kind: AppKind,
    /// Which saved app of those here.
    pub id: Option<String>,
    pub consumer_key: Option<String>,
    /// An own app's: it is kept with the connection.
    pub consumer_secret: Option<SecretString>,
    /// A saved app's, to ask X with.
    pub saved_secret: Option<SecretString>,
}

/// Why an entry cannot be imported.
pub struct Unusable {
    /// The field, as the file calls it.
    pub field: String,
    /// What is wrong with it and what to do.
    pub reason: String,
}

impl From<Refusal> for Unusable {
    fn from(refusal: Refusal) -> Self {
        let problem = refusal.into_problem("");
        Self { field: problem.field.unwrap_or_default(), reason: problem.detail }
    }
}

pub(super) fn unusable(field: &str, reason: impl Into<String>) -> Unusable {
    Unusable { field: field.to_owned(), reason: reason.into() }
}

impl Candidate {
    /// Checks an entry of a file with or without secrets.
    pub fn check(
        house: &House<'_>,
        apps: &Apps,
        entry: Entry,
        secrets: bool,
    ) -> Result<Self, Unusable> {
        let now = house.by.at;
        let id = match entry.id {
            Some(id) => Some(canonical_id(&id).ok_or_else(|| unusable("id", "This is no UUID."))?),
            None => None,
        };
        let provider = match entry.provider {
            Some(url) => provider(&url)?,
            None => house.x.base().to_owned(),
        };
        let account = entry.account.map(account).transpose()?;
        let token = match (entry.access_token, entry.access_secret) {
            (Some(token), Some(secret)) if secrets => Some(pair(&token, &secret)?),
            (None, None) => None,
            (Some(_), None) if !secrets => None,
            _ => {
                return Err(unusable(
                    "access_secret",
                    "An access token and its secret belong together, and one of them is missing.",
                ));
            }
        };
        if token.is_some() && account.is_none() {
            return Err(unusable("account", "A token needs the account that it belongs to."));
        }
        let app = app(house, apps, entry.app, secrets)?;
        let time = |field: &str, text: Option<String>| match text {
            Some(text) => match millis(&text) {
                Some(at) => Ok(Some(at)),
                None => Err(unusable(field, "This is no RFC 3339 time.")),
            },
            None => Ok(None),
        };
        let (health, health_since, last_success_at, last_error) = match entry.health {
            Some(health) => (
                health.state,
                time("health.since", Some(health.since))?.unwrap_or(now),
                time("health.last_success", health.last_success)?,
                health.last_error.map(|code| code.chars().take(50).collect()),
            ),
            None => (HealthState::Unknown, now, None, None),
        };
        let group = entry.group.as_deref().map(group_text).transpose()?;
        Ok(Self {
            id,
            provider,
            name: name_text(&entry.name)?,
            group: group.filter(|group| !group.is_empty()),
            account,
            app,
            token,
            access_level: entry.access_level,
            allow: match entry.allow {
                Some(Some(allow)) => Some(Some(permit::checked("allow.", allow)?)),
                said => said,
            },
            health: if health == HealthState::CannotDecrypt {
                HealthState::Unknown
            } else {
                health
            },
            health_since,
            last_success_at,
            last_error,
            created_at: time("created_at", entry.created_at)?.unwrap_or(now),
            updated_at: time("updated_at", entry.updated_at)?.unwrap_or(now),
            last_used_at: time("last_used_at", entry.last_used_at)?,
        })
    }

    /// The account, without the `@`.
    pub fn screen_name(&self) -> Option<String> {
        self.account.as_ref().map(|account| account.screen_name.clone())
    }
}

/// As the store has it: scheme, host and port.
fn provider(text: &str) -> Result<String, Unusable> {
    let url = Url::parse(text).ok().filter(|url| {
        matches!(url.scheme(), "http" | "https") && url.has_host() && text.len() <= 200
    });
    let url =
        url.ok_or_else(|| unusable("provider", "This is no URL such as https://api.x.com."))?;
    Ok(url.origin().ascii_serialization())
}

fn account(account: Account) -> Result<Account, Unusable> {
    let Account { user_id, screen_name } = account;
    let id_fits = (1..=19).contains(&user_id.len()) && user_id.bytes().all(|b| b.is_ascii_digit());
    if !id_fits {
        return Err(unusable("account.user_id", "X's account numbers have 1 to 19 digits."));
    }
    let fits = (1..=SCREEN_NAME_CHARS).contains(&screen_name.chars().count());
    if !fits || screen_name.chars().any(|letter| letter.is_control() || letter.is_whitespace()) {
        return Err(unusable("account.screen_name", "This is no screen name."));
    }
    Ok(Account { user_id, screen_name })
}

fn pair(token: &str, secret: &Plain) -> Result<(String, SecretString), Unusable> {
    let token = key_text("access_token", Some(token))?;
    if !starts_with_user_id(&token) {
        return Err(unusable(
            "access_token",
            "An access token begins with the account's number and a dash, as in 12345-AbC….",
        ));
    }
    Ok((token, secret_text("access_secret", Some(&secret.0))?))
}

fn app(
    house: &House<'_>,
    apps: &Apps,
    app: EntryApp,
    secrets: bool,
) -> Result<CandidateApp, Unusable> {
    let EntryApp { kind, id, consumer_key, consumer_key_hint, consumer_secret } = app;
    if kind == AppKind::Saved {
        let known = id.as_deref().and_then(canonical_id).and_then(|id| apps.get(&id).cloned());
        let fits =
            |known: &Known| consumer_key.as_ref().is_none_or(|key| *key == known.consumer_key);
        let known = known.filter(fits).ok_or_else(|| {
            unusable("app", "Its saved app is not in the file, or could not be taken in.")
        })?;
        return Ok(CandidateApp {
            kind,
            id: Some(known.id),
            consumer_key: Some(known.consumer_key),
            consumer_secret: None,
            saved_secret: known.secret,
        });
    }
    let with = |consumer_key, consumer_secret| CandidateApp {
        kind,
        id: None,
        consumer_key,
        consumer_secret,
        saved_secret: None,
    };
    let foreign = || {
        unusable(
            "app",
            "It belongs to a registered app that this server does not have. Set that app's consumer \
             key and secret here, then import again.",
        )
    };
    if !secrets {
        let ours = house.registered_key.filter(|key| Some(hint(key)) == consumer_key_hint);
        let consumer_key = ours.filter(|_| kind == AppKind::Registered).map(str::to_owned);
        return Ok(with(consumer_key, None));
    }
    if kind == AppKind::Registered {
        let consumer_key = key_text("app.consumer_key", consumer_key.as_deref())?;
        let is_ours = house.registered_key == Some(&*consumer_key);
        return if is_ours { Ok(with(Some(consumer_key), None)) } else { Err(foreign()) };
    }
    let secret = consumer_secret.map(|secret| secret.0);
    let pair = key_pair("app.", consumer_key.as_deref(), secret.as_ref())?;
    Ok(with(Some(pair.id), Some(pair.secret)))
}
