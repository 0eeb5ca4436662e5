//! The `pinfold` command: parse, start, wait, stop.

mod stop_signal;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::FromArgMatches as _;
use clap::error::ErrorKind;
use pinfold::audit::{self, Verified};
use pinfold::clock::{Clock, rfc3339};
use pinfold::config::{
    self, AppCommand, AppTestFlags, AuditCommand, AuditVerifyFlags, Cli, Command, DevCommand,
    DistFlags, ExportFlags, ImportFlags, KeyCommand, MigrateFlags, SandboxFlags, SeedFlags,
    Settings, TaskFlags,
};
use pinfold::moves::{self, Wanted};
use pinfold::{Server, StartError, apps, database, dev, dist, keys, sign_in, task, telemetry};
use pinfold_api::{OnClash, Role};
use pinfold_sandbox::Sandbox;
use secrecy::ExposeSecret as _;
use stop_signal::StopSignal;
use tokio::runtime::Builder;

const FAILURE: u8 = 1;
const USAGE: u8 = 2;

fn main() -> ExitCode {
    // On one core, a thread that waits for others to take its work from it only costs.
    let alone = std::thread::available_parallelism().is_ok_and(|cores| cores.get() == 1);
    let mut runtime =
        if alone { Builder::new_current_thread() } else { Builder::new_multi_thread() };
    match runtime.enable_all().build() {
        Ok(runtime) => runtime.block_on(run()),
        Err(error) => {
            eprintln!("pinfold: cannot start: {error}");
            ExitCode::from(FAILURE)
        }
    }
}

async fn run() -> ExitCode {
    let parsed = Cli::commands().try_get_matches();
    let cli = match parsed.and_then(|found| Cli::from_arg_matches(&found)) {
        Ok(cli) => cli,
        // As any other wrong value is told of: in one line.
        Err(error) if is_told_in_a_line(error.kind()) => {
            let told = error.to_string();
            let words = told.lines().map(str::trim).take_while(|line| !line.is_empty());
            let line = words.collect::<Vec<_>>().join(" ");
            eprintln!("pinfold: {}", line.trim_start_matches("error: "));
            return ExitCode::from(USAGE);
        }
        Err(error) => error.exit(),
    };
    let done = match cli.command {
        Command::Serve(settings) => serve(*settings).await,
        Command::Sandbox(flags) => sandbox(flags).await,
        Command::Task(flags) => return run_task(*flags).await,
        Command::App(AppCommand::Test(flags)) => return test_app(*flags).await,
        Command::SignIn(settings) => print_sign_in_link(*settings).await,
        Command::Dist(flags) => write_dist(*flags),
        Command::Export(flags) => export(*flags).await,
        Command::Import(flags) => import(*flags).await,
        Command::Key(command) => key(command).await,
        Command::Migrate(flags) => migrate(*flags).await,
        Command::Audit(AuditCommand::Verify(flags)) => verify_audit(*flags).await,
        Command::Audit(AuditCommand::Export(settings)) => export_audit(*settings).await,
        Command::Dev(DevCommand::Seed(flags)) => seed(*flags).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

fn failed(error: &StartError) -> ExitCode {
    eprintln!("pinfold: {error}");
    ExitCode::from(match error {
        StartError::Config(_) => USAGE,
        _ => FAILURE,
    })
}

/// Prints a line.
macro_rules! say {
    ($($text:tt)*) => {
        said(writeln!(io::stdout(), $($text)*).map_err(StartError::Output))
    };
}

/// When nobody reads any more, what was done is done all the same: no script may do it again.
fn said(printed: Result<(), StartError>) -> Result<(), StartError> {
    match printed {
        Err(StartError::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        printed => printed,
    }
}

/// All but help and version.
fn is_told_in_a_line(kind: ErrorKind) -> bool {
    !matches!(
        kind,
        ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    )
}

async fn serve(settings: Settings) -> Result<(), StartError> {
    telemetry::start_log();
    let stop = StopSignal::listen();
    let config = settings.into_config()?;
    let (sandbox, is_elsewhere) = (config.sandbox, config.public_url.is_some());
    let key = match &config.access_key {
        Some(_) => "with your access key".to_owned(),
        None => format!("with the key in {}", config.data_dir.access_key().display()),
    };
    let server = Server::start(config, Clock::system()).await?;
    say!("Pinfold is ready at {}", trimmed(server.public_url()))?;
    if is_elsewhere {
        say!("Listening on {}", server.address())?;
    }
    if let Some(x) = server.sandbox() {
        say!("Sandbox, not X, at {}", trimmed(x.url()))?;
    }
    if sandbox || std::io::IsTerminal::is_terminal(&std::io::stdout()) {
        let link = server.sign_in_link(pinfold::store::DEFAULT_WORKSPACE, Role::Operator).await?;
        say!("Sign in (one use, 15 minutes): {}", link.expose_secret())?;
    } else {
        say!("Sign in with a link from `pinfold sign-in`, or {key}")?;
    }
    stop.wait().await;
    server.stop().await;
    Ok(())
}

async fn sandbox(flags: SandboxFlags) -> Result<(), StartError> {
    telemetry::start_log();
    let stop = StopSignal::listen();
    let listen = flags.listen;
    let options = pinfold_sandbox::Options { listen, ..Default::default() };
    let refused = |error| StartError::of_sandbox(listen, error);
    let sandbox = Sandbox::start(options).await.map_err(refused)?;
    say!("Sandbox, not X, at {}", trimmed(sandbox.url()))?;
    say!("consumer key:    {}", sandbox.consumer_key())?;
    say!("consumer secret: {}", sandbox.consumer_secret())?;
    stop.wait().await;
    sandbox.stop().await;
    Ok(())
}

async fn run_task(flags: TaskFlags) -> ExitCode {
    let json = flags.json;
    match task::command::run(flags).await {
        Ok(ran) => match say!("{}", ran.text) {
            Err(error) => failed(&error),
            Ok(()) if ran.fell_short => {
                eprintln!("pinfold: X did nothing; it may know no such tweet of the account's");
                ExitCode::from(FAILURE)
            }
            Ok(()) => ExitCode::SUCCESS,
        },
        Err(error) => {
            if let Some(problem) = error.problem().filter(|_| json)
                && let Ok(problem) = serde_json::to_string_pretty(problem)
                && let Err(error) = say!("{problem}")
            {
                return failed(&error);
            }
            eprintln!("pinfold: {error}");
            ExitCode::from(if error.is_usage() { USAGE } else { FAILURE })
        }
    }
}

async fn test_app(flags: AppTestFlags) -> ExitCode {
    match apps::command::test(flags).await {
        Ok(tested) => {
            let ok = || if tested.ok { ExitCode::SUCCESS } else { ExitCode::from(FAILURE) };
            say!("{}", tested.text).map_or_else(|error| failed(&error), |()| ok())
        }
        Err(error) => {
            eprintln!("pinfold: {error}");
            ExitCode::from(if error.is_usage() { USAGE } else { FAILURE })
        }
    }
}

async fn print_sign_in_link(settings: Settings) -> Result<(), StartError> {
    let printed = sign_in::link_from_outside(&settings.into_config()?).await?;
    say!("{}", printed.link.expose_secret())?;
    if let Some(url) = printed.silent {
        eprintln!("pinfold: no server answers at {} now; start it first", trimmed(&url));
    }
    Ok(())
}

fn write_dist(flags: DistFlags) -> Result<(), StartError> {
    say!("{}", dist::write(&flags.into_wanted()?)?)?;
    Ok(())
}

async fn export(flags: ExportFlags) -> Result<(), StartError> {
    let passphrase = flags.with_secrets.then(|| config::passphrase(true)).transpose()?;
    let ids = Some(&*flags.ids).filter(|ids| !ids.is_empty());
    let file = moves::export_from_outside(&flags.settings.into_config()?, ids, passphrase).await?;
    match &flags.output {
        Some(path) => {
            moves::write_file(path, &file.text)?;
            eprintln!("{} connections are in {}", file.connections, path.display());
        }
        None => say!("{}", file.text.trim_end())?,
    }
    Ok(())
}

async fn import(flags: ImportFlags) -> Result<(), StartError> {
    let content = moves::read_file(&flags.file)?;
    let passphrase = moves::is_encrypted(&content).then(|| config::passphrase(false));
    let wanted = Wanted {
        content,
        format: None,
        passphrase: passphrase.transpose()?,
        dry_run: flags.plan,
        on_clash: match &*flags.on_clash {
            "rename" => OnClash::Rename,
            "replace" => OnClash::Replace,
            _ => OnClash::Skip,
        },
        verify: flags.verify,
        cap: usize::MAX,
    };
    let done = moves::import_from_outside(&flags.settings.into_config()?, wanted).await?;
    say!("{}", done.printed())?;
    match done.unusable() {
        1.. if !flags.plan => {
            Err(StartError::Refused("not all of the file was taken in; see above".to_owned()))
        }
        _ => Ok(()),
    }
}

async fn key(command: KeyCommand) -> Result<(), StartError> {
    match command {
        KeyCommand::Rotate(flags) => {
            say!("{}", keys::rotate(&flags.settings.into_config()?, flags.plan).await?)?;
        }
        KeyCommand::DropOld(flags) => {
            say!("{}", keys::drop_old(&flags.settings.into_config()?, flags.plan).await?)?;
        }
    }
    Ok(())
}

async fn migrate(flags: MigrateFlags) -> Result<(), StartError> {
    say!("{}", database::migrate(&flags.settings.into_config()?).await?)?;
    Ok(())
}

async fn verify_audit(flags: AuditVerifyFlags) -> Result<(), StartError> {
    let (config, noted) = flags.into_config()?;
    let Verified { entries, hash, since } = audit::verify_beside(&config, noted.as_deref()).await?;
    say!("The audit log is whole: {entries} entries since {}", rfc3339(since))?;
    say!("Hash of the last: {}", audit::hex(&hash))?;
    Ok(())
}

async fn export_audit(settings: Settings) -> Result<(), StartError> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    said(audit::export_beside(&settings.into_config()?, &mut out).await)
}

async fn seed(flags: SeedFlags) -> Result<(), StartError> {
    let config = flags.settings.into_config()?;
    let count = usize::try_from(flags.connections).unwrap_or(usize::MAX);
    let written = dev::seed(&config, &Clock::system(), count).await?;
    say!("{written} made-up connections are in {}", config.data_dir.database().display())?;
    Ok(())
}

fn trimmed(url: &impl AsRef<str>) -> &str {
    url.as_ref().trim_end_matches('/')
}
