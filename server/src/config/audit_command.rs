//! The command line of `pinfold audit`.

use clap::{Args, Subcommand};

use super::{Config, ConfigError, Settings, check};

/// `pinfold audit …`
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Find a changed, missing, added or moved entry: exit code 1 names the first
    #[command(after_help = AUDIT_VERIFY_EXAMPLES)]
    Verify(Box<AuditVerifyFlags>),
    /// Print every entry as a line of JSON, the oldest first
    #[command(after_help = AUDIT_EXPORT_EXAMPLES)]
    Export(Box<Settings>),
}

/// `pinfold audit verify`.
#[derive(Debug, Args)]
pub struct AuditVerifyFlags {
    /// A hash that an earlier verification printed: its entry must still be in the log
    #[arg(long, value_name = "HASH")]
    pub noted: Option<String>,
    /// Where the store and the keys are.
    #[command(flatten)]
    pub settings: Settings,
}

pub(super) const AUDIT_EXAMPLES: &str = "\
Example:
  pinfold audit verify";

const AUDIT_VERIFY_EXAMPLES: &str = "\
Run it where the server runs, as the same user, with the same data folder; the server may go on
running. It prints the last entry's hash. Note that hash somewhere else: given back with --noted, it
also finds a whole database that was put back to an older copy.

Examples:
  pinfold audit verify --data-dir /var/lib/pinfold
  pinfold audit verify --noted 5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef";

const AUDIT_EXPORT_EXAMPLES: &str = "\
Example:
  pinfold audit export --data-dir /var/lib/pinfold > audit.jsonl";

impl AuditVerifyFlags {
    /// The settings, checked, and the hash.
    pub fn into_config(self) -> Result<(Config, Option<Vec<u8>>), ConfigError> {
        let noted = self.noted.as_deref().map(check::noted).transpose()?;
        Ok((self.settings.into_config()?, noted))
    }
}
