//! `/audit`: the log, by page or as JSON lines.

use axum::Json as Answer;
use axum::body::{Body, Bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CONTENT_DISPOSITION, CONTENT_TYPE, VARY};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use pinfold_api::{Action, AuditEntry, AuditPage, AuditResult, Code, paths};
use serde::Deserialize;
use utoipa::IntoParams;

use super::Problems;
use crate::clock::millis;
use crate::problem::Refusal;
use crate::session::Operator;
use crate::state::AppState;
use crate::store::{AuditFilter, AuditRow, StoreError};

const PAGE: u32 = 50;
const PAGE_CAP: u32 = 200;
const TEXT_CHARS: usize = 100;
/// Entries that a stream holds at once.
const STREAMED_AT_ONCE: u32 = 200;
const JSON_LINES: &str = "application/x-ndjson";

/// `GET /audit?…`
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditParameters {
    /// A word such as `connection.edit`, or the group before its dot.
    action: Option<String>,
    /// A role, a session's or key's id, or an address.
    who: Option<String>,
    /// The id of what it was done to.
    subject: Option<String>,
    /// `done`, `refused` or `failed`.
    result: Option<String>,
    /// Any part of role, session, address, subject, code or detail, whatever the case.
    text: Option<String>,
    /// At this time or later, RFC 3339.
    since: Option<String>,
    /// Before this time, RFC 3339.
    until: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// 1–200; 50 when left out.
    #[param(minimum = 1, maximum = 200, value_type = Option<u32>)]
    limit: Option<String>,
}

/// Who did what. With `Accept: application/x-ndjson` all that match, the oldest first, a line each;
/// otherwise a page, the newest first. Reading the log is itself written down.
#[utoipa::path(
    get,
    path = paths::AUDIT,
    tag = "audit",
    params(AuditParameters),
    responses(
        (status = 200, description = "A page, or JSON lines", content(
            (AuditPage = "application/json"),
            (AuditEntry = "application/x-ndjson"),
        )),
        Problems,
    ),
)]
pub async fn get(
    State(state): State<AppState>,
    Operator(caller): Operator,
    headers: HeaderMap,
    parameters: Result<Query<AuditParameters>, QueryRejection>,
) -> Result<Response, Refusal> {
    let Query(parameters) = parameters.map_err(|_| {
        Refusal::new(Code::InvalidRequest)
            .because("The query holds an unknown name or a wrong value. See /openapi.json.")
    })?;
    let asked = Asked::read(parameters)?;
    state.write_audit_counts().await?;
    if wants_lines(&headers) {
        state.store.append_audit(&state.entry(&caller, Action::AuditExport)).await?;
        return Ok(lines(state, caller.workspace, asked.filter));
    }
    state.write_read(state.entry(&caller, Action::AuditRead)).await?;
    let Asked { filter, before, limit } = asked;
    let part = state.store.audit_page(&caller.workspace, &filter, before, limit).await?;
    let next = part.next.map(|place| place.to_string());
    let items = part.rows.into_iter().map(AuditRow::answer).collect();
    Ok(([(VARY, "accept")], Answer(AuditPage { items, next })).into_response())
}

/// A request, checked.
struct Asked {
    filter: AuditFilter,
    before: Option<i64>,
    limit: u32,
}

impl Asked {
    fn read(parameters: AuditParameters) -> Result<Self, Refusal> {
        let AuditParameters { action, who, subject, result, text, since, until, cursor, limit } =
            parameters;
        let filter = AuditFilter {
            action: word("action", action, is_action)?,
            who: word("who", who, |_| true)?,
            subject: word("subject", subject, |_| true)?,
            result: word("result", result, is_result)?,
            text: word("text", text, |_| true)?,
            since: time("since", since)?,
            until: time("until", until)?,
        };
        let before = filled(cursor)
            .map(|text| text.parse().ok().filter(|seq| *seq > 0))
            .map(|seq| {
                seq.ok_or_else(|| {
                    Refusal::field("cursor", "Take the cursor from `next` of the page before.")
                })
            })
            .transpose()?;
        let limit = filled(limit)
            .map_or(Some(PAGE), |text| text.parse().ok())
            .filter(|limit| (1..=PAGE_CAP).contains(limit))
            .ok_or_else(|| Refusal::field("limit", format!("Ask for 1 to {PAGE_CAP} entries.")))?;
        Ok(Self { filter, before, limit })
    }
}

fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

fn word(
    field: &'static str,
    text: Option<String>,
    fits: fn(&str) -> bool,
) -> Result<Option<String>, Refusal> {
    match filled(text) {
        Some(text) if text.chars().count() > TEXT_CHARS => {
            Err(Refusal::field(field, format!("At most {TEXT_CHARS} characters.")))
        }
        Some(text) if !fits(&text) => {
            Err(Refusal::field(field, "No entry has this word. /openapi.json lists them."))
        }
        text => Ok(text),
    }
}

fn is_action(text: &str) -> bool {
    Action::ALL.iter().any(|action| {
        let word = action.as_str();
        word == text || word.split_once('.').is_some_and(|(group, _)| group == text)
    })
}

fn is_result(text: &str) -> bool {
    [AuditResult::Done, AuditResult::Refused, AuditResult::Failed]
        .iter()
        .any(|result| result.as_str() == text)
}

fn time(field: &'static str, text: Option<String>) -> Result<Option<i64>, Refusal> {
    filled(text)
        .map(|text| {
            millis(&text)
                .ok_or_else(|| Refusal::field(field, "Write the time as in 2026-01-31T09:00:00Z."))
        })
        .transpose()
}

fn wants_lines(headers: &HeaderMap) -> bool {
    let accept = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accept
        .flat_map(|list| list.split(','))
        .filter_map(|range| range.split(';').next())
        .any(|range| range.trim().eq_ignore_ascii_case(JSON_LINES))
}

/// Never more than a few entries in memory; a client that is slow holds no part of the store. What
/// is written while it reads comes as well. When the store fails in the middle, the answer breaks
/// off, so that it is not taken for whole.
fn lines(state: AppState, workspace: String, filter: AuditFilter) -> Response {
    let body = stream::try_unfold(Some(0), move |after| {
        let (state, workspace, filter) = (state.clone(), workspace.clone(), filter.clone());
        async move {
            let Some(after) = after else { return Ok(None) };
            let part = state
                .store
                .audit_after(Some(&workspace), &filter, after, STREAMED_AT_ONCE)
                .await
                .inspect_err(|error| tracing::error!(%error, "an export of the log broke off"))?;
            Ok::<_, StoreError>(Some((json_lines(part.rows), part.next)))
        }
    });
    let headers = [
        (CONTENT_TYPE, JSON_LINES),
        (CONTENT_DISPOSITION, "attachment; filename=\"pinfold-audit.jsonl\""),
        (VARY, "accept"),
    ];
    (headers, Body::from_stream(body)).into_response()
}

fn json_lines(rows: Vec<AuditRow>) -> Bytes {
    let mut lines = Vec::new();
    for row in rows {
        serde_json::to_writer(&mut lines, &row.answer()).expect("an entry is JSON");
        lines.push(b'\n');
    }
    lines.into()
}
