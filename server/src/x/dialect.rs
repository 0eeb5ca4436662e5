//! X's refusals, read: status first, then what the body looks like; never its localised words.
//!
//! Four shapes occur: `{"errors":[{"code":32,…}]}`, v2 problem documents, XML, and plain text sent
//! as HTML. Sources: X's "Response codes and errors", recorded answers.

use hyper::StatusCode;
use hyper::header::{HeaderMap, RETRY_AFTER};
use pinfold_api::ProviderError;
use serde_json::Value;

use super::Failure;
use super::doctor::{self, Evidence, Row, Sign, Step};
use super::http::Answer;

/// Longer than any sentence of X's; an HTML error page is cut.
const TEXT_CAP: usize = 300;
/// Beyond this X refuses timestamps (it has been seen to allow five minutes).
const SKEW_LIMIT: i64 = 240;

/// What an answer with an error status comes to.
pub(super) fn refusal(step: Step, answer: &Answer) -> Failure {
    let body = Body::read(&answer.body);
    let row = body.diagnose(step, answer);
    Failure {
        code: row.code,
        row,
        answer: Some(body.into_provider_error(answer.status)),
        clock_skew: answer.clock_skew,
        retry_after: retry_after(answer.status, &answer.headers),
    }
}

/// A success that cannot be used. Its body may hold secrets, so none of it is kept.
pub(super) fn unusable(step: Step, answer: &Answer, sign: Sign) -> Failure {
    let text = "an answer without the fields that X documents".to_owned();
    let status = answer.status.as_u16();
    let row = doctor::diagnose(step, &Evidence { status, sign: Some(sign), ..Default::default() });
    Failure {
        answer: Some(ProviderError { status, text, ..Default::default() }),
        clock_skew: answer.clock_skew,
        ..Failure::of(row)
    }
}

/// No answer at all.
pub(super) fn silence(sign: Sign) -> Failure {
    let seen = Evidence { sign: Some(sign), ..Default::default() };
    Failure::of(doctor::diagnose(Step::Api, &seen))
}

/// What was found in an error's body.
#[derive(Debug, Default)]
struct Body {
    code: Option<i64>,
    type_uri: Option<String>,
    reason: Option<String>,
    text: String,
}

impl Body {
    fn read(bytes: &[u8]) -> Self {
        let raw = String::from_utf8_lossy(bytes);
        if let Ok(json) = serde_json::from_slice::<Value>(bytes) {
            Self::from_json(&json)
        } else if let Some(xml) = raw.trim_start().strip_prefix('<') {
            Self { code: xml_code(xml), text: visible_text(&raw), ..Self::default() }
        } else {
            Self { text: visible_text(&raw), ..Self::default() }
        }
    }

    fn from_json(json: &Value) -> Self {
        let string = |value: &Value| value.as_str().map(str::to_owned);
        let first = &json["errors"][0];
        let own = [&json["detail"], &first["message"], &first["detail"]];
        let mut words = own.into_iter().chain([&json["title"], &first["title"], &json["error"]]);
        Self {
            code: first["code"].as_i64().or_else(|| json["code"].as_i64()),
            type_uri: json["type"].as_str().map(visible_text),
            reason: string(&json["reason"]),
            text: visible_text(words.find_map(Value::as_str).unwrap_or_default()),
        }
    }

    /// The last segment of a problem's `type`: its host varies.
    fn kind(&self) -> &str {
        self.type_uri.as_deref().and_then(|uri| uri.rsplit('/').next()).unwrap_or_default()
    }

    fn diagnose(&self, step: Step, answer: &Answer) -> &'static Row {
        let seen = Evidence {
            status: answer.status.as_u16(),
            sign: None,
            number: self.code,
            kind: self.kind(),
            reason: self.reason.as_deref(),
            text: &self.text,
            out_of_step: answer
                .clock_skew
                .is_some_and(|skew| (skew - answer.corrected).abs() > SKEW_LIMIT),
        };
        doctor::diagnose(step, &seen)
    }

    fn into_provider_error(self, status: StatusCode) -> ProviderError {
        ProviderError {
            status: status.as_u16(),
            code: self.code,
            type_uri: self.type_uri,
            text: self.text,
        }
    }
}

/// `<error code="415">` in `<errors>`; only the number counts.
fn xml_code(xml: &str) -> Option<i64> {
    let (_, after) = xml.split_once("code=\"")?;
    after.split('"').next()?.parse().ok()
}

/// Words without markup and control characters, cut to a sentence or two.
fn visible_text(raw: &str) -> String {
    let mut text = String::new();
    let mut in_tag = false;
    for letter in raw.chars() {
        match letter {
            '<' => in_tag = true,
            '>' if in_tag => {
                in_tag = false;
                text.push(' ');
            }
            _ if in_tag => {}
            _ if letter.is_control() => text.push(' '),
            _ => text.push(letter),
        }
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").chars().take(TEXT_CAP).collect()
}

/// `Retry-After`, or the time that `x-rate-limit-reset` leaves, judged by X's own clock.
pub(super) fn retry_after(status: StatusCode, headers: &HeaderMap) -> Option<u64> {
    if status != StatusCode::TOO_MANY_REQUESTS {
        return None;
    }
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<u64>().ok();
    let until_reset = || {
        let date = headers.get(hyper::header::DATE)?.to_str().ok()?;
        let now = httpdate::parse_http_date(date).ok()?;
        let now = now.duration_since(std::time::UNIX_EPOCH).ok()?.as_secs();
        Some(number("x-rate-limit-reset")?.saturating_sub(now).max(1))
    };
    number(RETRY_AFTER.as_str()).or_else(until_reset)
}

#[cfg(test)]
#[path = "dialect_tests.rs"]
mod tests;
