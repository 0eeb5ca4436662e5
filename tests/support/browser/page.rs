//! What a person does with a page: looks for a name, presses, types, reads.
//!
//! Things are found by their accessible names only, never by class or id: a test that passes says
//! that a person, or a screen reader, finds them too. Every verb waits until it can be done.

use std::time::Duration;

use serde_json::Value;
use thirtyfour::components::SelectElement;
use thirtyfour::error::WebDriverErrorInner;
use thirtyfour::prelude::*;
use tokio::time::{Instant, sleep};

use super::{Engine, Result};

/// How long a person would wait.
const PATIENCE: Duration = Duration::from_secs(20);

const FIND: &str = include_str!("find.js");

/// One tab of a browser.
#[derive(Clone)]
pub struct Page {
    /// For what the verbs here do not cover.
    pub driver: WebDriver,
    /// Which browser it is.
    pub engine: Engine,
}

impl Page {
    /// Goes to an address.
    pub async fn open(&self, url: &str) -> Result {
        Ok(self.driver.goto(url).await?)
    }

    /// Presses the button of this name.
    pub async fn press(&self, name: &str) -> Result {
        self.click("button", name).await
    }

    /// Follows the link of this name.
    pub async fn follow(&self, name: &str) -> Result {
        self.click("link", name).await
    }

    /// Turns to the tab of the dialog.
    pub async fn turn_to(&self, name: &str) -> Result {
        self.click("tab", name).await
    }

    /// Ticks a checkbox, unticks it, or chooses a radio button.
    pub async fn tick(&self, name: &str) -> Result {
        self.click("choice", name).await
    }

    /// Replaces what the field holds.
    pub async fn fill(&self, label: &str, text: &str) -> Result {
        self.until(&format!("{label} can be typed into"), async || {
            let Some(field) = self.look_for("field", label).await? else { return Ok(None) };
            field.clear().await?;
            // WebKit's driver takes nothing to be a mistake.
            if !text.is_empty() {
                field.send_keys(text).await?;
            }
            Ok(Some(()))
        })
        .await
    }

    /// Chooses one of the words of a field.
    pub async fn choose(&self, label: &str, word: &str) -> Result {
        let field = self.find("field", label).await?;
        Ok(SelectElement::new(&field).await?.select_by_exact_text(word).await?)
    }

    /// What the field holds.
    pub async fn value_of(&self, label: &str) -> Result<String> {
        let field = self.find("field", label).await?;
        Ok(field.prop("value").await?.unwrap_or_default())
    }

    /// Waits until the field holds something, and reads it.
    pub async fn filled(&self, label: &str) -> Result<String> {
        self.until(&format!("{label} is filled"), async || {
            Ok(Some(self.value_of(label).await?).filter(|value| !value.is_empty()))
        })
        .await
    }

    /// Waits for a thing by its role (`button`, `link`, `tab`, `choice`, `field`, `heading`, `item`) and
    /// name.
    pub async fn find(&self, role: &str, name: &str) -> Result<WebElement> {
        self.until(&format!("the {role} {name:?} is there"), async || {
            self.look_for(role, name).await
        })
        .await
    }

    /// Looks for a thing without waiting.
    pub async fn look_for(&self, role: &str, name: &str) -> Result<Option<WebElement>> {
        let found = self.driver.execute(FIND, vec![role.into(), name.into()]).await?;
        if found.json().is_null() { Ok(None) } else { Ok(Some(found.element()?)) }
    }

    /// Waits until the page shows this text.
    pub async fn sees(&self, text: &str) -> Result {
        self.until(&format!("the page shows {text:?}"), async || {
            Ok(self.text().await?.contains(text).then_some(()))
        })
        .await
    }

    /// Everything the page shows.
    pub async fn text(&self) -> Result<String> {
        // A page that is just being loaded has no body yet.
        let text = self.eval("return document.body?.innerText").await?;
        // Lines break where the window is narrow.
        let words: Vec<_> = text.as_str().unwrap_or_default().split_whitespace().collect();
        Ok(words.join(" "))
    }

    /// Runs a script in the page.
    pub async fn eval(&self, script: &str) -> Result<Value> {
        Ok(self.driver.execute(script, Vec::new()).await?.json().clone())
    }

    /// Waits until the page's address ends like this.
    pub async fn is_at(&self, path: &str) -> Result {
        self.until(&format!("the address ends with {path}"), async || {
            Ok(self.driver.current_url().await?.path().ends_with(path).then_some(()))
        })
        .await
    }

    /// Types where the focus is, once that is somewhere that can be typed to.
    pub async fn keys(&self, keys: impl Into<TypingData>) -> Result {
        let keys = keys.into().to_string();
        self.until("what has the focus can be typed to", async || {
            self.driver.active_element().await?.send_keys(&keys).await?;
            Ok(Some(()))
        })
        .await
    }

    /// Asks again and again until there is an answer. A page that redraws meanwhile is no failure.
    pub async fn until<T>(
        &self,
        what: &str,
        ask: impl AsyncFn() -> Result<Option<T>>,
    ) -> Result<T> {
        let end = Instant::now() + PATIENCE;
        loop {
            match ask().await {
                Ok(Some(answer)) => return Ok(answer),
                Err(error) if !is_passing(error.as_ref()) => return Err(error),
                Err(error) if Instant::now() > end => {
                    return Err(format!("waited in vain until {what}: {error}").into());
                }
                Ok(None) if Instant::now() > end => {
                    return Err(format!("waited in vain until {what}").into());
                }
                _ => sleep(Duration::from_millis(50)).await,
            }
        }
    }

    async fn click(&self, role: &str, name: &str) -> Result {
        self.until(&format!("the {role} {name:?} can be pressed"), async || {
            let Some(thing) = self.look_for(role, name).await? else { return Ok(None) };
            if !thing.is_enabled().await? {
                return Ok(None);
            }
            // As a person scrolls: to where nothing that sticks to an edge covers it.
            let middle = "arguments[0].scrollIntoView({ block: 'center' })";
            self.driver.execute(middle, vec![thing.to_json()?]).await?;
            thing.click().await?;
            Ok(Some(()))
        })
        .await
    }
}

/// Redrawn between the look and the press, covered, moving, or left for another page.
fn is_passing(error: &(dyn std::error::Error + 'static)) -> bool {
    let Some(error) = error.downcast_ref::<WebDriverError>() else { return false };
    if let WebDriverErrorInner::JavascriptError(info) = error.as_inner() {
        return info.value.message.contains("unloaded");
    }
    matches!(
        error.as_inner(),
        WebDriverErrorInner::StaleElementReference(_)
            | WebDriverErrorInner::ElementNotInteractable(_)
            | WebDriverErrorInner::ElementClickIntercepted(_)
            | WebDriverErrorInner::NoSuchElement(_)
            | WebDriverErrorInner::InvalidElementState(_)
    )
}
