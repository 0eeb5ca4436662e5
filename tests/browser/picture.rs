//! The picture of the README, taken of the real thing.

use std::env;
use std::fs;
use std::path::Path;

use pinfold_tests::browser::{Engine, Result};

use crate::accessible::wear;
use crate::scene::Scene;

/// Keeps it in target/browser/, and in docs/ when `PINFOLD_PICTURES` asks for a new one.
pub async fn of_the_wizard(scene: Scene) -> Result {
    let page = &scene.page;
    page.driver.set_window_rect(0, 0, 960, 1000).await?;
    scene.open_dialog().await?;
    scene.authenticate().await?;
    wear(page, "light").await?;
    page.eval("window.scrollTo(0, 0)").await?;

    let picture = crate::pictures().join(page.engine.name()).join("wizard.png");
    fs::create_dir_all(picture.parent().ok_or("a file is in a folder")?)?;
    page.driver.screenshot(&picture).await?;
    if page.engine == Engine::Chromium && env::var_os("PINFOLD_PICTURES").is_some() {
        let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
        fs::copy(&picture, docs.join("wizard.png"))?;
    }
    Ok(())
}
