//! A browser for one test: a new profile, no screen, gone when the test is over.
//!
//! ```no_run
//! use pinfold_tests::browser::{Browser, Engine};
//! # async fn example() -> pinfold_tests::browser::Result {
//! let browser = Browser::start(Engine::Firefox).await?;
//! browser.page.open("http://127.0.0.1:8080/").await?;
//! browser.page.press("Get PIN").await?;
//! # Ok(())
//! # }
//! ```

mod engine;
mod page;

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::from_value;
use tempfile::TempDir;
use thirtyfour::Capabilities;
use thirtyfour::prelude::*;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};

pub use self::engine::Engine;
pub use self::page::Page;

use self::engine::Driver;

/// What a scenario answers; any error fails it.
pub type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// How long a driver may take until it listens.
const START: Duration = Duration::from_secs(30);

/// A running browser.
pub struct Browser {
    /// Its tab.
    pub page: Page,
    // Dropped in this order: what writes before where it writes.
    _driver: Driver,
    _folder: TempDir,
}

impl Browser {
    /// Starts a browser with a profile of its own.
    pub async fn start(engine: Engine) -> Result<Self> {
        let folder = TempDir::with_prefix("pinfold-browser-")?;
        let driver = Driver::start(engine, folder.path())?;
        let capabilities: Capabilities = from_value(engine.capabilities()?)?;
        let end = Instant::now() + START;
        while TcpStream::connect(driver.address).await.is_err() {
            if Instant::now() > end {
                return Err(format!("the driver of {} does not listen", engine.name()).into());
            }
            sleep(Duration::from_millis(20)).await;
        }
        let session = WebDriver::new(format!("http://{}", driver.address), capabilities).await?;
        let page = Page { driver: session, engine };
        Ok(Self { page, _driver: driver, _folder: folder })
    }

    /// Keeps a picture of the tab.
    pub async fn picture(&self, path: &Path) -> Result {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        Ok(self.page.driver.screenshot(path).await?)
    }

    /// Closes the session in good order; dropping kills whatever is left.
    pub async fn quit(self) -> Result {
        Ok(self.page.driver.clone().quit().await?)
    }
}
