//! The commands of the README: `cargo xtask run | test | build | bench`.
//!
//! On a machine with only rustup's cargo each of them installs what is missing, into a cache folder
//! of its own, and says so; a second run installs nothing. Nothing here is part of the product.

mod bench;
mod browsers;
mod budget;
mod build;
mod debian;
mod embed;
mod frameworks;
mod front;
mod portal;
mod process;
mod release;
mod run;
mod snip;
mod squeeze;
mod test;
mod tools;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Run, test, build and measure Pinfold.
#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    after_help = "Example: cargo xtask run\n\n\
                  Tools that are missing are installed once, into ~/.cache/pinfold-xtask."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build everything, start with the built-in sandbox, print and open the sign-in link.
    Run(run::Args),
    /// Prove everything: format, lints, unit, API, byte budget, browsers.
    Test(test::Args),
    /// Make target/release/pinfold, one binary with the front end inside.
    Build(build::Args),
    /// Measure: signatures per second, start, memory, against their bars.
    Bench(bench::Args),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Run(args) => run::run(&args),
        Command::Test(args) => test::test(&args),
        Command::Build(args) => build::build(&args),
        Command::Bench(args) => bench::bench(&args),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        // Not by returning it: people want the reason, not the backtrace.
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn every_command_explains_itself_with_an_example() {
        let mut cli = super::Cli::command();
        cli.build();
        for command in cli.get_subcommands_mut().filter(|command| command.get_name() != "help") {
            let help = command.render_long_help().to_string();
            assert!(help.contains("Example: cargo xtask"), "no example in:\n{help}");
        }
    }
}
