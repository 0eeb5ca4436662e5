//! The state file: the world as JSON, for its owner only, never half-written.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::PathBuf;

use crate::world::World;

/// Where a world survives a restart.
pub(crate) struct StateFile(PathBuf);

impl StateFile {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// The world of last time; `None` when there was none.
    pub(crate) fn read(&self) -> io::Result<Option<World>> {
        let text = match fs::read(&self.0) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.explain(&error)),
        };
        // serde_json's own message may quote the text, which is full of secrets.
        let broken = |error: serde_json::Error| {
            let place = format!("line {} column {}", error.line(), error.column());
            let kind = io::ErrorKind::InvalidData;
            self.explain(&io::Error::new(kind, format!("not a sandbox's state, {place}")))
        };
        serde_json::from_slice(&text).map(Some).map_err(broken)
    }

    /// Writes a new file beside the old one and moves it into its place.
    pub(crate) fn write(&self, world: &World) -> io::Result<()> {
        let text = serde_json::to_vec(world)?;
        let mut name = self.0.clone().into_os_string();
        name.push(".new");
        let fresh = PathBuf::from(name);
        let written = write_private(&fresh, &text).and_then(|()| fs::rename(&fresh, &self.0));
        written.map_err(|error| self.explain(&error))
    }

    fn explain(&self, error: &io::Error) -> io::Error {
        io::Error::new(error.kind(), format!("{}: {error}", self.0.display()))
    }
}

fn write_private(path: &PathBuf, text: &[u8]) -> io::Result<()> {
    // What a crash left here may have other permissions, which `mode` would not change.
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text)?;
    file.sync_all()
}
