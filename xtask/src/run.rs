//! `cargo xtask run`: everything built, the server started with the sandbox, its link opened.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fs, io};

use anyhow::{Context, bail};

use crate::portal::Portal;
use crate::{front, process, workspace};

/// Build everything, start with the built-in sandbox, print and open the sign-in link.
///
/// What it stores lies in .pinfold/ of the repository, so a second run finds the connections of
/// the first.
#[derive(clap::Args)]
#[command(after_help = "Example: cargo xtask run --no-open -- --listen 127.0.0.1:9000")]
pub(crate) struct Args {
    /// Print the sign-in link and leave the browser alone.
    #[arg(long)]
    no_open: bool,
    /// Start a demo portal on another origin too, with the wizard in its page.
    #[arg(long)]
    portal: bool,
    /// Passed on to `pinfold serve`.
    #[arg(last = true, value_name = "FLAGS")]
    serve: Vec<String>,
}

/// How the server's first line begins; its address follows.
const READY: &str = "Pinfold is ready at ";

/// Builds, serves, and waits until Ctrl-C has stopped it.
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    front::build()?;
    process::run(&mut process::cargo(&["build", "--package", "pinfold"]))?;

    let mut serve = process::command(workspace::pinfold("debug"));
    serve.args(["serve", "--sandbox", "--data-dir"]).arg(workspace::root().join(".pinfold"));
    let chosen = args.serve.iter().any(|flag| flag.starts_with("--listen"));
    if !chosen && env::var_os("PINFOLD_LISTEN").is_none() {
        serve.args(["--listen", &free_address()?]);
    }
    let mut portal = if args.portal { Some(Portal::bind(8090)?) } else { None };
    if let Some(portal) = &portal {
        serve.args(["--allow-origin", &portal.origin]);
    }
    serve.args(&args.serve).stdout(Stdio::piped());
    own_group(&mut serve);
    let mut server = serve.spawn().context("cannot start pinfold")?;
    stop_with_us(&server)?;

    let printed = server.stdout.take().context("its output is piped")?;
    let mut open = !args.no_open;
    for line in BufReader::new(printed).lines() {
        let line = line?;
        writeln!(io::stdout(), "{line}")?;
        if let Some(pinfold) = line.strip_prefix(READY)
            && let Some(portal) = portal.take()
        {
            writeln!(io::stdout(), "The demo portal is at {}", portal.origin)?;
            let key = workspace::root().join(".pinfold/access-key");
            portal.serve(pinfold, &fs::read_to_string(key)?);
        }
        if let Some(link) = sign_in_link(&line).filter(|_| open) {
            open_in_browser(link);
            open = false;
        }
    }
    wait(&mut server)
}

fn wait(server: &mut Child) -> anyhow::Result<()> {
    let status = server.wait()?;
    if !status.success() {
        bail!("pinfold ended with {status}");
    }
    Ok(())
}

/// The usual address, or another one when it is taken.
fn free_address() -> anyhow::Result<String> {
    let listener =
        TcpListener::bind("127.0.0.1:8080").or_else(|_| TcpListener::bind("127.0.0.1:0"))?;
    Ok(listener.local_addr()?.to_string())
}

fn sign_in_link(line: &str) -> Option<&str> {
    line.split_whitespace().find(|word| word.starts_with("http") && word.contains("/sign-in#"))
}

/// A server without a desktop has nothing to open it with, which is no failure.
fn open_in_browser(link: &str) {
    let has_desktop = cfg!(any(target_os = "macos", windows))
        || env::var_os("DISPLAY").is_some()
        || env::var_os("WAYLAND_DISPLAY").is_some();
    if !has_desktop {
        return;
    }
    let mut open = match env::consts::OS {
        "macos" => process::command("open"),
        "windows" => process::command("explorer"),
        _ => process::command("xdg-open"),
    };
    let quiet = open.arg(link).stdout(Stdio::null()).stderr(Stdio::null());
    drop(quiet.spawn());
}

/// Ctrl-C reaches a whole process group: apart from it, the server hears of it once, from us.
#[cfg(unix)]
fn own_group(serve: &mut Command) {
    std::os::unix::process::CommandExt::process_group(serve, 0);
}

#[cfg(not(unix))]
fn own_group(_: &mut Command) {}

/// The first Ctrl-C or SIGTERM lets the server drain, the second one does not.
fn stop_with_us(server: &Child) -> anyhow::Result<()> {
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    let id = server.id();
    ctrlc::set_handler(move || {
        let signal = if ASKED.fetch_add(1, Ordering::Relaxed) == 0 { "TERM" } else { "KILL" };
        if cfg!(unix) {
            drop(process::signal(signal, id));
        }
    })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::sign_in_link;

    #[test]
    fn the_link_is_found_in_what_the_server_prints() {
        let line = "Sign in: http://127.0.0.1:8080/sign-in#link=abc (once)";
        assert_eq!(sign_in_link(line), Some("http://127.0.0.1:8080/sign-in#link=abc"));
        assert_eq!(sign_in_link("Listening on http://127.0.0.1:8080"), None);
    }
}
