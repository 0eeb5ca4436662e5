//! Every view of the product, one after the other, for whoever wants to inspect them.

use pinfold_tests::browser::Result;
use thirtyfour::{By, Key};

use crate::manager::connect;
use crate::scene::Scene;

/// From signing in to a connection that is made, each view looked at.
pub async fn the_wizard(scene: &Scene, look: impl AsyncFn(&str) -> Result) -> Result {
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
    look("connections").await
}

/// A connection's page, with a task tried.
pub async fn a_connection(scene: &Scene, look: impl AsyncFn(&str) -> Result) -> Result {
    let page = &scene.page;
    connect(&scene.app, "brief", "brief", None).await;
    scene.sign_in().await?;
    page.follow("brief").await?;
    page.find("heading", "Edit connection…").await?;
    look("edit").await?;
    page.sees("Created").await?;
    page.press("Tweet…").await?;
    page.fill("Text", "See example.com").await?;
    page.sees("27 of 280").await?;
    page.press("Show the request").await?;
    page.sees("Nothing is sent yet.").await?;
    look("request").await?;
    page.press("Send it · $0.20").await?;
    page.sees("A post with a URL is dearer").await?;
    look("price").await?;
    page.press("Post it although it holds a URL").await?;
    page.sees("X has answered").await?;
    look("answer").await?;
    page.press("Like…").await?;
    page.find("choice", "Undo").await?;
    look("task").await?;
    page.press("Delete").await?;
    page.sees("Used by no key.").await?;
    look("delete").await?;
    page.keys(Key::Escape).await?;
    page.open(&format!("{}/connections/of-nobody", scene.app.url())).await?;
    page.sees("It is not there any more").await?;
    look("connection of nobody").await
}

/// The list, and what is asked in front of it.
pub async fn the_manager(scene: &Scene, look: impl AsyncFn(&str) -> Result) -> Result {
    let page = &scene.page;
    connect(&scene.app, "brief", "brief", None).await;
    scene.sign_in().await?;
    page.follow("brief").await?;
    page.press("Clone").await?;
    page.press("Clone only").await?;
    page.sees("is made").await?;
    look("cloned").await?;
    page.tick("Select brief").await?;
    page.press("Move to group").await?;
    page.fill("Group", "News").await?;
    page.press("Move").await?;
    page.find("button", "News 1").await?;
    look("groups").await?;
    page.press("Actions for brief").await?;
    page.find("item", "Edit").await?;
    look("menu").await?;
    page.keys(Key::Escape).await?;
    page.tick("Select brief").await?;
    look("selection").await?;
    page.fill("Search", "nobody").await?;
    page.sees("Nothing matches").await?;
    look("no match").await?;
    page.press("Clear the search").await?;
    page.press("Actions for brief copy").await?;
    page.find("item", "Repair").await?.click().await?;
    page.find("heading", "Repair connection…").await?;
    look("repair").await?;
    page.press("Cancel").await?;
    page.follow("Deleted").await?;
    page.sees("Nothing was deleted.").await?;
    look("deleted").await
}

/// Apps, the log, what moves in and out, and keys.
pub async fn the_rest(scene: &Scene, look: impl AsyncFn(&str) -> Result) -> Result {
    let page = &scene.page;
    connect(&scene.app, "brief", "brief", None).await;
    scene.sign_in().await?;
    page.follow("Apps").await?;
    page.press("Test: Pinfold").await?;
    page.sees("X accepts its keys.").await?;
    look("app test").await?;
    page.press("Close").await?;
    page.press("Add app").await?;
    page.find("field", "Consumer secret").await?;
    look("add app").await?;
    page.fill("Name", "Desk").await?;
    page.fill("Consumer key", "some-consumer-key").await?;
    page.fill("Consumer secret", "some-consumer-secret").await?;
    page.keys(Key::Enter).await?;
    page.find("button", "Delete: Desk").await?;
    look("apps").await?;
    page.press("Delete: Desk").await?;
    page.sees("No connection uses it.").await?;
    look("delete app").await?;
    page.press("Cancel").await?;
    page.press("Edit: Desk").await?;
    page.find("field", "Consumer secret").await?;
    page.driver.find(By::Css("summary")).await?.click().await?;
    page.sees("Created").await?;
    look("edit app").await?;
    page.press("Cancel").await?;
    page.follow("Activity").await?;
    page.sees("App create").await?;
    look("activity").await?;
    page.follow("Move").await?;
    page.find("field", "Or its text").await?.send_keys("{}").await?;
    page.press("Look inside").await?;
    page.sees("The file cannot be read").await?;
    look("move").await?;
    page.follow("Links").await?;
    page.find("field", "For whom").await?;
    look("links").await?;
    page.follow("Webhooks").await?;
    page.fill("Address", "https://hooks.example/a/rather/long/path/of/a/portal").await?;
    page.press("Add the webhook").await?;
    page.filled("Signing secret").await?;
    page.sees("No message in the last week.").await?;
    look("webhooks").await?;
    page.follow("Keys").await?;
    page.sees("No keys yet.").await?;
    page.find("choice", "brief").await?;
    look("no keys").await?;
    page.fill("Name", "nightly").await?;
    page.tick("brief").await?;
    page.tick("Tweet").await?;
    page.press("Make the key").await?;
    page.sees("“nightly” is made.").await?;
    look("key made").await?;
    page.press("Revoke: nightly").await?;
    page.sees("Revoke “nightly”?").await?;
    look("revoke").await
}
