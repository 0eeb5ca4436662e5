//! The second leg as a browser walks it.

use crate::lab::{Answer, Lab, Pair};

fn authorize(request: &Pair) -> String {
    format!("/oauth/authorize?oauth_token={}", request.token)
}

/// The PIN as it stands in the page.
fn pin_in(page: &Answer) -> String {
    let text = page.text();
    let (_, after) = text.split_once("<code id=\"pin\">").expect("a PIN page");
    after.split('<').next().expect("a PIN").to_owned()
}

async fn decide(lab: &Lab, request: &Pair, screen_name: &str, decision: &str) -> Answer {
    let fields =
        [("oauth_token", &*request.token), ("screen_name", screen_name), ("decision", decision)];
    lab.submit("/oauth/authorize", &fields).await
}

#[tokio::test]
async fn a_person_chooses_an_account_and_reads_a_pin() {
    let lab = Lab::start().await;
    let request = lab.request_token().await;
    let consent = lab.page(&authorize(&request)).await;
    assert_eq!(consent.status, 200);
    let text = consent.text();
    for words in [
        "Sandbox, not X",
        "Authorize Pinfold to access your account?",
        "This application will be able to:",
        ">Authorize app</button>",
        ">Cancel</button>",
    ] {
        assert!(text.contains(words), "{words}");
    }
    assert!(text.matches("type=\"radio\"").count() >= 5);

    let page = decide(&lab, &request, "raed_news", "authorize").await;
    assert!(page.text().contains("return to Pinfold and enter this PIN"));
    let granted = lab.exchange(&request, &pin_in(&page)).send().await;
    assert_eq!(granted.form("screen_name").as_deref(), Some("raed_news"));
}

#[tokio::test]
async fn a_reload_of_the_pin_page_shows_the_same_pin() {
    let lab = Lab::start().await;
    let request = lab.request_token().await;
    let first = pin_in(&decide(&lab, &request, "brief", "authorize").await);
    assert_eq!(pin_in(&decide(&lab, &request, "brief", "authorize").await), first);
}

#[tokio::test]
async fn cancel_denies_and_kills_the_request_token() {
    let lab = Lab::start().await;
    let request = lab.request_token().await;
    let pin = lab.consent(&request, "brief").await;
    let denied = decide(&lab, &request, "brief", "cancel").await;
    assert!(denied.text().contains("Access was denied"));
    assert_eq!(lab.page(&authorize(&request)).await.status, 403);
    let refused = lab.exchange(&request, &pin).send().await;
    assert_eq!(refused.sentence(), (401, "Invalid request token".to_owned()));
}

#[tokio::test]
async fn an_unknown_spent_or_old_request_token_has_no_consent_page() {
    let lab = Lab::start().await;
    let unknown = Pair { token: "none".to_owned(), secret: String::new() };
    let spent = lab.request_token().await;
    let pin = lab.consent(&spent, "brief").await;
    lab.exchange(&spent, &pin).send().await;
    for request in [&unknown, &spent] {
        let page = lab.page(&authorize(request)).await;
        assert_eq!(page.status, 403);
        assert!(page.text().contains("There is no request token for this page"));
        assert_eq!(decide(&lab, request, "brief", "authorize").await.status, 403);
    }
    assert_eq!(lab.page("/oauth/authorize").await.status, 403);
    let old = lab.request_token().await;
    lab.pass(600);
    assert_eq!(lab.page(&authorize(&old)).await.status, 403);
}

#[tokio::test]
async fn the_address_can_choose_the_account_and_ask_for_the_password() {
    let lab = Lab::start().await;
    let request = lab.request_token().await;
    let checked = |page: &Answer, screen_name: &str| {
        page.text().contains(&format!("value=\"{screen_name}\" required checked"))
    };
    let plain = lab.page(&authorize(&request)).await;
    assert!(checked(&plain, "brief") && !plain.text().contains("password"));
    let asked = format!("{}&force_login=true&screen_name=READER", authorize(&request));
    let asked = lab.page(&asked).await;
    assert!(checked(&asked, "reader") && asked.text().contains("password"));
}

#[tokio::test]
async fn the_page_lists_what_this_request_may_do_and_no_more() {
    let lab = Lab::start().await;
    let abilities = async |request: &Pair| {
        let text = lab.page(&authorize(request)).await.text();
        ["See posts", "Post, like", "direct messages"].map(|ability| text.contains(ability))
    };
    assert_eq!(abilities(&lab.request_token().await).await, [true, true, false]);
    let signed = [("x_auth_access_type", "read")];
    let reads = lab.ask().query("x_auth_access_type=read", &signed).send().await.pair();
    assert_eq!(abilities(&reads).await, [true, false, false]);
}

#[tokio::test]
async fn names_are_text_whatever_they_hold() {
    let lab = Lab::start().await;
    let app = lab.another_app("read").await;
    let request = lab.ask().app(&app).send().await.pair();
    let path = format!("{}&screen_name=%3Cimg%3E", authorize(&request));
    let consent = lab.page(&path).await.text();
    assert!(consent.contains("Second &lt;app&gt;") && !consent.contains("<app>"));
    assert!(consent.contains("&lt;script&gt;") && !consent.contains("<script"));
    assert!(!consent.contains("<img"));

    let hostile = "\"><img src=x onerror=alert(1)>";
    let page = decide(&lab, &request, hostile, "authorize").await;
    assert!(!page.text().contains("<img"));
    let granted = lab.exchange(&request, &pin_in(&page)).app(&app).send().await;
    assert_eq!(granted.form("screen_name").as_deref(), Some(hostile));
}

#[tokio::test]
async fn the_page_runs_nothing_and_fits_in_no_frame() {
    let lab = Lab::start().await;
    let page = lab.page(&authorize(&lab.request_token().await)).await;
    let policy = page.header("content-security-policy");
    for directive in [
        "default-src 'none'",
        "style-src 'sha256-",
        "form-action 'self';",
        "frame-ancestors 'none'",
    ] {
        assert!(policy.contains(directive), "{directive} in {policy}");
    }
    assert!(!policy.contains("unsafe"));
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("cross-origin-opener-policy"), "same-origin");
    assert!(!page.text().contains("style=\""));
}

#[tokio::test]
async fn a_callback_address_gets_the_verifier_or_the_denial() {
    let lab = Lab::start().await;
    let ask =
        || lab.post("/oauth/request_token").oauth("oauth_callback", "http://127.0.0.1:9/cb?a=1");
    let request = ask().send().await.pair();
    let page = lab.page(&authorize(&request)).await;
    let policy = page.header("content-security-policy");
    assert!(policy.contains("form-action 'self' http://127.0.0.1:9;"), "{policy}");
    let sent = decide(&lab, &request, "brief", "authorize").await;
    assert_eq!(sent.status, 303);
    let prefix = format!("http://127.0.0.1:9/cb?a=1&oauth_token={}&oauth_verifier=", request.token);
    let verifier = sent.header("location").strip_prefix(&prefix).expect("the callback").to_owned();
    assert_eq!(lab.exchange(&request, &verifier).send().await.status, 200);

    let request = ask().send().await.pair();
    let denied = decide(&lab, &request, "brief", "cancel").await;
    let expected = format!("http://127.0.0.1:9/cb?a=1&denied={}", request.token);
    assert_eq!(denied.header("location"), expected);
}

#[tokio::test]
async fn the_fold_out_makes_it_misbehave_and_behave_again() {
    let lab = Lab::start().await;
    let request = lab.request_token().await;
    let order = async |act: &str| {
        let fields =
            [("oauth_token", &*request.token), ("act", act), ("mode", "burn"), ("times", "2")];
        lab.submit("/oauth/authorize/misbehave", &fields).await
    };
    let told = order("misbehave").await;
    assert_eq!((told.status, told.header("location")), (303, authorize(&request).as_str()));
    let page = lab.page(&authorize(&request)).await.text();
    assert!(
        page.contains("<details open>") && page.contains("<code>burn</code>, step any, 2 left")
    );
    order("behave").await;
    assert!(!lab.page(&authorize(&request)).await.text().contains("<details open>"));
}

#[tokio::test]
async fn a_form_of_another_site_is_refused() {
    let lab = Lab::start().await;
    let request = lab.request_token().await;
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let body = format!("oauth_token={}&screen_name=brief&decision=authorize", request.token);
        let sent = lab
            .http
            .post(lab.url("/oauth/authorize"))
            .header("content-type", "application/x-www-form-urlencoded")
            .header(name, value)
            .body(body);
        assert_eq!(sent.send().await.expect("an answer").status(), 403, "{name}: {value}");
    }
}
