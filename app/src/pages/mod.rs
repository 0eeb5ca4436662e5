//! Where one is: one file a route.

mod activity;
mod apps;
mod checkup;
mod connection;
mod connections;
mod deleted;
mod desk;
mod dialog;
mod feed;
mod hands;
mod moves;
mod new_connection;
mod not_found;
mod sign_in;
mod waiting;

pub(crate) use activity::activity;
pub(crate) use apps::apps;
pub(crate) use connection::connection;
pub(crate) use connections::connections;
pub(crate) use deleted::deleted;
pub(crate) use moves::moves;
pub(crate) use new_connection::{forget_drafts, new_connection};
pub(crate) use not_found::not_found;
pub(crate) use sign_in::sign_in;
pub(crate) use waiting::{skeleton, untold};

use std::rc::Rc;

use pinfold_api::paths;

use crate::app::App;
use crate::failure::Failure;
use crate::routes::Route;
use crate::wire::Told;
use crate::wizard::Flash;
use crate::{client, wire, words};

/// Goes back to a version of a connection, and then to the list, which says so.
fn revert(
    app: App,
    waiter: hands::Waiter,
    told: &Told,
    said: &'static str,
    fail: Rc<dyn Fn(Failure)>,
) {
    let version = told.version.to_string();
    let asked = app.client.act(paths::CONNECTION_REVERT, &told.id, "version", &version);
    waiter.then(
        asked,
        Box::new(move |answer| match client::read(answer, wire::connection) {
            Ok(connection) => {
                app.flash.set(Some(Flash::Said(words::back(said, &connection))));
                app.go(Route::Connections);
            }
            Err(failure) => fail(failure),
        }),
    );
}
