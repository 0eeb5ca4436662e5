//! Where things are: the repository, its build output, the cache of tools.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

/// The repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the repository")
}

/// The front end as it is served.
pub(crate) fn dist() -> PathBuf {
    root().join("dist")
}

/// Cargo's build output.
pub(crate) fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// The server's binary, of the profile folder `debug` or `release`.
pub(crate) fn pinfold(profile: &str) -> PathBuf {
    target().join(profile).join(format!("pinfold{}", env::consts::EXE_SUFFIX))
}

/// Where tools are installed: outside the repository, so that a second clone finds them.
pub(crate) fn cache() -> anyhow::Result<PathBuf> {
    let base = env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .filter(|dir| dir.is_absolute())
        .or_else(|| env::home_dir().map(|home| home.join(".cache")))
        .context("no home folder: set XDG_CACHE_HOME to a folder for the tools")?;
    Ok(base.join("pinfold-xtask"))
}

/// Every file below a folder, sorted, or the file itself; nothing when there is none.
pub(crate) fn files(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries.flat_map(|entry| files(&entry.path())).collect();
    files.sort();
    files
}
