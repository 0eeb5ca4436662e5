//! The error doctor's table: each row is provoked at the sandbox.

use std::collections::BTreeSet;

use pinfold::clock::Clock;
use pinfold::x::doctor::{ROWS, Step};
use pinfold::x::{Authorize, Failure, KeyPair, X};
use pinfold_tests::TestApp;
use serde_json::json;
use url::Url;

use crate::flow::{consented, id, pin_path};

/// Row, the sandbox's mode, and the step. No mode: what the keys or the PIN say for themselves.
const PROVOKED: &[(&str, Option<&str>, Step)] = {
    use Step::{AccessToken, Api, RequestToken};
    &[
        ("unsendable", None, RequestToken),
        ("silence", Some("reset"), RequestToken),
        ("silence", Some("reset"), Api),
        ("unconfirmed", Some("omit_callback_confirmed"), RequestToken),
        ("unconfirmed", Some("callback_confirmed_false"), RequestToken),
        ("unusable", Some("garbage"), RequestToken),
        ("unusable", Some("garbage"), AccessToken),
        ("unusable", Some("garbage"), Api),
        ("timestamp", Some("clock_skew"), AccessToken),
        ("clock", Some("clock_skew_unsaid"), AccessToken),
        ("clock_unsaid", Some("clock_skew_unsaid"), Api),
        ("token_signature", Some("bad_credentials"), Api),
        ("token_signature", Some("bad_authentication"), Api),
        ("request_token_signature", Some("bad_credentials"), AccessToken),
        ("app_keys", None, RequestToken),
        ("app_keys", Some("bad_authentication"), RequestToken),
        ("revoked", None, Api),
        ("callback", Some("callback_json"), RequestToken),
        ("callback", Some("callback_xml"), RequestToken),
        ("desktop_code", Some("desktop_only_json"), RequestToken),
        ("desktop_only", Some("desktop_only_xml"), RequestToken),
        ("app_suspended", Some("app_suspended"), RequestToken),
        ("app_suspended", Some("app_suspended"), Api),
        ("account_locked", Some("locked"), AccessToken),
        ("account_suspended", Some("suspended"), AccessToken),
        ("app_cannot_write", Some("app_read_only"), Api),
        ("token_cannot_write", Some("token_read_only"), Api),
        ("access_tier", Some("access_tier"), Api),
        ("not_enrolled", Some("not_enrolled"), Api),
        ("not_enrolled_reason", Some("not_enrolled_untyped"), Api),
        ("wrong_authentication", Some("wrong_authentication"), Api),
        ("no_credits", Some("no_credits"), Api),
        ("month_used_up", Some("usage_capped"), Api),
        ("rate_code", Some("rate_limited"), RequestToken),
        ("rate_status", Some("rate_limited"), Api),
        ("duplicate", Some("duplicate"), Api),
        ("too_long", Some("too_long"), Api),
        ("x_failed", Some("server_error"), AccessToken),
        ("x_failed", Some("unavailable"), Api),
        ("wrong_pin", None, AccessToken),
        ("wrong_pin", Some("invalid_verifier_localised"), AccessToken),
        ("request_token_spent", Some("expire"), AccessToken),
        ("app_keys_unsaid", Some("unauthorized"), RequestToken),
        ("unauthorized", Some("unauthorized"), Api),
        ("not_an_answer", Some("redirect"), RequestToken),
        ("refused", Some("invalid_request"), Api),
    ]
};

struct Lab {
    app: TestApp,
    keys: KeyPair,
    /// A token pair that works.
    token: KeyPair,
}

impl Lab {
    async fn start() -> Self {
        let app = TestApp::start().await;
        let client = app.operator().await;
        let (pending, pin) = consented(&app, &client, "brief").await;
        let _ = client.post(&pin_path(&id(&pending)), &json!({ "pin": pin })).await.expect(200);
        let (token, secret) = app.token_of_the_sandbox();
        let keys = KeyPair::new(app.consumer_key(), app.consumer_secret().into());
        Self { app, keys, token: KeyPair::new(token, secret.into()) }
    }

    fn url(&self) -> Url {
        self.app.sandbox_url().parse().expect("a URL")
    }

    async fn misbehave(&self, mode: Option<&str>, step: Step) {
        let Some(mode) = mode else { return };
        let step = match step {
            Step::RequestToken => "request_token",
            Step::AccessToken => "access_token",
            Step::Api => "api",
        };
        let mut order = json!({ "mode": mode, "step": step });
        if mode.starts_with("clock") {
            // More than is corrected: less would heal by itself.
            order["seconds"] = json!(16 * 3600);
        }
        let reply = self.app.sandbox().post("/sandbox/misbehave", &order).await;
        assert_eq!(reply.status, 204, "{}", reply.text);
    }

    /// What a call at this step fails with, by a way to X that has learned nothing yet.
    async fn failure(&self, row: &str, mode: Option<&str>, step: Step) -> Failure {
        let x = match row {
            // A clock that nobody ever set.
            "unsendable" => X::new(self.url(), Clock::fixed(0)),
            _ => X::new(self.url(), self.app.clock.clone()),
        };
        let request_pair = match step {
            Step::AccessToken => Some(x.request_token(&self.keys, None).await.expect("a token")),
            _ => None,
        };
        let url = request_pair.as_ref().map(|pair| x.authorize_url(&pair.id, Authorize::default()));
        let pin = match (&url, row, mode) {
            (Some(_), "wrong_pin", None) => "0".to_owned(),
            (Some(url), ..) => self.app.consent(url.as_str(), "brief").await,
            (None, ..) => String::new(),
        };
        self.misbehave(mode, step).await;
        let keys = match (row, mode) {
            ("app_keys", None) => KeyPair::new("no-key-of-x", "secret".to_owned().into()),
            _ => self.keys.clone(),
        };
        let token = match row {
            "revoked" => KeyPair::new("1-revoked", "secret".to_owned().into()),
            _ => self.token.clone(),
        };
        let failed = match request_pair {
            Some(pair) => x.access_token(&keys, &pair, &pin).await.err(),
            None if step == Step::Api => x.verify(&keys, &token).await.err(),
            None => x.request_token(&keys, None).await.err(),
        };
        failed.unwrap_or_else(|| panic!("{row}: X did as it was asked"))
    }
}

#[tokio::test]
async fn every_row_can_happen() {
    let lab = Lab::start().await;
    for (row, mode, step) in PROVOKED {
        let failure = lab.failure(row, *mode, *step).await;
        assert_eq!(failure.row.name, *row, "{mode:?} at {step:?}: {failure:?}");
        assert_eq!(failure.code, failure.row.code);
        let diagnosis = failure.diagnosis();
        assert_eq!(diagnosis.cause, failure.row.cause);
        assert!(diagnosis.next.starts_with(failure.row.next), "{}", diagnosis.next);
        assert!(diagnosis.proof.ends_with(failure.row.proof), "{}", diagnosis.proof);
        let answered = !matches!(*row, "silence" | "unsendable");
        assert_eq!(diagnosis.x.is_some(), answered, "{row}");
        assert_eq!(diagnosis.clock_skew_seconds.is_some(), answered, "{row}");
        let told = format!("{diagnosis:?}");
        for secret in lab.app.secrets_of_the_sandbox() {
            assert!(!told.contains(&secret), "{row}");
        }
    }
    let provoked: BTreeSet<&str> = PROVOKED.iter().map(|(row, ..)| *row).collect();
    let rows: BTreeSet<&str> = ROWS.iter().map(|row| row.name).collect();
    assert_eq!(provoked, rows, "each row needs something that provokes it");
}

#[tokio::test]
async fn what_was_seen_is_part_of_the_proof() {
    let lab = Lab::start().await;
    let numbered = lab.failure("app_suspended", Some("app_suspended"), Step::RequestToken).await;
    assert!(numbered.diagnosis().proof.starts_with("X answered 401 with code 416. "));
    let typed = lab.failure("no_credits", Some("no_credits"), Step::Api).await;
    assert!(typed.diagnosis().proof.starts_with("X answered 402 with “credits”. "));
    let bare = lab.failure("wrong_pin", None, Step::AccessToken).await;
    assert!(bare.diagnosis().proof.starts_with("X answered 401. "));
}

/// A port where nobody listens.
#[tokio::test]
async fn nobody_there_is_told_from_a_refusal() {
    let x = X::new("http://127.0.0.1:9".parse().expect("a URL"), Clock::system());
    let keys = KeyPair::new("k", "s".to_owned().into());
    let failure = x.request_token(&keys, None).await.expect_err("nobody listens there");
    assert_eq!(failure.row.name, "silence");
    assert_eq!(x.clock_skew(), None);
}
