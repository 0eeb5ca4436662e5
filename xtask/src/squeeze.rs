//! What trunk has put into dist/, in fewer bytes: names of one letter, one stylesheet, no glue that
//! nobody calls.
//!
//! Trunk's own output works as it is, and is the one to read when something is amiss: `trunk build`.
//! What each step saves is in docs/decisions/0009.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};

use crate::snip::snip;
use crate::{process, workspace};

/// What trunk calls the program that has all pages.
const NAME: &str = "pinfold-app";

/// The programs that are shipped: app/src/bin.
pub(crate) const PROGRAMS: [&str; 3] = ["connect", "manage", "admin"];

const WASM_OPT: [&str; 8] = [
    // Of server functions, which nobody calls; see also snip.rs.
    "--remove-exports=*intounderlying*",
    // Below 1024 lies the end of the stack, and a pointer of Rust's never wraps around.
    "--low-memory-unused",
    // `s` packs better than `z`, though it is longer; the second finds what the first uncovers.
    "-Os",
    "-Os",
    // Who compiled it, and for which engines, is of no use to a browser.
    "--strip-producers",
    "--strip-target-features",
    // `__wbg_getElementById_7ee213db584f37b0` becomes `Aa`; the map goes to standard output.
    "--minify-imports-and-exports-and-modules",
    // `--traps-never-happen` is not here: it would let a failed check run on.
    "--output",
];

/// Finds what a packed module brings, and drops the rest.
const ESBUILD: [&str; 5] = [
    "--bundle",
    "--minify",
    "--format=iife",
    "--log-level=warning",
    // The glue of classes that are gone: without this it would be kept for its side effect.
    "--define:Symbol.dispose=undefined",
];

/// Makes the files of dist/ smaller, and names each by the hash of what it says.
pub(crate) fn squeeze(path: &OsStr) -> anyhow::Result<()> {
    let folder = workspace::target().join("squeeze");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let mut page = Page::read()?;
    let mut programs = "export const programs = {".to_owned();
    for program in PROGRAMS {
        let (script, wasm) = pack(program, &folder.join(program), path, &mut page)?;
        write!(programs, "{program}: {{ script: {script:?}, wasm: {wasm:?} }}, ")?;
    }
    fs::write(folder.join("programs.js"), programs + "};\n")?;

    let boot = fs::read_to_string(workspace::dist().join("boot.js"))?;
    let pick = fs::read_to_string(workspace::root().join("app/pick.js"))?;
    fs::write(folder.join("boot.js"), pick + &boot)?;
    let boot = bundle(&folder.join("boot.js"), path)?;
    let boot = page.put("boot", "js", boot.trim_end().as_bytes());
    page.swap("/boot.js", &boot)?;
    page.drop_program()?;

    let mut sheet = String::new();
    for name in page.sheets() {
        sheet += &fs::read_to_string(workspace::dist().join(name))?;
    }
    fs::write(folder.join("style.css"), sheet)?;
    let style = bundle(&folder.join("style.css"), path)?;
    let style = page.put("style", "css", style.trim_end().as_bytes());
    page.swap_sheets(&style)?;
    page.write()
}

/// One program: the addresses of its script and of its Wasm.
fn pack(
    program: &str,
    folder: &Path,
    path: &OsStr,
    page: &mut Page,
) -> anyhow::Result<(String, String)> {
    fs::create_dir_all(folder)?;
    // Trunk asks for glue that any page could load; this target has one function a function.
    let compiled = workspace::target().join(format!("wasm32-unknown-unknown/wasm/{program}.wasm"));
    run("wasm-bindgen", path, |command| {
        command.args(["--target", "bundler", "--no-typescript", "--out-name", program]);
        command.arg("--out-dir").arg(folder).arg(&compiled);
    })?;
    let (snipped, small) = (folder.join("snipped.wasm"), folder.join("small.wasm"));
    fs::write(&snipped, snip(&fs::read(folder.join(format!("{program}_bg.wasm")))?)?)?;
    let map = run("wasm-opt", path, |command| {
        command.arg(&snipped).args(WASM_OPT).arg(&small);
    })?;
    let wasm = page.put(program, "wasm", &fs::read(small)?);
    let names = Names::parse(&map)?;
    let glue = fs::read_to_string(folder.join(format!("{program}_bg.js")))?;
    fs::write(folder.join("glue.js"), names.rename_exports(&glue))?;
    fs::write(folder.join("program.js"), names.program(&wasm)?)?;
    fs::copy(workspace::root().join("app/start.js"), folder.join("start.js"))?;
    let script = bundle(&folder.join("start.js"), path)?;
    Ok((page.put(program, "js", script.trim_end().as_bytes()), wasm))
}

fn bundle(file: &Path, path: &OsStr) -> anyhow::Result<String> {
    run("esbuild", path, |command| {
        command.arg(file).args(ESBUILD);
    })
}

fn run(program: &str, path: &OsStr, args: impl FnOnce(&mut Command)) -> anyhow::Result<String> {
    let mut command = process::command(program);
    command.env("PATH", path);
    args(&mut command);
    process::output(&mut command)
}

/// The page that trunk wrote, and the files that take the place of trunk's.
struct Page {
    html: String,
    /// What trunk wrote, to be removed.
    old: Vec<PathBuf>,
    new: Vec<(String, Vec<u8>)>,
}

impl Page {
    fn read() -> anyhow::Result<Self> {
        let old = workspace::files(&workspace::dist());
        let html = fs::read_to_string(workspace::dist().join("index.html"))?;
        Ok(Self { html, old, new: Vec::new() })
    }

    /// Adds a file; its address. The server lets browsers keep a name with a hash for a year.
    fn put(&mut self, name: &str, extension: &str, content: &[u8]) -> String {
        let mut hash = DefaultHasher::new();
        content.hash(&mut hash);
        let file = format!("{name}-{:016x}.{extension}", hash.finish());
        let address = format!("/{file}");
        self.new.push((file, content.to_owned()));
        address
    }

    /// The stylesheets that the page names, in cascade order.
    fn sheets(&self) -> Vec<&str> {
        let links = self.html.split("<link href=/").skip(1);
        links.filter_map(|link| link.split_once(" rel=stylesheet>")).map(|(name, _)| name).collect()
    }

    /// Each of the page's sheets is taken out, and one is put where the first was.
    fn swap_sheets(&mut self, sheet: &str) -> anyhow::Result<()> {
        let link = |name: &str| format!("<link href={name} rel=stylesheet>");
        let names: Vec<String> = self.sheets().iter().map(|name| format!("/{name}")).collect();
        for (at, name) in names.iter().enumerate() {
            let new = if at == 0 { link(sheet) } else { String::new() };
            self.swap(&link(name), &new)?;
        }
        Ok(())
    }

    /// The one program gives way: the boot script picks among the others.
    fn drop_program(&mut self) -> anyhow::Result<()> {
        for (start, end) in [
            (format!("<script src=/{NAME}.js></script><script>"), "</script>"),
            ("<link as=fetch".to_owned(), ">"),
        ] {
            let (before, rest) = self.html.split_once(&start).context("no start script")?;
            let (_, after) = rest.split_once(end).context("no end of the start script")?;
            self.html = format!("{before}{after}");
        }
        Ok(())
    }

    fn swap(&mut self, from: &str, to: &str) -> anyhow::Result<()> {
        ensure!(self.html.matches(from).count() > 0, "trunk's page holds no {from}");
        self.html = self.html.replace(from, to);
        Ok(())
    }

    fn write(self) -> anyhow::Result<()> {
        for file in self.old {
            fs::remove_file(file)?;
        }
        let dist: &Path = &workspace::dist();
        for (file, content) in self.new {
            fs::write(dist.join(file), content)?;
        }
        fs::write(dist.join("index.html"), self.html)?;
        Ok(())
    }
}

/// What wasm-opt made of names: the long one, then the short one.
struct Names {
    imports: Vec<(String, String)>,
    exports: Vec<(String, String)>,
}

impl Names {
    /// Reads `["module", "import", "short"],` and `["export", "short"],`, one a line.
    fn parse(map: &str) -> anyhow::Result<Self> {
        let mut names = Self { imports: Vec::new(), exports: Vec::new() };
        for line in map.lines() {
            let parts: Vec<&str> = line.split('"').skip(1).step_by(2).collect();
            match parts[..] {
                [_, long, short] => names.imports.push((long.to_owned(), short.to_owned())),
                [long, short] => names.exports.push((long.to_owned(), short.to_owned())),
                _ => {}
            }
        }
        // The longest first, so that none is taken for the beginning of another.
        names.exports.sort_by_key(|(long, _)| std::cmp::Reverse(long.len()));
        ensure!(!names.imports.is_empty() && !names.exports.is_empty(), "wasm-opt gave no map");
        Ok(names)
    }

    /// The glue calls what the program exports as `wasm.name`.
    fn rename_exports(&self, glue: &str) -> String {
        let exports = self.exports.iter();
        exports.fold(glue.to_owned(), |glue, (long, short)| {
            glue.replace(&format!("wasm.{long}"), &format!("wasm.{short}"))
        })
    }

    /// What `app/start.js` imports: where the program is, what it wants, and how it begins.
    fn program(&self, wasm: &str) -> anyhow::Result<String> {
        let start = self.exports.iter().find(|(long, _)| long == "__wbindgen_start");
        let (_, start) = start.context("the program exports no start")?;
        let mut script = "import * as glue from './glue.js';\n".to_owned();
        write!(script, "export const address = {wasm:?};\nexport const imports = {{ a: {{")?;
        for (long, short) in &self.imports {
            write!(script, "{short:?}: glue.{long}, ")?;
        }
        write!(script, "}} }};\nexport const run = (exports) => {{ ")?;
        writeln!(script, "glue.__wbg_set_wasm(exports); exports[{start:?}](); }};")?;
        Ok(script)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAP: &str = r#"{
 "imports": [
  ["./app_bg.js", "__wbg_fetch_8d9b", "a"]
 ],
"exports": [
  ["memory", "b"],
  ["__wbindgen_malloc", "c"],
  ["__wbindgen_malloc_more", "d"],
  ["__wbindgen_start", "e"]
 ]
}"#;

    #[test]
    fn glue_and_program_agree_on_names() {
        let names = Names::parse(MAP).expect("a map");
        let glue = names.rename_exports("wasm.__wbindgen_malloc_more(wasm.__wbindgen_malloc)");
        assert_eq!(glue, "wasm.d(wasm.c)");
        let program = names.program("/app.wasm").expect("a start");
        assert!(program.contains(r#""a": glue.__wbg_fetch_8d9b"#), "{program}");
        assert!(program.contains(r#"exports["e"]()"#), "{program}");
        assert!(Names::parse("{}").is_err());
    }

    #[test]
    fn one_sheet_takes_the_place_of_all_and_the_one_program_goes() {
        let html = "<link href=/a.css rel=stylesheet><link href=/b.css rel=stylesheet>\
                    <link as=fetch href=/pinfold-app_bg.wasm></head>\
                    <script src=/pinfold-app.js></script><script>go()</script></body>";
        let mut page = Page { html: html.to_owned(), old: Vec::new(), new: Vec::new() };
        assert_eq!(page.sheets(), ["a.css", "b.css"]);
        page.swap_sheets("/c.css").expect("sheets");
        page.drop_program().expect("a program");
        assert_eq!(page.html, "<link href=/c.css rel=stylesheet></head></body>");
        assert!(page.swap("/a.css", "/e.css").is_err());
    }
}
