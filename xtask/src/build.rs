//! `cargo xtask build`: one binary with the front end inside.

use std::fs;

use crate::{front, release, workspace};

/// Make target/release/pinfold, one binary with the front end inside.
#[derive(clap::Args)]
#[command(after_help = "Example: cargo xtask build && target/release/pinfold serve --sandbox")]
pub(crate) struct Args {}

/// Builds and says where the binary is and how large.
pub(crate) fn build(Args {}: &Args) -> anyhow::Result<()> {
    front::build()?;
    release::build()?;
    let binary = workspace::pinfold("release");
    let bytes = fs::metadata(&binary)?.len();
    println!("{} · {}.{} MB", binary.display(), bytes / 1_000_000, bytes / 100_000 % 10);
    Ok(())
}
