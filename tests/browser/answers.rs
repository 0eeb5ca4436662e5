//! Errors are answers: each bad day of X has words of its own, and the wizard goes on after it.

use pinfold_tests::browser::Result;

use crate::scene::Scene;

/// What the sandbox does at Get PIN, and what the person reads.
const AT_GET_PIN: [(&str, &str); 6] = [
    ("bad_credentials", "X does not accept the consumer key and secret"),
    ("callback_xml", "The app’s settings at X lack a callback URL"),
    ("app_suspended", "X suspended the app"),
    ("clock_skew", "The clocks disagree"),
    ("omit_callback_confirmed", "X’s answer cannot be trusted"),
    ("server_error", "X has a fault"),
];

pub async fn failures_say_what_to_do(scene: Scene) -> Result {
    scene.open_dialog().await?;
    let page = &scene.page;
    for (mode, words) in AT_GET_PIN {
        scene.app.misbehave(mode, "request_token").await;
        page.press("Get PIN").await?;
        page.sees(words).await?;
        page.find("button", "Copy report").await?;
    }
    scene.app.misbehave("rate_limited", "request_token").await;
    page.press("Get PIN").await?;
    page.sees("X asks to wait").await?;
    page.sees("Try again in").await?;

    scene.authenticate().await?;
    page.press("OK").await?;
    page.find("link", "brief").await.map(drop)
}
