//! Who works on a data folder: many may share it, one may have it alone.
//!
//! The lock is the operating system's, so it goes with the process that held it, however that ended.

use std::fs::{File, OpenOptions, TryLockError};

use super::{ConfigError, DataDir};

/// A held lock; dropping it lets go.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "held, not read")] Option<File>);

impl DataDir {
    /// Beside others: a server, an import. Refused while a master key is being rotated. A file
    /// system that knows no locks is let pass, for nothing but a rotation needs them.
    pub(crate) fn share(&self) -> Result<Lock, ConfigError> {
        const BUSY: &str =
            "its master key is being rotated; start again when `pinfold key rotate` is done";
        self.hold("lock", File::try_lock_shared, BUSY)
    }

    /// The one server of a file: another one would not know what this one keeps in memory.
    pub(crate) fn serve(&self) -> Result<Lock, ConfigError> {
        const BUSY: &str =
            "another Pinfold serves it; stop that first, or let several work with --database-url";
        self.hold("serving", File::try_lock, BUSY)
    }

    fn hold(
        &self,
        name: &str,
        lock: fn(&File) -> Result<(), TryLockError>,
        busy: &str,
    ) -> Result<Lock, ConfigError> {
        let file = self.lock_file(name)?;
        match lock(&file) {
            Ok(()) => Ok(Lock(Some(file))),
            Err(TryLockError::WouldBlock) => Err(self.refuse(busy)),
            Err(TryLockError::Error(error)) => {
                tracing::warn!(%error, "the data folder cannot be locked");
                Ok(Lock(None))
            }
        }
    }

    /// Alone: nothing else may seal or open here meanwhile.
    pub(crate) fn take(&self) -> Result<Lock, ConfigError> {
        let file = self.lock_file("lock")?;
        match file.try_lock() {
            Ok(()) => Ok(Lock(Some(file))),
            Err(TryLockError::WouldBlock) => {
                Err(self.refuse("a Pinfold runs on it; stop that first, then do this again"))
            }
            Err(TryLockError::Error(error)) => Err(self.refuse(&format!("no lock: {error}"))),
        }
    }

    fn lock_file(&self, name: &str) -> Result<File, ConfigError> {
        let mut options = OpenOptions::new();
        super::data_dir::private_file(options.write(true).create(true), &self.path().join(name))
            .map_err(|error| self.refuse(&error.to_string()))
    }

    fn refuse(&self, reason: &str) -> ConfigError {
        ConfigError::new(super::data_dir::FIELD, format!("{}: {reason}", self.path().display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_share_and_one_takes() {
        let folder = tempfile::tempdir().expect("a folder");
        let dir = DataDir::new(folder.path().to_owned());
        let (first, second) = (dir.share().expect("shares"), dir.share().expect("shares"));
        assert!(dir.take().expect_err("must refuse").to_string().contains("runs on it"));
        drop((first, second));
        let alone = dir.take().expect("takes");
        assert!(dir.share().expect_err("must refuse").to_string().contains("rotated"));
        drop(alone);
        dir.share().expect("shares again");
    }

    #[test]
    fn one_serves() {
        let folder = tempfile::tempdir().expect("a folder");
        let dir = DataDir::new(folder.path().to_owned());
        let first = dir.serve().expect("serves");
        let refused = dir.serve().expect_err("must refuse").to_string();
        assert!(refused.contains("another Pinfold serves it"), "{refused}");
        drop(first);
        dir.serve().expect("serves again");
    }
}
