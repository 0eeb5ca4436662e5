//! Packages of Debian and Ubuntu, the one system where we install for you.
//!
//! Only as root and only what is missing; anywhere else it says in one line what to install.

use std::process::Command;

use anyhow::bail;

use crate::process;

/// Installs packages, or says which ones are missing.
pub(crate) fn install(packages: &[&str]) -> anyhow::Result<()> {
    let list = packages.join(" ");
    if process::find("apt-get").is_none() {
        bail!("please install: {list} (Debian's names)");
    }
    if !is_root() {
        bail!("please install: sudo apt-get install -y --no-install-recommends {list}");
    }
    eprintln!("installing {list} with apt, once, about a minute …");
    // Lists that are missing or old are the usual reason to fail.
    if process::output(&mut install_command(packages)).is_err() {
        process::output(&mut apt_get(&["update"]))?;
        process::output(&mut install_command(packages))?;
    }
    Ok(())
}

fn install_command(packages: &[&str]) -> Command {
    let mut install = apt_get(&["install", "--yes", "--no-install-recommends"]);
    install.args(packages);
    install
}

fn apt_get(args: &[&str]) -> Command {
    let mut apt_get = process::command("apt-get");
    // Another apt, perhaps one of the system's own, is waited for.
    apt_get.env("DEBIAN_FRONTEND", "noninteractive").args(["-o", "DPkg::Lock::Timeout=300"]);
    apt_get.args(args);
    apt_get
}

fn is_root() -> bool {
    process::output(process::command("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}
