//! The flags of `pinfold export` and `pinfold import`.

use std::path::PathBuf;

use clap::Args;

use super::Settings;

/// `pinfold export`.
#[derive(Debug, Args)]
pub struct ExportFlags {
    /// Secrets too, under a passphrase
    #[arg(long, help = WITH_SECRETS_HELP)]
    pub with_secrets: bool,
    /// Only the connection with this id; repeat the flag for more [default: all]
    #[arg(long = "id", value_name = "ID")]
    pub ids: Vec<String>,
    /// Write to this new file, readable by its owner only [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Where the store and the keys are.
    #[command(flatten)]
    pub settings: Settings,
}

const WITH_SECRETS_HELP: &str = "Secrets too; the passphrase comes from PINFOLD_PASSPHRASE, \
                                 PINFOLD_PASSPHRASE_FILE or a prompt";

/// `pinfold import`.
#[derive(Debug, Args)]
pub struct ImportFlags {
    /// An export of Pinfold's, or another program's file; - for standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Only tell what would be done
    #[arg(long)]
    pub plan: bool,
    /// What to do when a name, a token or an account clashes with what is here
    #[arg(long, value_name = "WHAT", default_value = "skip", value_parser = ["skip", "rename", "replace"])]
    pub on_clash: String,
    /// Ask X about each token pair before it is saved: a billed call each
    #[arg(long)]
    pub verify: bool,
    /// Where the store and the keys are.
    #[command(flatten)]
    pub settings: Settings,
}

pub(super) const EXPORT_EXAMPLES: &str = "\
It works on the data folder, whether the server runs or not. Without --with-secrets the file is JSON
that holds no secret; with it, an age file that `age --decrypt` opens as well. The registered app's
secret is in neither.

Examples:
  pinfold export --with-secrets --output pinfold.age
  PINFOLD_PASSPHRASE_FILE=passphrase.txt pinfold export --with-secrets > pinfold.age";

pub(super) const IMPORT_EXAMPLES: &str = "\
It works on the data folder of a stopped server that was started once, with the settings of that
one (--sandbox too). What cannot be taken in is named, and makes the exit code 1; of the rest it does
all or nothing. While the server runs, --plan works, and POST /api/v1/import does the same. A connection with the id of one that
is here updates that one. The passphrase comes from PINFOLD_PASSPHRASE, PINFOLD_PASSPHRASE_FILE or a prompt.

Examples:
  pinfold import pinfold.age --plan  tell what would be done
  pinfold import ~/.twurlrc --verify
  pinfold import pinfold.age --on-clash rename";
