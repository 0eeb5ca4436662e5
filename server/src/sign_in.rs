//! One-time sign-in links, made by the server itself or by `pinfold sign-in` beside it.

use pinfold_api::Role;
use pinfold_api::paths::pages;
use secrecy::SecretString;
use url::Url;

use crate::StartError;
use crate::clock::Clock;
use crate::config::{Config, ConfigError};
use crate::database::{self, Beside};
use crate::session::{LINK_MILLIS, Token};
use crate::store::{DEFAULT_WORKSPACE, Store, StoreError};
use crate::x::pinfold;

/// Where the server noted how browsers reach it, for `pinfold sign-in`.
pub(crate) const PUBLIC_URL: &str = "public_url";

/// Where the server noted where its pages are, for `pinfold sign-in`.
pub(crate) const PAGES_URL: &str = "pages_url";

/// Where the server noted whom it asks, for commands beside it.
pub(crate) const PROVIDER: &str = "provider";
/// Where the server noted its registered app's public half, for commands beside it.
pub(crate) const REGISTERED_KEY: &str = "registered_consumer_key";

/// Where the server noted how it is reached from this machine, for commands beside it.
pub(crate) const LISTENING: &str = "listening";

/// A URL that the server noted.
pub(crate) async fn noted_url(store: &Store, name: &str) -> Result<Option<Url>, StoreError> {
    let noted = store.meta(name).await?;
    Ok(noted.and_then(|bytes| Url::parse(std::str::from_utf8(&bytes).ok()?).ok()))
}

/// Makes a link. The token is in the fragment, so it reaches no server's log and no `Referer`.
pub async fn link(
    store: &Store,
    clock: &Clock,
    pages_url: &Url,
    workspace: &str,
    role: Role,
) -> Result<SecretString, StoreError> {
    let token = Token::generate();
    let now = clock.now();
    store.insert_link(&token.hash(), workspace, role, now, now + LINK_MILLIS, None).await?;
    let mut url = pages_url.clone();
    // They may lie below a path.
    url.set_path(&format!("{}{}", url.path().trim_end_matches('/'), pages::SIGN_IN));
    url.set_fragment(Some(&format!("link={}", token.expose())));
    Ok(SecretString::from(String::from(url)))
}

/// What `pinfold sign-in` prints.
#[derive(Debug)]
pub struct Printed {
    /// The link.
    pub link: SecretString,
    /// Where a server was when it last started, if none answers there now.
    pub silent: Option<Url>,
}

/// `pinfold sign-in`: a link for the server that runs, or will run, on this data folder.
pub async fn link_from_outside(config: &Config) -> Result<Printed, StartError> {
    let clock = Clock::system();
    let (store, _) = database::open_existing(config, clock.now(), Beside::All).await?;
    let noted = noted_url(&store, PAGES_URL).await?;
    let elsewhere = noted_url(&store, PUBLIC_URL).await? != noted;
    let public_url = config.public_url.clone();
    let given = if elsewhere { None } else { public_url.clone() };
    let pages_url =
        config.pages_url.clone().or(given).or(noted).or(public_url).ok_or_else(|| {
            ConfigError::new(
                "--public-url (PINFOLD_PUBLIC_URL)",
                "missing; the server noted none yet",
            )
        })?;
    let link = link(&store, &clock, &pages_url, DEFAULT_WORKSPACE, Role::Operator).await;
    let listening = noted_url(&store, LISTENING).await;
    store.close().await;
    let (link, mut silent) = (link?, listening?);
    if let Some(url) = &silent
        && pinfold::answers(url).await
    {
        silent = None;
    }
    Ok(Printed { link, silent })
}
