//! What a hostile page, name or script gains: nothing.

use pinfold_tests::browser::{Engine, Result};

use crate::scene::Scene;

/// Once for each program that is loaded.
pub const LISTEN: &str = "document.addEventListener('securitypolicyviolation', (event) =>
  sessionStorage.violations =
    (sessionStorage.violations ?? '') + event.violatedDirective + ' ' + event.blockedURI + ';');";

/// What was violated since.
pub const TOLD: &str = "return sessionStorage.violations ?? ''";

const INJECT: &str = "const script = document.createElement('script');
script.textContent = 'window.injected = true';
document.head.append(script);";

pub async fn nothing_violates_the_policy(scene: Scene) -> Result {
    scene.sign_in().await?;
    let page = &scene.page;
    page.eval(LISTEN).await?;
    page.follow("Add").await?;
    page.find("button", "Get PIN").await?;
    page.eval(LISTEN).await?;
    scene.authenticate().await?;
    page.press("OK").await?;
    page.find("link", "brief").await?;
    page.eval(LISTEN).await?;
    page.follow("brief").await?;
    page.press("Delete").await?;
    page.press("Delete and revoke").await?;
    page.sees("No connections yet").await?;
    assert_eq!(page.eval(TOLD).await?, "");
    if page.engine == Engine::Chromium {
        // It also tells of what was blocked before anybody could listen.
        for entry in page.driver.browser_log().await? {
            assert!(!entry.message.contains("Content Security Policy"), "{}", entry.message);
        }
    }

    // The listener hears, and the policy holds.
    page.eval(INJECT).await?;
    page.until("the violation is told", async || {
        let told = page.eval(TOLD).await?;
        Ok(told.to_string().contains("script-src").then_some(()))
    })
    .await?;
    assert!(page.eval("return window.injected ?? null").await?.is_null());
    Ok(())
}

pub async fn a_name_of_markup_stays_text(scene: Scene) -> Result {
    const MARKUP: &str = "\"><img src=x onerror=alert(1)>";
    scene.open_dialog().await?;
    let page = &scene.page;
    let pin = scene.get_pin(MARKUP).await?;
    page.fill("PIN", &pin).await?;
    page.press("Authenticate PIN").await?;
    page.sees(&format!("Connected as @{MARKUP}")).await?;
    page.press("OK").await?;
    page.find("link", MARKUP).await?;
    assert_eq!(page.eval("return document.images.length").await?, 0);
    Ok(())
}

/// Neither the tab that Get PIN opens nor the one of the plain link has an opener.
pub async fn the_consent_page_cannot_reach_back(scene: Scene) -> Result {
    scene.open_dialog().await?;
    let page = &scene.page;
    page.press("Get PIN").await?;
    if scene.is_popup_blocked().await? {
        page.follow("Open X").await?;
    }
    for _ in 0..2 {
        let home = scene.visit_consent().await?;
        assert!(page.eval("return window.opener").await?.is_null());
        assert_eq!(page.eval("return document.referrer").await?, "");
        scene.close_tab(home).await?;
        page.follow("Open X…").await?;
    }
    Ok(())
}
