//! Connecting for somebody else: by a link that was sent, and in the page of a portal.

#[path = "../../xtask/src/portal.rs"]
mod portal;

use std::{env, fs};

use pinfold_tests::browser::{Page, Result};
use pinfold_tests::{ACCESS_KEY, Setup};
use portal::{Portal, session_for};
use serde_json::{Value, json};

use crate::manager::connect;
use crate::scene::Scene;

const NOTE: &str = "The newsroom wants to post for you.";

async fn link(scene: &Scene, more: Value) -> String {
    let mut wanted = json!({ "role": "connector", "note": NOTE });
    if let (Some(wanted), Value::Object(more)) = (wanted.as_object_mut(), more) {
        wanted.extend(more);
    }
    let minted = scene.app.with_access_key().post("/api/v1/sessions", &wanted).await.expect(201);
    minted["link"].as_str().expect("a link").to_owned()
}

/// Another portal, that may embed as well.
const OTHER: &str = "https://other.example";

/// The names of all connections.
async fn connections(scene: &Scene) -> Vec<String> {
    let list = scene.app.with_access_key().get("/api/v1/connections").await.expect(200);
    let items = list["items"].as_array().expect("items");
    items.iter().map(|it| it["name"].as_str().unwrap_or_default().to_owned()).collect()
}

async fn authorize(scene: &Scene, account: &str) -> Result {
    let pin = scene.get_pin(account).await?;
    scene.page.fill("PIN", &pin).await?;
    scene.page.press("Authenticate PIN").await
}

/// Who opens the link sees who asks, connects, and sees no key and no other connection.
pub async fn a_link_connects_once(scene: Scene) -> Result {
    let link = link(&scene, json!({})).await;
    let page = &scene.page;
    page.open(&link).await?;
    page.find("heading", "Connect your X account…").await?;
    page.sees(NOTE).await?;
    let shown = page.text().await?;
    assert!(!shown.contains("Access secret") && !shown.contains("Consumer key"), "{shown}");
    assert!(page.look_for("link", "Connections").await?.is_none());
    // Opened once more on the way, it goes on where it was.
    let pin = scene.get_pin("brief").await?;
    page.open("about:blank").await?;
    page.open(&link).await?;
    page.fill("PIN", &pin).await?;
    page.press("Authenticate PIN").await?;
    page.find("heading", "All done").await?;
    assert_eq!(connections(&scene).await, ["brief"]);

    // A reload does not begin again, and the list is not for this person.
    page.driver.refresh().await?;
    page.find("heading", "All done").await?;
    page.open(&scene.app.url()).await?;
    page.find("heading", "All done").await?;
    used_by_somebody_else(page, &link).await
}

/// Opens it as whoever has not opened it before.
async fn used_by_somebody_else(page: &Page, link: &str) -> Result {
    page.driver.delete_all_cookies().await?;
    page.open("about:blank").await?;
    page.open(link).await?;
    page.sees("This link was opened before").await
}

/// What cannot be used says why, and what its owner can do: no key, no signing in.
pub async fn a_link_that_cannot_be_used(scene: Scene) -> Result {
    let link = link(&scene, json!({})).await;
    let page = &scene.page;
    page.open(&link[..link.len() - 9]).await?;
    page.sees("It is not whole").await?;
    page.open("about:blank").await?;
    page.open(&link).await?;
    page.find("heading", "Connect your X account…").await?;
    let operator = scene.app.with_access_key();
    let sessions = operator.get("/api/v1/sessions").await.expect(200);
    let id = sessions["items"][0]["id"].as_str().expect("an id");
    assert_eq!(operator.delete(&format!("/api/v1/sessions/{id}")).await.status, 204);
    page.press("Get PIN").await?;
    page.sees("It ran out, or was withdrawn").await?;
    let shown = page.text().await?;
    assert!(!shown.contains("ccess key") && !shown.contains("Sign in again"), "{shown}");
    Ok(())
}

/// The operator makes a link in the manager, may revoke it, and sees who has not come yet.
pub async fn a_link_from_the_manager(scene: Scene) -> Result {
    scene.sign_in().await?;
    let page = &scene.page;
    page.follow("Links").await?;
    let mut links = Vec::new();
    for subject in ["Anna", "Ben"] {
        page.fill("For whom", subject).await?;
        page.fill("Note", NOTE).await?;
        page.press("Make the link").await?;
        let other = links.last().cloned().unwrap_or_default();
        let made = page.until("there is another link", async || {
            let link = page.value_of("Link").await?;
            Ok((link.contains("#link=") && link != other).then_some(link))
        });
        links.push(made.await?);
        page.sees(&format!("Link to connect an account · {subject} · {NOTE}")).await?;
        page.sees("not opened yet").await?;
    }
    page.press("Revoke: Link to connect an account · Ben…").await?;
    page.press("Revoke").await?;
    page.until("it is gone", async || {
        Ok((!page.text().await?.contains("account · Ben")).then_some(()))
    })
    .await?;

    page.open("about:blank").await?;
    page.open(&links[1]).await?;
    page.sees("This link").await?;
    page.open("about:blank").await?;
    page.open(&links[0]).await?;
    page.find("heading", "Connect your X account…").await?;
    authorize(&scene, "brief").await?;
    page.find("heading", "All done").await?;
    assert_eq!(connections(&scene).await, ["brief"]);
    Ok(())
}

pub async fn a_link_repairs_the_one_it_is_for(scene: Scene) -> Result {
    let made = connect(&scene.app, "brief", "Newsroom", None).await;
    let id = made["id"].as_str().expect("an id");
    let link = link(&scene, json!({ "connection_id": id })).await;
    let page = &scene.page;
    page.open(&link).await?;
    page.find("heading", "Reconnect your X account…").await?;
    page.sees("sign in at X as @brief").await?;
    authorize(&scene, "raed_news").await?;
    page.sees("Another account authorized").await?;
    page.sees("You were asked for @brief").await?;
    assert!(page.look_for("button", "Replace the account").await?.is_none());
    page.press("Start again").await?;
    authorize(&scene, "brief").await?;
    page.find("heading", "All done").await?;
    assert_eq!(connections(&scene).await, ["Newsroom"]);
    Ok(())
}

/// The demo portal on another origin, in front of a Pinfold that lets it in.
async fn in_a_portal(scene: Scene, ttl: u32) -> Result<Scene> {
    let mut portal = Portal::bind(0)?;
    portal.wanted = session_for(&portal.origin, ttl);
    shown_by(portal, scene, "Get PIN").await
}

/// A portal's page with the wizard in it, once that shows this button.
async fn shown_by(portal: Portal, scene: Scene, button: &str) -> Result<Scene> {
    let origin = portal.origin.clone();
    let allowed = origin.clone();
    let setup = Setup::with(move |config| {
        config.allow_origins = vec![allowed.clone(), OTHER.to_owned()];
    });
    let scene = Scene { app: setup.start().await, page: scene.page };
    portal.serve(&scene.app.url(), ACCESS_KEY);
    scene.page.open(&origin).await?;
    into_the_frame(&scene.page).await?;
    scene.page.find("button", button).await?;
    Ok(scene)
}

/// A framework makes the element when its scheduler comes to it, which may be after the page's load.
async fn into_the_frame(page: &Page) -> Result {
    const FRAME: &str =
        "return document.querySelector('pinfold-connect')?.shadowRoot?.querySelector('iframe')";
    page.driver.enter_default_frame().await?;
    page.until("the frame is there", async || {
        let frame = page.driver.execute(FRAME, Vec::new()).await?;
        Ok(if frame.json().is_null() { None } else { Some(frame.element()?) })
    })
    .await?
    .enter_frame()
    .await
    .map_err(Into::into)
}

/// Consents in the tab that opens, and types the PIN into the frame.
async fn authorize_in_the_frame(scene: &Scene) -> Result {
    let page = &scene.page;
    let pin = scene.get_pin("brief").await?;
    into_the_frame(page).await?;
    page.fill("PIN", &pin).await
}

/// The same to its end; the id of what was connected.
async fn connect_in_the_frame(scene: &Scene) -> Result<String> {
    authorize_in_the_frame(scene).await?;
    scene.page.press("Authenticate PIN").await?;
    scene.page.find("heading", "All done").await?;
    let list = scene.app.with_access_key().get("/api/v1/connections").await.expect(200);
    Ok(list["items"][0]["id"].as_str().expect("an id").to_owned())
}

async fn portal_learns(page: &Page, told: &str) -> Result {
    page.driver.enter_default_frame().await?;
    page.sees(told).await
}

pub async fn a_portal_connects(scene: Scene) -> Result {
    let scene = in_a_portal(scene, 1800).await?;
    let page = &scene.page;
    assert!(!page.text().await?.contains("Sign out"), "the frame holds the wizard alone");
    authorize_in_the_frame(&scene).await?;
    page.press("Authenticate PIN").await?;
    page.find("heading", "All done").await?;
    assert_eq!(connections(&scene).await, ["brief"]);
    portal_learns(page, "inline: ready").await?;
    portal_learns(page, "inline: connected {\"connection_id\":").await?;
    portal_learns(page, "\"name\":\"brief\",\"screen_name\":\"brief\"").await
}

/// What EMBED.md promises in ten minutes: its own request and its own page, on another origin.
pub async fn the_guide_is_followed(scene: Scene) -> Result {
    const GUIDE: &str = include_str!("../../docs/EMBED.md");
    let between = |text: &'static str, before: &str, after: &str| {
        let rest = text.split_once(before).expect("the guide has it").1;
        rest.split_once(after).expect("the guide ends it").0
    };
    let (request, html) = (between(GUIDE, "```sh\n", "```"), between(GUIDE, "```html\n", "```"));
    let mut portal = Portal::bind(0)?;
    let wanted = between(request, "-d '", "'");
    portal.wanted = wanted.replace("https://portal.example", &portal.origin);
    // The demo portal's policy lets nothing inline run, so the page's own script is a file.
    let script = between(html, "<script type=\"module\">", "</script>");
    let inline = format!("<script type=\"module\">{script}</script>");
    let page = html.replace(&inline, "<script type=\"module\" src=\"/portal.js\"></script>");
    portal.page = page.replace("https://pinfold.example", "{PINFOLD}");
    portal.script = script.to_owned();
    let scene = shown_by(portal, scene, "Get PIN").await?;
    scene.page.driver.enter_default_frame().await?;
    let listen = "console.log = (...said) => document.body.append(' the page says ', ...said)";
    scene.page.eval(listen).await?;
    into_the_frame(&scene.page).await?;
    let id = connect_in_the_frame(&scene).await?;
    portal_learns(&scene.page, &format!("the page says {id}")).await
}

pub async fn a_portal_of_react(scene: Scene) -> Result {
    by_a_framework(scene, "PINFOLD_REACT").await
}

pub async fn a_portal_of_vue(scene: Scene) -> Result {
    by_a_framework(scene, "PINFOLD_VUE").await
}

/// The guide's component in a page that a framework makes, as bundled by `cargo xtask test`.
async fn by_a_framework(scene: Scene, bundle: &str) -> Result {
    let bundle = env::var(bundle).map_err(|_| format!("{bundle} names no bundle"))?;
    let mut portal = Portal::bind(0)?;
    portal.page = String::from(
        "<!doctype html><title>Portal</title><div id=\"portal\" data-server=\"{PINFOLD}\"></div>\
         <script type=\"module\" src=\"/portal.js\"></script>",
    );
    portal.script = fs::read_to_string(bundle)?;
    let scene = shown_by(portal, scene, "Get PIN").await?;
    let id = connect_in_the_frame(&scene).await?;
    portal_learns(&scene.page, &format!("the page learns {id}")).await
}

/// The token ends on the way; the portal gives another, and the person notices nothing.
pub async fn a_portals_token_ends_on_the_way(scene: Scene) -> Result {
    let scene = in_a_portal(scene, 60).await?;
    let page = &scene.page;
    authorize_in_the_frame(&scene).await?;
    scene.app.clock.advance(61_000);
    page.press("Authenticate PIN").await?;
    page.find("heading", "All done").await?;
    portal_learns(page, "inline: expired").await?;
    portal_learns(page, "inline: connected").await
}

/// A portal whose back end gets no session: the person is told, and not left waiting.
pub async fn a_portal_that_gives_no_session(scene: Scene) -> Result {
    let mut portal = Portal::bind(0)?;
    portal.wanted = String::from("{}");
    let scene = shown_by(portal, scene, "Try again").await?;
    scene.page.sees("This page did not let you in").await?;
    portal_learns(&scene.page, "fetch_session_failed").await?;
    let told = scene.page.text().await?;
    assert!(!told.contains("inline: expired"), "nothing had begun: {told}");
    into_the_frame(&scene.page).await?;
    scene.page.press("Try again").await?;
    portal_learns(&scene.page, "fetch_session_failed").await?;
    into_the_frame(&scene.page).await?;
    scene.page.find("button", "Try again").await.map(drop)
}

/// A token that was minted for another portal is none, and the person is told.
pub async fn a_portal_with_anothers_token(scene: Scene) -> Result {
    let mut portal = Portal::bind(0)?;
    portal.wanted = session_for(OTHER, 1800);
    let scene = shown_by(portal, scene, "Try again").await?;
    scene.page.sees("This page did not let you in").await?;
    portal_learns(&scene.page, "foreign_origin").await
}

/// The portal's page is loaded anew on the way, as phones do: it goes on where it was.
pub async fn a_portals_page_is_loaded_anew(scene: Scene) -> Result {
    let scene = in_a_portal(scene, 1800).await?;
    let page = &scene.page;
    let pin = scene.get_pin("brief").await?;
    page.driver.enter_default_frame().await?;
    page.driver.refresh().await?;
    into_the_frame(page).await?;
    // By a script: WebKit gives a frame the focus once somebody pressed in it, and its driver's presses
    // do not always arrive in one that was loaded anew.
    page.until("it goes on where it was", async || {
        let ready = page.eval("return document.getElementById('pin')?.disabled === false").await?;
        Ok(ready.as_bool().filter(|ready| *ready))
    })
    .await?;
    let typed = "const pin = document.getElementById('pin'); pin.value = 'PIN';
        pin.dispatchEvent(new Event('input', { bubbles: true })); pin.form.requestSubmit()";
    page.eval(&typed.replace("'PIN'", &format!("'{pin}'"))).await?;
    page.find("heading", "All done").await?;
    portal_learns(page, "inline: connected").await
}

/// Cancel tells the portal, and leaves nothing behind.
pub async fn a_portals_person_leaves(scene: Scene) -> Result {
    let scene = in_a_portal(scene, 1800).await?;
    let page = &scene.page;
    page.find("button", "Cancel").await?;
    // Later: the frame goes, and with it whoever would answer the driver.
    let cancel = "setTimeout(() => [...document.querySelectorAll('button')]
        .find((button) => button.textContent === 'Cancel').click())";
    page.eval(cancel).await?;
    portal_learns(page, "inline: exit").await?;
    assert!(connections(&scene).await.is_empty());
    Ok(())
}

/// What those see who were sent a link, or meet the wizard in a portal's page.
pub async fn tour(scene: Scene, look: impl AsyncFn(&Page, &str) -> Result) -> Result {
    let page = scene.page.clone();
    let link = link(&scene, json!({})).await;
    page.open(&link).await?;
    page.find("heading", "Connect your X account…").await?;
    look(&page, "a link").await?;
    authorize(&scene, "brief").await?;
    page.find("heading", "All done").await?;
    look(&page, "a link, done").await?;
    used_by_somebody_else(&page, &link).await?;
    look(&page, "a link, used").await?;

    let scene = in_a_portal(scene, 1800).await?;
    look(&page, "in a portal").await?;
    page.driver.enter_default_frame().await?;
    page.press("Dark").await?;
    into_the_frame(&page).await?;
    page.until("the frame is dark", async || {
        let theme = page.eval("return document.documentElement.dataset.theme ?? ''").await?;
        Ok((theme == "dark").then_some(()))
    })
    .await?;
    look(&page, "in a portal, dark").await?;
    authorize_in_the_frame(&scene).await?;
    page.press("Authenticate PIN").await?;
    page.find("heading", "All done").await?;
    look(&page, "in a portal, done").await
}
