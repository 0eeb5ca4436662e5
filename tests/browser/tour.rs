//! Every view of the product, one after the other, for whoever wants to inspect them.

use pinfold_tests::browser::Result;

use crate::scene::Scene;

/// Walks through all views and has each one looked at.
pub async fn every_view(scene: &Scene, look: impl AsyncFn(&str) -> Result) -> Result {
    let page = &scene.page;
    page.open(&scene.app.url()).await?;
    page.find("heading", "Sign in").await?;
    look("sign in").await?;

    scene.sign_in().await?;
    page.sees("No connections yet").await?;
    look("no connections").await?;

    page.follow("Add").await?;
    page.find("button", "Get PIN").await?;
    look("authentication").await?;
    page.tick("Use the Pinfold registered app").await?;
    page.find("field", "Consumer key").await?;
    look("own app").await?;
    page.tick("Use the Pinfold registered app").await?;
    page.turn_to("Main settings").await?;
    page.find("field", "Name").await?;
    look("main settings").await?;
    page.turn_to("Authentication").await?;

    page.press("Get PIN").await?;
    if scene.is_popup_blocked().await? {
        page.follow("Open X").await?;
    }
    let home = scene.visit_consent().await?;
    look("consent page").await?;
    page.press("Authorize app").await?;
    page.sees("enter this PIN").await?;
    look("PIN page").await?;
    let pin = scene.leave_with_pin(home).await?;
    look("PIN awaited").await?;

    page.fill("PIN", "12").await?;
    page.press("Authenticate PIN").await?;
    page.find("button", "Send it anyway").await?;
    look("PIN questioned").await?;
    page.press("Send it anyway").await?;
    page.sees("X did not accept that PIN").await?;
    look("PIN refused").await?;
    assert_ne!(pin, "12");

    page.follow("Open X…").await?;
    let pin = scene.consent("brief").await?;
    page.fill("PIN", &pin).await?;
    page.press("Authenticate PIN").await?;
    page.sees("Connected as @brief").await?;
    look("authenticated").await?;

    page.press("OK").await?;
    page.find("link", "brief").await?;
    look("connections").await?;
    page.follow("brief").await?;
    page.find("heading", "Edit connection…").await?;
    look("edit").await?;
    page.press("Delete").await?;
    page.find("button", "Delete and revoke").await?;
    look("delete").await?;

    page.open(&format!("{}/connections/of-nobody", scene.app.url())).await?;
    page.sees("It is not there any more").await?;
    look("connection of nobody").await
}
