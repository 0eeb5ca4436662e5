//! The data folder: database, key files, and who may read them (mode 0700 and 0600).

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::ConfigError;

const FIELD: &str = "--data-dir (PINFOLD_DATA_DIR)";

/// The folder of one Pinfold.
#[derive(Clone, Debug)]
pub struct DataDir(PathBuf);

impl DataDir {
    /// This folder.
    pub fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// The folder that was asked for, or `pinfold` in the platform's data folder.
    pub(super) fn or_default(asked: Option<PathBuf>) -> Result<Self, ConfigError> {
        asked
            .or_else(|| dirs::data_dir().map(|folder| folder.join("pinfold")))
            .map(Self)
            .ok_or_else(|| ConfigError::new(FIELD, "missing; this system names no data folder"))
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The `SQLite` file.
    pub fn database(&self) -> PathBuf {
        self.0.join("pinfold.db")
    }

    /// The operator's access key.
    pub fn access_key(&self) -> PathBuf {
        self.0.join("access-key")
    }

    /// The master keys.
    pub fn master_key(&self) -> PathBuf {
        self.0.join("master-key")
    }

    /// What the sandbox remembers between starts.
    pub fn sandbox_state(&self) -> PathBuf {
        self.0.join("sandbox.json")
    }

    /// Makes the folder, readable by its owner only.
    pub fn create(&self) -> Result<(), ConfigError> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder
            .create(&self.0)
            .and_then(|()| self.close_to_others())
            .map_err(|error| ConfigError::new(FIELD, format!("{}: {error}", self.0.display())))
    }

    #[cfg(unix)]
    fn close_to_others(&self) -> io::Result<()> {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(&self.0, fs::Permissions::from_mode(0o700))
    }

    #[cfg(not(unix))]
    #[expect(clippy::unnecessary_wraps, clippy::unused_self, reason = "the same on every platform")]
    fn close_to_others(&self) -> io::Result<()> {
        Ok(())
    }

    /// Reads a key file of the folder; `None` when there is none.
    pub(crate) fn read_key(path: &Path) -> Result<Option<SecretString>, ConfigError> {
        match fs::read_to_string(path).map(Zeroizing::new) {
            Ok(text) => Ok(Some(SecretString::from(text.trim()))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(ConfigError::new(FIELD, format!("{}: {error}", path.display()))),
        }
    }

    /// Writes a new key file, readable by its owner only; never over an existing one.
    pub(crate) fn write_key(path: &Path, key: &SecretString) -> Result<(), ConfigError> {
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options
            .open(path)
            .and_then(|mut file| {
                writeln!(file, "{}", key.expose_secret())?;
                file.sync_all()
            })
            .map_err(|error| ConfigError::new(FIELD, format!("{}: {error}", path.display())))
    }
}
