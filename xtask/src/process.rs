//! Other programs: found, started, and named when they fail.

use std::env;
use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, bail};

use crate::workspace;

/// A command in the repository's root, with no input to wait for.
///
/// `cargo run` tells xtask which package it is by variables; passed on, they make build scripts
/// that look at them (ring's does) run again, and everything above them compile again.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(workspace::root()).stdin(Stdio::null());
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

/// The cargo that runs us, with its arguments.
pub(crate) fn cargo(args: &[&str]) -> Command {
    let mut cargo = command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(args);
    cargo
}

/// Sends a signal, by the shell's own `kill`: the program of that name is not everywhere.
pub(crate) fn signal(name: &str, process: u32) -> anyhow::Result<()> {
    let kill = format!("kill -{name} {process}");
    output(command("sh").args(["-c", &kill])).map(drop)
}

/// Runs to the end; its output is ours.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<()> {
    let name = name(command);
    let status = command.status().with_context(|| format!("cannot start {name}"))?;
    if !status.success() {
        bail!("{name} failed ({status})");
    }
    Ok(())
}

/// Runs to the end in silence and answers what it printed; a failure shows all of it.
pub(crate) fn output(command: &mut Command) -> anyhow::Result<String> {
    let name = name(command);
    let output = command.output().with_context(|| format!("cannot start {name}"))?;
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        bail!("{name} failed ({})\n{printed}{errors}", output.status);
    }
    Ok(printed)
}

/// The first of the folders on `PATH` that holds the program.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let file = format!("{program}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?).map(|dir| dir.join(&file)).find(|path| path.is_file())
}

/// `PATH` with these folders first.
pub(crate) fn path_with(first: &[PathBuf]) -> anyhow::Result<std::ffi::OsString> {
    let path = env::var_os("PATH").unwrap_or_default();
    Ok(env::join_paths(first.iter().cloned().chain(env::split_paths(&path)))?)
}

/// `0.8 s`, `2 min 5 s`.
pub(crate) fn spent(time: Duration) -> String {
    match time.as_secs() {
        0..60 => format!("{:.1} s", time.as_secs_f32()),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

fn name(command: &Command) -> String {
    let program = PathBuf::from(command.get_program());
    let program = program.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let args = command.get_args().take(2).map(OsStr::to_string_lossy);
    std::iter::once(program.into()).chain(args).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    #[test]
    fn times_are_read_at_a_glance() {
        assert_eq!(super::spent(Duration::from_millis(840)), "0.8 s");
        assert_eq!(super::spent(Duration::from_secs(125)), "2 min 5 s");
    }

    #[test]
    fn a_failure_names_the_program_and_shows_what_it_said() {
        let error = super::output(&mut super::cargo(&["no-such-command"])).expect_err("fails");
        let text = error.to_string();
        assert!(text.starts_with("cargo no-such-command failed"), "{text}");
        assert!(text.contains("no such command"), "{text}");
    }
}
