//! The front end: app/ and style/ become dist/, by trunk, packed by `squeeze`, with
//! a `.br` and a `.gz` beside each file.
//!
//! A build whose inputs have not changed is skipped. Trunk downloads nothing: its tools come from
//! [`tools`](crate::tools).

use std::ffi::OsString;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::squeeze::squeeze;
use crate::{embed, process, tools, workspace};

const FLAGS: &str = "CARGO_ENCODED_RUSTFLAGS";

/// Everything the bytes of dist/ depend on.
const INPUTS: [&str; 11] = [
    "app",
    "style",
    "server/api",
    "Cargo.toml",
    "Cargo.lock",
    "Trunk.toml",
    "xtask/src/embed.rs",
    "xtask/src/front.rs",
    "xtask/src/snip.rs",
    "xtask/src/squeeze.rs",
    "xtask/src/tools.rs",
];

/// What is worth compressing; images are compressed already.
const TEXT: [&str; 9] = ["html", "css", "js", "mjs", "wasm", "json", "svg", "txt", "webmanifest"];

/// Makes dist/ what the sources say.
pub(crate) fn build() -> anyhow::Result<()> {
    tools::wasm_target()?;
    let [trunk, bindgen] = [tools::trunk(), tools::wasm_bindgen()?];
    let bins = [trunk.bin()?, bindgen.bin()?, tools::wasm_opt().bin()?, tools::esbuild().bin()?];

    fs::create_dir_all(workspace::target())?;
    let lock = File::create(workspace::target().join("front.lock"))?;
    lock.lock()?;
    let stamp = workspace::target().join("front.stamp");
    let inputs = fingerprint(&bins)?;
    if fs::read_to_string(&stamp).is_ok_and(|built| built == format!("{inputs} {}", outputs())) {
        return Ok(());
    }

    eprintln!("building the front end …");
    let path = process::path_with(&bins)?;
    let flags = short_paths()?;
    // All programs at once: trunk finds its own compiled.
    let mut cargo = process::command("cargo");
    cargo.env(FLAGS, &flags);
    cargo.args(["build", "--quiet", "--package=pinfold-app", "--bins", "--profile=wasm"]);
    process::output(cargo.arg("--target=wasm32-unknown-unknown"))
        .context("cannot compile the front end")?;
    let mut trunk = process::command("trunk");
    trunk
        .args(["build", "--release", "--offline", "true", "--skip-version-check", "--quiet"])
        .env("PATH", &path)
        .env(FLAGS, &flags)
        // Trunk understands only `true` and `false` where the convention is any value.
        .env_remove("NO_COLOR");
    process::output(&mut trunk).context("cannot build the front end")?;
    squeeze(&path).context("cannot pack the front end")?;
    embed::pack(&path).context("cannot pack the embed loader")?;
    compress()?;
    fs::write(stamp, format!("{inputs} {}", outputs()))?;
    Ok(())
}

/// The programs hold where each panic is in the sources: not on this machine, which would make them
/// larger on one than on another.
fn short_paths() -> anyhow::Result<OsString> {
    let cargo = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let cargo = cargo.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")));
    let packages = cargo.context("no home folder")?.join("registry").join("src");
    let mut flags = OsString::new();
    for registry in fs::read_dir(&packages).context("no package was ever fetched")? {
        let separator = if flags.is_empty() { "" } else { "\u{1f}" };
        flags.push(separator);
        flags.push("--remap-path-prefix=");
        flags.push(registry?.path());
        flags.push("/=");
    }
    Ok(flags)
}

/// A brotli and a gzip copy beside each file, so that the server compresses nothing.
fn compress() -> anyhow::Result<()> {
    for path in workspace::files(&workspace::dist()) {
        if !is_text(&path) {
            continue;
        }
        let plain = fs::read(&path)?;
        fs::write(beside(&path, "br"), brotli_11(&plain)?)?;
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        gzip.write_all(&plain)?;
        fs::write(beside(&path, "gz"), gzip.finish()?)?;
    }
    Ok(())
}

fn brotli_11(plain: &[u8]) -> anyhow::Result<Vec<u8>> {
    let params = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        size_hint: plain.len(),
        ..Default::default()
    };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &*plain, &mut packed, &params)?;
    Ok(packed)
}

fn is_text(path: &Path) -> bool {
    path.extension().and_then(|ext| ext.to_str()).is_some_and(|ext| TEXT.contains(&ext))
}

/// `index.html` → `index.html.br`.
pub(crate) fn beside(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
}

/// Changes when an input, a tool or the compiler does.
fn fingerprint(bins: &[PathBuf]) -> anyhow::Result<u64> {
    let mut hash = DefaultHasher::new();
    bins.hash(&mut hash);
    process::output(process::command("rustc").arg("-vV"))?.hash(&mut hash);
    for input in INPUTS {
        for path in workspace::files(&workspace::root().join(input)) {
            path.hash(&mut hash);
            fs::read(&path)?.hash(&mut hash);
        }
    }
    Ok(hash.finish())
}

/// Changes when somebody else wrote to dist/.
fn outputs() -> u64 {
    let mut hash = DefaultHasher::new();
    for path in workspace::files(&workspace::dist()) {
        fs::metadata(&path).map(|file| (file.len(), file.modified().ok())).ok().hash(&mut hash);
        path.hash(&mut hash);
    }
    hash.finish()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    #[test]
    fn brotli_gives_back_what_it_took() {
        let plain = b"Pinfold ".repeat(500);
        let packed = super::brotli_11(&plain).expect("compresses");
        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut &*packed, &mut unpacked).expect("decompresses");
        assert_eq!(unpacked, plain);
        assert!(packed.len() < 50, "{} bytes", packed.len());
    }

    #[test]
    fn compressed_copies_are_not_compressed_again() {
        assert!(super::is_text(Path::new("index.html")));
        let copy = super::beside(Path::new("index.html"), "br");
        assert_eq!(copy, Path::new("index.html.br"));
        assert!(!super::is_text(&copy));
    }
}
