//! The app vault, the log of what happened, and files that go out and come in.

use std::path::PathBuf;

use pinfold_tests::browser::{Page, Result};
use serde_json::json;
use thirtyfour::{By, Key};

use crate::manager::connect;
use crate::scene::Scene;

const PASSPHRASE: &str = "four words are enough";

pub async fn an_app_is_saved_tested_rotated_and_deleted(scene: Scene) -> Result {
    scene.sign_in().await?;
    let page = &scene.page;
    page.follow("Apps").await?;
    page.is_at("/apps").await?;
    page.press("Add app").await?;
    page.fill("Name", "Desk").await?;
    page.fill("Consumer key", "some-consumer-key").await?;
    page.fill("Consumer secret", "some-consumer-secret").await?;
    page.keys(Key::Enter).await?;
    page.sees("The app is saved.").await?;
    page.sees("Whatever the app has at X · unused").await?;

    // A second one of the name is refused, and nothing that was typed is lost.
    page.press("Add app").await?;
    page.fill("Name", "Desk").await?;
    page.fill("Consumer key", "another-key").await?;
    page.fill("Consumer secret", "another-secret").await?;
    page.keys(Key::Enter).await?;
    page.sees("The name is taken").await?;
    assert_eq!(page.value_of("Consumer key").await?, "another-key");
    page.press("Cancel").await?;

    // The sandbox knows no such keys, and says so.
    page.press("Test: Desk").await?;
    page.sees("Does X accept “Desk”?").await?;
    page.sees("not a pair that X knows").await?;
    page.press("Close").await?;
    page.press("Test: Pinfold").await?;
    page.sees("X accepts its keys.").await?;
    page.press("Close").await?;

    page.press("Edit: Desk").await?;
    page.fill("Name", "News desk").await?;
    page.press("Save").await?;
    page.find("button", "Edit: News desk").await?;
    page.press("Edit: News desk").await?;
    page.fill("Consumer secret", "a-third-secret").await?;
    choose(page, "Asks for", "Read").await?;
    page.press("Save").await?;
    page.sees("· Read · unused").await?;
    page.press("Edit: News desk").await?;
    page.driver.find(By::Css("summary")).await?.click().await?;
    page.sees("Rotated").await?;
    page.press("Revert: Created…").await?;
    page.sees("The app is as it was then.").await?;
    page.find("button", "Edit: Desk").await?;
    let text = page.text().await?;
    assert!(!text.contains("secret-secret") && !text.contains("third-secret"), "{text}");

    page.press("Delete: Desk").await?;
    page.sees("No connection uses it.").await?;
    page.press("Delete").await?;
    page.sees("The app is deleted.").await
}

/// Chooses from a select as a person does.
async fn choose(page: &Page, label: &str, option: &str) -> Result {
    let select = page.find("field", label).await?;
    let all = select.find_all(By::Tag("option")).await?;
    for it in all {
        if it.text().await? == option {
            return Ok(it.click().await?);
        }
    }
    Err(format!("{label} offers no {option:?}").into())
}

/// An own app is saved on the way, chosen for the next connection, and then cannot go without
/// another one in its place.
pub async fn a_saved_app_in_the_wizard(scene: Scene) -> Result {
    scene.open_dialog().await?;
    let page = &scene.page;
    let app = scene.app.sandbox().post("/sandbox/apps", &json!({ "name": "Own" })).await;
    let app = app.expect(201);
    let [key, secret] = ["consumer_key", "consumer_secret"]
        .map(|field| app[field].as_str().unwrap_or_default().to_owned());
    page.tick("Use the Pinfold registered app").await?;
    page.fill("Consumer key", &key).await?;
    page.fill("Consumer secret", &secret).await?;
    page.fill("Save as", "Desk").await?;
    scene.authenticate().await?;
    page.press("OK").await?;
    page.sees("“brief” is connected.").await?;

    page.follow("Add").await?;
    page.tick("Use the Pinfold registered app").await?;
    choose(page, "App", "Desk").await?;
    assert!(page.look_for("field", "Consumer key").await?.is_none());
    let pin = scene.get_pin("raed_news").await?;
    page.fill("PIN", &pin).await?;
    page.press("Authenticate PIN").await?;
    page.sees("Connected as @raed_news").await?;
    page.press("OK").await?;
    page.sees("“raed_news” is connected.").await?;

    page.follow("Apps").await?;
    page.sees("2 connections").await?;
    page.press("Delete: Desk").await?;
    page.sees("Used by 2 connections, and no other saved app has its consumer key.").await?;
    page.press("Close").await?;
    page.press("Add app").await?;
    page.fill("Name", "Heir").await?;
    page.fill("Consumer key", &key).await?;
    page.fill("Consumer secret", &secret).await?;
    page.keys(Key::Enter).await?;
    page.sees("The app is saved.").await?;
    page.press("Delete: Desk").await?;
    choose(page, "Takes its place", "Heir").await?;
    page.press("Delete").await?;
    page.sees("The app is deleted.").await?;
    page.sees("2 connections").await
}

/// A connection goes over to a saved app of the same consumer key, and back.
pub async fn another_app_in_edit(scene: Scene) -> Result {
    connect(&scene.app, "brief", "Alpha", None).await;
    let operator = scene.app.operator().await;
    let (key, secret) = (scene.app.consumer_key(), scene.app.consumer_secret());
    for (name, consumer_key) in [("Newsroom", &*key), ("Elsewhere", "another-key")] {
        let app = json!({ "name": name, "consumer_key": consumer_key, "consumer_secret": secret });
        let _app = operator.post("/api/v1/apps", &app).await.expect(201);
    }
    scene.sign_in().await?;
    let page = &scene.page;
    for (app, shown) in [("Newsroom", "saved"), ("the Pinfold registered app", "registered")] {
        page.follow("Alpha").await?;
        page.turn_to("Authentication").await?;
        choose(page, "App", app).await?;
        page.press("OK").await?;
        page.sees("“Alpha” is saved.").await?;
        let list = operator.get("/api/v1/connections").await.expect(200);
        assert_eq!(list["items"][0]["app"]["kind"], shown);
    }

    // Its token is of another consumer key: what to do instead is said, and nothing is lost.
    page.follow("Alpha").await?;
    page.turn_to("Authentication").await?;
    choose(page, "App", "Elsewhere").await?;
    page.press("OK").await?;
    page.sees("The connection's token belongs to another consumer key.").await
}

pub async fn the_log_is_filtered_and_exported(scene: Scene) -> Result {
    connect(&scene.app, "brief", "Alpha", None).await;
    let refused =
        scene.app.anonymous().post("/api/v1/session", &json!({ "access_key": "no" })).await;
    let _problem = refused.problem(401);
    scene.sign_in().await?;
    let page = &scene.page;
    page.follow("Activity").await?;
    page.is_at("/activity").await?;
    page.sees("Connection create").await?;
    page.sees("Session sign in · refused").await?;
    choose(page, "Result", "Refused").await?;
    gone(page, "Connection create").await?;
    page.sees("Session sign in · refused").await?;
    choose(page, "Action", "Connections").await?;
    page.sees("Nothing of this kind happened.").await?;
    choose(page, "Result", "All").await?;
    page.sees("Connection create").await?;
    page.fill("Search", "of nobody").await?;
    page.keys(Key::Enter).await?;
    page.sees("Nothing of this kind happened.").await?;
    page.fill("Search", "OPERATOR").await?;
    page.keys(Key::Enter).await?;
    page.sees("Connection create").await?;

    // From a day on, which the address keeps.
    page.eval(
        "const day = document.getElementById('since');
         day.value = '2999-01-01';
         day.dispatchEvent(new Event('change', { bubbles: true }));",
    )
    .await?;
    page.sees("Nothing of this kind happened.").await?;
    page.driver.refresh().await?;
    page.sees("Nothing of this kind happened.").await?;
    assert_eq!(page.value_of("From").await?, "2999-01-01");
    assert_eq!(page.value_of("Search").await?, "OPERATOR");
    page.eval(
        "const day = document.getElementById('since');
         day.value = '2001-01-01';
         day.dispatchEvent(new Event('change', { bubbles: true }));",
    )
    .await?;
    page.sees("Connection create").await?;

    let file = downloaded(page, "Export as JSON lines").await?;
    let lines: Vec<serde_json::Value> =
        file.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert!(
        lines.iter().all(|it| it["action"].as_str().expect("a word").starts_with("connection"))
    );
    Ok(())
}

async fn gone(page: &Page, text: &str) -> Result {
    page.until(&format!("{text:?} is gone"), async || {
        Ok((!page.text().await?.contains(text)).then_some(()))
    })
    .await
}

/// Presses a button that saves a file, and reads that. The browser's own folder is not looked into:
/// what it is given is.
async fn downloaded(page: &Page, button: &str) -> Result<String> {
    page.eval(
        "window.saved = [];
         const make = URL.createObjectURL;
         URL.createObjectURL = (blob) => {
           blob.text().then((text) => window.saved.push(text));
           return make.call(URL, blob);
         };",
    )
    .await?;
    page.press(button).await?;
    page.until("a file is saved", async || {
        Ok(page.eval("return window.saved.pop() ?? null").await?.as_str().map(str::to_owned))
    })
    .await
}

/// Out with a passphrase and in again: the wrong one changes nothing, the right one is previewed.
pub async fn out_and_in_again(scene: Scene) -> Result {
    // Each of an account of its own: two with one token would clash when they come in.
    for (account, name) in [("brief", "Alpha"), ("raed_news", "Gamma")] {
        connect(&scene.app, account, name, None).await;
    }
    scene.sign_in().await?;
    let page = &scene.page;
    page.tick("Select Alpha").await?;
    page.tick("Select Gamma").await?;
    page.press("Export…").await?;
    page.is_at("/move").await?;
    page.sees("The connections that you selected (2)").await?;
    page.fill("Passphrase", "short").await?;
    page.press("Export").await?;
    page.sees("This is not the passphrase above").await?;
    page.fill("Passphrase again", "short").await?;
    page.press("Export").await?;
    page.sees("Something entered cannot be accepted").await?;
    page.fill("Passphrase", PASSPHRASE).await?;
    page.fill("Passphrase again", PASSPHRASE).await?;
    let file = downloaded(page, "Export").await?;
    assert!(file.starts_with("-----BEGIN AGE"), "{file}");

    let operator = scene.app.operator().await;
    let list = operator.get("/api/v1/connections").await.expect(200);
    for it in list["items"].as_array().expect("a list") {
        let path = format!("/api/v1/connections/{}", it["id"].as_str().expect("an id"));
        let _gone = operator.delete(&path).await.expect(200);
    }

    page.follow("Connections").await?;
    page.sees("No connections yet").await?;
    page.follow("Move").await?;
    page.sees("All connections and saved apps").await?;
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!(
        "{}-{}.age",
        page.engine.name(),
        std::process::id()
    ));
    std::fs::write(&path, &file)?;
    let input = page.driver.find(By::Css("[type=file]")).await?;
    input.send_keys(path.to_string_lossy().as_ref()).await?;
    let unlock = "[id=passphrase]";
    page.until("the passphrase is asked for", async || {
        let field = page.driver.find(By::Css(unlock)).await?;
        Ok(field.is_displayed().await?.then_some(()))
    })
    .await?;
    let field = page.driver.find(By::Css(unlock)).await?;
    field.send_keys("another passphrase" + Key::Enter).await?;
    page.sees("The passphrase does not open the file").await?;
    field.clear().await?;
    field.send_keys(PASSPHRASE + Key::Enter).await?;
    page.sees("Nothing is changed yet · 2 new").await?;
    page.sees("Ask X about each token pair first: 2, for $0.02").await?;
    assert_eq!(operator.get("/api/v1/connections").await.expect(200)["items"], json!([]));
    page.press("Import").await?;
    page.sees("Done · 2 created").await?;
    page.follow("Connections").await?;
    page.find("link", "Gamma").await?;
    std::fs::remove_file(path)?;
    Ok(())
}

/// A file of another tool is pasted, and what clashes is asked about.
pub async fn a_pasted_file_that_clashes(scene: Scene) -> Result {
    connect(&scene.app, "brief", "brief", None).await;
    scene.sign_in().await?;
    let page = &scene.page;
    page.follow("Move").await?;
    let rc = "profiles:\n  brief:\n    abc:\n      username: brief\n      consumer_key: abc\n      \
              consumer_secret: some-secret\n      token: 7-x\n      secret: other-secret\n";
    let paste = page.find("field", "Or its text").await?;
    page.driver
        .execute(
            "arguments[0].value = arguments[1]; \
             arguments[0].dispatchEvent(new Event('input', { bubbles: true }));",
            vec![paste.to_json()?, rc.into()],
        )
        .await?;
    page.press("Look inside").await?;
    page.sees("Nothing is changed yet · 1 clash").await?;

    // The same as a file that is dropped, anywhere on the page.
    page.follow("Apps").await?;
    page.follow("Move").await?;
    let heading = page.find("heading", "Export and import").await?;
    page.driver
        .execute(
            "const dataTransfer = new DataTransfer();
             dataTransfer.items.add(new File([arguments[1]], '.twurlrc'));
             const how = { dataTransfer, bubbles: true, cancelable: true };
             arguments[0].dispatchEvent(new DragEvent('drop', how));",
            vec![heading.to_json()?, rc.into()],
        )
        .await?;
    page.sees("Nothing is changed yet · 1 clash").await?;
    choose(page, "Where a name or an account clashes", "Keep both, the new one renamed").await?;
    page.press("Import").await?;
    page.sees("Done · 1 renamed").await
}
