//! The tools a build needs: at which version, found where, installed how.
//!
//! Each lies in a folder of its own, `<cache>/<name>-<version>`, so that versions live side by side
//! and an upgrade of ours never breaks another clone. What is already on `PATH` at the right
//! version is used as it is. Nothing is updated, nothing is removed.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use crate::{debian, process, workspace};

/// A program at the version the build was tried with.
pub(crate) struct Tool {
    package: &'static str,
    program: &'static str,
    version: String,
    from: Registry,
    minutes: u8,
}

#[derive(Clone, Copy, PartialEq)]
enum Registry {
    /// crates.io, with the author's lock file.
    CratesLocked,
    /// crates.io, with whatever dependencies are newest.
    Crates,
    Npm,
    /// The package alone: it needs no other.
    Pip,
    /// The package and what it needs.
    PipWithNeeds,
}

/// Bundles the front end. 0.22 wants a newer compiler than most have.
pub(crate) fn trunk() -> Tool {
    Tool::new("trunk", "trunk", "0.21.14", Registry::CratesLocked, 6)
}

/// Writes the JavaScript around the Wasm; it must be of exactly the library's version.
pub(crate) fn wasm_bindgen() -> anyhow::Result<Tool> {
    let lock = fs::read_to_string(workspace::root().join("Cargo.lock"))?;
    let version =
        locked_version(&lock, "wasm-bindgen").context("wasm-bindgen not in Cargo.lock")?;
    Ok(Tool::new("wasm-bindgen-cli", "wasm-bindgen", version, Registry::Crates, 3))
}

/// Shrinks the Wasm. Distributions carry versions that are too old.
pub(crate) fn wasm_opt() -> Tool {
    Tool::new("binaryen", "wasm-opt", "132.0.0", Registry::Npm, 1)
}

/// Bundles and minifies scripts and styles, and drops what nobody calls.
pub(crate) fn esbuild() -> Tool {
    Tool::new("esbuild", "esbuild", "0.28.2", Registry::Npm, 1)
}

/// Looks at licences, bans and sources of the dependencies.
pub(crate) fn cargo_deny() -> Tool {
    Tool::new("cargo-deny", "cargo-deny", "0.20.2", Registry::CratesLocked, 6)
}

/// Firefox's driver, which Debian does not package.
pub(crate) fn geckodriver() -> Tool {
    Tool::new("geckodriver", "geckodriver", "0.37.1", Registry::CratesLocked, 3)
}

/// The accessibility rules: a script to inject, not a program.
pub(crate) fn axe() -> anyhow::Result<PathBuf> {
    let axe = Tool::new("axe-core", "axe", "4.14.1", Registry::Npm, 1);
    let script = axe.folder()?.join("node_modules/axe-core/axe.min.js");
    axe.install_unless(&script)?;
    Ok(script)
}

/// What node programs sign with: the folder of its modules.
pub(crate) fn oauth_1_0a() -> anyhow::Result<PathBuf> {
    modules("oauth-1.0a", "2.2.6")
}

/// What a portal of React is made of: the folder of its modules.
pub(crate) fn react() -> anyhow::Result<PathBuf> {
    modules("react-dom", "19.3.1")
}

/// What a portal of Vue is made of: the folder of its modules.
pub(crate) fn vue() -> anyhow::Result<PathBuf> {
    modules("vue", "3.5.45")
}

/// Checks types that are written for TypeScript.
pub(crate) fn tsc() -> Tool {
    Tool::new("typescript", "tsc", "7.0.2", Registry::Npm, 1)
}

/// What Python programs sign with: the folder of its packages.
pub(crate) fn oauthlib() -> anyhow::Result<PathBuf> {
    let library = Tool::new("oauthlib", "module", "3.3.1", Registry::Pip, 1);
    let packages = library.folder()?;
    library.install_unless(&packages.join("oauthlib"))?;
    Ok(packages)
}

/// What a node program passes requests on with: the folder of its modules.
pub(crate) fn http_proxy() -> anyhow::Result<PathBuf> {
    modules("http-proxy", "1.18.1")
}

/// The same for Python: the folder of its packages.
pub(crate) fn aiohttp() -> anyhow::Result<PathBuf> {
    let library = Tool::new("aiohttp", "module", "3.14.5", Registry::PipWithNeeds, 1);
    let packages = library.folder()?;
    library.install_unless(&packages.join("aiohttp"))?;
    Ok(packages)
}

/// The folder of a library for node, and of what it needs.
fn modules(package: &'static str, version: &str) -> anyhow::Result<PathBuf> {
    let library = Tool::new(package, "module", version, Registry::Npm, 1);
    let modules = library.folder()?.join("node_modules");
    library.install_unless(&modules.join(package))?;
    Ok(modules)
}

/// nginx, from the distribution.
pub(crate) fn nginx() -> anyhow::Result<PathBuf> {
    let folders = ["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from);
    let find = || {
        let beside = folders.iter().map(|folder| folder.join("nginx")).find(|path| path.is_file());
        process::find("nginx").or(beside)
    };
    if let Some(found) = find() {
        return Ok(found);
    }
    debian::install(&["nginx-light"])?;
    find().context("nginx-light holds no nginx")
}

/// PostgreSQL, from the distribution: tests start one of their own.
pub(crate) fn postgres() -> anyhow::Result<()> {
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut places = debian.map(|version| version.path().join("bin/initdb"));
    if process::find("initdb").is_some() || places.any(|path| path.is_file()) {
        return Ok(());
    }
    debian::install(&["postgresql"])
}

/// Merges what instrumented programs counted, at the compiler's own version. `None`: there is none to
/// be had, or nothing here can count.
pub(crate) fn llvm_profdata() -> anyhow::Result<Option<PathBuf>> {
    if !cfg!(target_os = "linux") {
        return Ok(None);
    }
    let program = sysroot()?.join("lib/rustlib").join(host()?).join("bin/llvm-profdata");
    if !program.is_file() {
        eprintln!("installing the Rust component llvm-tools, once …");
        let mut rustup = process::command("rustup");
        drop(process::output(rustup.args(["component", "add", "llvm-tools"])));
    }
    Ok(Some(program).filter(|program| program.is_file()))
}

/// The target triple of this machine.
pub(crate) fn host() -> anyhow::Result<String> {
    let told = process::output(process::command("rustc").arg("-vV"))?;
    let host = told.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("rustc names no host")
}

fn sysroot() -> anyhow::Result<PathBuf> {
    let told = process::output(process::command("rustc").args(["--print", "sysroot"]))?;
    Ok(PathBuf::from(told.trim()))
}

/// The compiler's target for the browser program.
pub(crate) fn wasm_target() -> anyhow::Result<()> {
    const TARGET: &str = "wasm32-unknown-unknown";
    let library = sysroot()?.join("lib/rustlib").join(TARGET);
    if library.is_dir() {
        return Ok(());
    }
    eprintln!("installing the Rust target {TARGET}, once …");
    process::output(process::command("rustup").args(["target", "add", TARGET]))
        .context("please install the target wasm32-unknown-unknown for your rustc")?;
    Ok(())
}

impl Tool {
    fn new(
        package: &'static str,
        program: &'static str,
        version: impl Into<String>,
        from: Registry,
        minutes: u8,
    ) -> Self {
        Self { package, program, version: version.into(), from, minutes }
    }

    /// The folder of the program, which is installed first when it is nowhere.
    pub(crate) fn bin(&self) -> anyhow::Result<PathBuf> {
        let bin = self.folder()?.join(match self.from {
            Registry::Npm => "node_modules/.bin",
            Registry::Crates | Registry::CratesLocked | Registry::Pip | Registry::PipWithNeeds => {
                "bin"
            }
        });
        let installed = bin.join(format!("{}{}", self.program, std::env::consts::EXE_SUFFIX));
        if !installed.exists()
            && let Some(found) = process::find(self.program)
            && self.is_version_of(process::command(&found).arg("--version"))
        {
            return found.parent().map(PathBuf::from).context("a program lies in a folder");
        }
        self.install_unless(&installed)?;
        Ok(bin)
    }

    fn folder(&self) -> anyhow::Result<PathBuf> {
        Ok(workspace::cache()?.join(format!("{}-{}", self.package, self.version)))
    }

    fn is_version_of(&self, command: &mut Command) -> bool {
        // binaryen's 132.0.0 on npm calls itself version 132.
        let version = self.version.strip_suffix(".0.0").unwrap_or(&self.version);
        process::output(command)
            .is_ok_and(|printed| printed.split_whitespace().any(|word| word == version))
    }

    /// Installs unless the file is there. Two at once wait for each other.
    fn install_unless(&self, installed: &Path) -> anyhow::Result<()> {
        if installed.exists() {
            return Ok(());
        }
        let cache = workspace::cache()?;
        fs::create_dir_all(&cache)
            .with_context(|| format!("cannot make the folder {}", cache.display()))?;
        let lock = File::create(cache.join("lock"))?;
        lock.lock()?;
        if installed.exists() {
            return Ok(());
        }
        if self.from == Registry::Npm && process::find("npm").is_none() {
            debian::install(&["nodejs", "npm"])?;
        }
        let (package, version, minutes) = (self.package, &self.version, self.minutes);
        eprintln!("installing {package} {version}, once, about {minutes} min …");
        match self.from {
            Registry::Npm => self.install_whole(&mut self.npm_install())?,
            Registry::Pip | Registry::PipWithNeeds => {
                self.install_whole(&mut self.pip_install())?;
            }
            Registry::Crates | Registry::CratesLocked => self.cargo_install()?,
        }
        anyhow::ensure!(installed.exists(), "{package} {version} holds no {}", self.program);
        Ok(())
    }

    fn cargo_install(&self) -> anyhow::Result<()> {
        let mut cargo = process::cargo(&["install", "--quiet", self.package]);
        if self.from == Registry::CratesLocked {
            cargo.arg("--locked");
        }
        cargo.args(["--version", &format!("={}", self.version), "--root"]).arg(self.folder()?);
        // Quick to compile rather than quick to run; what tools share is compiled once.
        cargo
            .env("CARGO_TARGET_DIR", workspace::cache()?.join("build"))
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .env_remove("RUSTFLAGS")
            .current_dir(workspace::cache()?);
        process::output(&mut cargo).map(drop)
    }

    fn npm_install(&self) -> Command {
        let mut npm = process::command("npm");
        npm.args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-save"])
            .arg(format!("{}@{}", self.package, self.version))
            .arg("--prefix");
        npm
    }

    fn pip_install(&self) -> Command {
        let mut pip = process::command("python3");
        pip.args(["-m", "pip", "install", "--disable-pip-version-check"]);
        if self.from == Registry::Pip {
            pip.arg("--no-deps");
        }
        pip.arg(format!("{}=={}", self.package, self.version)).arg("--target");
        pip
    }

    /// Into a folder beside, then renamed: an interrupted install leaves nothing that looks whole.
    fn install_whole(&self, install: &mut Command) -> anyhow::Result<()> {
        let folder = self.folder()?;
        let partial = workspace::cache()?.join(format!("{}.partial", self.package));
        for stale in [&partial, &folder] {
            if stale.exists() {
                fs::remove_dir_all(stale)?;
            }
        }
        fs::create_dir_all(&partial)?;
        process::output(install.arg(&partial).current_dir(&partial))?;
        fs::rename(&partial, &folder)?;
        Ok(())
    }
}

/// The version of a package in a lock file.
fn locked_version(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    let version = lines.nth(1)?.strip_prefix("version = \"")?.strip_suffix('"')?;
    Some(version.to_owned())
}

#[cfg(test)]
mod tests {
    use super::locked_version;

    #[test]
    fn reads_the_version_of_exactly_the_package() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.2.1\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(locked_version(lock, "bindgen"), None);
    }
}
