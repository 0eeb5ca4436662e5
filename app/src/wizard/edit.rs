//! One connection: rename it, move it to another group.

use pinfold_api::{Connection, ConnectionChange};

use super::{Editable, Entries, Field, Outgoing, Spot, Tab};
use crate::failure::Failure;

/// What the person or the server did.
#[derive(Debug)]
#[expect(missing_docs, reason = "the names say it; a comment on each would repeat them")]
pub enum EditEvent {
    Typed(Field, String),
    Select(Tab),
    Ok,
    Retry,
    Loaded(Box<Result<Connection, Failure>>),
}

/// What the view must do.
#[derive(Debug)]
#[expect(missing_docs, reason = "the names say it; a comment on each would repeat them")]
pub enum EditEffect {
    Load,
    Focus(Spot),
    /// Sends the edit, if there is one, and leaves without waiting.
    Leave(Option<Box<Outgoing>>),
}

/// The state of the dialog.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Edit {
    /// As the server told it.
    pub connection: Option<Connection>,
    /// What was typed.
    pub entries: Entries,
    /// The tab in front.
    pub tab: Tab,
    /// Why it could not be fetched.
    pub trouble: Option<Failure>,
    /// An edit of it that was refused.
    refused: Option<ConnectionChange>,
}

impl Edit {
    /// Opens the dialog of a connection that is still to be fetched; with an edit of it that was
    /// refused, to be mended.
    pub fn open(refused: Option<ConnectionChange>) -> (Self, Vec<EditEffect>) {
        let edit = Self { tab: Tab::Main, refused, ..Self::default() };
        (edit, vec![EditEffect::Load])
    }

    /// Takes in what happened; returns what must be done about it.
    pub fn step(&mut self, event: EditEvent) -> Vec<EditEffect> {
        match event {
            EditEvent::Typed(field, text) => self.entries[field] = text,
            EditEvent::Select(tab) => self.tab = tab,
            EditEvent::Ok => return vec![EditEffect::Leave(self.edit())],
            EditEvent::Retry => {
                self.trouble = None;
                return vec![EditEffect::Load];
            }
            EditEvent::Loaded(answer) => match *answer {
                Err(failure) => self.trouble = Some(failure),
                Ok(connection) => {
                    self.fill(connection);
                    return vec![EditEffect::Focus(Spot::Dialog)];
                }
            },
        }
        Vec::new()
    }

    fn fill(&mut self, connection: Connection) {
        let change = self.refused.take().unwrap_or_default();
        self.entries[Field::Name] = change.name.unwrap_or_else(|| connection.name.clone());
        let group = change.group.or_else(|| connection.group.clone());
        self.entries[Field::Group] = group.unwrap_or_default();
        self.connection = Some(connection);
    }

    /// Only what is other than it was read.
    fn edit(&self) -> Option<Box<Outgoing>> {
        let connection = self.connection.as_ref()?;
        let (name, group) = (self.entries[Field::Name].trim(), self.entries[Field::Group].trim());
        let change = ConnectionChange {
            name: (name != connection.name).then(|| name.to_owned()),
            group: (group != connection.group.as_deref().unwrap_or_default())
                .then(|| group.to_owned()),
            app: None,
        };
        (change != ConnectionChange::default()).then(|| {
            let before = Editable::of(connection);
            Box::new(Outgoing::new(connection.id.clone(), before, change))
        })
    }
}
