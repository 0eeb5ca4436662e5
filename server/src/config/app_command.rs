//! `pinfold app …`

use clap::{Args, Subcommand};
use url::Url;

use super::Settings;

/// `pinfold app …`
#[derive(Debug, Subcommand)]
pub enum AppCommand {
    /// Ask X whether it accepts an app's keys, which is free
    #[command(after_help = APP_TEST_EXAMPLES)]
    Test(Box<AppTestFlags>),
}

/// `pinfold app test`.
#[derive(Debug, Args)]
pub struct AppTestFlags {
    /// A saved app, by its name or id; the registered app when left out
    #[arg(value_name = "APP")]
    pub app: Option<String>,
    /// Print JSON, for machines
    #[arg(long)]
    pub json: bool,
    /// The Pinfold to ask [default: the one that runs on the data folder]
    #[arg(long, value_name = "URL", env = "PINFOLD_SERVER")]
    pub server: Option<Url>,
    /// Where that one's folder is, and the access key.
    #[command(flatten)]
    pub settings: Settings,
}

pub(super) const APP_EXAMPLES: &str = "\
Example:
  pinfold app test \"Acme News\"";

const APP_TEST_EXAMPLES: &str = "\
It asks the Pinfold that runs on the data folder, as the operator. When X does not accept the keys,
it says why, how one can tell, and what to do next.

Exit codes: 0 X accepts them, 1 it does not or could not be asked, 2 used wrongly.

Examples:
  pinfold app test
  pinfold app test \"Acme News\" --json";
