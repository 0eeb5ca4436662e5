//! Where one is: one file a route.

mod activity;
mod allow;
mod apps;
mod checkup;
mod connection;
mod connections;
mod deleted;
mod desk;
mod dialog;
mod feed;
mod hand_off;
mod hands;
mod keys;
mod links;
mod moves;
mod new_connection;
mod not_found;
mod revocable;
mod sender;
mod sign_in;
mod trial;
mod waiting;
mod webhooks;

pub(crate) use activity::activity;
pub(crate) use apps::apps;
pub(crate) use connection::connection;
pub(crate) use connections::connections;
pub(crate) use deleted::deleted;
pub(crate) use hand_off::{hand_off, left, link_over};
pub(crate) use keys::keys;
pub(crate) use links::links;
pub(crate) use moves::moves;
pub(crate) use new_connection::{forget_drafts, new_connection};
pub(crate) use not_found::not_found;
pub(crate) use sign_in::sign_in;
pub(crate) use waiting::{skeleton, untold};
pub(crate) use webhooks::webhooks;

use std::rc::Rc;

use pinfold_api::paths;

use crate::app::App;
use crate::browser::Parsed;
use crate::failure::Failure;
use crate::routes::Route;
use crate::state::State;
use crate::wizard::Flash;
use crate::{wire, words};

/// Goes back to a version of a connection, and then to the list, which says so.
struct Revert {
    app: App,
    said: &'static str,
    failure: State<Option<Failure>>,
}

impl Revert {
    fn send(self, waiter: hands::Waiter, id: &str, version: i64) {
        let path = paths::CONNECTION_REVERT;
        let asked = self.app.client.act(path, id, "version", &version.to_string());
        waiter.then(asked, Rc::new(self), 0);
    }
}

impl hands::Asker for Revert {
    fn take(self: Rc<Self>, _: usize, json: &Parsed) -> Option<()> {
        let connection = wire::connection(json)?;
        self.app.flash.set(Some(Flash::Said(words::back(self.said, &connection))));
        self.app.go(Route::Connections);
        Some(())
    }

    fn fail(self: Rc<Self>, _: usize, failure: Failure) {
        self.failure.set(Some(failure));
    }
}
