//! The flags of `pinfold dist`.

use std::path::PathBuf;

use clap::Args;
use url::Url;

use super::{AssetSource, ConfigError, check};

/// `pinfold dist`.
#[derive(Debug, Args)]
pub struct DistFlags {
    /// Where the server is reached, as in its --public-url
    #[arg(long, value_name = "URL")]
    pub server: String,
    /// The folder to write; it may not be there yet
    #[arg(long, value_name = "FOLDER", default_value = "pinfold-dist")]
    pub out: PathBuf,
    /// Where the folder will lie on its host, as in /tools/pinfold/
    #[arg(long, value_name = "PATH", default_value = "/")]
    pub base: String,
    /// Take another front end than the built-in one
    #[arg(long, value_name = "FOLDER", env = "PINFOLD_ASSETS")]
    pub assets: Option<PathBuf>,
}

pub(super) const DIST_EXAMPLES: &str = "\
Writes the front end for a static host: pinfold.json names the server, _headers holds the
Content-Security-Policy, and snippets for nginx and Caddy are written beside the folder. The server
has to let the host's origin in with --allow-origin.

Examples:
  pinfold dist --server https://pinfold.example
  pinfold dist --server https://pinfold.example --out /srv/www/pinfold --base /pinfold/";

/// What `pinfold dist` is asked to write.
#[derive(Clone, Debug)]
pub struct DistWanted {
    /// The server's origin.
    pub server: Url,
    /// The folder to write.
    pub out: PathBuf,
    /// Begins and ends with a slash.
    pub base: String,
    /// The front end.
    pub assets: AssetSource,
}

impl DistFlags {
    /// Checks them.
    pub fn into_wanted(self) -> Result<DistWanted, ConfigError> {
        Ok(DistWanted {
            server: check::server(&self.server)?,
            base: base(&self.base)?,
            assets: self.assets.map_or(AssetSource::BuiltIn, AssetSource::Folder),
            out: self.out,
        })
    }
}

/// It is written into addresses, scripts and snippets, so it holds nothing that means something there.
fn base(text: &str) -> Result<String, ConfigError> {
    let plain =
        |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '/' | '-' | '_' | '.');
    let fits = text.starts_with('/')
        && text.ends_with('/')
        && text.chars().all(plain)
        && !text.contains("//")
        && !text.split('/').any(|part| matches!(part, "." | ".."));
    if fits {
        return Ok(text.to_owned());
    }
    Err(ConfigError::new(
        "--base",
        format!("{text:?} is no path such as /tools/pinfold/, with a slash at both ends"),
    ))
}

#[cfg(test)]
mod tests {
    use super::base;

    #[test]
    fn a_base_is_a_plain_path_between_slashes() {
        for fine in ["/", "/pinfold/", "/a-b/c_d/v1.2/"] {
            assert!(base(fine).is_ok(), "{fine}");
        }
        for bad in ["", "pinfold", "/pinfold", "//", "/../", "/a/./b/", "/a b/", "/\"/", "/%2f/"] {
            assert!(base(bad).is_err(), "{bad}");
        }
    }
}
