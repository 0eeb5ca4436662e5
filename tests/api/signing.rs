//! Signer and sandbox share no code, so a thousand random requests on which they agree say
//! something about both.

use pinfold::clock::Clock;
use pinfold::x::KeyPair;
use pinfold::x::sign::{Address, Leg, Moment, Request, Signer, authorization};
use pinfold_tests::TestApp;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use reqwest::Method;
use serde_json::json;
use url::Url;

use crate::flow::{consented, id, pin_path};

/// Distinct names of what a name may hold, with any text as value.
fn parameters() -> impl Strategy<Value = Vec<(String, String)>> {
    let any_text = prop_oneof![".{0,40}", "[ -~]{0,40}", "[%+&=~*' ]{1,10}"];
    prop::collection::btree_map("[A-Za-z0-9._~-]{1,12}", any_text, 0..6)
        .prop_map(|map| map.into_iter().filter(|(name, _)| !name.starts_with("oauth_")).collect())
}

struct Signed {
    app: KeyPair,
    token: KeyPair,
    url: Url,
    clock: Clock,
    http: reqwest::Client,
}

impl Signed {
    /// The answer to a request that was signed with some parameters and sent with others.
    async fn status(&self, parameters: &[(String, String)], sent: &[(String, String)]) -> u16 {
        let method = Method::GET;
        let address = Address::of(&self.url).expect("an address");
        let request = Request { method: &method, address, parameters, leg: Leg::None };
        let moment = Moment::now(&self.clock);
        let signer = Signer::new(&self.app, Some(&self.token));
        let header = authorization(&request, &signer, &moment).expect("signs");
        let mut url = self.url.clone();
        if !sent.is_empty() {
            url.query_pairs_mut().extend_pairs(sent);
        }
        let request = self.http.get(url).header("authorization", header.into_header());
        request.send().await.expect("an answer").status().as_u16()
    }
}

#[tokio::test]
async fn signer_and_sandbox_agree_on_a_thousand_random_requests() {
    let app = TestApp::start().await;
    let client = app.operator().await;
    let (pending, pin) = consented(&app, &client, "brief").await;
    let _ = client.post(&pin_path(&id(&pending)), &json!({ "pin": pin })).await.expect(200);
    let (token, secret) = app.token_of_the_sandbox();
    let signed = Signed {
        app: KeyPair::new(app.consumer_key(), app.consumer_secret().into()),
        token: KeyPair::new(token, secret.into()),
        url: format!("{}/2/users/me", app.sandbox_url()).parse().expect("a URL"),
        clock: app.clock.clone(),
        http: reqwest::Client::builder().no_proxy().build().expect("a client"),
    };
    let mut runner = TestRunner::default();
    for round in 0..1000 {
        let pairs = parameters().new_tree(&mut runner).expect("a value").current();
        assert_eq!(signed.status(&pairs, &pairs).await, 200, "{pairs:?}");
        if round % 10 == 0 {
            let mut changed = pairs.clone();
            changed.push(("added".to_owned(), "1".to_owned()));
            assert_eq!(signed.status(&pairs, &changed).await, 401, "{pairs:?}");
        }
    }
}
