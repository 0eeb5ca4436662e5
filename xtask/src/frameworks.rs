//! Portals of others for the browser tests: of React and of Vue, around the components that docs/EMBED.md
//! shows, and one in TypeScript that is only compiled.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, ensure};

use crate::{process, tools, workspace};

const GUIDE: &str = "docs/EMBED.md";

/// A bundle each: of React, of Vue.
pub(crate) fn bundle() -> anyhow::Result<[PathBuf; 2]> {
    let folder = workspace::target().join("frameworks");
    fs::create_dir_all(&folder)?;
    let guide = fs::read_to_string(workspace::root().join(GUIDE))?;
    let component = folder.join("react-guide.jsx");
    fs::write(&component, block(&guide, "jsx")?)?;
    let react = bundled(&component, "react.jsx", &tools::react()?)?;
    let component = folder.join("vue-guide.js");
    let modules = tools::vue()?;
    fs::write(&component, compiled(block(&guide, "vue")?, &modules)?)?;
    let vue = bundled(&component, "vue.js", &modules)?;
    Ok([react, vue])
}

/// The loader's types mean what they say.
pub(crate) fn check_types() -> anyhow::Result<()> {
    let mut tsc = process::command("tsc");
    tsc.env("PATH", process::path_with(&[tools::tsc().bin()?])?)
        .arg(workspace::root().join("tests/browser/typed.ts"))
        .args(["--noEmit", "--strict", "--target", "es2022", "--lib", "es2022,dom"])
        .args(["--module", "esnext", "--moduleResolution", "bundler"]);
    process::run(&mut tsc).context("the types of <pinfold-connect> do not fit")
}

/// The guide's one block in this language.
fn block<'a>(guide: &'a str, language: &str) -> anyhow::Result<&'a str> {
    let start = format!("```{language}\n");
    let rest = guide.split_once(&start).map(|(_, rest)| rest);
    let block = rest.and_then(|rest| rest.split_once("```")).map(|(block, _)| block);
    block.with_context(|| format!("{GUIDE} shows no {language}"))
}

fn compiled(component: &str, modules: &Path) -> anyhow::Result<Vec<u8>> {
    let mut node = process::command("node");
    node.arg(workspace::root().join("tests/browser/vue-sfc.cjs")).env("NODE_PATH", modules);
    let mut node = node.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    node.stdin.take().context("its input is piped")?.write_all(component.as_bytes())?;
    let output = node.wait_with_output()?;
    ensure!(output.status.success(), "Vue does not compile its component in {GUIDE}");
    Ok(output.stdout)
}

/// The portal in `tests/browser`, with everything that it imports.
fn bundled(component: &Path, portal: &str, modules: &Path) -> anyhow::Result<PathBuf> {
    let bundle = component.with_file_name(portal).with_extension("bundle.js");
    let alias = |name: &str, path: &Path| format!("--alias:{name}={}", path.display());
    let mut esbuild = process::command("esbuild");
    esbuild
        .env("PATH", process::path_with(&[tools::esbuild().bin()?])?)
        .env("NODE_PATH", modules)
        .arg(workspace::root().join("tests/browser").join(portal))
        .arg(alias("guide", component))
        .arg(alias("pinfold-connect", &workspace::root().join("app/embed/pinfold-connect.js")))
        .args(["--bundle", "--minify", "--format=esm", "--jsx=automatic", "--log-level=warning"])
        .args(["--define:process.env.NODE_ENV=\"production\"", "--define:__VUE_OPTIONS_API__=true"])
        .args(["--define:__VUE_PROD_DEVTOOLS__=false"])
        .args(["--define:__VUE_PROD_HYDRATION_MISMATCH_DETAILS__=false"])
        .arg(format!("--outfile={}", bundle.display()));
    process::output(&mut esbuild).with_context(|| format!("cannot bundle {portal}"))?;
    Ok(bundle)
}
