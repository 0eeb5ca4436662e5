//! The main job, in the four ways to do it.

use pinfold_tests::TestApp;
use pinfold_tests::browser::Result;
use serde_json::json;

use crate::scene::Scene;

/// What the field of the access secret shows once there is one on the server.
const MASK: &str = "••••••••••••";

pub async fn registered_app(scene: Scene) -> Result {
    scene.open_dialog().await?;
    let page = &scene.page;
    page.turn_to("Main settings").await?;
    assert_eq!(page.value_of("Name").await?, "", "nothing is known before the PIN");
    page.turn_to("Authentication").await?;

    scene.authenticate().await?;
    assert!(page.filled("Access token").await?.starts_with("9007199254740993-"));
    assert_eq!(page.value_of("Access secret").await?, MASK);

    page.turn_to("Main settings").await?;
    assert_eq!(page.value_of("Name").await?, "brief");
    page.fill("Name", "Morning brief").await?;
    page.fill("Group", "News desk").await?;
    page.press("OK").await?;
    page.is_at("/connections").await?;
    page.sees("“Morning brief” is connected.").await?;

    page.driver.refresh().await?;
    page.find("link", "Morning brief").await?;
    page.sees("@brief").await?;
    page.sees("News desk").await?;
    page.sees("Read + write").await
}

pub async fn own_app(scene: Scene) -> Result {
    let app = scene.app.sandbox().post("/sandbox/apps", &json!({ "name": "Own" })).await;
    let app = app.expect(201);
    let text = |field: &str| app[field].as_str().unwrap_or_default().to_owned();
    let (key, secret) = (text("consumer_key"), text("consumer_secret"));
    scene.open_dialog().await?;
    let page = &scene.page;
    page.tick("Use the Pinfold registered app").await?;
    page.fill("Consumer key", &key).await?;
    page.fill("Consumer secret", &secret).await?;
    scene.authenticate().await?;
    page.press("OK").await?;
    page.find("link", "brief").await?;
    page.sees(&key[..4]).await?;

    let html = page.eval("return document.documentElement.outerHTML").await?;
    let stored =
        page.eval("return JSON.stringify([{...sessionStorage}, {...localStorage}])").await?;
    for place in [html, stored] {
        assert!(!place.to_string().contains(&secret), "the consumer secret stayed in the browser");
    }
    Ok(())
}

pub async fn wrong_pin_then_right(scene: Scene) -> Result {
    scene.open_dialog().await?;
    let page = &scene.page;
    let pin = scene.get_pin("brief").await?;
    let wrong: String = pin.chars().rev().collect();
    let wrong = if wrong == pin { "1234567".to_owned() } else { wrong };
    page.fill("PIN", &wrong).await?;
    page.press("Authenticate PIN").await?;
    page.sees("X did not accept that PIN").await?;
    page.sees("A fresh link is ready").await?;
    assert_eq!(page.value_of("PIN").await?, "", "a spent PIN is in nobody's way");

    page.follow("Open X…").await?;
    let fresh = scene.consent("brief").await?;
    page.fill("PIN", &fresh).await?;
    page.press("Authenticate PIN").await?;
    page.sees("Connected as @brief").await?;
    page.press("OK").await?;
    page.find("link", "brief").await.map(drop)
}

/// People who have a pair already paste it, at the second try with a space too many.
pub async fn pasted_pair(scene: Scene) -> Result {
    let (token, secret) = token_pair(&scene.app).await;
    scene.open_dialog().await?;
    let page = &scene.page;
    page.fill("Access token", &token).await?;
    page.fill("Access secret", &"x".repeat(45)).await?;
    page.press("OK").await?;
    page.sees("X does not accept the access token and secret").await?;

    page.fill("Access secret", &format!(" {secret} ")).await?;
    page.press("OK").await?;
    page.find("link", "brief").await?;
    let shown = page.eval("return document.documentElement.outerHTML").await?;
    assert!(!shown.to_string().contains(&secret), "the access secret came back");
    Ok(())
}

/// A token pair of the registered app, made through the API.
async fn token_pair(app: &TestApp) -> (String, String) {
    let client = app.operator().await;
    let begin = json!({ "app": { "kind": "registered" } });
    let authorization = client.post("/api/v1/authorizations", &begin).await.expect(201);
    let text = |field: &str| authorization[field].as_str().unwrap_or_default().to_owned();
    let pin = app.consent(&text("authorize_url"), "brief").await;
    let path = format!("/api/v1/authorizations/{}/pin", text("id"));
    let _granted = client.post(&path, &json!({ "pin": pin })).await.expect(200);
    app.token_of_the_sandbox()
}
