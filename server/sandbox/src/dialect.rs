//! X's answers, word for word and with its odd content types, so that a client that understands
//! the sandbox understands X.
//!
//! It decides nothing: who is refused, and why, is `verify`, `world` and `misbehave`.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::meter::Rate;
use crate::verify::Refusal;
use crate::world::{Standing, Unspendable};

/// X sends form bodies and plain sentences as this.
const ODD_HTML: &str = "text/html;charset=utf-8";
const JSON: &str = "application/json; charset=utf-8";
const XML: &str = "application/xml; charset=utf-8";
const PROBLEMS: &str = "https://api.x.com/2/problems/";

/// An answer that ends a handler early, by `?`.
pub(crate) struct Refused(Box<Response>);

impl From<Response> for Refused {
    fn from(response: Response) -> Self {
        Self(Box::new(response))
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        *self.0
    }
}

fn answer(status: StatusCode, content_type: &'static str, body: impl Into<String>) -> Response {
    (status, [(header::CONTENT_TYPE, content_type)], body.into()).into_response()
}

/// Puts a header on an answer; a value that no header can hold is left out.
pub(crate) fn with(mut response: Response, name: &'static str, value: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(HeaderName::from_static(name), value);
    }
    response
}

/// A successful API answer.
pub(crate) fn data(status: StatusCode, body: &Value) -> Response {
    answer(status, JSON, body.to_string())
}

/// A successful `/oauth/*` answer: a form body that calls itself HTML.
pub(crate) fn form(pairs: &[(&str, &str)]) -> Response {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    answer(StatusCode::OK, ODD_HTML, body)
}

/// `{"errors":[{"code":…,"message":…}]}`.
pub(crate) fn error(status: StatusCode, code: u16, message: &str) -> Response {
    let body = json!({ "errors": [{ "code": code, "message": message }] });
    let response = answer(status, JSON, body.to_string());
    if status == StatusCode::UNAUTHORIZED {
        let challenge = format!("OAuth realm=\"https://api.x.com\", api_error_code={code}");
        return with(response, "www-authenticate", &challenge);
    }
    response
}

/// A v2 problem document; `kind` is the end of its type, or empty for `about:blank`.
pub(crate) fn problem(status: StatusCode, kind: &str, title: &str, detail: &str) -> Response {
    let type_uri =
        if kind.is_empty() { "about:blank".to_owned() } else { format!("{PROBLEMS}{kind}") };
    let body = json!({
        "title": title, "detail": detail, "type": type_uri, "status": status.as_u16(),
    });
    answer(status, JSON, body.to_string())
}

/// A 200 that has nothing to show, as X answers for what is not there.
pub(crate) fn absent(kind: &str, parameter: &str, value: &str) -> Value {
    json!({ "errors": [{
        "title": "Not Found Error", "detail": format!("Could not find {kind} with {parameter}: [{value}]."),
        "type": format!("{PROBLEMS}resource-not-found"), "parameter": parameter,
        "resource_type": kind, "resource_id": value, "value": value,
    }] })
}

/// A plain sentence that calls itself HTML.
pub(crate) fn sentence(reason: &str) -> Response {
    let body = format!("Error processing your OAuth request: {reason}");
    answer(StatusCode::UNAUTHORIZED, ODD_HTML, body)
}

pub(crate) fn bad_request() -> Response {
    error(StatusCode::BAD_REQUEST, 215, "Bad Authentication data.")
}

pub(crate) fn bad_credentials() -> Response {
    error(StatusCode::UNAUTHORIZED, 32, "Could not authenticate you.")
}

pub(crate) fn clock() -> Response {
    error(StatusCode::UNAUTHORIZED, 135, "Timestamp out of bounds.")
}

pub(crate) fn wrong_verifier() -> Response {
    sentence("Invalid oauth_verifier parameter")
}

pub(crate) fn app_suspended() -> Response {
    error(StatusCode::UNAUTHORIZED, 416, "Invalid / suspended application")
}

const CALLBACK: &str = "Callback URL not approved for this client application. Approved callback \
                        URLs can be adjusted in your application settings";

pub(crate) fn callback_json() -> Response {
    error(StatusCode::FORBIDDEN, 415, CALLBACK)
}

pub(crate) fn callback_xml() -> Response {
    let body = format!(
        "<?xml version='1.0' encoding='UTF-8'?><errors><error code=\"415\">{CALLBACK}</error></errors>"
    );
    answer(StatusCode::FORBIDDEN, XML, body)
}

/// A callback that the app's settings do not allow, in the format the client accepts.
pub(crate) fn callback_refused(headers: &HeaderMap) -> Response {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    if accept.is_some_and(|accept| accept.contains("application/json")) {
        callback_json()
    } else {
        callback_xml()
    }
}

pub(crate) fn desktop_only() -> Response {
    answer(
        StatusCode::UNAUTHORIZED,
        XML,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><hash><error>Desktop applications only support \
         the oauth_callback value 'oob'</error><request>/oauth/request_token</request></hash>",
    )
}

pub(crate) fn standing(standing: Standing) -> Response {
    match standing {
        Standing::Locked => error(
            StatusCode::FORBIDDEN,
            326,
            "To protect our users from spam and other malicious activity, this account is \
             temporarily locked. Please log in to https://x.com to unlock your account.",
        ),
        Standing::Suspended | Standing::Good => error(
            StatusCode::FORBIDDEN,
            64,
            "Your account is suspended and is not permitted to access this feature.",
        ),
    }
}

pub(crate) fn read_only() -> Response {
    problem(
        StatusCode::FORBIDDEN,
        "oauth1-permissions",
        "Forbidden",
        "Your client app is not configured with the appropriate oauth1 app permissions for this \
         endpoint.",
    )
}

pub(crate) fn not_found() -> Response {
    error(StatusCode::NOT_FOUND, 34, "Sorry, that page does not exist.")
}

pub(crate) fn too_large() -> Response {
    answer(StatusCode::PAYLOAD_TOO_LARGE, ODD_HTML, "Payload Too Large")
}

const DESKTOP: &str = "Desktop applications only support the oauth_callback value 'oob'";

pub(crate) fn desktop_only_json() -> Response {
    error(StatusCode::UNAUTHORIZED, 417, DESKTOP)
}

/// Neither code nor explanation, as each part of the API says it.
pub(crate) fn unauthorized(path: &str) -> Response {
    if path.starts_with("/2/") {
        problem(StatusCode::UNAUTHORIZED, "", "Unauthorized", "Unauthorized")
    } else {
        answer(StatusCode::UNAUTHORIZED, ODD_HTML, "Failed to validate oauth signature and token")
    }
}

pub(crate) fn app_read_only() -> Response {
    error(
        StatusCode::FORBIDDEN,
        261,
        "Application cannot perform write actions. Contact Twitter Platform Operations through \
         https://help.twitter.com/forms/platform.",
    )
}

pub(crate) fn access_tier() -> Response {
    error(
        StatusCode::FORBIDDEN,
        453,
        "You currently have access to a subset of X API V2 endpoints and limited v1.1 endpoints \
         (e.g. media post, oauth) only. If you need access to this endpoint, you may need a \
         different access level. You can learn more here: \
         https://developer.x.com/en/portal/product",
    )
}

pub(crate) fn wrong_authentication() -> Response {
    problem(
        StatusCode::FORBIDDEN,
        "unsupported-authentication",
        "Unsupported Authentication",
        "Authenticating with OAuth 1.0a User Context is forbidden for this endpoint.  Supported \
         authentication types are [OAuth 2.0 User Context].",
    )
}

pub(crate) fn usage_capped() -> Response {
    problem(
        StatusCode::TOO_MANY_REQUESTS,
        "usage-capped",
        "UsageCapExceeded",
        "Usage cap exceeded: Monthly product cap",
    )
}

pub(crate) fn duplicate() -> Response {
    error(StatusCode::FORBIDDEN, 187, "Status is a duplicate.")
}

pub(crate) fn too_long() -> Response {
    error(StatusCode::FORBIDDEN, 186, "Tweet needs to be a bit shorter.")
}

/// A body or a parameter that makes no sense.
pub(crate) fn invalid_request() -> Response {
    problem(
        StatusCode::BAD_REQUEST,
        "invalid-request",
        "Invalid Request",
        "One or more parameters to your request was invalid.",
    )
}

/// Not X, but what stands between: a page to sign in to a network, perhaps.
pub(crate) fn redirect() -> Response {
    with(answer(StatusCode::FOUND, ODD_HTML, ""), "location", "http://127.0.0.1:9/sign-in")
}

/// A refused signature, as the endpoint at this path says it.
pub(crate) fn refusal(path: &str, refusal: Refusal) -> Response {
    let exchange = path == "/oauth/access_token";
    match refusal {
        Refusal::Missing("oauth_token") if exchange => {
            sentence("Reverse auth credentials are invalid")
        }
        Refusal::Malformed(_) | Refusal::Missing(_) | Refusal::Unsupported => bad_request(),
        Refusal::Timestamp => clock(),
        Refusal::Token if exchange => sentence("Invalid request token"),
        Refusal::Token => error(StatusCode::UNAUTHORIZED, 89, "Invalid or expired token."),
        Refusal::Consumer | Refusal::Signature | Refusal::Nonce if path.starts_with("/2/") => {
            unauthorized(path)
        }
        Refusal::Consumer | Refusal::Signature | Refusal::Nonce => bad_credentials(),
    }
}

/// A request token that buys nothing.
pub(crate) fn unspendable(reason: Unspendable) -> Response {
    match reason {
        Unspendable::Invalid => sentence("Invalid request token"),
        Unspendable::Spent => sentence("This feature is temporarily unavailable"),
        Unspendable::Verifier => wrong_verifier(),
        Unspendable::Account(held) => standing(held),
    }
}

/// X answers a wrong PIN in the language of the account's owner.
pub(crate) fn wrong_verifier_localised() -> Response {
    answer(
        StatusCode::UNAUTHORIZED,
        ODD_HTML,
        "OAuthリクエストの処理中にエラーが発生しました: oauth_verifierパラメーターが無効です",
    )
}

pub(crate) fn not_enrolled() -> Response {
    not_enrolled_of(&format!("{PROBLEMS}client-forbidden"))
}

pub(crate) fn not_enrolled_untyped() -> Response {
    not_enrolled_of("about:blank")
}

fn not_enrolled_of(type_uri: &str) -> Response {
    let body = json!({
        "client_id": "1", "required_enrollment": "Appropriate Level of API Access",
        "registration_url": "https://developer.x.com/en/docs/projects/overview",
        "title": "Client Forbidden", "reason": "client-not-enrolled", "status": 403,
        "detail": "When authenticating requests to the X API v2 endpoints, you must use keys and \
                   tokens from a developer App that is attached to a Project. You can create a \
                   project via the developer portal.",
        "type": type_uri,
    });
    answer(StatusCode::FORBIDDEN, JSON, body.to_string())
}

pub(crate) fn no_credits() -> Response {
    problem(
        StatusCode::PAYMENT_REQUIRED,
        "credits",
        "CreditsDepleted",
        "Your enrolled account does not have any credits to fulfill this request.",
    )
}

pub(crate) fn rate_limited(path: &str, rate: Rate) -> Response {
    let response = if path.starts_with("/2/") {
        problem(StatusCode::TOO_MANY_REQUESTS, "", "Too Many Requests", "Too Many Requests")
    } else {
        error(StatusCode::TOO_MANY_REQUESTS, 88, "Rate limit exceeded")
    };
    rated(response, rate)
}

/// What every answer of the API says about its limit.
pub(crate) fn rated(response: Response, rate: Rate) -> Response {
    let response = with(response, "x-rate-limit-limit", &rate.limit.to_string());
    let response = with(response, "x-rate-limit-remaining", &rate.left.to_string());
    with(response, "x-rate-limit-reset", &rate.reset.to_string())
}

pub(crate) fn server_error() -> Response {
    error(StatusCode::INTERNAL_SERVER_ERROR, 131, "Internal error")
}

pub(crate) fn unavailable() -> Response {
    answer(
        StatusCode::SERVICE_UNAVAILABLE,
        ODD_HTML,
        "<!DOCTYPE html><html><head><title>X / Over capacity</title></head><body><h1>X is over \
         capacity.</h1><p>Please wait a few moments and try again.</p></body></html>",
    )
}

/// 200, and nothing that any format knows: not even text.
pub(crate) fn garbage() -> Response {
    let bytes = b"\x1f\x8b\x00\xff\xfe&oauth_token&=%zz%\xc3(\x00}{".to_vec();
    (StatusCode::OK, [(header::CONTENT_TYPE, ODD_HTML)], bytes).into_response()
}
