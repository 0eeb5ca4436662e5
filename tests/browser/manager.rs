//! The manager: many connections found, sorted, folded, chosen, changed, deleted and brought back.

use pinfold_tests::browser::{Page, Result};
use pinfold_tests::{Client, TestApp};
use serde_json::{Value, json};
use thirtyfour::prelude::*;

use crate::scene::Scene;

/// Connects an account through the API.
pub async fn connect(app: &TestApp, account: &str, name: &str, group: Option<&str>) -> Value {
    connect_with(app, account, name, group, None).await
}

/// The same, with less access than the app may have.
pub async fn connect_with(
    app: &TestApp,
    account: &str,
    name: &str,
    group: Option<&str>,
    access: Option<&str>,
) -> Value {
    let client = app.operator().await;
    let authorization = authorize(app, &client, account, access).await;
    let new = json!({ "authorization_id": authorization, "name": name, "group": group });
    client.post("/api/v1/connections", &new).await.expect(201)
}

async fn authorize(app: &TestApp, client: &Client, account: &str, access: Option<&str>) -> String {
    let begin = json!({ "app": { "kind": "registered" }, "access": access });
    let authorization = client.post("/api/v1/authorizations", &begin).await.expect(201);
    let text = |field: &str| authorization[field].as_str().unwrap_or_default().to_owned();
    let pin = app.consent(&text("authorize_url"), account).await;
    let path = format!("/api/v1/authorizations/{}/pin", text("id"));
    let _granted = client.post(&path, &json!({ "pin": pin })).await.expect(200);
    text("id")
}

/// Three connections, two of them in a group.
pub async fn three(scene: &Scene) -> Result {
    for (name, group) in [("Alpha", Some("News")), ("Beta", None), ("Gamma", Some("News"))] {
        connect(&scene.app, "brief", name, group).await;
    }
    scene.sign_in().await?;
    scene.page.find("link", "Gamma").await.map(drop)
}

/// The names in the order in which they stand.
async fn names(page: &Page) -> Result<String> {
    let names =
        "return [...document.querySelectorAll('tbody a')].map((it) => it.textContent).join()";
    Ok(page.eval(names).await?.as_str().unwrap_or_default().to_owned())
}

async fn shows(page: &Page, wanted: &str) -> Result {
    page.until(&format!("the rows are {wanted}"), async || {
        Ok((names(page).await? == wanted).then_some(()))
    })
    .await
}

pub async fn search_sort_and_fold_live_in_the_address(scene: Scene) -> Result {
    three(&scene).await?;
    let page = &scene.page;
    shows(page, "Beta,Alpha,Gamma").await?;
    page.press("Name").await?;
    shows(page, "Beta,Gamma,Alpha").await?;
    page.press("News 2").await?;
    shows(page, "Beta").await?;
    page.driver.refresh().await?;
    page.find("button", "News 2").await?;
    shows(page, "Beta").await?;
    page.press("News 2").await?;
    shows(page, "Beta,Gamma,Alpha").await?;

    page.fill("Search", "alph").await?;
    shows(page, "Alpha").await?;
    page.driver.refresh().await?;
    shows(page, "Alpha").await?;
    page.fill("Search", "nothing of the kind").await?;
    page.sees("Nothing matches").await?;
    page.press("Clear the search").await?;
    shows(page, "Beta,Gamma,Alpha").await?;
    page.driver.back().await?;
    shows(page, "Beta,Alpha,Gamma").await
}

/// Back leads to where one was: the row on the list, the group that was folded, the list itself from
/// nowhere.
pub async fn the_list_keeps_its_place(scene: Scene) -> Result {
    let made = connect(&scene.app, "brief", "Original", Some("News")).await;
    let clone = format!("/api/v1/connections/{}/clone", made["id"].as_str().expect("an id"));
    let client = scene.app.operator().await;
    for number in 10..60 {
        let name = json!({ "name": format!("Copy {number}") });
        let _made = client.post(&clone, &name).await.expect(201);
    }
    scene.sign_in().await?;
    let page = &scene.page;
    page.find("link", "Copy 10").await?;
    page.eval("scrollTo(0, 900)").await?;
    // Nobody presses before the rows have followed.
    page.find("link", "Copy 40").await?;
    let row = "[...document.querySelectorAll('tbody a')]
        .find((it) => it.getBoundingClientRect().top > 200)";
    let place = page
        .until("a row is where one scrolled to", async || {
            let place = format!("return [scrollY, {row}?.textContent]");
            let place = page.eval(&place).await?;
            Ok((place[0] == 900 && place[1].is_string()).then_some(place))
        })
        .await?;
    // A person's press: WebKit's Back leaves out what only scripts led to.
    let link = page.driver.execute(format!("return {row}"), Vec::new()).await?;
    link.element()?.click().await?;
    page.find("heading", "Edit connection…").await?;
    page.driver.back().await?;
    page.until("the list is where it was", async || {
        let now = page.eval(&format!("return [scrollY, {row}?.textContent]")).await?;
        Ok((now == place).then_some(()))
    })
    .await?;

    let group = page.find("button", "News 51").await?;
    page.driver.execute("arguments[0].focus()", vec![group.to_json()?]).await?;
    page.keys(Key::Enter).await?;
    shows(page, "").await?;
    let focus = page.eval("return document.activeElement.textContent").await?;
    assert!(focus.as_str().is_some_and(|it| it.contains("News")), "{focus}");

    page.open(&format!("{}/no/such/page", scene.app.url())).await?;
    page.find("heading", "There is no such page").await?;
    page.follow("Back to connections").await?;
    page.find("button", "News 51").await.map(drop)
}

pub async fn many_are_moved_deleted_and_brought_back(scene: Scene) -> Result {
    three(&scene).await?;
    let page = &scene.page;
    page.tick("Select Beta").await?;
    let gamma = page.find("choice", "Select Gamma").await?;
    page.driver
        .action_chain()
        .key_down(Key::Shift)
        .click_element(&gamma)
        .key_up(Key::Shift)
        .perform()
        .await?;
    page.sees("3 selected").await?;
    page.press("Clear").await?;
    page.tick("Select Alpha").await?;
    page.tick("Select Beta").await?;
    page.press("Move to group").await?;
    page.fill("Group", "Desk").await?;
    page.press("Move").await?;
    page.sees("Moved to “Desk”.").await?;
    page.find("button", "Desk 2").await?;

    page.tick("Select all shown").await?;
    page.press("Delete…").await?;
    page.sees("Delete 3 connections?").await?;
    page.press("Delete and revoke").await?;
    page.sees("3 of 3 are deleted.").await?;
    page.sees("No connections yet").await?;
    page.press("Undo").await?;
    page.sees("“Alpha” is back.").await?;
    page.find("link", "Beta").await.map(drop)
}

pub async fn a_menu_by_keyboard(scene: Scene) -> Result {
    three(&scene).await?;
    let page = &scene.page;
    page.eval("document.querySelector('tbody a').focus()").await?;
    page.keys(Key::Shift + Key::F10).await?;
    page.find("item", "Edit").await?;
    page.keys(Key::Down + Key::Down).await?;
    page.until("the arrows lead to Clone", async || {
        Ok((page.driver.active_element().await?.text().await? == "Clone…").then_some(()))
    })
    .await?;
    page.keys(Key::Escape).await?;
    page.until("the menu is gone, and the focus is back", async || {
        let gone = page.look_for("item", "Edit").await?.is_none();
        let back = page.driver.active_element().await?.text().await? == "Beta";
        Ok((gone && back).then_some(()))
    })
    .await?;

    page.press("Actions for Beta").await?;
    let clone = page.find("item", "Clone…").await?;
    clone.click().await?;
    page.sees("Clone “Beta”?").await?;
    page.press("Clone only").await?;
    page.sees("“Beta copy” is made.").await?;
    page.find("link", "Beta copy").await.map(drop)
}

/// Two people edit at the same time: the second learns what the first saved.
pub async fn an_edit_that_came_second(scene: Scene) -> Result {
    let made = connect(&scene.app, "brief", "Alpha", None).await;
    let path = format!("/api/v1/connections/{}", made["id"].as_str().unwrap_or_default());
    let other = scene.app.operator().await;
    scene.sign_in().await?;
    let page = &scene.page;
    page.follow("Alpha").await?;
    page.fill("Name", "Mine").await?;
    let _theirs = other.patch(&path, &json!({ "name": "Theirs" })).await.expect(200);
    page.press("OK").await?;
    page.sees("“Alpha” is not saved.").await?;
    page.sees("Saved now: name “Theirs”.").await?;
    page.sees("Yours: name “Mine”.").await?;
    page.find("link", "Theirs").await?;
    page.press("Save mine").await?;
    page.sees("“Mine” is saved.").await?;
    page.find("link", "Mine").await?;
    assert_eq!(other.get(&path).await.expect(200)["name"], "Mine");
    Ok(())
}

pub async fn deleted_and_undone_then_repaired(scene: Scene) -> Result {
    connect(&scene.app, "brief", "Alpha", None).await;
    scene.sign_in().await?;
    let page = &scene.page;
    page.press("Actions for Alpha").await?;
    page.find("item", "Delete…").await?.click().await?;
    page.sees("Used by no key.").await?;
    page.press("Delete and revoke").await?;
    page.sees("“Alpha” is deleted. X confirmed that its token is revoked.").await?;
    page.press("Undo").await?;
    page.sees("“Alpha” is back. Its token is gone, so it needs a repair.").await?;

    page.press("Actions for Alpha").await?;
    page.find("item", "Repair").await?.click().await?;
    page.find("heading", "Repair connection…").await?;
    let pin = scene.get_pin("raed_news").await?;
    page.fill("PIN", &pin).await?;
    page.press("Authenticate PIN").await?;
    page.sees("Connected as @raed_news").await?;
    page.press("OK").await?;
    page.sees("Another account authorized").await?;
    page.press("Replace the account").await?;
    page.sees("“Alpha” is repaired.").await?;
    page.sees("@raed_news").await
}

/// What was deleted is found again, and a version too.
pub async fn versions_and_what_was_deleted(scene: Scene) -> Result {
    connect(&scene.app, "brief", "Alpha", None).await;
    scene.sign_in().await?;
    let page = &scene.page;
    page.follow("Alpha").await?;
    page.fill("Name", "Omega").await?;
    page.press("OK").await?;
    page.sees("“Omega” is saved.").await?;
    page.follow("Omega").await?;
    page.sees("Edited: name “Alpha” → “Omega”").await?;
    page.press("Ask X…").await?;
    page.sees("X accepts the token.").await?;
    page.press("Revert…").await?;
    page.sees("“Alpha” is as it was then.").await?;

    page.follow("Alpha").await?;
    page.press("Delete").await?;
    page.press("Delete and revoke").await?;
    page.sees("No connections yet").await?;
    page.follow("Deleted").await?;
    page.press("Bring back…").await?;
    page.sees("“Alpha” is back.").await?;
    page.find("link", "Alpha").await.map(drop)
}
