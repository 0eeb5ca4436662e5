//! What gets in the way: a reload, a restart, a change of mind, a popup blocker.

use pinfold_tests::browser::Result;
use serde_json::json;

use crate::scene::Scene;

pub async fn reload_in_the_middle(scene: Scene) -> Result {
    scene.open_dialog().await?;
    let page = &scene.page;
    let pin = scene.get_pin("brief").await?;
    page.driver.refresh().await?;
    page.fill("PIN", &pin).await?;
    page.press("Authenticate PIN").await?;
    page.sees("Connected as @brief").await?;

    page.turn_to("Main settings").await?;
    page.fill("Group", "News desk").await?;
    page.driver.refresh().await?;
    page.sees("Connected as @brief").await?;
    page.press("OK").await?;
    page.find("link", "brief").await?;
    page.sees("News desk").await
}

pub async fn server_restart_in_the_middle(mut scene: Scene) -> Result {
    scene.open_dialog().await?;
    scene.bring_pin().await?;
    scene.app.restart().await;
    let page = &scene.page;
    page.press("Authenticate PIN").await?;
    page.sees("Connected as @brief").await?;
    scene.app.restart().await;
    let page = &scene.page;
    page.press("OK").await?;
    page.find("link", "brief").await.map(drop)
}

pub async fn cancel_revokes(scene: Scene) -> Result {
    scene.open_dialog().await?;
    scene.authenticate().await?;
    let granted = scene.app.sandbox_state().await["access_tokens"].clone();
    assert_eq!(granted, json!(1), "X granted one token");

    scene.page.press("Cancel").await?;
    scene.page.sees("X confirmed that the token is revoked").await?;
    scene.page.sees("No connections yet").await?;
    let left = scene.app.sandbox_state().await["access_tokens"].clone();
    assert_eq!(left, json!(0), "the token is dead at X");
    Ok(())
}

/// The wizard needs no popup: the plain link leads there as well.
pub async fn popup_blocked(scene: Scene) -> Result {
    scene.open_dialog().await?;
    let page = &scene.page;
    page.eval("window.open = () => null").await?;
    page.press("Get PIN").await?;
    page.sees("Your browser did not let X open").await?;
    page.find("button", "Copy link").await?;
    page.sees("QR code").await?;
    assert_eq!(page.driver.windows().await?.len(), 1, "nothing opened");

    page.follow("Open X").await?;
    let pin = scene.consent("brief").await?;
    page.fill("PIN", &pin).await?;
    page.press("Authenticate PIN").await?;
    page.sees("Connected as @brief").await
}
