//! The release binary, laid out by a run of it (profile-guided optimization): compiled once to count
//! what a server calls, exercised, and compiled again with the counts.
//!
//! What is called is then compiled for speed and lies together; the rest is small, and a start maps
//! hardly any of it into memory. The counts are kept until a dependency or the compiler changes:
//! those of a function that changed meanwhile are left out by the compiler itself.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::{bench, process, tools, workspace};

/// What a start calls once is called, however often something else is; and it is not what has to be fast.
const START_WEIGHT: u32 = 30;

/// A sealed secret is a line of text: the portable code opens one in 0.3 µs, where that for AVX2, which
/// begins with preparations for whole kilobytes, takes 1.4. Neither asks a secret where to go.
const CIPHERS: [&str; 2] = ["--cfg=chacha20_force_soft", "--cfg=poly1305_force_soft"];

/// Makes target/release/pinfold. Where no counts can be had, it is a plain release build.
pub(crate) fn build() -> anyhow::Result<()> {
    let Some(merger) = tools::llvm_profdata()? else {
        eprintln!("a plain release build: there is no llvm-profdata here to lay it out with");
        let mut cargo = process::cargo(&["build", "--release", "--package", "pinfold"]);
        return process::run(cargo.env("CARGO_ENCODED_RUSTFLAGS", CIPHERS.join("\u{1f}")));
    };
    let folder = workspace::target().join("counted");
    fs::create_dir_all(&folder)?;
    let counts = folder.join("pinfold.profdata");
    let stamp = folder.join("pinfold.stamp");
    let made_of = made_of()?;
    let kept = counts.exists() && fs::read_to_string(&stamp).is_ok_and(|it| it == made_of);
    if !kept {
        count(&folder, &merger, &counts)?;
        fs::write(&stamp, made_of)?;
    }
    let mut used = OsString::from("-Cprofile-use=");
    used.push(&counts);
    let mut flags = vec![used];
    // What is never called goes to sections of its own.
    flags.push("-Clink-arg=-Wl,-z,keep-text-section-prefix".into());
    if loader_unpacks() {
        flags.push("-Clink-arg=-Wl,-z,pack-relative-relocs".into());
    }
    let binary = compile(&folder, &flags)?;
    let release = workspace::pinfold("release");
    fs::create_dir_all(release.parent().context("it lies in a folder")?)?;
    // Not over the old one, which may be running.
    let beside = release.with_extension("new");
    fs::copy(binary, &beside)?;
    fs::rename(beside, release)?;
    Ok(())
}

/// Counts what a server calls.
fn count(folder: &Path, merger: &Path, counts: &Path) -> anyhow::Result<()> {
    eprintln!("compiling once to count what a server calls, about as long as once more for use …");
    let [raw, starts] = ["raw", "starts"].map(|name| folder.join(name));
    for stale in [&raw, &starts] {
        if stale.exists() {
            fs::remove_dir_all(stale)?;
        }
    }
    let mut counting = OsString::from("-Cprofile-generate=");
    counting.push(&raw);
    let binary = compile(folder, &[counting])?;
    bench::starts(&binary).context("cannot start the server to count what it calls")?;
    fs::rename(&raw, &starts)?;
    bench::passes(&binary).context("cannot call the server to count what it calls")?;
    let mut merge = process::command(merger);
    merge.args(["merge", "-o"]).arg(counts);
    for (weight, of) in [(START_WEIGHT, starts), (1, raw)] {
        let mut input = OsString::from(format!("--weighted-input={weight},"));
        input.push(of);
        merge.arg(input);
    }
    process::output(&mut merge).map(drop)
}

/// Compiles the server with more flags. The target is named, so that they are for the server only, and
/// not for what runs while it is compiled.
fn compile(folder: &Path, flags: &[OsString]) -> anyhow::Result<PathBuf> {
    let host = tools::host()?;
    let mut cargo = process::cargo(&["build", "--release", "--package", "pinfold"]);
    cargo.args(["--target", &host, "--target-dir"]).arg(folder);
    let flags: Vec<_> =
        CIPHERS.iter().map(OsStr::new).chain(flags.iter().map(AsRef::as_ref)).collect();
    cargo.env("CARGO_ENCODED_RUSTFLAGS", flags.join(OsStr::new("\u{1f}")));
    process::run(&mut cargo)?;
    Ok(folder.join(host).join("release").join(format!("pinfold{}", std::env::consts::EXE_SUFFIX)))
}

/// Whether this machine's loader knows addresses packed by `DT_RELR`, a tenth of their usual size: that of
/// glibc does since 2.36.
fn loader_unpacks() -> bool {
    let told = process::output(process::command("ldd").arg("--version")).unwrap_or_default();
    let version = told.lines().next().and_then(|line| line.rsplit(' ').next());
    let parts = version.and_then(|version| version.split_once('.'));
    let Some((Ok(major), Ok(minor))) = parts.map(|(a, b)| (a.parse::<u32>(), b.parse::<u32>()))
    else {
        return false;
    };
    told.to_lowercase().contains("glibc") && (major, minor) >= (2, 36)
}

/// What the names of functions depend on.
fn made_of() -> anyhow::Result<String> {
    let compiler = process::output(process::command("rustc").arg("-vV"))?;
    let root = workspace::root();
    let texts = ["Cargo.toml", "Cargo.lock"].map(|file| fs::read_to_string(root.join(file)));
    Ok(texts.into_iter().collect::<Result<String, _>>()? + &compiler)
}
