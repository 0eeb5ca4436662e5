//! What happens in the dialog, as plain state machines: events in, state and effects out.
//!
//! No Leptos and no browser in here: the views render the state, carry out the effects, and send
//! back what came of them.

mod aftermath;
mod connect;
mod edit;
#[cfg(test)]
mod edit_tests;
mod entry;
#[cfg(test)]
pub(crate) mod fixtures;
mod focus;
mod grid;
mod import;
mod outgoing;

pub use aftermath::{Aftermath, Flash, Gone, Parting};
pub use connect::{Busy, Effect, Event, HandedApp, Note, Stage, Standing, Wizard};
pub use edit::{Edit, EditEffect, EditEvent, REGISTERED};
pub use entry::{Doubt, Entries, Field, PIN_DIGITS};
pub use focus::{Place, Spot, Step, Tab};
pub use grid::{
    COLUMNS, GROUP, Grid, Heights, Line, PAGE, Row, Section, View, What, has_heads, lines,
};
pub use import::Import;
pub use outgoing::{Editable, Outgoing};
