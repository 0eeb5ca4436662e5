//! One connection: rename it, move it to another group or app.

use pinfold_api::{AppChoice, AppKind, AppRef, Connection, ConnectionChange};

use super::{Editable, Entries, Field, Outgoing, Spot, Tab};
use crate::failure::Failure;

/// What the person or the server did.
#[derive(Debug)]
#[expect(missing_docs, reason = "the names say it; a comment on each would repeat them")]
pub enum EditEvent {
    Typed(Field, String),
    Select(Tab),
    /// The app of this value (see [`Edit::app`]).
    UseApp(String),
    /// The saved apps, each by id and name.
    Apps(Result<Vec<(String, String)>, Failure>),
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

/// Stands for the registered app, where the others stand by their ids.
pub const REGISTERED: &str = "registered";

/// The state of the dialog.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Edit {
    /// As the server told it.
    pub connection: Option<Connection>,
    /// What was typed.
    pub entries: Entries,
    /// The tab in front.
    pub tab: Tab,
    /// The app that is chosen: [`REGISTERED`], the id of a saved one, or empty for its own.
    pub app: String,
    /// The id and name of each saved app.
    pub apps: Vec<(String, String)>,
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
            EditEvent::UseApp(app) => self.app = app,
            // Without them the app stays what it is.
            EditEvent::Apps(apps) => self.apps = apps.unwrap_or_default(),
            EditEvent::Ok if self.entries[Field::Name].trim().is_empty() => {
                self.tab = Tab::Main;
                return vec![EditEffect::Focus(Spot::Field(Field::Name))];
            }
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
        let group = change.group.unwrap_or_else(|| connection.group.clone());
        self.entries[Field::Group] = group.unwrap_or_default();
        self.app = match change.app {
            Some(app) => value_of(app.kind, app.id),
            None => value_of_ref(&connection.app),
        };
        self.connection = Some(connection);
    }

    /// Only what is other than it was read.
    pub fn change(&self) -> ConnectionChange {
        let Some(connection) = &self.connection else { return ConnectionChange::default() };
        let (name, group) = (self.entries[Field::Name].trim(), self.entries[Field::Group].trim());
        ConnectionChange {
            name: (name != connection.name).then(|| name.to_owned()),
            group: (group != connection.group.as_deref().unwrap_or_default())
                .then(|| Some(group.to_owned())),
            app: (self.app != value_of_ref(&connection.app)).then(|| choice_of(&self.app)),
            allow: None,
        }
    }

    fn edit(&self) -> Option<Box<Outgoing>> {
        let (connection, change) = (self.connection.as_ref()?, self.change());
        (change != ConnectionChange::default()).then(|| {
            let before = Editable::of(connection);
            Box::new(Outgoing::new(connection.id.clone(), before, change))
        })
    }
}

fn value_of(kind: AppKind, id: Option<String>) -> String {
    if kind == AppKind::Registered { REGISTERED.to_owned() } else { id.unwrap_or_default() }
}

fn value_of_ref(app: &AppRef) -> String {
    value_of(app.kind, app.id.clone())
}

fn choice_of(value: &str) -> AppChoice {
    let kind = if value == REGISTERED { AppKind::Registered } else { AppKind::Saved };
    let id = (kind == AppKind::Saved).then(|| value.to_owned());
    AppChoice { kind, id, consumer_key: None, consumer_secret: None, save_as: None }
}
