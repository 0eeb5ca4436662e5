//! What the scenarios share: a person at a browser, in front of a server and its sandbox.

use pinfold_tests::TestApp;
use pinfold_tests::browser::{Page, Result};
use thirtyfour::prelude::*;

/// A scenario's person and what is in front of them.
pub struct Scene {
    pub app: TestApp,
    pub page: Page,
}

impl Scene {
    /// Opens the sign-in link.
    pub async fn sign_in(&self) -> Result {
        self.page.open(&self.app.sign_in_link().await).await?;
        self.page.is_at("/connections").await?;
        self.page.find("heading", "Connections").await.map(drop)
    }

    /// Signs in and opens the dialog.
    pub async fn open_dialog(&self) -> Result {
        self.sign_in().await?;
        self.page.follow("Add").await?;
        self.page.is_at("/connections/new").await?;
        self.page.find("button", "Get PIN").await.map(drop)
    }

    /// From an open dialog to a PIN that is typed but not sent.
    pub async fn bring_pin(&self) -> Result {
        let pin = self.get_pin("brief").await?;
        self.page.fill("PIN", &pin).await
    }

    /// From an open dialog to a token pair that waits for OK.
    pub async fn authenticate(&self) -> Result {
        self.bring_pin().await?;
        self.page.press("Authenticate PIN").await?;
        self.page.sees("Connected as @brief").await
    }

    /// Presses Get PIN, consents in the tab that opens, and comes back with the PIN.
    pub async fn get_pin(&self, account: &str) -> Result<String> {
        self.page.press("Get PIN").await?;
        if self.is_popup_blocked().await? {
            self.page.follow("Open X").await?;
        }
        self.consent(account).await
    }

    /// Waits until Get PIN has opened a tab, or has said that the browser did not let it.
    pub async fn is_popup_blocked(&self) -> Result<bool> {
        let page = &self.page;
        page.until("Get PIN opens a tab, or says why not", async || {
            if page.driver.windows().await?.len() > 1 {
                return Ok(Some(false));
            }
            Ok(page.text().await?.contains("did not let X open").then_some(true))
        })
        .await
    }

    /// Goes to the tab of the consent page, consents, and comes back with the PIN.
    pub async fn consent(&self, account: &str) -> Result<String> {
        let home = self.visit_consent().await?;
        for choice in self.page.driver.find_all(By::Name("screen_name")).await? {
            if choice.value().await?.as_deref() == Some(account) {
                choice.click().await?;
            }
        }
        self.page.press("Authorize app").await?;
        self.leave_with_pin(home).await
    }

    /// Switches to the tab that has opened; answers the one to go back to.
    pub async fn visit_consent(&self) -> Result<WindowHandle> {
        let driver = &self.page.driver;
        let home = driver.window().await?;
        let opened = self
            .page
            .until("a tab opens", async || {
                let tabs = driver.windows().await?;
                Ok(tabs.into_iter().find(|tab| *tab != home))
            })
            .await?;
        driver.switch_to_window(opened).await?;
        self.page.find("button", "Authorize app").await?;
        Ok(home)
    }

    /// Reads the PIN, closes the tab and switches back.
    pub async fn leave_with_pin(&self, home: WindowHandle) -> Result<String> {
        let driver = &self.page.driver;
        self.page.sees("enter this PIN").await?;
        let pin = driver.find(By::Id("pin")).await?.text().await?;
        self.close_tab(home).await?;
        Ok(pin)
    }

    /// Closes the tab and goes to another one. A person presses nothing before they see it.
    pub async fn close_tab(&self, other: WindowHandle) -> Result {
        let page = &self.page;
        page.driver.close_window().await?;
        page.driver.switch_to_window(other).await?;
        page.until("the other tab shows", async || {
            let shows = page.eval("return document.visibilityState === 'visible'").await?;
            Ok((shows == true).then_some(()))
        })
        .await
    }
}
