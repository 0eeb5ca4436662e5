//! The command line.

use std::net::SocketAddr;

use clap::{Args, Parser, Subcommand};

use super::Settings;

/// Connects an X account to your automation. The consumer secret stays on the server, which signs.
#[derive(Debug, Parser)]
#[command(name = "pinfold", version, arg_required_else_help = true, after_help = EXAMPLES)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXAMPLES: &str = "\
Examples:
  pinfold serve --sandbox            try everything: no keys, no money, no network
  pinfold sign-in                    print a fresh one-time link for the browser
  PINFOLD_CONSUMER_SECRET_FILE=secret.txt \\
    pinfold serve --consumer-key KEY  connect accounts at X through your own app";

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the front end and the signing proxy
    #[command(after_help = SERVE_EXAMPLES)]
    Serve(Box<Settings>),
    /// Run the built-in imitation of X alone, to try any OAuth 1.0a client against it
    #[command(after_help = SANDBOX_EXAMPLES)]
    Sandbox(SandboxFlags),
    /// Print a fresh one-time link that signs a browser in
    #[command(after_help = SIGN_IN_EXAMPLES)]
    SignIn(Box<Settings>),
}

const SERVE_EXAMPLES: &str = "\
Secrets are read from PINFOLD_CONSUMER_SECRET, PINFOLD_ACCESS_KEY and PINFOLD_MASTER_KEY, or from
the files that these name with _FILE at the end; never from a flag, for flags show in process lists.
Every flag can also stand in pinfold.toml, with _ for -. Flag over variable over file.

Examples:
  pinfold serve --sandbox
  pinfold serve --public-url https://pinfold.example --consumer-key KEY \\
    --consumer-secret-file /run/secrets/x-consumer-secret";

const SANDBOX_EXAMPLES: &str = "\
Example:
  pinfold sandbox --listen 127.0.0.1:9090";

const SIGN_IN_EXAMPLES: &str = "\
Run it where the server runs, as the same user, with the same data folder.

Example:
  pinfold sign-in --data-dir /var/lib/pinfold";

/// `pinfold sandbox`.
#[derive(Debug, Args)]
pub struct SandboxFlags {
    /// Loopback address to listen on; port 0 picks one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9090")]
    pub listen: SocketAddr,
}
