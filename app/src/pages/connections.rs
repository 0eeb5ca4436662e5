//! Manage Connections: for now a plain list.

use leptos::prelude::*;
use leptos::task::spawn_local_scoped_with_cancellation;
use pinfold_api::{AppKind, Connection};

use super::waiting::Skeleton;
use crate::app::App;
use crate::failure::Failure;
use crate::routes::Route;
use crate::widgets::Notice;
use crate::{browser, words};

#[component]
pub(crate) fn Connections(app: App) -> impl IntoView {
    browser::set_title(&format!("{} · {}", words::MANAGE, words::BRAND));
    let rows = RwSignal::new(Vec::<Connection>::new());
    let next = RwSignal::new(None::<String>);
    let failure = RwSignal::new(None::<Failure>);
    let busy = RwSignal::new(false);
    let loaded = RwSignal::new(false);
    let owner = Owner::current().unwrap_or_default();
    let load = move || {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        failure.set(None);
        owner.with(|| {
            spawn_local_scoped_with_cancellation(async move {
                let cursor = next.get_untracked();
                match app.client.connections(cursor.as_deref()).await {
                    Ok(page) => {
                        rows.update(|rows| rows.extend(page.items));
                        next.set(page.next);
                        loaded.set(true);
                    }
                    Err(refusal) => failure.set(Some(refusal)),
                }
                busy.set(false);
            });
        });
    };
    load();
    let more = load.clone();
    let flash = app.flash.get_untracked().as_ref().map(words::flash);
    app.flash.set(None);
    let silent = flash.is_none();
    let empty = move || loaded.get() && rows.read().is_empty();
    view! {
        <div class="page">
            <div class="title">
                <h1>{words::CONNECTIONS}</h1>
                <a class="button primary" href=Route::NewConnection(None).path() hidden=empty>{words::ADD}</a>
            </div>
            <p class="notice success" role="status" hidden=silent>{flash}</p>
            {move || {
                if rows.read().is_empty() {
                    match (loaded.get(), failure.read().is_some()) {
                        (true, _) => Empty().into_any(),
                        (false, false) => Skeleton().into_any(),
                        (false, true) => ().into_any(),
                    }
                } else {
                    view! { <Rows rows=rows.get()/> }.into_any()
                }
            }}
            <Notice failure/>
            <div class="beside">
                <button
                    type="button"
                    hidden=move || failure.read().is_none()
                    on:click=move |_| load()
                >
                    {words::TRY_AGAIN}
                </button>
                <button
                    type="button"
                    hidden=move || next.read().is_none() || failure.read().is_some()
                    aria-disabled=move || busy.get().then_some("true")
                    on:click=move |_| more()
                >
                    {words::LOAD_MORE}
                </button>
            </div>
        </div>
    }
}

#[component]
fn Empty() -> impl IntoView {
    view! {
        <div class="empty">
            <h2>{words::EMPTY}</h2>
            <p>{words::EMPTY_HINT}</p>
            <a class="button primary" href=Route::NewConnection(None).path()>{words::ADD}</a>
        </div>
    }
}

/// The roles are spelled out: on a phone the rows are laid out as cards, which would take away the
/// meaning of the elements.
#[component]
fn Rows(rows: Vec<Connection>) -> impl IntoView {
    let head = words::COLUMNS.map(|label| view! { <th role="columnheader" scope="col">{label}</th> });
    view! {
        <table role="table" aria-label=words::CONNECTIONS>
            <thead role="rowgroup">
                <tr role="row">{head.into_iter().collect_view()}</tr>
            </thead>
            <tbody role="rowgroup">{rows.into_iter().map(row).collect_view()}</tbody>
        </table>
    }
}

fn row(connection: Connection) -> impl IntoView {
    let app = match connection.app.kind {
        AppKind::Registered => words::REGISTERED.to_owned(),
        _ => format!("{}…", connection.app.consumer_key_hint),
    };
    let cells = [
        format!("@{}", connection.account.screen_name),
        connection.group.unwrap_or_else(|| words::NONE.to_owned()),
        app,
        words::access(connection.access_level).to_owned(),
    ];
    let health = connection.health.state;
    let used = connection.last_used_at.map_or(words::NEVER.to_owned(), |time| browser::ago(&time));
    let columns = words::COLUMNS[1..].iter();
    view! {
        <tr role="row">
            <th role="rowheader" scope="row">
                <a href=Route::Connection(connection.id).path()>{connection.name}</a>
            </th>
            {cells
                .into_iter()
                .zip(columns)
                .map(|(cell, label)| view! { <td role="cell" data-label=*label>{cell}</td> })
                .collect_view()}
            <td role="cell" data-label=words::COLUMNS[5]>
                <span class="health" data-state=words::health_tone(health)>{words::health(health)}</span>
            </td>
            <td role="cell" data-label=words::COLUMNS[6]>{used}</td>
        </tr>
    }
}
