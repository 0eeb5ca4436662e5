//! Signing in by OpenID Connect, with a provider that can be told to lie.

use pinfold::config::{OidcConfig, People};
use pinfold_tests::{Client, Issuer, Reply, Setup, TestApp};
use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

const START: &str = "/session/oidc";
const SESSION: &str = "/api/v1/session";
/// A listed origin, with the front end on a static host.
const FRONT: &str = "https://front.example";
/// Another one, which embeds the wizard and is trusted with no operator.
const PORTAL: &str = "https://portal.example";

struct Stage {
    app: TestApp,
    issuer: Issuer,
}

/// Where a browser was sent: what a provider would see.
struct Asked {
    state: String,
    nonce: String,
    challenge: String,
}

impl Stage {
    async fn start() -> Self {
        let issuer = Issuer::start().await;
        let url = issuer.url();
        let app = Setup::with(move |config| {
            config.allow_origins = vec![FRONT.to_owned(), PORTAL.to_owned()];
            config.oidc = Some(OidcConfig {
                name: "Example".into(),
                issuer: url.clone(),
                client_id: "pinfold".into(),
                client_secret: Some("client-secret-canary".into()),
                scopes: vec!["email".into(), "groups".into()],
                groups_claim: "groups".into(),
                pages: [format!("{FRONT}/tools/sign-in"), format!("{FRONT}/")]
                    .map(|page| page.parse().expect("a URL"))
                    .into(),
            });
            config.people = People::read(
                r#"
                [[people]]
                group = "admins"
                role = "operator"
                [[people]]
                email = "*@example.com"
                role = "connector"
                "#,
            )
            .expect("a table");
        })
        .start()
        .await;
        Self { app, issuer }
    }

    /// Presses "Sign in with Example".
    async fn begin(&self, browser: &Client) -> Asked {
        self.begin_at(browser, START).await
    }

    async fn begin_at(&self, browser: &Client, start: &str) -> Asked {
        let reply = browser.get(start).await;
        assert_eq!(reply.status, 303, "{}", reply.text);
        let cookie = reply.headers["set-cookie"].to_str().expect("ASCII");
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
        let url: Url = reply.headers["location"].to_str().expect("ASCII").parse().expect("a URL");
        assert!(url.as_str().starts_with(&format!("{}/authorize?", self.issuer.url())), "{url}");
        let value = |name: &str| {
            let mut pairs = url.query_pairs();
            pairs.find(|(key, _)| key == name).map(|(_, it)| it.into_owned()).expect(name)
        };
        assert_eq!(value("response_type"), "code");
        assert_eq!(value("client_id"), "pinfold");
        assert_eq!(value("code_challenge_method"), "S256");
        assert_eq!(value("scope"), "openid email groups");
        assert_eq!(value("redirect_uri"), format!("{}/session/oidc/callback", self.app.url()));
        Asked { state: value("state"), nonce: value("nonce"), challenge: value("code_challenge") }
    }

    /// Opens a one-time link in the front end on its static host.
    async fn open(&self, link: &str) -> Reply {
        let front = self.app.anonymous();
        let request = front.request(Method::POST, SESSION).header("origin", FRONT);
        front.send(request.json(&json!({ "link": link }))).await
    }

    /// A true id token of this sign-in.
    fn claims(&self, asked: &Asked) -> Value {
        let now = self.app.clock.now() / 1000;
        json!({
            "iss": self.issuer.url(), "aud": "pinfold", "sub": "7", "nonce": asked.nonce,
            "iat": now, "exp": now + 300, "email": "ann@example.com", "email_verified": true,
            "groups": ["admins", "others"],
        })
    }

    /// Comes back from the provider, which says this of the person.
    async fn come_back(&self, browser: &Client, asked: &Asked, claims: Value) -> Reply {
        self.issuer.says(claims);
        browser.get(&format!("{START}/callback?code=a-code&state={}", asked.state)).await
    }
}

/// Where a browser was sent in the end.
fn sent_to(reply: &Reply) -> &str {
    assert_eq!(reply.status, 303, "{}", reply.text);
    reply.headers["location"].to_str().expect("ASCII")
}

#[tokio::test]
async fn a_person_signs_in() {
    let stage = Stage::start().await;
    let names = stage.app.anonymous().get("/api/v1/sign-in").await.expect(200);
    assert_eq!(names["oidc"], json!({ "name": "Example", "url": START }));
    let browser = stage.app.anonymous();
    let asked = stage.begin(&browser).await;
    let reply = stage.come_back(&browser, &asked, stage.claims(&asked)).await;
    assert_eq!(sent_to(&reply), "/");
    let session = browser.get(SESSION).await.expect(200);
    assert_eq!((&session["role"], &session["workspace"]), (&json!("operator"), &json!("default")));
    // The code was exchanged with what proves that it is ours.
    let exchanges = stage.issuer.exchanges();
    let body = String::from_utf8(exchanges[0].body.clone()).expect("a form");
    assert!(body.contains("code=a-code") && body.contains("code_verifier="), "{body}");
    assert!(!asked.challenge.is_empty() && !body.contains(&asked.challenge));
    let log = browser.get("/api/v1/audit?action=session.sign_in").await.expect(200);
    assert_eq!(log["items"][0]["detail"], "by OpenID Connect as ann@example.com");
}

#[tokio::test]
async fn a_page_elsewhere_gets_a_link_that_makes_a_bearer() {
    let stage = Stage::start().await;
    let browser = stage.app.anonymous();
    let start = format!("{START}?page={FRONT}/tools/sign-in");
    let asked = stage.begin_at(&browser, &start).await;
    let reply = stage.come_back(&browser, &asked, stage.claims(&asked)).await;
    let to = sent_to(&reply);
    let link = to.strip_prefix("https://front.example/tools/sign-in#link=").expect(to);
    // The browser has no session of its own at the server.
    assert_eq!(browser.get(SESSION).await.problem(401), "unauthenticated");
    let signed_in = stage.open(link).await.expect(200);
    let bearer = stage.app.with_bearer(signed_in["token"].as_str().expect("a token"));
    assert_eq!(bearer.get(SESSION).await.expect(200)["role"], "operator");
    let log = bearer.get("/api/v1/audit?action=session.sign_in").await.expect(200);
    assert_eq!(log["items"][0]["detail"], "by link");
    assert_eq!(
        log["items"][1]["detail"],
        "a link by OpenID Connect as ann@example.com for https://front.example/tools/sign-in"
    );
    assert_eq!(stage.open(link).await.problem(401), "sign_in_refused");
}

#[tokio::test]
async fn a_page_that_is_not_named_is_offered_no_provider() {
    let stage = Stage::start().await;
    let anybody = stage.app.anonymous();
    for (origin, offered) in [(FRONT, true), (PORTAL, false)] {
        let ask = anybody.request(Method::GET, "/api/v1/sign-in").header("origin", origin);
        assert_eq!(anybody.send(ask).await.expect(200)["oidc"].is_object(), offered, "{origin}");
    }
    let start = format!("{START}?page={PORTAL}/sign-in");
    assert_eq!(sent_to(&anybody.get(&start).await), "/sign-in#error=foreign_origin");
}

#[tokio::test]
async fn a_link_that_waits_too_long_signs_nobody_in() {
    let stage = Stage::start().await;
    let browser = stage.app.anonymous();
    let asked = stage.begin_at(&browser, &format!("{START}?page={FRONT}/")).await;
    let reply = stage.come_back(&browser, &asked, stage.claims(&asked)).await;
    let link = sent_to(&reply).rsplit_once("#link=").expect("a link").1.to_owned();
    stage.app.clock.advance(61_000);
    assert_eq!(stage.open(&link).await.problem(401), "sign_in_refused");
}

#[tokio::test]
async fn a_page_elsewhere_learns_why_not() {
    let stage = Stage::start().await;
    let browser = stage.app.anonymous();
    let asked = stage.begin_at(&browser, &format!("{START}?page={FRONT}/")).await;
    let mut claims = stage.claims(&asked);
    claims["groups"] = json!([]);
    claims["email"] = json!("ann@evil.example");
    let reply = stage.come_back(&browser, &asked, claims).await;
    assert_eq!(sent_to(&reply), "https://front.example/#error=forbidden");
}

#[tokio::test]
async fn no_page_that_is_not_named_is_ever_sent_to() {
    let stage = Stage::start().await;
    for page in [
        // A page of a listed origin, such as a portal's, is not enough.
        "https://front.example/portal",
        "https://front.example/tools/sign-in/",
        "https://evil.example/",
        "https://front.example.evil.example/",
        "https://front.example@evil.example/",
        "https://user@front.example/",
        "http://front.example/",
        "https://front.example:8443/",
        "https://front.example/?next=1",
        "https://front.example/%23x%23y%23?",
        "//front.example/",
        "/sign-in",
        "javascript:alert(1)",
        "",
    ] {
        let page = page.replace('?', "%3F");
        let reply = stage.app.anonymous().get(&format!("{START}?page={page}")).await;
        assert_eq!(sent_to(&reply), "/sign-in#error=foreign_origin", "{page}");
    }
}

#[tokio::test]
async fn the_table_says_what_somebody_may_do() {
    let stage = Stage::start().await;
    let browser = stage.app.anonymous();
    let asked = stage.begin(&browser).await;
    let mut claims = stage.claims(&asked);
    claims["groups"] = json!(["others"]);
    assert_eq!(sent_to(&stage.come_back(&browser, &asked, claims).await), "/");
    assert_eq!(browser.get(SESSION).await.expect(200)["role"], "connector");
    for change in [json!({ "email": "ann@evil.example" }), json!({ "email_verified": false })] {
        let browser = stage.app.anonymous();
        let asked = stage.begin(&browser).await;
        let mut claims = stage.claims(&asked);
        claims["groups"] = json!([]);
        claims
            .as_object_mut()
            .expect("claims")
            .extend(change.as_object().expect("a change").clone());
        let reply = stage.come_back(&browser, &asked, claims).await;
        assert_eq!(sent_to(&reply), "/sign-in#error=forbidden");
        assert_eq!(browser.get(SESSION).await.status, 401);
    }
}

#[tokio::test]
async fn what_is_not_true_signs_nobody_in() {
    let stage = Stage::start().await;
    let now = stage.app.clock.now() / 1000;
    for lie in [
        json!({ "nonce": "another" }),
        json!({ "nonce": null }),
        json!({ "aud": "somebody-else" }),
        json!({ "aud": ["pinfold", "somebody-else"] }),
        json!({ "iss": "https://evil.example" }),
        json!({ "exp": now - 1 }),
    ] {
        let browser = stage.app.anonymous();
        let asked = stage.begin(&browser).await;
        let mut claims = stage.claims(&asked);
        claims.as_object_mut().expect("claims").extend(lie.as_object().expect("a lie").clone());
        let reply = stage.come_back(&browser, &asked, claims).await;
        assert_eq!(sent_to(&reply), "/sign-in#error=sign_in_refused", "{lie}");
        assert_eq!(browser.get(SESSION).await.status, 401, "{lie}");
    }
}

#[tokio::test]
async fn an_answer_to_another_question_is_refused_before_the_provider_is_asked() {
    let stage = Stage::start().await;
    let (browser, other) = (stage.app.anonymous(), stage.app.anonymous());
    let asked = stage.begin(&browser).await;
    let _ = stage.begin(&other).await;
    stage.issuer.exchanges();
    // Another browser's cookie, none at all, another state, none at all.
    let replies = [
        stage.come_back(&other, &asked, stage.claims(&asked)).await,
        stage.come_back(&stage.app.anonymous(), &asked, stage.claims(&asked)).await,
        browser.get(&format!("{START}/callback?code=a-code&state=wrong")).await,
        stage.begin_again(&browser).await.get(&format!("{START}/callback?code=a-code")).await,
    ];
    for reply in &replies {
        assert_eq!(sent_to(reply), "/sign-in#error=sign_in_refused");
    }
    assert!(stage.issuer.exchanges().is_empty());
    // Too late.
    let asked = stage.begin(&browser).await;
    stage.app.clock.advance(10 * 60 * 1000);
    let reply = stage.come_back(&browser, &asked, stage.claims(&asked)).await;
    assert_eq!(sent_to(&reply), "/sign-in#error=sign_in_refused");
    assert!(stage.issuer.exchanges().is_empty());
    let log = stage.app.with_access_key().get("/api/v1/audit?action=session.sign_in").await;
    assert_eq!(log.expect(200)["items"][0]["result"], "refused");
}

impl Stage {
    async fn begin_again<'a>(&self, browser: &'a Client) -> &'a Client {
        let _ = self.begin(browser).await;
        browser
    }
}

#[tokio::test]
async fn the_provider_may_say_no_or_nothing() {
    let stage = Stage::start().await;
    let browser = stage.app.anonymous();
    let asked = stage.begin(&browser).await;
    let no = format!("{START}/callback?error=access_denied&state={}", asked.state);
    assert_eq!(sent_to(&browser.get(&no).await), "/sign-in#error=sign_in_refused");
    let asked = stage.begin(&browser).await;
    stage.issuer.goes_down();
    let back = format!("{START}/callback?code=a-code&state={}", asked.state);
    assert_eq!(sent_to(&browser.get(&back).await), "/sign-in#error=provider_unreachable");
}

#[tokio::test]
async fn without_a_provider_there_is_no_such_way() {
    let app = TestApp::start().await;
    assert_eq!(app.anonymous().get(START).await.problem(404), "not_found");
    let callback = app.anonymous().get(&format!("{START}/callback?code=a&state=b")).await;
    assert_eq!(callback.problem(404), "not_found");
    let names = app.anonymous().get("/api/v1/sign-in").await.expect(200);
    assert_eq!(names["oidc"], json!(null));
}
