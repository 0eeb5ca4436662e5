//! Signing in at the organisation's own provider (OpenID Connect), from the button to the list.

use pinfold::config::{Config, OidcConfig, People};
use pinfold_tests::browser::{Page, Result};
use pinfold_tests::{Issuer, Setup};
use serde_json::json;
use url::Url;

use crate::scene::Scene;

pub async fn the_provider_signs_in(scene: Scene) -> Result {
    let issuer = Issuer::start().await;
    let at = issuer.url();
    let app = Setup::with(move |config| offer(config, &at, &[])).start().await;
    scene.page.open(&format!("{}/sign-in", app.url())).await?;
    vouched_for(&scene.page, &issuer, app.clock.now()).await
}

/// Has the server offer a provider that knows two people, one of whom may come in.
pub fn offer(config: &mut Config, issuer: &str, pages: &[Url]) {
    config.oidc = Some(OidcConfig {
        name: "Example".into(),
        issuer: issuer.into(),
        client_id: "pinfold".into(),
        client_secret: None,
        scopes: vec!["email".into()],
        groups_claim: "groups".into(),
        pages: pages.to_vec(),
    });
    let table = "[[people]]\nuser = \"7\"\nrole = \"operator\"";
    config.people = People::read(table).expect("a table");
}

/// From the button on the sign-in page: first somebody who may not, then somebody who may.
pub async fn vouched_for(page: &Page, issuer: &Issuer, now: i64) -> Result {
    for (user, words) in [("8", "You may not do that"), ("7", "No connections yet")] {
        page.follow("Sign in with Example").await?;
        page.until("the provider's page is there", async || {
            let here = page.driver.current_url().await?;
            Ok(here.as_str().starts_with(&issuer.url()).then_some(()))
        })
        .await?;
        let here = page.driver.current_url().await?;
        let asked = |name: &str| {
            let mut pairs = here.query_pairs();
            pairs.find(|(key, _)| key == name).map(|(_, it)| it.into_owned()).expect("a parameter")
        };
        let now = now / 1000;
        issuer.says(json!({ "iss": issuer.url(), "aud": "pinfold", "sub": user,
            "nonce": asked("nonce"), "iat": now, "exp": now + 300 }));
        // As the provider's page sends the browser back.
        let back = format!("{}?code=a-code&state={}", asked("redirect_uri"), asked("state"));
        page.eval(&format!("location.href = {}", json!(back))).await?;
        page.sees(words).await?;
        let address = page.driver.current_url().await?;
        assert!(address.fragment().is_none(), "nothing stays in the address: {address}");
    }
    Ok(())
}
