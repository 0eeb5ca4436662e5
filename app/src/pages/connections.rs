//! Manage Connections: for now a plain list.

use pinfold_api::{AppKind, Connection};

use super::hands::Waiter;
use super::waiting::skeleton;
use crate::app::App;
use crate::element::{El, button, el};
use crate::failure::Failure;
use crate::routes::Route;
use crate::state::State;
use crate::widgets::notice;
use crate::{browser, words};

const TITLE: &str = "connections";

#[derive(Default)]
struct List {
    /// `None` until the first page has come.
    rows: Option<Vec<Connection>>,
    next: Option<String>,
    busy: bool,
    failure: Option<Failure>,
}

pub(crate) fn connections(app: App) -> El {
    browser::set_title(&words::page(words::MANAGE));
    super::forget_drafts();
    let list = State::new(List::default());
    let waiter = Waiter::new();
    let load = move || load(app, list, waiter);
    load();
    let flash = app.flash.peek(|flash| flash.as_ref().map(words::flash));
    app.flash.set(None);
    let greeting =
        flash.map(|words| el("p").class("notice success").attr("role", "status").text(&words));
    let empty = move || list.read(|list| list.rows.as_ref().is_some_and(Vec::is_empty));
    let failed = move || list.read(|list| list.failure.is_some());
    let more = move || list.read(|list| list.failure.is_none() && list.next.is_some());
    let content = el("div").content_of(
        move || list.read(|list| (list.rows.clone(), list.failure.is_some())),
        |(rows, failed)| match rows.as_deref() {
            None if *failed => None,
            None => Some(skeleton()),
            Some([]) => Some(none_yet()),
            Some(rows) => Some(table(rows)),
        },
    );
    browser::focus(TITLE);
    let title = el("div").class("title").has(&[
        el("h1").id(TITLE).attr("tabindex", "-1").text(words::CONNECTIONS),
        add().shown(move || !empty()),
    ]);
    el("div").class("page").has(&[title]).may_have(greeting).has(&[
        content,
        notice(move || list.read(|list| list.failure.clone())),
        el("div").class("beside").has(&[
            button(words::TRY_AGAIN).shown(failed).pressed(load),
            button(words::LOAD_MORE)
                .shown(more)
                .busy(move || list.read(|list| list.busy))
                .pressed(load),
        ]),
    ])
}

fn load(app: App, list: State<List>, waiter: Waiter) {
    if list.peek(|list| list.busy) {
        return;
    }
    list.update(|list| {
        list.busy = true;
        list.failure = None;
    });
    waiter.wait(Box::pin(async move {
        let cursor = list.peek(|list| list.next.clone());
        let answer = app.client.connections(cursor.as_deref()).await;
        list.update(|list| {
            list.busy = false;
            match answer {
                Ok(page) => {
                    list.rows.get_or_insert_default().extend(page.items);
                    list.next = page.next;
                }
                Err(failure) => list.failure = Some(failure),
            }
        });
    }));
}

fn add() -> El {
    let path = Route::NewConnection(None).path();
    el("a").class("button primary").attr("href", &path).text(words::ADD)
}

fn none_yet() -> El {
    el("div").class("empty").has(&[
        el("h2").text(words::EMPTY),
        el("p").text(words::EMPTY_HINT),
        add(),
    ])
}

/// The roles are spelled out: on a phone the rows are laid out as cards, which would take away the
/// meaning of the elements.
fn table(rows: &[Connection]) -> El {
    let head = words::COLUMNS
        .map(|label| el("th").attr("role", "columnheader").attr("scope", "col").text(label));
    let group = |tag| el(tag).attr("role", "rowgroup");
    let body = rows.iter().fold(group("tbody"), |body, connection| body.has(&[row(connection)]));
    el("table")
        .attr("role", "table")
        .attr("aria-label", words::CONNECTIONS)
        .has(&[group("thead").has(&[el("tr").attr("role", "row").has(&head)]), body])
}

fn row(connection: &Connection) -> El {
    let name = el("a")
        .attr("href", &Route::Connection(connection.id.clone()).path())
        .text(&connection.name);
    let name = el("th").attr("role", "rowheader").attr("scope", "row").has(&[name]);
    let state = connection.health.state;
    let health = el("span")
        .class("health")
        .attr("data-state", words::health_tone(state))
        .text(words::health(state));
    let app = match connection.app.kind {
        AppKind::Registered => words::REGISTERED.to_owned(),
        _ => words::own_app(&connection.app.consumer_key_hint),
    };
    let used = connection.last_used_at.as_deref();
    let text = |text: &str| el("span").text(text);
    let cells = [
        text(
            &connection
                .account
                .as_ref()
                .map_or_else(|| words::NONE.to_owned(), |account| words::at(&account.screen_name)),
        ),
        text(connection.group.as_deref().unwrap_or(words::NONE)),
        text(&app),
        text(words::access(connection.access_level)),
        health,
        text(&used.map_or_else(|| words::NEVER.to_owned(), browser::ago)),
    ];
    let row = el("tr").attr("role", "row").has(&[name]);
    cells.into_iter().zip(&words::COLUMNS[1..]).fold(row, |row, (cell, label)| {
        row.has(&[el("td").attr("role", "cell").attr("data-label", label).has(&[cell])])
    })
}
