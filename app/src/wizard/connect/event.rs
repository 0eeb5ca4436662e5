//! What comes into the wizard, and what it wants done.

use pinfold_api::{
    Authorization, Cancelled, Connection, NewAuthorization, NewConnection, PinEntry,
};

use crate::failure::Failure;
use crate::wizard::{Field, Parting, Spot, Tab};

/// What the person or the server did. It has no `Debug`: what is typed may be secret.
#[expect(missing_docs, reason = "the names say it; a comment on each would repeat them")]
pub enum Event {
    Typed(Field, String),
    UseRegistered(bool),
    /// The saved app of this id; empty: the keys that are typed.
    UseSaved(String),
    /// A repair: the connection's own app asks, or the one that is chosen.
    KeepApp(bool),
    /// The saved apps, each by id and name.
    Apps(Result<Vec<(String, String)>, Failure>),
    /// Puts the texts of two fields in each other's place.
    Swap(Field, Field),
    /// The connection that is to be repaired.
    Repairs(Result<Connection, Failure>),
    Select(Tab),
    GetPin,
    /// Whether the browser opened X's page.
    Opened(bool),
    AuthenticatePin,
    StartOver,
    Ok,
    /// The repaired connection changes its account.
    Replace,
    /// The repaired connection stays as it is, and there is one more.
    AddAsNew,
    Cancel,
    /// The window has the focus again.
    Returned,
    Resumed(Result<Authorization, Failure>),
    Began(Result<Authorization, Failure>),
    Exchanged(Result<Authorization, Failure>),
    Saved(Result<Connection, Failure>),
    Revoked(Result<Cancelled, Failure>),
}

/// What the view must do.
#[derive(Debug)]
#[expect(missing_docs, reason = "the names say it; a comment on each would repeat them")]
pub enum Effect {
    Resume(String),
    Begin(Box<NewAuthorization>),
    Exchange(String, PinEntry),
    Save(Box<NewConnection>),
    Revoke(String),
    /// Cancels an authorization that granted nothing; nobody waits for the answer.
    Abandon(String),
    /// Opens X's page in a new tab.
    Open(String),
    /// Keeps the authorization's id in the address, or takes it out.
    Remember(Option<String>),
    Focus(Spot),
    Leave(Option<Parting>),
}
