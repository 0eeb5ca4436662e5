//! A connection in use: its tasks are tried, and a key is made, used and taken back.

use pinfold_tests::browser::Result;
use serde_json::json;

use crate::manager::{connect, connect_with};
use crate::scene::Scene;

pub async fn a_read_only_token_says_what_it_cannot_run(scene: Scene) -> Result {
    let made = connect_with(&scene.app, "brief", "Alpha", None, Some("read")).await;
    assert_eq!(made["access_level"], "read");
    scene.sign_in().await?;
    let page = &scene.page;
    page.follow("Alpha").await?;
    page.sees("6 of 14 can run").await?;
    page.sees("Tweet needs read and write; X granted read $0.015").await?;
    assert!(page.look_for("button", "Tweet…").await?.is_none());

    page.press("Get timeline…").await?;
    page.choose("Timeline", "user").await?;
    page.fill("Maximum", "999").await?;
    page.press("Show the request").await?;
    page.sees("A number from 1 to 200.").await?;
    page.fill("Maximum", "5").await?;
    page.press("Show the request").await?;
    page.sees("/tweets?").await
}

pub async fn a_tweet_is_counted_shown_and_sent(scene: Scene) -> Result {
    connect(&scene.app, "brief", "Alpha", None).await;
    scene.sign_in().await?;
    let page = &scene.page;
    page.follow("Alpha").await?;
    page.press("Tweet…").await?;
    page.fill("Text", &"long ".repeat(60)).await?;
    page.sees("300 of 280").await?;
    page.fill("Text", "hello there").await?;
    page.sees("11 of 280").await?;
    let before = scene.app.sandbox_state().await["calls"].clone();
    page.press("Show the request").await?;
    page.sees("POST http").await?;
    page.sees("Authorization: OAuth oauth_consumer_key").await?;
    page.sees("(made on the server)").await?;
    page.sees(r#"{"text":"hello there"}"#).await?;
    page.find("button", "Copy as curl").await?;
    assert_eq!(scene.app.sandbox_state().await["calls"], before, "nothing was sent");
    page.press("Send it · $0.015").await?;
    page.sees("X has answered · $0.015 at most").await?;
    page.sees("hello there").await?;

    page.fill("Text", "see example.com").await?;
    page.sees("27 of 280 · X bills a post with a URL $0.20 instead of $0.015.").await?;
    page.press("Show the request").await?;
    page.press("Send it · $0.20").await?;
    page.sees("A post with a URL is dearer").await?;
    page.press("Post it although it holds a URL").await?;
    page.sees("X has answered · $0.20 at most").await?;

    page.press("Get tweet…").await?;
    assert_eq!(page.value_of("Tweet ID").await?, "0");
    page.press("Show the request").await?;
    page.press("Send it…").await?;
    page.sees("see example.com").await?;
    page.fill("Tweet ID", "12345").await?;
    page.press("Show the request").await?;
    page.press("Send it…").await?;
    page.sees("X knows no such tweet, or this account may not see it.").await?;

    // What a call teaches is shown at once.
    scene.app.misbehave("bad_credentials", "api").await;
    page.fill("Tweet ID", "0").await?;
    page.press("Show the request").await?;
    page.press("Send it…").await?;
    page.sees("Health Needs repair").await
}

/// Narrowed to one task and one path: whoever asks, and back to everything.
pub async fn a_connection_is_narrowed(scene: Scene) -> Result {
    let made = connect(&scene.app, "brief", "Alpha", None).await;
    let path = format!("/api/v1/connections/{}", made["id"].as_str().unwrap_or_default());
    let client = scene.app.with_access_key();
    let allowed = async || client.get(&path).await.expect(200)["allow"].clone();
    scene.sign_in().await?;
    let page = &scene.page;
    page.follow("Alpha").await?;
    page.tick("Only what is named here").await?;
    page.tick("Get mentions").await?;
    page.fill("Calls of X’s API", "/2/users/me").await?;
    page.fill("Name", "Beta").await?;
    page.press("OK").await?;
    page.sees("Write a method and a path").await?;
    page.fill("Calls of X’s API", "GET /2/users/me").await?;
    page.press("OK").await?;
    page.sees("“Beta” is saved.").await?;
    assert_eq!(allowed().await, json!({ "tasks": ["mentions"], "paths": ["GET /2/users/me"] }));

    page.follow("Beta").await?;
    page.sees("1 of 14 can run").await?;
    page.sees("the connection is narrowed to others").await?;
    assert_eq!(page.value_of("Calls of X’s API").await?, "GET /2/users/me");
    page.tick("Get mentions").await?;
    page.fill("Calls of X’s API", "").await?;
    page.press("OK").await?;
    page.sees("That would allow nothing.").await?;
    page.tick("Only what is named here").await?;
    page.press("OK").await?;
    page.sees("“Beta” is saved.").await?;
    assert_eq!(allowed().await, json!(null));
    Ok(())
}

pub async fn a_key_is_made_used_and_revoked(scene: Scene) -> Result {
    let made = connect(&scene.app, "brief", "Alpha", None).await;
    connect(&scene.app, "brief", "Beta", None).await;
    let id = made["id"].as_str().unwrap_or_default();
    scene.sign_in().await?;
    let page = &scene.page;
    page.follow("Alpha").await?;
    page.sees("Used by no key.").await?;
    page.follow("Make a key for this connection").await?;
    page.sees("No keys yet.").await?;
    page.until("the connection is ticked", async || {
        let ticked = page.find("choice", "Alpha").await?.is_selected().await?;
        Ok(ticked.then_some(()))
    })
    .await?;
    page.press("Make the key").await?;
    page.sees("This field is missing.").await?;
    page.fill("Name", "nightly").await?;
    page.press("Make the key").await?;
    page.sees("That would allow nothing.").await?;
    page.tick("Tweet").await?;
    page.fill("Calls of X’s API", "GET /2/users/me").await?;
    page.fill("Dollars a day", "0.5").await?;
    page.press("Make the key").await?;
    page.sees("“nightly” is made.").await?;
    page.sees(r#"-d '{"preview":true,"text":"hello"}'"#).await?;
    page.sees("tweet, GET /2/users/me · connections: 1 · calls: 0").await?;
    page.sees("$0.00 of $0.50 today").await?;

    let program = scene.app.with_bearer(&page.value_of("Key").await?);
    let call = format!("/api/v1/connections/{id}/x/2/users/me");
    let me = program.get(&call).await.expect(200);
    assert_eq!(me["data"]["username"], "brief");
    let tweet = format!("/api/v1/connections/{id}/tasks/tweet");
    let preview = json!({ "text": "hello", "preview": true });
    let _shown = program.post(&tweet, &preview).await.expect(200);

    page.press("Revoke: nightly").await?;
    page.sees("Revoke “nightly”?").await?;
    page.press("Revoke").await?;
    page.sees("No keys yet.").await?;
    let text = page.text().await?;
    assert!(!text.contains("pinfold_key_"), "the key is gone from the page");
    assert_eq!(program.get(&call).await.status, 401);
    Ok(())
}
