//! The loader of `<pinfold-connect>`: app/embed/pinfold-connect.js becomes dist/embed.js.

use std::ffi::OsStr;
use std::fs;

use anyhow::ensure;

use crate::front::beside;
use crate::{process, workspace};

/// Brotli 11: what a portal's page pays.
const LIMIT: u64 = 3_000;
const LOADER: &str = "embed.js";

/// Packs it. It is a module that imports nothing, so nothing is bundled.
pub(crate) fn pack(path: &OsStr) -> anyhow::Result<()> {
    let mut esbuild = process::command("esbuild");
    esbuild.env("PATH", path).arg(workspace::root().join("app/embed/pinfold-connect.js")).args([
        "--minify",
        "--format=esm",
        "--target=es2022",
        "--log-level=warning",
    ]);
    fs::write(workspace::dist().join(LOADER), process::output(&mut esbuild)?)?;
    Ok(())
}

/// Prints its bytes and fails past the limit.
pub(crate) fn check() -> anyhow::Result<()> {
    let bytes = fs::metadata(beside(&workspace::dist().join(LOADER), "br"))?.len();
    println!("embed loader, brotli 11    {bytes:>9}   {} % of {LIMIT}", 100 * bytes / LIMIT);
    ensure!(bytes <= LIMIT, "the embed loader is {bytes} bytes, over the budget of {LIMIT}");
    Ok(())
}
