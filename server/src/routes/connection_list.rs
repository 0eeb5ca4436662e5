//! `/connections` as a list: search, order, pages; and the groups with their counts.

use axum::Json as Answer;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use pinfold_api::{Code, ConnectionPage, GroupCount, GroupCounts, paths};
use serde::Deserialize;
use utoipa::IntoParams;

use super::Problems;
use crate::connection;
use crate::problem::Refusal;
use crate::session::Operator;
use crate::state::AppState;
use crate::store::{Column, Cursor, ListQuery, Sort};

const PAGE: u32 = 50;
const PAGE_CAP: u32 = 200;
const GROUPS_CAP: usize = 1_000;
const SEARCH_CHARS: usize = 200;
/// From so many changed connections on, a search that met them has them taken into the postings.
const MANY_UNLISTED: usize = 200;

/// `GET /connections?…`
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListParameters {
    /// Part of a name, screen name or group, without regard to case.
    search: Option<String>,
    /// Exactly this group, without regard to case.
    group: Option<String>,
    /// `true`: those in no group.
    ungrouped: Option<String>,
    /// `name`, `account`, `group`, `app`, `access_level`, `health`, `last_used_at` or
    /// `created_at`; with `-` before it from the end. What is empty comes first.
    sort: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// 1–200; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    #[param(value_type = Option<u32>)]
    limit: Option<String>,
}

/// Manage Connections.
#[utoipa::path(
    get,
    path = paths::CONNECTIONS,
    tag = "connections",
    params(ListParameters),
    responses(
        (status = 200, body = ConnectionPage),
        Problems,
    ),
)]
pub async fn list(
    State(state): State<AppState>,
    Operator(caller): Operator,
    parameters: Result<Query<ListParameters>, QueryRejection>,
) -> Result<Answer<ConnectionPage>, Refusal> {
    let Query(parameters) = parameters.map_err(|_| unknown_parameter())?;
    let query = read_query(parameters)?;
    let page = state.store.connections(&caller.workspace, &query).await?;
    if page.unlisted >= MANY_UNLISTED {
        let store = state.store.clone();
        state.in_background(async move {
            if let Err(error) = store.list_unlisted().await {
                tracing::warn!(%error, "changed connections stay to be listed");
            }
        });
    }
    let items = connection::answers(&state, &caller.workspace, page.rows).await?;
    Ok(Answer(ConnectionPage { items, next: page.next.as_ref().map(write_cursor) }))
}

/// `GET /connections/groups?…`
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct GroupParameters {
    /// Count only those that the list would find.
    search: Option<String>,
}

/// The groups, and how many connections each holds.
#[utoipa::path(
    get,
    path = paths::CONNECTION_GROUPS,
    tag = "connections",
    params(GroupParameters),
    responses(
        (status = 200, body = GroupCounts),
        Problems,
    ),
)]
pub async fn groups(
    State(state): State<AppState>,
    Operator(caller): Operator,
    parameters: Result<Query<GroupParameters>, QueryRejection>,
) -> Result<Answer<GroupCounts>, Refusal> {
    let Query(GroupParameters { search }) = parameters.map_err(|_| unknown_parameter())?;
    check_length("search", search.as_deref())?;
    let groups = state.store.groups(&caller.workspace, search.as_deref(), GROUPS_CAP).await?;
    let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    let counts = groups.counts.into_values();
    Ok(Answer(GroupCounts {
        items: counts.map(|(group, number)| GroupCount { group, count: count(number) }).collect(),
        total: count(groups.total),
        approximate: groups.approximate,
    }))
}

fn unknown_parameter() -> Refusal {
    Refusal::new(Code::InvalidRequest)
        .because("The query holds an unknown name or a wrong value. See /openapi.json.")
}

fn read_query(parameters: ListParameters) -> Result<ListQuery, Refusal> {
    let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
    let limit = parameters
        .limit
        .map_or(Some(PAGE), |text| text.parse().ok())
        .filter(|limit| (1..=PAGE_CAP).contains(limit))
        .ok_or_else(|| Refusal::field("limit", format!("Ask for 1 to {PAGE_CAP} connections.")))?;
    check_length("search", parameters.search.as_deref())?;
    check_length("group", parameters.group.as_deref())?;
    let group = filled(parameters.group);
    let group = match (filled(parameters.ungrouped).as_deref(), group) {
        (None | Some("false"), group) => group,
        (Some("true"), None) => Some(String::new()),
        (Some("true"), Some(_)) => {
            return Err(Refusal::field("ungrouped", "Ask for a group or for those in none."));
        }
        (Some(_), _) => return Err(Refusal::field("ungrouped", "Say true or false.")),
    };
    let sort: Sort = match filled(parameters.sort) {
        None => Sort::default(),
        Some(word) => word.parse().map_err(|()| {
            let words = Column::ALL.map(Column::as_str).join(", ");
            Refusal::field("sort", format!("Sort by one of {words}; with - before it descending."))
        })?,
    };
    let after = filled(parameters.cursor)
        .map(|text| {
            read_cursor(&text).filter(|cursor| cursor.fits(sort)).ok_or_else(|| {
                Refusal::field("cursor", "Take the cursor from `next` of the page before.")
            })
        })
        .transpose()?;
    Ok(ListQuery { search: filled(parameters.search), group, sort, after, limit })
}

fn check_length(field: &str, text: Option<&str>) -> Result<(), Refusal> {
    if text.is_some_and(|text| text.chars().count() > SEARCH_CHARS) {
        return Err(Refusal::field(field, format!("At most {SEARCH_CHARS} characters.")));
    }
    Ok(())
}

fn write_cursor(cursor: &Cursor) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(cursor).unwrap_or_default())
}

fn read_cursor(text: &str) -> Option<Cursor> {
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}
