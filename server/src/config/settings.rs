//! The settings as a person gives them, from three places, and how they become a [`Config`].

use std::path::{Path, PathBuf};

use clap::Args;
use secrecy::SecretString;
use serde::Deserialize;

use super::{AssetSource, Config, ConfigError, DataDir, check, secret};
use crate::x::KeyPair;

/// The app's name unless the operator says another.
pub(super) const DEFAULT_APP_NAME: &str = "Pinfold";
const DEFAULT_LISTEN: &str = "127.0.0.1:8080";
const DEFAULT_FILE: &str = "pinfold.toml";

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
    /// Where browsers reach it; links, Host and Origin checks go by it [default: http://<listen>]
    #[arg(long, value_name = "URL", env = "PINFOLD_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// Folder of the database and the keys [default: the platform's data folder]
    #[arg(long, value_name = "FOLDER", env = "PINFOLD_DATA_DIR")]
    pub data_dir: Option<PathBuf>,
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
    #[arg(long, value_name = "FILE", env = "PINFOLD_CONSUMER_SECRET_FILE")]
    pub consumer_secret_file: Option<PathBuf>,
    /// File that holds the operator's access key [default: made in the data folder]
    #[arg(long, value_name = "FILE", env = "PINFOLD_ACCESS_KEY_FILE")]
    pub access_key_file: Option<PathBuf>,
    /// File that holds the master keys [default: made in the data folder]
    #[arg(long, value_name = "FILE", env = "PINFOLD_MASTER_KEY_FILE")]
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
    /// Serve this folder as the front end; "none" for the proxy alone [default: the built-in one]
    #[arg(long, value_name = "FOLDER", env = "PINFOLD_ASSETS")]
    pub assets: Option<String>,
    /// Start the built-in X on loopback and use it, with a registered app
    #[arg(long, env = "PINFOLD_SANDBOX", num_args = 0..=1, default_missing_value = "true", value_name = "BOOL")]
    pub sandbox: Option<bool>,
}

impl Settings {
    /// Adds the file's settings and the secrets, and checks everything.
    pub fn into_config(self) -> Result<Config, ConfigError> {
        let settings = self.with_file()?;
        let sandbox = settings.sandbox.unwrap_or(false);
        Ok(Config {
            listen: check::listen(settings.listen.as_deref().unwrap_or(DEFAULT_LISTEN))?,
            public_url: settings.public_url.as_deref().map(check::public_url).transpose()?,
            x_api_url: match &settings.x_api_url {
                Some(url) => check::x_api_url(url)?,
                None => check::default_x_api_url(),
            },
            app_name: check::app_name(settings.app_name.as_deref().unwrap_or(DEFAULT_APP_NAME))?,
            // The sandbox brings its own app.
            registered_app: if sandbox { None } else { settings.registered_app()? },
            access_key: secret::read("access-key", settings.access_key_file.as_deref())?
                .map(check::access_key)
                .transpose()?,
            master_key: secret::read("master-key", settings.master_key_file.as_deref())?,
            allow_origins: check::origins(&settings.allow_origin)?,
            assets: match settings.assets.as_deref() {
                None => AssetSource::BuiltIn,
                Some("none") => AssetSource::None,
                Some(folder) => AssetSource::Folder(folder.into()),
            },
            data_dir: DataDir::or_default(settings.data_dir)?,
            sandbox,
        })
    }

    fn registered_app(&self) -> Result<Option<KeyPair>, ConfigError> {
        let secret: Option<SecretString> =
            secret::read("consumer-secret", self.consumer_secret_file.as_deref())?;
        match (self.consumer_key.as_deref().map(str::trim), secret) {
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

    fn with_file(self) -> Result<Self, ConfigError> {
        let Some(file) = Self::read_file(self.config.as_deref())? else { return Ok(self) };
        Ok(Self {
            config: self.config,
            listen: self.listen.or(file.listen),
            public_url: self.public_url.or(file.public_url),
            data_dir: self.data_dir.or(file.data_dir),
            x_api_url: self.x_api_url.or(file.x_api_url),
            app_name: self.app_name.or(file.app_name),
            consumer_key: self.consumer_key.or(file.consumer_key),
            consumer_secret_file: self.consumer_secret_file.or(file.consumer_secret_file),
            access_key_file: self.access_key_file.or(file.access_key_file),
            master_key_file: self.master_key_file.or(file.master_key_file),
            allow_origin: if self.allow_origin.is_empty() {
                file.allow_origin
            } else {
                self.allow_origin
            },
            assets: self.assets.or(file.assets),
            sandbox: self.sandbox.or(file.sandbox),
        })
    }

    /// The file that was asked for must be there; the default one may be missing.
    fn read_file(asked: Option<&Path>) -> Result<Option<Self>, ConfigError> {
        let path = asked.unwrap_or(Path::new(DEFAULT_FILE));
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if asked.is_none() && error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(None);
            }
            Err(error) => {
                return Err(ConfigError::new("--config", format!("{}: {error}", path.display())));
            }
        };
        // A parse error's own text would repeat the line, which may hold a misplaced secret.
        toml::from_str(&text).map(Some).map_err(|error: toml::de::Error| {
            let line = error.span().map_or(1, |span| text[..span.start].lines().count().max(1));
            let reason = error.message();
            ConfigError::new("--config", format!("{} line {line}: {reason}", path.display()))
        })
    }
}
