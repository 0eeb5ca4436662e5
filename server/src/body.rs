//! A JSON body: capped, timed, and when it is wrong, the field is named and its value is not
//! repeated.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use pinfold_api::{Code, Object};
use serde::de::DeserializeOwned;

use crate::problem::Refusal;

/// No valid request of the API is larger.
const CAP: usize = 32 * 1024;
/// From the end of the head to the end of the body.
const DEADLINE: Duration = Duration::from_secs(10);
/// An export of some ten thousand connections.
const FILE_CAP: usize = 16 * 1024 * 1024;
const FILE_DEADLINE: Duration = Duration::from_mins(1);

/// A request body of type `T`.
pub struct Json<T>(pub T);

impl<T, S> FromRequest<S> for Json<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        read(request, CAP, DEADLINE).await.map(Self)
    }
}

/// The same, for a body that carries a file.
pub struct LargeJson<T>(pub T);

impl<T, S> FromRequest<S> for LargeJson<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        read(request, FILE_CAP, FILE_DEADLINE).await.map(Self)
    }
}

async fn read<T: DeserializeOwned>(
    request: Request,
    cap: usize,
    deadline: Duration,
) -> Result<T, Refusal> {
    let (typed, json) = (request.headers().contains_key(CONTENT_TYPE), is_json(&request));
    if typed && !json {
        return Err(Code::UnsupportedMediaType.into());
    }
    let body = collect(request, cap, deadline).await?;
    match &*body {
        // Where every member may be left out, so may be the braces.
        b"" => parse(b"{}"),
        body if json => parse(body),
        _ => Err(Code::UnsupportedMediaType.into()),
    }
}

/// Exactly `application/json`, with or without parameters. A form of a foreign page cannot send it
/// without being asked first (CORS preflight).
fn is_json(request: &Request) -> bool {
    let header = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = header.and_then(|value| value.split(';').next()).unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

async fn collect(request: Request, cap: usize, deadline: Duration) -> Result<Bytes, Refusal> {
    let body = Limited::new(request.into_body(), cap);
    match tokio::time::timeout(deadline, body.collect()).await {
        Ok(Ok(whole)) => Ok(whole.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Code::TooLarge.into()),
        Ok(Err(_)) => Err(Refusal::new(Code::InvalidRequest)
            .because("The body did not arrive whole. Send it again.")),
        Err(_) => Err(Code::RequestTimeout.into()),
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let Object(value) = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        refuse(&path, error.inner())
    })?;
    json.end().map_err(|error| refuse(".", &error))?;
    Ok(value)
}

/// serde's own words can repeat a value, and a value can be a secret in the wrong place, so only
/// the kind of the error and the names that the contract knows are told.
fn refuse(path: &str, error: &serde_json::Error) -> Refusal {
    let words = error.to_string();
    let names = |prefix: &str| words.strip_prefix(prefix).and_then(|rest| rest.split('`').next());
    let inside = |name: &str| match path {
        "." | "" => name.to_owned(),
        path if path.ends_with(name) => path.to_owned(),
        path => format!("{path}.{name}"),
    };
    let refusal = Refusal::new(Code::InvalidRequest);
    if let Some(name) = names("missing field `") {
        return refusal.at(inside(name)).because("This field is missing. Add it.");
    }
    if words.starts_with("unknown field `") {
        let at = if path == "." { String::new() } else { path.to_owned() };
        return refusal
            .at(at)
            .because("This field is unknown. Leave it out; /openapi.json lists the fields.");
    }
    if error.is_syntax() || error.is_eof() {
        return refusal.because(format!(
            "The body is not JSON (line {}, column {}).",
            error.line(),
            error.column()
        ));
    }
    let what = if path == "." { "The body" } else { "This" };
    let refusal = if path == "." { refusal } else { refusal.at(path) };
    refusal.because(match wanted(&words) {
        Some(wanted) => format!("{what} is to be {wanted}."),
        None => format!("{what} is of another kind than it should be. /openapi.json says which."),
    })
}

/// What serde expected, in words for people. It says so last, and of ours alone: what is before it may
/// be of the caller's.
fn wanted(words: &str) -> Option<String> {
    let (_, expected) = words.rsplit_once(", expected ")?;
    let expected = expected.split(" at line ").next()?;
    let choices: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
    match expected {
        "a string" => Some("text".to_owned()),
        "a boolean" => Some("true or false".to_owned()),
        "a sequence" => Some("a list".to_owned()),
        "an object" => Some("an object".to_owned()),
        "u8" | "u16" | "u32" | "u64" | "usize" => Some("a whole number, zero or more".to_owned()),
        "i8" | "i16" | "i32" | "i64" => Some("a whole number".to_owned()),
        "f32" | "f64" => Some("a number".to_owned()),
        _ => match choices.split_last()? {
            (only, []) => Some(format!("`{only}`")),
            (last, rest) => Some(format!("one of `{}` or `{last}`", rest.join("`, `"))),
        },
    }
}

#[cfg(test)]
mod tests {
    use pinfold_api::{
        ConnectionChange, NewAuthorization, NewConnection, NewKey, NewWorkspace, PinEntry,
        WorkspaceChange,
    };

    use super::*;

    fn field<T: DeserializeOwned>(json: &str) -> Option<String> {
        let Err(refusal) = parse::<T>(json.as_bytes()) else { panic!("{json} must be refused") };
        let problem = refusal.into_problem("r");
        assert!(!format!("{problem:?}").contains("canary"), "{problem:?}");
        problem.field
    }

    fn detail<T: DeserializeOwned>(json: &str) -> String {
        let Err(refusal) = parse::<T>(json.as_bytes()) else { panic!("{json} must be refused") };
        refusal.into_problem("r").detail
    }

    #[test]
    fn a_wrong_kind_is_told_what_it_is_to_be() {
        assert_eq!(detail::<PinEntry>(r#"{"pin":7}"#), "This is to be text.");
        let key =
            |rest: &str| detail::<NewKey>(&format!(r#"{{"name":"n","connections":[],{rest}}}"#));
        let whole = "This is to be a whole number, zero or more.";
        assert_eq!(key(r#""per_minute":"often, expected a canary""#), whole);
        assert_eq!(key(r#""per_minute":-1"#), whole);
        assert_eq!(key(r#""tasks":"tweet""#), "This is to be a list.");
        let choice = detail::<NewAuthorization>(r#"{"app":{"kind":"x, expected `canary`"}}"#);
        assert_eq!(choice, "This is to be one of `registered`, `own` or `saved`.");
    }

    #[test]
    fn a_list_is_no_object() {
        assert_eq!(detail::<PinEntry>(r#"["canary"]"#), "The body is to be an object.");
        assert_eq!(field::<PinEntry>(r#"["canary"]"#), None);
        assert_eq!(detail::<NewAuthorization>(r#"{"app":["own"]}"#), "This is to be an object.");
        assert_eq!(field::<NewAuthorization>(r#"{"app":["own"]}"#).as_deref(), Some("app"));
        for field in ["app", "allow"] {
            let json = format!(r#"{{"{field}":[]}}"#);
            assert_eq!(detail::<NewConnection>(&json), "This is to be an object.");
            assert_eq!(detail::<ConnectionChange>(&json), "This is to be an object.");
        }
        for field in ["registered_app", "limits"] {
            let json = format!(r#"{{"name":"n","{field}":[1,2]}}"#);
            assert_eq!(detail::<NewWorkspace>(&json), "This is to be an object.");
            assert_eq!(detail::<WorkspaceChange>(&json), "This is to be an object.");
        }
        let change = parse::<ConnectionChange>(br#"{"allow":null}"#).expect("a null is fine");
        assert_eq!(change.allow, Some(None));
    }

    #[test]
    fn a_wrong_body_names_its_field_and_repeats_no_value() {
        assert_eq!(field::<PinEntry>("{}").as_deref(), Some("pin"));
        assert_eq!(field::<PinEntry>(r#"{"pin":7}"#).as_deref(), Some("pin"));
        assert_eq!(field::<PinEntry>(r#"{"pin":"1","extra":1}"#).as_deref(), Some("extra"));
        let wrong_kind = r#"{"app":{"kind":"canary"}}"#;
        assert_eq!(field::<NewAuthorization>(wrong_kind).as_deref(), Some("app.kind"));
        assert_eq!(field::<NewAuthorization>(r#"{"app":{}}"#).as_deref(), Some("app.kind"));
        assert_eq!(field::<NewAuthorization>("{").as_deref(), None);
        assert_eq!(field::<PinEntry>(r#"{"pin":"1"} x"#).as_deref(), None);
    }
}
