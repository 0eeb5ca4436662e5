//! The body of a call: a form is read whole, because it is signed; anything else streams by.

use std::time::Duration;

use axum::body::Body;
use axum::http::header::{
    CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue, TRANSFER_ENCODING,
};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::{Body as _, Bytes};
use pinfold_api::Code;

use super::{parameters, price};
use crate::problem::Refusal;
use crate::x::pass::{BODY_CAP, OutBody, Payload};

const FORM: &str = "application/x-www-form-urlencoded";
/// No form of X's is larger: media go as multipart.
const FORM_CAP: usize = 256 * 1024;
/// As much of a post as is read ahead to price it. No text of X's is longer.
const POST_CAP: usize = 64 * 1024;
/// For what is read whole.
const DEADLINE: Duration = Duration::from_secs(10);

/// Reads the body as far as it has to be.
pub async fn read(headers: &HeaderMap, body: Body) -> Result<Payload, Refusal> {
    match check(headers, &body)? {
        Kind::Empty => Ok(Payload::Empty),
        Kind::Form => Ok(Payload::Form(Box::pin(form(body)).await?)),
        Kind::Other(content_type) => {
            Ok(Payload::Other { content_type, body: OutBody::stream(None, body) })
        }
    }
}

/// The same for a post that is priced by its text; also tells whether that may hold a URL.
pub async fn read_post(headers: &HeaderMap, body: Body) -> Result<(Payload, bool), Refusal> {
    match check(headers, &body)? {
        Kind::Empty => Ok((Payload::Empty, false)),
        Kind::Form => {
            let form = Box::pin(form(body)).await?;
            let has_url = form.iter().any(|(_, value)| price::may_hold_url(value));
            Ok((Payload::Form(form), has_url))
        }
        Kind::Other(content_type) => {
            let (ahead, rest) = Box::pin(read_ahead(body)).await?;
            // What is longer than was read may hold anything.
            let has_url = !rest.is_end_stream() || price::json_may_hold_url(&ahead);
            let body = OutBody::stream(Some(ahead), rest);
            Ok((Payload::Other { content_type, body }, has_url))
        }
    }
}

enum Kind {
    Empty,
    Form,
    Other(Option<HeaderValue>),
}

/// What kind of body it is, and whether any such can be passed on.
fn check(headers: &HeaderMap, body: &Body) -> Result<Kind, Refusal> {
    if headers.contains_key(TRANSFER_ENCODING) && headers.contains_key(CONTENT_LENGTH) {
        return Err(invalid(
            "content-length",
            "Send content-length or transfer-encoding, not both.",
        ));
    }
    if body.is_end_stream() {
        return Ok(Kind::Empty);
    }
    if headers.contains_key(CONTENT_ENCODING) {
        return Err(Refusal::new(Code::UnsupportedMediaType)
            .at("content-encoding")
            .because("Send the body as it is, without content-encoding."));
    }
    if body.size_hint().lower() > BODY_CAP {
        return Err(Code::TooLarge.into());
    }
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let content_type = types.next();
    if types.next().is_some() {
        return Err(invalid("content-type", "Send one content-type."));
    }
    let form = is_form(content_type)?;
    Ok(if form { Kind::Form } else { Kind::Other(content_type.cloned()) })
}

async fn form(body: Body) -> Result<Vec<(String, String)>, Refusal> {
    parameters::decode(&whole(body).await?, "body")
}

/// The first part of a body, and the rest: empty unless there is more than [`POST_CAP`].
async fn read_ahead(mut body: Body) -> Result<(Bytes, Body), Refusal> {
    let reading = async {
        let mut ahead = Vec::new();
        while ahead.len() <= POST_CAP {
            let Some(frame) = body.frame().await else { return Ok((ahead, Body::empty())) };
            if let Ok(data) = frame.map_err(|_| broken())?.into_data() {
                ahead.extend_from_slice(&data);
            }
        }
        Ok::<_, Refusal>((ahead, body))
    };
    let read = tokio::time::timeout(DEADLINE, reading).await;
    let (ahead, rest) = read.map_err(|_| Refusal::new(Code::RequestTimeout))??;
    Ok((ahead.into(), rest))
}

async fn whole(body: Body) -> Result<Bytes, Refusal> {
    let body = Limited::new(body, FORM_CAP);
    match tokio::time::timeout(DEADLINE, body.collect()).await {
        Ok(Ok(whole)) => Ok(whole.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Refusal::new(Code::TooLarge)
            .because("A form is at most 256 KB. Send media as multipart/form-data.")),
        Ok(Err(_)) => Err(broken()),
        Err(_) => Err(Code::RequestTimeout.into()),
    }
}

/// A charset is no part of the type that is signed (RFC 5849 §3.4.1.3.1), and what is sent is ASCII:
/// UTF-8 is let go of, and any other would have been decoded wrongly.
fn is_form(content_type: Option<&HeaderValue>) -> Result<bool, Refusal> {
    let Some(text) = content_type.and_then(|value| value.to_str().ok()) else { return Ok(false) };
    let (essence, parameters) = text.split_once(';').unwrap_or((text, ""));
    if !essence.trim().eq_ignore_ascii_case(FORM) {
        return Ok(false);
    }
    let parameters = parameters.trim().to_ascii_lowercase();
    let utf8 = ["", "charset=utf-8", "charset=\"utf-8\""].contains(&parameters.as_str());
    if utf8 {
        Ok(true)
    } else {
        Err(Refusal::new(Code::UnsupportedMediaType)
            .at("content-type")
            .because("A form is signed as UTF-8. Send it as application/x-www-form-urlencoded."))
    }
}

fn invalid(field: &str, why: &str) -> Refusal {
    Refusal::new(Code::InvalidRequest).at(field).because(why)
}

fn broken() -> Refusal {
    Refusal::new(Code::InvalidRequest).because("The body did not arrive whole. Send it again.")
}
