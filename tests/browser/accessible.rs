//! Any person: by keyboard alone, by screen reader, in the dark, on a narrow screen.

use std::env;
use std::fs;

use pinfold_tests::browser::{Engine, Page, Result};
use reqwest::Method;
use thirtyfour::common::command::FormatRequestData;
use thirtyfour::prelude::*;
use thirtyfour::{ElementId, RequestData, SessionId};

use crate::handed;
use crate::scene::Scene;
use crate::tour;

pub async fn keyboard_only(scene: Scene) -> Result {
    scene.sign_in().await?;
    let page = &scene.page;
    tab_to(page, "Add").await?;
    page.keys(Key::Enter).await?;
    page.find("button", "Get PIN").await?;
    tab_to(page, "Get PIN").await?;
    page.keys(Key::Enter).await?;
    if scene.is_popup_blocked().await? {
        tab_to(page, "Open X").await?;
        page.keys(Key::Enter).await?;
    }

    let home = scene.visit_consent().await?;
    tab_to(page, "Authorize app").await?;
    page.keys(Key::Enter).await?;
    let pin = scene.leave_with_pin(home).await?;

    tab_to(page, "PIN").await?;
    page.keys(pin.as_str()).await?;
    page.keys(Key::Enter).await?;
    page.sees("Connected as @brief").await?;
    tab_to(page, "OK").await?;
    page.keys(Key::Enter).await?;
    page.find("link", "brief").await.map(drop)
}

/// Presses the tab key until the focus is on the thing of this name.
async fn tab_to(page: &Page, name: &str) -> Result {
    const FURTHER_THAN_ANY_PAGE_IS_LONG: usize = 60;
    for _ in 0..FURTHER_THAN_ANY_PAGE_IS_LONG {
        let focused = page.driver.active_element().await?;
        // The heading of a step takes the focus too, to be read out, and may have the same name.
        let heading = focused.tag_name().await?.eq_ignore_ascii_case("h2");
        if !heading && accessible_name(page, &focused).await? == name {
            return Ok(());
        }
        focused.send_keys(Key::Tab).await?;
    }
    Err(format!("the tab key does not lead to {name:?}").into())
}

/// The labels of the original dialog are the names that a screen reader says.
pub async fn fields_have_the_names_of_the_original(scene: Scene) -> Result {
    scene.open_dialog().await?;
    let page = &scene.page;
    page.tick("Use the Pinfold registered app").await?;
    for (role, name) in [
        ("tab", "Main settings"),
        ("tab", "Authentication"),
        ("choice", "Use the Pinfold registered app"),
        ("field", "Consumer key"),
        ("field", "Consumer secret"),
        ("button", "Get PIN"),
        ("field", "PIN"),
        ("button", "Authenticate PIN"),
        ("field", "Access token"),
        ("field", "Access secret"),
        ("button", "OK"),
        ("button", "Cancel"),
    ] {
        assert_eq!(accessible_name(page, &page.find(role, name).await?).await?, name);
    }
    page.turn_to("Main settings").await?;
    for name in ["Name", "Group"] {
        let said = accessible_name(page, &page.find("field", name).await?).await?;
        assert_eq!(said, name);
    }
    Ok(())
}

pub async fn axe_in_the_wizard(scene: Scene) -> Result {
    let axe = axe()?;
    tour::the_wizard(&scene, async |view| is_clean(&scene.page, &axe, view).await).await
}

pub async fn axe_on_a_connection(scene: Scene) -> Result {
    let axe = axe()?;
    tour::a_connection(&scene, async |view| is_clean(&scene.page, &axe, view).await).await
}

pub async fn axe_in_the_manager(scene: Scene) -> Result {
    let axe = axe()?;
    tour::the_manager(&scene, async |view| is_clean(&scene.page, &axe, view).await).await
}

pub async fn axe_in_the_rest(scene: Scene) -> Result {
    let axe = axe()?;
    tour::the_rest(&scene, async |view| is_clean(&scene.page, &axe, view).await).await
}

pub async fn axe_for_others(scene: Scene) -> Result {
    let axe = axe()?;
    Box::pin(handed::tour(scene, async |page, view| is_clean(page, &axe, view).await)).await
}

fn axe() -> Result<String> {
    let axe = env::var("PINFOLD_AXE").map_err(|_| "PINFOLD_AXE names no axe.min.js")?;
    Ok(fs::read_to_string(axe)?)
}

/// axe finds nothing in the light, nor in the dark.
async fn is_clean(page: &Page, axe: &str, view: &str) -> Result {
    for theme in ["light", "dark"] {
        wear(page, theme).await?;
        let found = inspect(page, axe).await?;
        assert!(found.is_empty(), "{view}, {theme}:\n{found}");
    }
    Ok(())
}

/// Turns to a theme by the switch in the header. The sandbox's pages follow the system's.
pub async fn wear(page: &Page, theme: &str) -> Result {
    page.until("the theme is worn", async || {
        if page.look_for("button", "Theme…").await?.is_none() {
            return Ok(Some(()));
        }
        let worn = page.eval("return document.documentElement.dataset.theme ?? ''").await?;
        if worn == theme {
            // Colours in transition are nobody's choice.
            let still = "return document.getAnimations().length === 0";
            return Ok(page.eval(still).await?.as_bool().filter(|still| *still).map(drop));
        }
        // By script: it is the theme that is tried here, and WebKit's driver takes the switch to be
        // covered on the page of connections, where nothing is in front of it.
        page.eval("document.querySelector('button.theme').click()").await?;
        Ok(None)
    })
    .await
}

/// What axe objects to, a line each.
async fn inspect(page: &Page, axe: &str) -> Result<String> {
    const RUN: &str = "const done = arguments[0];
        axe.run().then(
          ({ violations }) => done(violations.flatMap(({ id, nodes }) => nodes.map(
            (node) => `${id}: ${node.html} ${node.failureSummary}`)).join('\\n')),
          (error) => done(`axe failed: ${error}`));";
    page.eval(&format!("if (!window.axe) {{ {axe} }}")).await?;
    let found = page.driver.execute_async(RUN, Vec::new()).await?;
    Ok(found.json().as_str().ok_or("axe says nothing")?.to_owned())
}

pub async fn no_scrolling_sideways_in_the_wizard(scene: Scene) -> Result {
    narrow(&scene.page).await?;
    tour::the_wizard(&scene, async |view| fits(&scene.page, view).await).await
}

pub async fn no_scrolling_sideways_on_a_connection(scene: Scene) -> Result {
    narrow(&scene.page).await?;
    tour::a_connection(&scene, async |view| fits(&scene.page, view).await).await
}

pub async fn no_scrolling_sideways_in_the_manager(scene: Scene) -> Result {
    narrow(&scene.page).await?;
    tour::the_manager(&scene, async |view| fits(&scene.page, view).await).await
}

pub async fn no_scrolling_sideways_in_the_rest(scene: Scene) -> Result {
    narrow(&scene.page).await?;
    tour::the_rest(&scene, async |view| fits(&scene.page, view).await).await
}

pub async fn no_scrolling_sideways_for_others(scene: Scene) -> Result {
    narrow(&scene.page).await?;
    Box::pin(handed::tour(scene, async |page, view| fits(page, view).await)).await
}

/// As narrow as a phone, where the engine's window can be: only Chromium's gets to 320 pixels.
async fn narrow(page: &Page) -> Result {
    page.driver.set_window_rect(0, 0, 320, 800).await?;
    if page.engine == Engine::Chromium {
        assert_eq!(page.eval("return innerWidth").await?, 320);
    }
    Ok(())
}

async fn fits(page: &Page, view: &str) -> Result {
    let wide = page.eval(
        "const room = document.documentElement.clientWidth;
         return [...document.querySelectorAll('body *')]
           .filter((element) => element.getBoundingClientRect().right > room + 1)
           .map((element) => element.outerHTML.slice(0, 120))
           .concat(document.documentElement.scrollWidth > room ? ['the page'] : [])
           .join('\\n')",
    );
    let wide = wide.await?;
    assert_eq!(wide, "", "{view}");
    Ok(())
}

/// The name that assistive technology gets, computed by the browser itself.
async fn accessible_name(page: &Page, element: &WebElement) -> Result<String> {
    let answer = page.driver.cmd(ComputedLabel(element.element_id())).await?;
    let name = answer.value_json()?;
    Ok(name.as_str().unwrap_or_default().replace(" (opens in a new tab)", ""))
}

/// `GET /session/{session id}/element/{element id}/computedlabel` (W3C).
#[derive(Debug)]
struct ComputedLabel(ElementId);

impl FormatRequestData for ComputedLabel {
    fn format_request(&self, session: &SessionId) -> RequestData {
        let path = format!("session/{session}/element/{}/computedlabel", self.0);
        RequestData::new(Method::GET, path)
    }
}
