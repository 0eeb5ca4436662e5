//! The three engines: how each is started, and what each needs to run without a screen.
//!
//! Every driver gets a free port, a folder for whatever it writes, and a process group of its own,
//! so that nothing of it outlives the test. A browser that is missing is an error, never a skip.

use std::env;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use super::Result;

/// A browser engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Blink: Chrome, Edge, Opera.
    Chromium,
    /// `WebKitGTK`: the engine of Safari.
    Webkit,
    /// Gecko.
    Firefox,
}

impl Engine {
    /// As in the tests' names and the folder of screenshots.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Webkit => "webkit",
            Self::Firefox => "firefox",
        }
    }

    /// What the driver is asked for in a new session.
    pub(super) fn capabilities(self) -> Result<Value> {
        Ok(match self {
            Self::Chromium => json!({
                "browserName": "chrome",
                "goog:loggingPrefs": { "browser": "ALL" },
                "goog:chromeOptions": {
                    "binary": program(&["chromium", "chromium-browser", "google-chrome"])?,
                    "args": CHROMIUM_FLAGS,
                },
            }),
            // MiniBrowser is the driver's own choice.
            Self::Webkit => json!({}),
            Self::Firefox => json!({
                "browserName": "firefox",
                "moz:firefoxOptions": {
                    "binary": program(&["firefox-esr", "firefox"])?,
                    "args": ["-headless"],
                    "prefs": {
                        "network.proxy.type": 0,
                        "network.captive-portal-service.enabled": false,
                        "network.connectivity-service.enabled": false,
                    },
                },
            }),
        })
    }

    /// The driver's command.
    fn driver(self, port: u16) -> Result<Command> {
        let (name, flags) = match self {
            Self::Chromium => ("chromedriver", vec![format!("--port={port}")]),
            Self::Webkit => ("WebKitWebDriver", vec![format!("--port={port}")]),
            Self::Firefox => {
                let ports = [format!("--port={port}"), "--websocket-port=0".to_owned()];
                ("geckodriver", ports.into())
            }
        };
        let mut driver = Command::new(program(&[name])?);
        driver.args(flags);
        Ok(driver)
    }
}

/// As root there is no sandbox of its own to be had; nothing but loopback is ever loaded.
const CHROMIUM_FLAGS: [&str; 12] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-search-engine-choice-screen",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
];

/// A driver, and the screen it draws on if it needs one.
pub(super) struct Driver {
    /// Where it listens.
    pub(super) address: SocketAddr,
    // Dropped in this order: the browser before its screen.
    _process: Group,
    _screen: Option<Group>,
}

impl Driver {
    /// Starts one; `folder` takes whatever it and its browser write.
    pub(super) fn start(engine: Engine, folder: &Path) -> Result<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let mut command = engine.driver(address.port())?;
        for (name, _) in env::vars() {
            if name.to_ascii_lowercase().ends_with("_proxy") {
                command.env_remove(name);
            }
        }
        for name in ["TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"] {
            command.env(name, folder);
        }
        let mut screen = None;
        if engine == Engine::Webkit {
            let (group, display) = start_screen()?;
            command
                .env("DISPLAY", display)
                .env("GDK_BACKEND", "x11")
                .env("GSETTINGS_BACKEND", "memory")
                .env("NO_AT_BRIDGE", "1")
                .env("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1");
            screen = Some(group);
        }
        let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let driver = Group::start(quiet)?;
        Ok(Self { address, _process: driver, _screen: screen })
    }
}

/// `WebKitGTK` has no headless mode. The X server picks a free display and prints its number.
fn start_screen() -> Result<(Group, String)> {
    let mut xvfb = Command::new(program(&["Xvfb"])?);
    xvfb.args(["-displayfd", "1", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"]);
    xvfb.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut group = Group::start(&mut xvfb)?;
    let printed = group.0.stdout.take().ok_or("its output is piped")?;
    let mut number = String::new();
    BufReader::new(printed).read_line(&mut number)?;
    if number.trim().is_empty() {
        return Err("Xvfb did not start".into());
    }
    Ok((group, format!(":{}", number.trim())))
}

/// A process and everything it starts.
struct Group(Child);

impl Group {
    fn start(command: &mut Command) -> Result<Self> {
        std::os::unix::process::CommandExt::process_group(command, 0);
        let name = command.get_program().to_owned();
        let child =
            command.spawn().map_err(|error| format!("cannot start {}: {error}", name.display()))?;
        Ok(Self(child))
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let group = format!("-{}", self.0.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
        let _ = self.0.wait();
    }
}

/// The first of these programs that is on `PATH`.
fn program(names: &[&str]) -> Result<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let found = names.iter().find_map(|name| {
        env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
    });
    found.ok_or_else(|| {
        format!("no {} on PATH: cargo xtask test installs it", names.join(" or ")).into()
    })
}
