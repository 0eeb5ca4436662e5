//! `cargo xtask test`: everything, the quick first.
//!
//! Each step is named and timed, and the first that fails ends the run. Nothing here talks to the
//! network once the tools are installed, so advisories are not asked for: they change by the day,
//! and a commit that was green has to stay green.

use std::process::Command;
use std::time::Instant;

use anyhow::Context;
use clap::ValueEnum;

use crate::browsers::{self, Engine};
use crate::{budget, frameworks, front, process, tools};

/// Prove everything: format, lints, unit, API, byte budget, browsers.
#[derive(clap::Args)]
#[command(after_help = "Example: cargo xtask test --only browsers --engine firefox")]
pub(crate) struct Args {
    /// Only this step; may be given more than once.
    #[arg(long, value_enum, value_name = "STEP")]
    only: Vec<Step>,
    /// Only this browser; may be given more than once.
    #[arg(long, value_enum, value_name = "NAME")]
    engine: Vec<Engine>,
    /// Only browser tests whose name holds this word.
    #[arg(long, value_name = "WORD")]
    name: Option<String>,
    /// Renew the picture in docs/ that the README shows.
    #[arg(long)]
    pictures: bool,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Step {
    /// rustfmt has nothing to say.
    Format,
    /// Clippy, all and pedantic, has nothing to say about server, tests and xtask.
    Lints,
    /// Licences, bans and sources of every dependency (deny.toml).
    Dependencies,
    /// The front end builds, and Clippy has nothing to say about it either.
    Front,
    /// The first load is within its bytes.
    Budget,
    /// Unit, documentation and API tests.
    Tests,
    /// The store's, the API's and the replicas' tests once more, on PostgreSQL.
    Postgres,
    /// A person connects an account, in three browser engines.
    Browsers,
}

/// Runs the steps that are asked for, or all.
pub(crate) fn test(args: &Args) -> anyhow::Result<()> {
    let engines = if args.engine.is_empty() { &Engine::ALL[..] } else { &args.engine };
    let steps = Step::value_variants().iter();
    let wanted = steps.filter(|step| args.only.is_empty() || args.only.contains(step));

    let mut done = Vec::new();
    for step in wanted {
        let name = step.to_possible_value().context("no step is hidden")?.get_name().to_owned();
        println!("\n── {name}");
        let start = Instant::now();
        step.run(engines, args).with_context(|| format!("step {name} failed"))?;
        done.push((name, start.elapsed()));
    }

    println!("\n── everything passed");
    for (name, time) in done {
        println!("  {name:<14}{:>14}", process::spent(time));
    }
    Ok(())
}

impl Step {
    fn run(self, engines: &[Engine], args: &Args) -> anyhow::Result<()> {
        match self {
            Self::Format => process::run(&mut process::cargo(&["fmt", "--all", "--check"])),
            Self::Lints => {
                let lints = ["--all-targets", "--quiet", "--", "-D", "warnings"];
                process::run(process::cargo(&["clippy", "--workspace"]).args(lints))
            }
            Self::Dependencies => dependencies(),
            Self::Front => {
                front::build()?;
                let wasm =
                    ["--target", "wasm32-unknown-unknown", "--quiet", "--", "-D", "warnings"];
                process::run(process::cargo(&["clippy", "--package", "pinfold-app"]).args(wasm))
            }
            Self::Budget => budget::check(),
            Self::Tests => {
                let mut tests = process::cargo(&["test", "--workspace", "--quiet", "--"]);
                // Theirs is a step of its own. Left out by name, not by package: another choice of
                // packages is another choice of features, and everything would compile twice.
                for engine in Engine::ALL {
                    tests.args(["--skip", &format!("{}::", engine.name())]);
                }
                process::run(&mut tests)
            }
            Self::Postgres => on_postgres(),
            Self::Browsers => in_browsers(engines, args),
        }
    }
}

fn dependencies() -> anyhow::Result<()> {
    let mut deny = process::cargo(&["deny", "check", "bans", "licenses", "sources"]);
    deny.env("PATH", process::path_with(&[tools::cargo_deny().bin()?])?);
    process::run(&mut deny)
}

/// All packages are named, as elsewhere: another choice would compile everything twice.
fn on_postgres() -> anyhow::Result<()> {
    tools::postgres()?;
    for of in [&["--lib", "store::"][..], &["--test", "api"], &["--test", "replicas"]] {
        let mut tests = process::cargo(&["test", "--workspace", "--quiet"]);
        process::run(tests.args(of).env("PINFOLD_TEST_ON", "postgres"))?;
    }
    Ok(())
}

fn browser_tests() -> Command {
    process::cargo(&["test", "--workspace", "--quiet", "--test", "browser", "--"])
}

/// The scenarios whose name holds a word: none is a mistake, and no success.
fn scenarios(engine: Engine, word: &str) -> anyhow::Result<Vec<String>> {
    let all = process::output(browser_tests().args(["--list", "--format", "terse"]))?;
    let names = all.lines().filter_map(|line| line.strip_suffix(": test"));
    let ours = names.filter(|name| {
        name.split_once("::").is_some_and(|(at, name)| at == engine.name() && name.contains(word))
    });
    let ours: Vec<_> = ours.map(str::to_owned).collect();
    anyhow::ensure!(!ours.is_empty(), "no scenario has {word:?} in its name");
    Ok(ours)
}

fn in_browsers(engines: &[Engine], args: &Args) -> anyhow::Result<()> {
    let folders = browsers::ready(engines)?;
    let (axe, nginx) = (tools::axe()?, tools::nginx()?);
    frameworks::check_types()?;
    let [react, vue] = frameworks::bundle()?;
    for engine in engines {
        let mut tests = browser_tests();
        tests.args(["--test-threads", "2"]);
        match &args.name {
            None => tests.arg(format!("{}::", engine.name())),
            Some(word) => tests.arg("--exact").args(scenarios(*engine, word)?),
        };
        tests.env("PATH", process::path_with(&folders)?).env("PINFOLD_AXE", &axe);
        tests.env("PINFOLD_NGINX", &nginx);
        tests.env("PINFOLD_REACT", &react).env("PINFOLD_VUE", &vue);
        if args.pictures {
            tests.env("PINFOLD_PICTURES", "1");
        }
        process::run(&mut tests).with_context(|| format!("in {}", engine.name()))?;
    }
    Ok(())
}
