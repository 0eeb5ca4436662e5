//! Signing in at the organisation's own provider (OpenID Connect), from the button to the list.

use pinfold::config::{OidcConfig, People};
use pinfold_tests::browser::Result;
use pinfold_tests::{Issuer, Setup};
use serde_json::json;

use crate::scene::Scene;

pub async fn the_provider_signs_in(scene: Scene) -> Result {
    let issuer = Issuer::start().await;
    let at = issuer.url();
    let app = Setup::with(move |config| {
        config.oidc = Some(OidcConfig {
            name: "Example".into(),
            issuer: at.clone(),
            client_id: "pinfold".into(),
            client_secret: None,
            scopes: vec!["email".into()],
            groups_claim: "groups".into(),
        });
        let table = "[[people]]\nuser = \"7\"\nrole = \"operator\"";
        config.people = People::read(table).expect("a table");
    })
    .start()
    .await;
    let page = &scene.page;
    for (user, words) in [("8", "You may not do that"), ("7", "No connections yet")] {
        page.open(&format!("{}/sign-in", app.url())).await?;
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
        let now = app.clock.now() / 1000;
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
