//! The first load in bytes: what a browser fetches before the first page works, brotli 11.
//!
//! Counted are index.html and every page, style, script and Wasm file of dist/ that it names, or
//! that one of those names. Images and the embed loader have other budgets.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, ensure};

use crate::front::beside;
use crate::squeeze::PROGRAMS;
use crate::{embed, workspace};

/// The bar of the whole product in one language.
const LIMIT: u64 = 100_000;

/// Prints a table for each program and fails past the limit.
pub(crate) fn check() -> anyhow::Result<()> {
    let dist = workspace::dist();
    let texts = texts(&dist)?;
    for program in PROGRAMS {
        let mut total = 0;
        println!("{:<28} {:>9}", format!("{program}, brotli 11"), "bytes");
        for file in first_load(&only(program, &texts)) {
            let packed = beside(&dist.join(&file), "br");
            let bytes =
                fs::metadata(&packed).with_context(|| format!("no {}", packed.display()))?.len();
            println!("  {file:<26} {bytes:>9}", file = without_hash(&file));
            total += bytes;
        }
        let share = 100 * total / LIMIT;
        println!("  {:<26} {total:>9}   {share} % of {LIMIT}", "total");
        ensure!(total <= LIMIT, "the first load of {program} is {total} bytes, over {LIMIT}");
    }
    embed::check()
}

/// Without the files of the other programs: a page loads one.
fn only(program: &str, texts: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let others = PROGRAMS.iter().filter(|other| **other != program);
    let is_of_another =
        |name: &str| others.clone().any(|other| name.starts_with(&format!("{other}-")));
    let own = texts.iter().filter(|(name, _)| !is_of_another(name));
    own.map(|(name, text)| (name.clone(), text.clone())).collect()
}

/// Each candidate with what it says; a Wasm file names no other.
fn texts(dist: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    let mut texts = BTreeMap::new();
    for path in workspace::files(dist) {
        let extension = path.extension().and_then(|extension| extension.to_str());
        let text = match extension {
            Some("html" | "css" | "js" | "mjs") => fs::read_to_string(&path)?,
            Some("wasm") => String::new(),
            _ => continue,
        };
        let name = path.strip_prefix(dist)?.to_string_lossy().replace('\\', "/");
        texts.insert(name, text);
    }
    Ok(texts)
}

/// index.html and what it names, directly or not.
fn first_load(texts: &BTreeMap<String, String>) -> Vec<String> {
    let mut load = vec!["index.html".to_owned()];
    let mut seen = 0;
    while let Some(file) = load.get(seen) {
        let text = texts.get(file).map_or("", String::as_str);
        let named = texts.keys().filter(|name| text.contains(name.as_str()));
        let new: Vec<_> = named.filter(|name| !load.contains(name)).cloned().collect();
        load.extend(new);
        seen += 1;
    }
    load
}

/// `base-1a2b3c4d5e6f7a8b.css` → `base.css`: names that stay the same from build to build.
fn without_hash(file: &str) -> String {
    let is_hash = |part: &&str| {
        (14..=16).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_hexdigit())
    };
    match file.split(['-', '_', '.']).find(is_hash) {
        Some(hash) => file.replacen(hash, "", 1).replace("-.", ".").replace("-_", "_"),
        None => file.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_load_is_what_the_page_leads_to() {
        let texts = [
            ("index.html", "<link href=/base.css><script>import '/app.js'</script>"),
            ("base.css", ""),
            ("app.js", "import './snippets/inline0.js'; fetch('app_bg.wasm')"),
            ("snippets/inline0.js", ""),
            ("app_bg.wasm", ""),
            ("embed.js", "app.js"),
        ];
        let texts = texts.map(|(name, text)| (name.to_owned(), text.to_owned())).into();
        let load = first_load(&texts);
        assert_eq!(load.len(), 5, "{load:?}");
        assert!(!load.contains(&"embed.js".to_owned()));
    }

    #[test]
    fn a_page_loads_one_program() {
        let names = ["connect-1.js", "manage-1.js", "boot-1.js"];
        let texts = names.map(|name| (name.to_owned(), String::new())).into();
        let names: Vec<_> = only("manage", &texts).into_keys().collect();
        assert_eq!(names, ["boot-1.js", "manage-1.js"]);
    }

    #[test]
    fn hashes_are_left_out_of_the_table() {
        assert_eq!(without_hash("base-1a2b3c4d5e6f7a8b.css"), "base.css");
        assert_eq!(without_hash("pinfold-app-1a2b3c4d5e6f7a8b_bg.wasm"), "pinfold-app_bg.wasm");
        assert_eq!(without_hash("index.html"), "index.html");
    }
}
