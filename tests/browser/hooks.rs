//! Webhooks in the manager: made, told of a connection, and removed.

use pinfold_tests::browser::Result;
use pinfold_tests::{Setup, Upstream, UpstreamReply};

use crate::manager::connect;
use crate::scene::Scene;

pub async fn a_webhook_hears_and_is_removed(scene: Scene) -> Result {
    let allow = "127.0.0.0/8".parse().expect("a network");
    let setup = Setup::with(move |config| config.webhook_allow = vec![allow]);
    let scene = Scene { app: setup.start().await, page: scene.page };
    let portal = Upstream::bare(|_| UpstreamReply::json(200, "{}")).await;
    let page = &scene.page;
    scene.sign_in().await?;
    page.follow("Links").await?;
    page.follow("Webhooks").await?;
    page.is_at("/webhooks").await?;
    page.sees("No webhooks yet.").await?;
    page.fill("Address", "https://10.0.0.1/hook").await?;
    page.press("Add the webhook").await?;
    page.sees("not one of the internet").await?;

    page.fill("Address", portal.url()).await?;
    page.press("Add the webhook").await?;
    let secret = page.filled("Signing secret").await?;
    assert!(secret.starts_with("whsec_"), "{secret}");
    page.sees("No message in the last week.").await?;
    connect(&scene.app, "brief", "brief", None).await;
    page.until("the message is told", async || {
        page.press("Refresh").await?;
        let text = page.text().await?;
        Ok(text.contains("Connection made delivered, 1 attempt · answered 200").then_some(()))
    })
    .await?;

    page.press("Remove…").await?;
    page.sees("No message is sent there any more").await?;
    page.press("Remove").await?;
    page.sees("No webhooks yet.").await?;
    assert!(page.look_for("field", "Signing secret").await?.is_none(), "shown once");
    Ok(())
}
