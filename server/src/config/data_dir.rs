//! The data folder: database, key files, and who may read them (mode 0700 and 0600).

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::ConfigError;

pub(super) const FIELD: &str = "--data-dir (PINFOLD_DATA_DIR)";

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

    /// The same, when a server has been started here before.
    pub(crate) fn existing_database(&self) -> Result<PathBuf, ConfigError> {
        let file = self.database();
        if file.exists() {
            return Ok(file);
        }
        let folder = self.0.display();
        let reason = format!("{folder} holds no Pinfold; start `pinfold serve` there first");
        Err(ConfigError::new(FIELD, reason))
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

    /// Makes the folder, readable by its owner only. One that was there keeps its mode unless it is
    /// empty or a Pinfold's: it may be shared with others, as /tmp is.
    pub fn create(&self, with_database: bool) -> Result<(), ConfigError> {
        self.try_create(with_database)
            .map_err(|error| ConfigError::new(FIELD, format!("{}: {error}", self.0.display())))
    }

    fn try_create(&self, with_database: bool) -> io::Result<()> {
        fs::create_dir_all(&self.0)?;
        if self.database().exists() || fs::read_dir(&self.0)?.next().is_none() {
            self.close_to_others()?;
        }
        if !with_database {
            return Ok(());
        }
        // SQLite gives its other files the mode of the first.
        private_file(fs::OpenOptions::new().append(true).create(true), &self.database()).map(drop)
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

    /// Writes a new key file, readable by its owner only; never over an existing one. It is whole
    /// or not there at all, even after a power cut or on a full disk.
    pub(crate) fn write_key(path: &Path, key: &SecretString) -> Result<(), ConfigError> {
        let partial = path.with_extension("partial");
        Self::try_write_key(path, &partial, key)
            .inspect_err(|_| drop(fs::remove_file(&partial)))
            .map_err(|error| ConfigError::new(FIELD, format!("{}: {error}", path.display())))
    }

    /// Writes a key file anew in the place of the one that is there, with its mode. After a power
    /// cut it is the old one or the new one, and whole.
    pub(crate) fn replace_key(path: &Path, text: &SecretString) -> Result<(), ConfigError> {
        let fail = |error: io::Error| {
            ConfigError::new(FIELD, format!("{} cannot be written: {error}", path.display()))
        };
        // What a link points to is replaced, not the link.
        let path = &path.canonicalize().map_err(fail)?;
        let partial = path.with_extension("partial");
        Self::try_replace_key(path, &partial, text)
            .inspect_err(|_| drop(fs::remove_file(&partial)))
            .map_err(fail)
    }

    fn try_replace_key(path: &Path, partial: &Path, text: &SecretString) -> io::Result<()> {
        let mut file =
            private_file(fs::OpenOptions::new().write(true).create(true).truncate(true), partial)?;
        writeln!(file, "{}", text.expose_secret())?;
        file.set_permissions(fs::metadata(path)?.permissions())?;
        file.sync_all()?;
        fs::rename(partial, path)?;
        path.parent().map_or(Ok(()), |folder| fs::File::open(folder)?.sync_all())
    }

    fn try_write_key(path: &Path, partial: &Path, key: &SecretString) -> io::Result<()> {
        let mut file =
            private_file(fs::OpenOptions::new().write(true).create(true).truncate(true), partial)?;
        writeln!(file, "{}", key.expose_secret())?;
        file.sync_all()?;
        // A link, unlike a rename, does not replace a key that is already there.
        fs::hard_link(partial, path)?;
        fs::remove_file(partial)?;
        path.parent().map_or(Ok(()), |folder| fs::File::open(folder)?.sync_all())
    }
}

/// Opens a file that, when it is made, only its owner can read.
pub(crate) fn private_file(options: &mut fs::OpenOptions, path: &Path) -> io::Result<fs::File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options.open(path)
}
