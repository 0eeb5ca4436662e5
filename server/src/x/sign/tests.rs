//! The signer against published vectors, and against each thing it must refuse.

use std::num::NonZeroU64;

use oauth1_request::signature_method::HmacSha1;
use oauth1_request::{Builder, Credentials};
use proptest::collection::btree_map;
use proptest::prelude::*;
use secrecy::ExposeSecret as _;
use serde_json::Value;

use super::*;

fn sign(
    method: &Method,
    url: &str,
    parameters: &[(&str, &str)],
    leg: Leg<'_>,
) -> Result<Authorization, SignError> {
    let parameters: Vec<(String, String)> =
        parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let url = Url::parse(url).expect("a test's URL parses");
    let moment = Moment { nonce: "n0nce".into(), timestamp: 137_131_201 };
    let app = KeyPair::new("key", "secret".into());
    let request = Request { method, address: Address::of(&url)?, parameters: &parameters, leg };
    authorization(&request, &Signer::new(&app, None), &moment)
}

fn get(url: &str, parameters: &[(&str, &str)]) -> Result<Authorization, SignError> {
    sign(&Method::GET, url, parameters, Leg::None)
}

/// RFC 5849 with erratum 2550, X's "Creating a signature", OAuth Core 1.0 appendix A.
///
/// We always send `oauth_version`, as X wants it, so only the vectors that do the same can be
/// compared; and the vector with duplicate names must be refused.
#[test]
fn published_vectors() {
    let vectors: Value =
        serde_json::from_str(include_str!("vectors.json")).expect("the vectors are JSON");
    let mut compared = 0;
    for vector in vectors["signatures"].as_array().expect("a list") {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let oauth = &vector["oauth"];
        let parameters: Vec<(String, String)> = vector["params"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|pair| (text(&pair[0]), text(&pair[1])))
            .collect();
        let url = Url::parse(&text(&vector["url"])).expect("a URL");
        let method = text(&vector["method"]).parse().expect("a method");
        let address = Address::of(&url).expect("an address");
        let request = Request { method: &method, address, parameters: &parameters, leg: Leg::None };
        let app = KeyPair::new(
            text(&oauth["oauth_consumer_key"]),
            text(&vector["consumer_secret"]).into(),
        );
        let token = KeyPair::new(text(&oauth["oauth_token"]), text(&vector["token_secret"]).into());
        let moment = Moment {
            nonce: text(&oauth["oauth_nonce"]),
            timestamp: text(&oauth["oauth_timestamp"]).parse().expect("a timestamp"),
        };
        let signed = authorization(&request, &Signer::new(&app, Some(&token)), &moment);
        if vector["id"] == "rfc5849-3.1-erratum-2550" {
            assert_eq!(signed.expect_err("duplicate names"), SignError::Duplicate("a3".into()));
        } else if oauth["oauth_version"] == "1.0" {
            let expected = percent_encoding::utf8_percent_encode(
                vector["signature"].as_str().expect("text"),
                percent_encoding::NON_ALPHANUMERIC,
            )
            .to_string();
            let header = signed.expect("signs");
            assert!(
                header.as_str().contains(&format!("oauth_signature=\"{expected}\"")),
                "{vector}"
            );
            compared += 1;
        }
    }
    assert_eq!(compared, 3, "vectors went missing");
}

#[test]
fn each_leg_adds_its_own_parameter() {
    let url = "https://api.x.com/oauth/request_token";
    let header = sign(&Method::POST, url, &[], Leg::Callback("oob")).expect("signs");
    assert!(header.as_str().contains("oauth_callback=\"oob\""));
    assert!(header.as_str().contains("oauth_version=\"1.0\""));
    let header = sign(&Method::POST, url, &[], Leg::Verifier("0012345")).expect("signs");
    assert!(header.as_str().contains("oauth_verifier=\"0012345\""));
}

#[test]
fn a_signed_header_does_not_print() {
    let header = get("https://api.x.com/2/users/me", &[]).expect("signs");
    assert_eq!(format!("{header:?}"), "Sensitive");
    assert_eq!(format!("{:?}", header.into_header()), "Sensitive");
}

#[test]
fn a_signer_does_not_print_its_key() {
    let pair = |id: &str| KeyPair::new(id, "hush".into());
    let signer = Signer::new(&pair("app"), Some(&pair("1-token")));
    let printed = r#"Signer { consumer_key: "app", token: Some("1-token"), .. }"#;
    assert_eq!(format!("{signer:?}"), printed);
}

#[test]
fn what_would_be_signed_wrongly_is_refused() {
    let url = "https://api.x.com/2/users/me";
    let refused = |result: Result<Authorization, SignError>| result.expect_err("must refuse");
    assert_eq!(refused(get("https://api.x.com/2/users/me?a=1", &[])), SignError::Url);
    assert_eq!(refused(get("https://api.x.com/2/users/me#a", &[])), SignError::Url);
    assert_eq!(refused(get("file:///etc/passwd", &[])), SignError::Url);
    let base = Url::parse(url).expect("a URL");
    for path in [
        "",
        "2/users",
        "/2/../users",
        "/2/.",
        "/2/users?a=1",
        "/2/#a",
        "/2/%2e%2e/a",
        "/2/\\a",
        "/2/a b",
        "/2/ü",
    ] {
        assert_eq!(Address::below(&base, path).expect_err(path), SignError::Url);
    }
    let lower = Method::from_bytes(b"get").expect("a token");
    assert_eq!(refused(sign(&lower, url, &[], Leg::None)), SignError::Method);
    let twice = [("a", "1"), ("b", "1"), ("a", "2")];
    assert_eq!(refused(get(url, &twice)), SignError::Duplicate("a".into()));
    assert_eq!(refused(get(url, &[("c@", "")])), SignError::Name("c@".into()));
    assert_eq!(refused(get(url, &[("", "")])), SignError::Name(String::new()));
    let reserved = [("oauth_token", "mine")];
    assert_eq!(refused(get(url, &reserved)), SignError::Reserved("oauth_token".into()));
}

#[test]
fn nonces_are_fresh_and_alphanumeric() {
    let moment = Moment::now(&Clock::fixed(1_763_000_000_999));
    assert_eq!(moment.timestamp, 1_763_000_000);
    assert_eq!(moment.nonce.len(), 32);
    assert_ne!(moment.nonce, Moment::now(&Clock::system()).nonce);
}

/// The same by the library's own writer.
fn by_the_library(
    request: &Request<'_>,
    url: &Url,
    app: &KeyPair,
    token: Option<&KeyPair>,
    moment: &Moment,
) -> String {
    let credentials = |pair: &'_ KeyPair| {
        Credentials::new(pair.id.clone(), pair.secret.expose_secret().to_owned())
    };
    let mut builder = Builder::<_, String, String>::new(credentials(app), HmacSha1::new());
    builder
        .token(token.map(credentials))
        .nonce(moment.nonce.as_str())
        .timestamp(NonZeroU64::new(moment.timestamp))
        .version(true);
    match request.leg {
        Leg::None => {}
        Leg::Callback(callback) => drop(builder.callback(callback)),
        Leg::Verifier(verifier) => drop(builder.verifier(verifier)),
    }
    let list = ParameterList::new(request.parameters.to_vec());
    builder.authorize(request.method.as_str(), url, &list).replace(',', ", ")
}

proptest! {
    #[test]
    fn it_signs_as_the_library_does(
        parameters in btree_map("[a-zA-Z0-9._~-]{1,12}", ".{0,40}", 0..6),
        path in "[a-zA-Z0-9%/._~!$&'()*+,;=:@-]{0,30}",
        app in (".{1,30}", ".{0,60}"),
        token in proptest::option::of((".{0,50}", ".{0,60}")),
        leg in 0..3usize,
        word in ".{0,20}",
        timestamp in 1..u64::MAX,
    ) {
        let url = Url::parse(&format!("https://api.x.com/{path}")).expect("a URL");
        let parameters: Vec<_> =
            parameters.into_iter().filter(|(name, _)| !name.starts_with("oauth_")).collect();
        let leg = [Leg::None, Leg::Callback(&word), Leg::Verifier(&word)][leg];
        let address = Address::of(&url).expect("an address");
        let request = Request { method: &Method::POST, address, parameters: &parameters, leg };
        let pair = |(id, secret): (String, String)| KeyPair::new(id, secret.into());
        let (app, token) = (pair(app), token.map(pair));
        let moment = Moment { nonce: nonce(), timestamp };
        let signer = Signer::new(&app, token.as_ref());
        let ours = authorization(&request, &signer, &moment).expect("it signs");
        let theirs = by_the_library(&request, &url, &app, token.as_ref(), &moment);
        prop_assert_eq!(ours.as_str(), &theirs);
        let header = ours.into_header();
        prop_assert_eq!(header.to_str().expect("ASCII"), theirs);
    }
}
