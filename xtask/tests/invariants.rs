//! The walls of docs/ARCHITECTURE.md, read from the sources: each power has one home.
//!
//! Words are looked for, not meanings: a name that appears outside its home fails, a clever way
//! around it does not.

use std::fs;
use std::path::{Path, PathBuf};

/// Words, and the only places below a folder where they may stand.
struct Wall {
    words: &'static [&'static str],
    within: &'static str,
    homes: &'static [&'static str],
}

const WALLS: [Wall; 14] = [
    Wall { words: &["oauth1_request"], within: "server", homes: &["server/src/x/sign"] },
    Wall { words: &["sha1::"], within: "server", homes: &["server/sandbox", "server/src/x/sign"] },
    Wall {
        words: &["hmac::"],
        within: "server",
        homes: &["server/sandbox", "server/src/seal", "server/src/x/sign"],
    },
    Wall { words: &["pinfold::", "oauth1_request"], within: "server/sandbox", homes: &[] },
    Wall { words: &["sqlx"], within: "server", homes: &["server/src/store"] },
    Wall {
        words: &["age::armor", "age::Encryptor", "age::Decryptor", "use age"],
        within: "server",
        homes: &["server/src/seal"],
    },
    Wall { words: &["chacha20poly1305"], within: "server", homes: &["server/src/seal"] },
    Wall {
        words: &["hyper_rustls", "client::legacy", "reqwest"],
        within: "server/src",
        homes: &["server/src/x", "server/src/webhook"],
    },
    Wall {
        words: &["std::env", "env::var", "option_env!"],
        within: "server/src",
        homes: &["server/src/config"],
    },
    Wall {
        words: &["SystemTime::now", "Timestamp::now", "getrandom::", "now_v7"],
        within: "server/src",
        homes: &["server/src/clock.rs"],
    },
    Wall {
        words: &["web_sys", "js_sys"],
        within: "app/src",
        // Elements and the abort of a request are too close to the DOM to go by way of the first.
        homes: &["app/src/browser", "app/src/element.rs", "app/src/client"],
    },
    Wall { words: &["gloo_net"], within: "app/src", homes: &["app/src/client"] },
    Wall {
        words: &["leptos", "web_sys", "js_sys", "gloo", "crate::client", "crate::steps"],
        within: "app/src/wizard",
        homes: &[],
    },
    Wall { words: &["crate::pages", "crate::steps"], within: "app/src/widgets", homes: &[] },
];

#[test]
fn each_power_has_one_home() {
    let breaches: Vec<String> = WALLS.iter().flat_map(breaches).collect();
    assert!(breaches.is_empty(), "\n{}", breaches.join("\n"));
}

/// A wall around a folder that moved would guard nothing.
#[test]
fn the_homes_exist() {
    for wall in &WALLS {
        for place in wall.homes.iter().chain([&wall.within]) {
            assert!(root().join(place).exists(), "{place} is gone");
        }
    }
}

#[test]
fn a_word_in_a_comment_is_no_use_of_it() {
    let source = "//! Not by sqlx.\nlet a = 1; // sqlx\nuse sqlx::Row;\n";
    assert_eq!(uses(source, "sqlx"), [3]);
    assert_eq!(uses("let url = \"http://sqlx\";", "sqlx"), [1]);
}

/// What `within` but outside `homes` uses one of the words, as `file:line: word`.
fn breaches(wall: &Wall) -> Vec<String> {
    let mut found = Vec::new();
    for file in rust_files(&root().join(wall.within)) {
        let path = file.strip_prefix(root()).expect("below the root").to_owned();
        if wall.homes.iter().any(|home| is_home(&path, home)) {
            continue;
        }
        let source = fs::read_to_string(&file).expect("sources are UTF-8");
        for word in wall.words {
            let lines = uses(&source, word);
            let homes = wall.homes.join(", ");
            found.extend(
                lines
                    .iter()
                    .map(|line| format!("{}:{line}: {word} belongs to [{homes}]", path.display())),
            );
        }
    }
    found
}

/// A home that is a folder may keep its first lines in a file of its name beside it.
fn is_home(path: &Path, home: &str) -> bool {
    path.starts_with(home) || path == Path::new(home).with_extension("rs")
}

/// The lines of code, counted from 1, that hold the word.
fn uses(source: &str, word: &str) -> Vec<usize> {
    let code = source.lines().map(|line| match line.find("// ").or_else(|| line.find("//!")) {
        Some(comment) => &line[..comment],
        None if line.trim_start().starts_with("///") => "",
        None => line,
    });
    code.enumerate().filter(|(_, line)| line.contains(word)).map(|(at, _)| at + 1).collect()
}

/// Every Rust file below a folder; tests/ folders may do as they like.
fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() && !path.ends_with("tests") && !path.ends_with("target") {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the repository")
}
