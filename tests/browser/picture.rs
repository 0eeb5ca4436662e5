//! The pictures of the README, taken of the real thing.

use std::env;
use std::fs;
use std::path::Path;

use pinfold_tests::browser::{Engine, Result};

use crate::scene::Scene;

/// Keeps them in target/browser/, and in docs/ when PINFOLD_PICTURES asks for new ones.
pub async fn of_the_wizard(scene: Scene) -> Result {
    if scene.page.engine != Engine::Chromium {
        return Ok(());
    }
    scene.page.driver.set_window_rect(0, 0, 1000, 1000).await?;
    scene.open_dialog().await?;
    scene.bring_pin().await?;
    for theme in ["light", "dark"] {
        let script = format!("document.documentElement.dataset.theme = '{theme}'");
        scene.page.eval(&script).await?;
        let name = format!("wizard-{theme}.png");
        let path = crate::pictures().join(&name);
        fs::create_dir_all(crate::pictures())?;
        scene.page.driver.screenshot(&path).await?;
        if env::var_os("PINFOLD_PICTURES").is_some() {
            let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
            fs::copy(&path, docs.join(&name))?;
        }
    }
    Ok(())
}
