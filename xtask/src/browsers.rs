//! The three browsers of the tests and their drivers: found, or installed.
//!
//! Starting them is the tests' own work (tests/support/browser.rs).

use std::path::PathBuf;

use crate::{debian, process, tools};

/// A browser engine, named as the tests' modules are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Engine {
    /// Blink: Chrome, Edge, Opera.
    Chromium,
    /// `WebKitGTK`: the engine of Safari.
    Webkit,
    /// Gecko.
    Firefox,
}

impl Engine {
    /// Every engine.
    pub(crate) const ALL: [Self; 3] = [Self::Chromium, Self::Webkit, Self::Firefox];

    /// As in a test's path.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Webkit => "webkit",
            Self::Firefox => "firefox",
        }
    }

    /// Any one program of each row, and the Debian package that holds it.
    const fn needs(self) -> &'static [(&'static [&'static str], &'static str)] {
        match self {
            Self::Chromium => &[
                (&["chromium", "chromium-browser", "google-chrome"], "chromium"),
                (&["chromedriver"], "chromium-driver"),
            ],
            Self::Webkit => &[(&["WebKitWebDriver"], "webkit2gtk-driver"), (&["Xvfb"], "xvfb")],
            Self::Firefox => &[(&["firefox-esr", "firefox"], "firefox-esr")],
        }
    }
}

/// Sees to it that the engines can start; the folders their drivers need on `PATH`.
pub(crate) fn ready(engines: &[Engine]) -> anyhow::Result<Vec<PathBuf>> {
    let needs = engines.iter().flat_map(|engine| engine.needs());
    let missing = needs.filter(|(any, _)| !any.iter().any(|one| process::find(one).is_some()));
    let packages: Vec<&str> = missing.map(|(_, package)| *package).collect();
    if !packages.is_empty() {
        debian::install(&packages)?;
    }
    if !engines.contains(&Engine::Firefox) {
        return Ok(Vec::new());
    }
    match process::find("geckodriver") {
        Some(_) => Ok(Vec::new()),
        None => Ok(vec![tools::geckodriver().bin()?]),
    }
}
