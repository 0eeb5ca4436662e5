//! The app vault and the log of what happened to it.

use pinfold_tests::browser::Result;

use crate::scene::Scene;

/// Opens the menu of an app and chooses from it.
async fn choose(scene: &Scene, app: &str, action: &str) -> Result {
    scene.page.press(&format!("Actions for {app}")).await?;
    Ok(scene.page.find("item", action).await?.click().await?)
}

pub async fn an_app_is_saved_renamed_rotated_and_deleted(scene: Scene) -> Result {
    scene.sign_in().await?;
    let page = &scene.page;
    page.follow("Apps").await?;
    page.is_at("/apps").await?;
    page.press("Add app").await?;
    page.fill("Name", "Desk").await?;
    page.fill("Consumer key", "some-consumer-key").await?;
    page.fill("Consumer secret", "some-consumer-secret").await?;
    page.keys("\n").await?;
    page.sees("The app is saved.").await?;
    page.sees("unused").await?;
    assert!(!page.text().await?.contains("some-consumer-secret"));

    // The sandbox knows no such keys, and says so.
    choose(&scene, "Desk", "Test").await?;
    page.sees("Does X accept “Desk”?").await?;
    page.until("the doctor answers", async || {
        Ok(page.text().await?.contains("consumer key").then_some(()))
    })
    .await?;
    page.press("Close").await?;

    choose(&scene, "Desk", "Rename…").await?;
    page.fill("Name", "News desk").await?;
    page.press("Save").await?;
    page.find("button", "Actions for News desk").await?;
    choose(&scene, "News desk", "New secret…").await?;
    page.fill("Consumer secret", "another-secret").await?;
    page.press("Replace the secret").await?;
    page.sees("The app is saved.").await?;
    choose(&scene, "News desk", "Versions").await?;
    page.sees("Rotated").await?;
    page.press("Close").await?;

    choose(&scene, "News desk", "Delete…").await?;
    page.sees("No connection uses it.").await?;
    page.press("Delete").await?;
    page.sees("The app is deleted.").await?;

    page.follow("Activity").await?;
    page.sees("App delete").await?;
    page.sees("Operator").await
}
