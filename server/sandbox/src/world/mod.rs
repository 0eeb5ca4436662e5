//! What X knows: apps, accounts, tokens and posts. Everything here survives a restart.
//!
//! No HTTP and no clock: the time is an argument, and answers are worded in `dialect`.

mod access_tokens;
mod accounts;
mod apps;
mod people;
mod permission;
mod posts;
mod request_tokens;
mod society;

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

pub(crate) use self::access_tokens::{AccessToken, Grant};
pub(crate) use self::accounts::{ACCOUNTS, Account, Standing, account};
pub(crate) use self::apps::App;
pub(crate) use self::people::{Person, person, person_named};
pub(crate) use self::permission::Permission;
pub(crate) use self::posts::{Post, made_at};
use self::request_tokens::RequestToken;
pub(crate) use self::request_tokens::{Callback, Consent, Unspendable};
use self::society::Society;
pub(crate) use self::society::{Mark, Message};
use crate::secret::Secret;
use crate::verify::Signer;

/// All of it.
#[derive(Serialize, Deserialize)]
pub(crate) struct World {
    /// Where it listened: request tokens in a browser's address bar name the port.
    pub(crate) port: u16,
    apps: Vec<App>,
    request_tokens: BTreeMap<String, RequestToken>,
    access_tokens: BTreeMap<String, AccessToken>,
    posts: VecDeque<Post>,
    /// Missing in what older sandboxes wrote.
    #[serde(default)]
    society: Society,
}

impl World {
    /// A world with one app, which can read and write.
    pub(crate) fn new() -> Self {
        Self {
            port: 0,
            apps: vec![App::new("Pinfold".to_owned(), Permission::ReadWrite)],
            request_tokens: BTreeMap::new(),
            access_tokens: BTreeMap::new(),
            posts: VecDeque::new(),
            society: Society::default(),
        }
    }

    /// The secret of a token of this app; empty when the app signs alone.
    pub(crate) fn token_secret(
        &self,
        signer: Signer,
        consumer_key: &str,
        token: &str,
    ) -> Option<Secret> {
        let (owner, secret) = match signer {
            Signer::App => return Some(Secret::new(String::new())),
            Signer::RequestToken => {
                self.request_tokens.get(token).map(RequestToken::credentials)?
            }
            Signer::AccessToken => self.access_tokens.get(token).map(AccessToken::credentials)?,
        };
        (owner == consumer_key).then(|| secret.clone())
    }

    /// How many request tokens, access tokens and posts there are.
    pub(crate) fn counts(&self) -> [usize; 3] {
        [self.request_tokens.len(), self.access_tokens.len(), self.posts.len()]
    }
}
