//! The settings as a person gives them, from three places, and how they become a [`Config`].

use std::path::{Path, PathBuf};

use clap::Args;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::{
    AssetSource, Config, ConfigError, DataDir, MasterKeySource, OidcTable, People, Person, check,
    secret,
};
use crate::x::KeyPair;
use crate::x::pass::Patience;

/// The app's name unless the operator says another.
pub(super) const DEFAULT_APP_NAME: &str = "Pinfold";
const DEFAULT_LISTEN: &str = "127.0.0.1:8080";
const DEFAULT_FILE: &str = "pinfold.toml";

// Their variables are read by `secret`, which knows two for each.
const CONSUMER_SECRET_HELP: &str = "File that holds the consumer secret of the registered app \
                                    [env: PINFOLD_CONSUMER_SECRET or PINFOLD_CONSUMER_SECRET_FILE]";
const ACCESS_KEY_HELP: &str = "File that holds the operator's access key \
                               [env: PINFOLD_ACCESS_KEY or PINFOLD_ACCESS_KEY_FILE] \
                               [default: made in the data folder]";
const MASTER_KEY_HELP: &str = "File that holds the master keys \
                               [env: PINFOLD_MASTER_KEY or PINFOLD_MASTER_KEY_FILE] \
                               [default: made in the data folder]";

/// One struct for flags, variables and file, so that no setting exists in only two of them.
#[derive(Clone, Debug, Default, Args, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Read further settings from this file [default: pinfold.toml, when there is one]
    #[arg(long, value_name = "FILE", env = "PINFOLD_CONFIG")]
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// Address to listen on; port 0 picks one [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS", env = "PINFOLD_LISTEN")]
    pub listen: Option<String>,
    /// Where browsers reach it; Host and Origin checks go by it, and links without --pages-url
    /// [default: http://<listen>]
    #[arg(long, value_name = "URL", env = "PINFOLD_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// Where the pages are when a static host has them; links lead there, and its origin must be
    /// allowed [default: the public URL]
    #[arg(long, value_name = "URL", env = "PINFOLD_PAGES_URL")]
    pub pages_url: Option<String>,
    /// Folder of the database and the keys [default: the platform's data folder]
    #[arg(long, value_name = "FOLDER", env = "PINFOLD_DATA_DIR")]
    pub data_dir: Option<PathBuf>,
    /// A database of PostgreSQL, postgres://…, for several Pinfolds side by side [default: a file in
    /// the data folder]
    #[arg(
        long,
        value_name = "URL",
        env = "PINFOLD_DATABASE_URL",
        hide_env_values = true,
        value_parser = secret_text
    )]
    pub database_url: Option<SecretString>,
    /// Base of every call to X; http only for loopback [default: X itself, api.x.com]
    #[arg(long, value_name = "URL", env = "PINFOLD_X_API_URL")]
    pub x_api_url: Option<String>,
    /// The name in "Use the … registered app" [default: Pinfold]
    #[arg(long, value_name = "NAME", env = "PINFOLD_APP_NAME")]
    pub app_name: Option<String>,
    /// Consumer key of the registered app
    #[arg(long, value_name = "KEY", env = "PINFOLD_CONSUMER_KEY")]
    pub consumer_key: Option<String>,
    /// File that holds the consumer secret of the registered app
    #[arg(long, value_name = "FILE", help = CONSUMER_SECRET_HELP)]
    pub consumer_secret_file: Option<PathBuf>,
    /// File that holds the operator's access key [default: made in the data folder]
    #[arg(long, value_name = "FILE", help = ACCESS_KEY_HELP)]
    pub access_key_file: Option<PathBuf>,
    /// File that holds the master keys [default: made in the data folder]
    #[arg(long, value_name = "FILE", help = MASTER_KEY_HELP)]
    pub master_key_file: Option<PathBuf>,
    /// Exact origins that may call or embed; repeat the flag, or separate them with commas
    #[arg(
        long = "allow-origin",
        value_name = "ORIGIN",
        env = "PINFOLD_ALLOW_ORIGINS",
        value_delimiter = ','
    )]
    #[serde(alias = "allow_origins")]
    pub allow_origin: Vec<String>,
    /// Header in which an authenticating proxy in front names the user; see `people` in
    /// docs/DEPLOY.md
    #[arg(long, value_name = "NAME", env = "PINFOLD_TRUSTED_HEADER")]
    pub trusted_header: Option<String>,
    /// Addresses of proxies in front, whose X-Forwarded-For says who asks, for limits and the audit
    /// log; and of the one that names the user. Repeat the flag, or separate them with commas
    #[arg(
        long = "trusted-proxy",
        value_name = "ADDRESS[/BITS]",
        env = "PINFOLD_TRUSTED_PROXY",
        value_delimiter = ','
    )]
    pub trusted_proxy: Vec<String>,
    /// A provider of OpenID Connect: in the file only.
    #[arg(skip)]
    pub oidc: Option<OidcTable>,
    /// What those may do whom a proxy or a provider vouches for: in the file only.
    #[arg(skip)]
    pub people: Vec<Person>,
    /// Addresses that webhooks may reach though they are not public, such as 10.0.0.5 or 10.0.0.0/8;
    /// repeat the flag, or separate them with commas
    #[arg(
        long = "webhook-allow",
        value_name = "ADDRESS[/BITS]",
        env = "PINFOLD_WEBHOOK_ALLOW",
        value_delimiter = ','
    )]
    pub webhook_allow: Vec<String>,
    /// Serve this folder as the front end; "none" for the proxy alone [default: the built-in one]
    #[arg(long, value_name = "FOLDER", env = "PINFOLD_ASSETS")]
    pub assets: Option<String>,
    /// Start the built-in X on loopback and use it, with a registered app
    #[arg(
        long,
        env = "PINFOLD_SANDBOX",
        num_args = 0..=1,
        default_missing_value = "true",
        require_equals = true,
        value_name = "BOOL",
        value_parser = boolish
    )]
    pub sandbox: Option<bool>,
}

impl Settings {
    /// Adds the file's settings and the secrets, and checks everything.
    pub fn into_config(self) -> Result<Config, ConfigError> {
        let file = Self::read_file(self.config.as_deref())?;
        let secrets = Secrets::read(&self, &file)?;
        let settings = self.over(file);
        let sandbox = settings.sandbox.unwrap_or(false);
        let people = People::check(settings.people)?;
        let proxies = check::proxies(&settings.trusted_proxy)?;
        let trusted = check::trusted(settings.trusted_header.as_deref(), &proxies, &people)?;
        let allow_origins = check::origins(&settings.allow_origin)?;
        let public_url = settings.public_url.as_deref().map(check::public_url).transpose()?;
        let pages_url = |url: &String| check::pages_url(url, public_url.as_ref(), &allow_origins);
        Ok(Config {
            listen: check::listen(settings.listen.as_deref().unwrap_or(DEFAULT_LISTEN))?,
            pages_url: settings.pages_url.as_ref().map(pages_url).transpose()?,
            public_url,
            x_api_url: match &settings.x_api_url {
                Some(url) => check::x_api_url(url)?,
                None => check::default_x_api_url(),
            },
            app_name: check::app_name(settings.app_name.as_deref().unwrap_or(DEFAULT_APP_NAME))?,
            registered_app: if sandbox {
                // The sandbox brings its own app.
                None
            } else {
                registered_app(settings.consumer_key.as_deref(), secrets.consumer_secret)?
            },
            access_key: secrets.access_key.map(check::access_key).transpose()?,
            master_key: match secrets.master_key {
                None => MasterKeySource::DataDir,
                Some(secret::Found { text, file: None }) => MasterKeySource::Variable(text),
                Some(secret::Found { file: Some(file), .. }) => MasterKeySource::File(file),
            },
            allow_origins,
            proxies,
            trusted,
            oidc: check::oidc(settings.oidc, &people)?,
            people,
            webhook_allow: check::networks(
                "--webhook-allow (PINFOLD_WEBHOOK_ALLOW)",
                &settings.webhook_allow,
            )?,
            assets: match settings.assets.as_deref() {
                None => AssetSource::BuiltIn,
                Some("none") => AssetSource::None,
                Some(folder) => AssetSource::Folder(folder.into()),
            },
            data_dir: DataDir::or_default(settings.data_dir)?,
            database_url: settings.database_url.map(check::database_url).transpose()?,
            sandbox,
            patience: Patience::default(),
        })
    }

    /// These settings, and those of the file where these say nothing. An empty variable says
    /// nothing.
    fn over(self, file: Self) -> Self {
        let text = |ours: Option<String>, files| ours.filter(|text| !text.is_empty()).or(files);
        let path = |ours: Option<PathBuf>, files: Option<PathBuf>| {
            ours.filter(|path| !path.as_os_str().is_empty()).or(files)
        };
        let list = |ours: Vec<String>, files| {
            let ours: Vec<_> = ours.into_iter().filter(|text| !text.trim().is_empty()).collect();
            if ours.is_empty() { files } else { ours }
        };
        Self {
            config: self.config,
            listen: text(self.listen, file.listen),
            public_url: text(self.public_url, file.public_url),
            pages_url: text(self.pages_url, file.pages_url),
            data_dir: path(self.data_dir, file.data_dir),
            database_url: self
                .database_url
                .filter(|url| !url.expose_secret().is_empty())
                .or(file.database_url),
            x_api_url: text(self.x_api_url, file.x_api_url),
            app_name: text(self.app_name, file.app_name),
            consumer_key: text(self.consumer_key, file.consumer_key),
            consumer_secret_file: path(self.consumer_secret_file, file.consumer_secret_file),
            access_key_file: path(self.access_key_file, file.access_key_file),
            master_key_file: path(self.master_key_file, file.master_key_file),
            allow_origin: list(self.allow_origin, file.allow_origin),
            trusted_header: text(self.trusted_header, file.trusted_header),
            trusted_proxy: list(self.trusted_proxy, file.trusted_proxy),
            oidc: file.oidc,
            people: file.people,
            webhook_allow: list(self.webhook_allow, file.webhook_allow),
            assets: text(self.assets, file.assets),
            sandbox: self.sandbox.or(file.sandbox),
        }
    }

    /// The file that was asked for must be there; the default one may be missing.
    fn read_file(asked: Option<&Path>) -> Result<Self, ConfigError> {
        let asked = asked.filter(|path| !path.as_os_str().is_empty());
        let path = asked.unwrap_or(Path::new(DEFAULT_FILE));
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if asked.is_none() && error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self::default());
            }
            Err(error) => {
                return Err(ConfigError::new("--config", format!("{}: {error}", path.display())));
            }
        };
        toml::from_str(&text).map_err(|error| wrong_line(path, &text, &error))
    }
}

/// Names the line and its key. The error's own words would repeat the value, which may be a secret
/// in the wrong place.
fn wrong_line(path: &Path, text: &str, error: &toml::de::Error) -> ConfigError {
    let at = error.span().map_or(0, |span| span.start);
    let number = text[..at].matches('\n').count() + 1;
    let line = text.lines().nth(number - 1).unwrap_or_default();
    let key = line.split_once('=').map_or("", |(key, _)| key.trim());
    let (path, said) = (path.display(), error.message());
    // TOML that reads as a table has settings of the wrong kind; any other has nothing yet.
    if text.parse::<toml::Table>().is_err() {
        return ConfigError::new("--config", format!("{path} line {number}: is no TOML"));
    }
    // What is expected is said by us, or by the kind of the setting.
    let wrong = match said.rsplit_once("expected ") {
        _ if said.starts_with("unknown field") => "is no setting".to_owned(),
        Some((_, expected)) => format!("has a value of the wrong kind; give {expected}"),
        None => "cannot be read".to_owned(),
    };
    ConfigError::new("--config", format!("{path} line {number}: {key:?} {wrong}"))
}

/// The secrets, each from the first place that has it.
struct Secrets {
    consumer_secret: Option<SecretString>,
    access_key: Option<SecretString>,
    master_key: Option<secret::Found>,
}

impl Secrets {
    fn read(flags: &Settings, file: &Settings) -> Result<Self, ConfigError> {
        let read = |name, flag: &Option<PathBuf>, toml: &Option<PathBuf>| {
            secret::read(name, flag.as_deref(), toml.as_deref())
        };
        Ok(Self {
            consumer_secret: read(
                "consumer-secret",
                &flags.consumer_secret_file,
                &file.consumer_secret_file,
            )?
            .map(|found| found.text),
            access_key: read("access-key", &flags.access_key_file, &file.access_key_file)?
                .map(|found| found.text),
            master_key: read("master-key", &flags.master_key_file, &file.master_key_file)?,
        })
    }
}

fn registered_app(
    key: Option<&str>,
    secret: Option<SecretString>,
) -> Result<Option<KeyPair>, ConfigError> {
    match (key.map(str::trim), secret) {
        (Some(key), Some(secret)) => check::registered_app(key, secret).map(Some),
        (None, None) => Ok(None),
        (Some(_), None) => Err(ConfigError::new(
            "--consumer-secret-file (PINFOLD_CONSUMER_SECRET)",
            "missing; a consumer key needs its secret",
        )),
        (None, Some(_)) => Err(ConfigError::new(
            "--consumer-key (PINFOLD_CONSUMER_KEY)",
            "missing; a consumer secret needs its key",
        )),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "clap asks for it")]
fn secret_text(text: &str) -> Result<SecretString, String> {
    Ok(SecretString::from(text))
}

/// `true`, `1`, `yes`, `on`, and their opposites; nothing at all means no.
fn boolish(text: &str) -> Result<bool, String> {
    match text.to_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Ok(true),
        "false" | "0" | "no" | "off" | "" => Ok(false),
        _ => Err("say true or false".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        let error = toml::from_str::<Settings>(text).expect_err("it is wrong");
        wrong_line(Path::new("p.toml"), text, &error).to_string()
    }

    #[test]
    fn a_wrong_line_is_named_and_its_value_is_not() {
        let wrong = told("listen = \"127.0.0.1:1\"\nallow_origin = \"https://s3cret.example\"\n");
        assert!(wrong.contains("p.toml line 2: \"allow_origin\""), "{wrong}");
        assert!(wrong.contains("give a sequence") && !wrong.contains("s3cret"), "{wrong}");
        let wrong = told("sandbocks = true\n");
        assert!(wrong.contains("line 1: \"sandbocks\" is no setting"), "{wrong}");
    }
}
