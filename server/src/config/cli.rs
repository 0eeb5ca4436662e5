//! The command line.

use std::net::SocketAddr;

use clap::{Args, CommandFactory as _, Parser, Subcommand};

use super::app_command::{APP_EXAMPLES, AppCommand};
use super::audit_command::{AUDIT_EXAMPLES, AuditCommand};
use super::dist_command::{DIST_EXAMPLES, DistFlags};
use super::moves_command::{EXPORT_EXAMPLES, ExportFlags, IMPORT_EXAMPLES, ImportFlags};
use super::{Settings, TaskFlags};

/// Connects an X account to your automation. The consumer secret stays on the server, which signs.
#[derive(Debug, Parser)]
#[command(name = "pinfold", version, arg_required_else_help = true, after_help = EXAMPLES)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What only `pinfold serve` makes use of. Every command that works on its data takes the same file and
/// variables, and so these too.
const OF_SERVE: [&str; 12] = [
    "listen",
    "pages_url",
    "app_name",
    "consumer_key",
    "consumer_secret_file",
    "allow_origin",
    "trusted_header",
    "trusted_proxy",
    "webhook_allow",
    "assets",
    "sandbox",
    "public_url",
];
/// Commands with flags of their own of such names, or with use for them.
const TAKE_THEM: [&str; 3] = ["serve", "sandbox", "dist"];

impl Cli {
    /// The commands, each with help about what it makes use of.
    pub fn commands() -> clap::Command {
        Self::command().mut_subcommands(told_in_short)
    }
}

fn told_in_short(command: clap::Command) -> clap::Command {
    if TAKE_THEM.contains(&command.get_name()) {
        return command;
    }
    let links = command.get_name() == "sign-in";
    let hide = |arg: clap::Arg| {
        let id = arg.get_id().as_str();
        let hidden =
            OF_SERVE.contains(&id) && !(links && (id.ends_with("_url") || id == "allow_origin"));
        arg.hide(hidden)
    };
    command.mut_args(hide).mut_subcommands(told_in_short)
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
    /// Run one of the fourteen Twitter tasks with a connection
    #[command(subcommand, after_help = TASK_EXAMPLES)]
    Task(Box<TaskFlags>),
    /// Look after saved apps
    #[command(subcommand, after_help = APP_EXAMPLES)]
    App(AppCommand),
    /// Print a fresh one-time link that signs a browser in
    #[command(after_help = SIGN_IN_EXAMPLES)]
    SignIn(Box<Settings>),
    /// Write the front end for a static host, apart from the server
    #[command(after_help = DIST_EXAMPLES)]
    Dist(Box<DistFlags>),
    /// Write connections to a file, with their secrets under a passphrase
    #[command(after_help = EXPORT_EXAMPLES)]
    Export(Box<ExportFlags>),
    /// Take connections in from such a file, or from ~/.twurlrc, ~/.trc or ~/.xrc
    #[command(after_help = IMPORT_EXAMPLES)]
    Import(Box<ImportFlags>),
    /// Look after the master keys, which seal what is stored
    #[command(subcommand, after_help = KEY_EXAMPLES)]
    Key(KeyCommand),
    /// Move everything from the data folder's file into a database of PostgreSQL
    #[command(after_help = MIGRATE_EXAMPLES)]
    Migrate(Box<MigrateFlags>),
    /// Verify or export the audit log
    #[command(subcommand, after_help = AUDIT_EXAMPLES)]
    Audit(AuditCommand),
    /// Help to build and measure Pinfold
    #[command(subcommand, after_help = DEV_EXAMPLES)]
    Dev(DevCommand),
}

/// `pinfold key …`
#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Make a new master key and seal every stored secret with it
    #[command(after_help = ROTATE_EXAMPLES)]
    Rotate(Box<KeyFlags>),
    /// Take the old master keys, which nothing is sealed with any more, out of the key file
    #[command(after_help = DROP_OLD_EXAMPLES)]
    DropOld(Box<KeyFlags>),
}

/// What the commands about keys take.
#[derive(Debug, Args)]
pub struct KeyFlags {
    /// Only tell what would be done
    #[arg(long)]
    pub plan: bool,
    /// Where the store and the keys are.
    #[command(flatten)]
    pub settings: Settings,
}

/// `pinfold migrate`.
#[derive(Debug, Args)]
pub struct MigrateFlags {
    /// What holds everything now: the file in the data folder
    #[arg(long, value_name = "DATABASE", value_parser = ["sqlite"])]
    pub from: String,
    /// What is to hold it: the empty database that --database-url names
    #[arg(long, value_name = "DATABASE", value_parser = ["postgres"])]
    pub to: String,
    /// Where they are.
    #[command(flatten)]
    pub settings: Settings,
}

/// `pinfold dev`.
#[derive(Debug, Subcommand)]
pub enum DevCommand {
    /// Fill the store of a stopped server with made-up connections, to see how it feels when full
    #[command(after_help = DEV_EXAMPLES)]
    Seed(Box<SeedFlags>),
}

/// `pinfold dev seed`.
#[derive(Debug, Args)]
pub struct SeedFlags {
    /// How many connections to add; X knows none of their tokens
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    pub connections: u32,
    /// Where, and with which keys.
    #[command(flatten)]
    pub settings: Settings,
}

const KEY_EXAMPLES: &str = "\
Example:
  pinfold key rotate --plan";

const ROTATE_EXAMPLES: &str = "\
Run it where the server runs, as the same user, while the server is stopped. The new key becomes the
first line of the master key file; the old ones stay below it, for copies of the database that were
sealed with them. Make a copy of the key file before the server starts again. A rotation that was
cut off, even by a power cut, loses nothing: run the command again and it goes on.

When the keys come from PINFOLD_MASTER_KEY, put a new key (base64 of 32 bytes) on a line before the
others yourself, then run this: it seals everything with the first line.

Examples:
  pinfold key rotate --plan          tell what would be done
  pinfold key rotate --data-dir /var/lib/pinfold";

const DROP_OLD_EXAMPLES: &str = "\
Refused while anything in the store is sealed with an old key. Copies of the database from before
the last rotation need the old keys: keep those in a safe place for as long as you keep the copies.

Example:
  pinfold key drop-old --data-dir /var/lib/pinfold";

const MIGRATE_EXAMPLES: &str = "\
Run it while no server runs. The file stays as it is. Secrets are copied as they lie there, sealed: a
server on the new database needs the same master key, and so does each one beside it.

Example:
  PINFOLD_DATABASE_URL=postgres://pinfold@db/pinfold \\
    pinfold migrate --from sqlite --to postgres --data-dir /var/lib/pinfold";

const DEV_EXAMPLES: &str = "\
Example:
  pinfold dev seed --data-dir /tmp/pinfold-full --connections 100000";

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

const TASK_EXAMPLES: &str = "\
Examples:
  pinfold task tweet --connection brief \"hello\"
  date | pinfold task tweet --connection brief
  pinfold task search --connection brief from:brief --count 50 --json";

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
