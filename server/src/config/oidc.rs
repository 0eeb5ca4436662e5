//! The table `oidc` of `pinfold.toml`: a provider of OpenID Connect that people sign in with.

use std::path::PathBuf;

use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

use super::{ConfigError, is_loopback, secret};

const FIELD: &str = "oidc";

/// As it stands in the file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcTable {
    name: String,
    issuer: String,
    client_id: String,
    client_secret_file: Option<PathBuf>,
    scopes: Option<Vec<String>>,
    groups_claim: Option<String>,
    #[serde(default)]
    pages: Vec<String>,
}

/// A provider, checked.
#[derive(Clone, Debug)]
pub struct OidcConfig {
    /// As in "Sign in with …".
    pub name: String,
    /// Its issuer identifier, letter by letter.
    pub issuer: String,
    /// How this server is known there.
    pub client_id: String,
    /// `None`: as a public client, with PKCE alone.
    pub client_secret: Option<SecretString>,
    /// Asked for besides `openid`.
    pub scopes: Vec<String>,
    /// The claim that holds a person's groups.
    pub groups_claim: String,
    /// The sign-in pages of front ends elsewhere, letter by letter. Each is trusted with whoever signs in
    /// there, so an origin that may embed or call is not enough.
    pub pages: Vec<Url>,
}

impl OidcTable {
    /// Reads the secret and checks everything.
    pub(super) fn check(self) -> Result<OidcConfig, ConfigError> {
        let refuse =
            |field: &str, reason| Err(ConfigError::new(format!("{FIELD}.{field}"), reason));
        let name = self.name.trim();
        if name.is_empty() || name.chars().count() > 50 || name.chars().any(char::is_control) {
            return refuse("name", "must be 1 to 50 characters on one line");
        }
        let Ok(issuer) = Url::parse(&self.issuer) else {
            return refuse("issuer", "is not a URL, such as https://login.example");
        };
        let safe =
            issuer.scheme() == "https" || (issuer.scheme() == "http" && is_loopback(&issuer));
        if !safe || issuer.query().is_some() || issuer.fragment().is_some() {
            return refuse("issuer", "must be https, without query; http is for loopback only");
        }
        if self.client_id.trim().is_empty() {
            return refuse("client_id", "is empty");
        }
        let pages = self.pages.iter().map(|text| page(text)).collect::<Result<_, _>>()?;
        let secret = secret::read("oidc-client-secret", None, self.client_secret_file.as_deref())?;
        let scopes = self.scopes.unwrap_or_else(|| vec!["email".to_owned()]);
        Ok(OidcConfig {
            name: name.to_owned(),
            issuer: self.issuer,
            client_id: self.client_id.trim().to_owned(),
            client_secret: secret.map(|found| found.text),
            scopes: scopes.into_iter().filter(|scope| scope != "openid").collect(),
            groups_claim: self.groups_claim.unwrap_or_else(|| "groups".to_owned()),
            pages,
        })
    }
}

fn page(text: &str) -> Result<Url, ConfigError> {
    let refuse = |reason: &str| {
        Err(ConfigError::new(format!("{FIELD}.pages"), format!("{text:?} {reason}")))
    };
    let Ok(page) = Url::parse(text) else {
        return refuse("is not a URL, such as https://front.example/sign-in");
    };
    let safe = page.scheme() == "https" || (page.scheme() == "http" && is_loopback(&page));
    let plain = page.query().is_none()
        && page.fragment().is_none()
        && page.username().is_empty()
        && page.password().is_none();
    if !safe || !plain {
        return refuse("must be https and end after the path; http is for loopback only");
    }
    Ok(page)
}
