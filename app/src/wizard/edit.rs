//! One connection: rename, move to a group, delete and revoke.

use pinfold_api::{Cancelled, Code, Connection, ConnectionChange};

use super::{Aftermath, Entries, Field, Flash, Place, Spot, Tab};
use crate::failure::Failure;

/// What the server is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EditBusy {
    /// Fetching the connection.
    Loading,
    /// Saving the changes.
    Saving,
    /// Deleting and revoking.
    Deleting,
}

/// What the person or the server did.
#[derive(Debug)]
#[expect(missing_docs, reason = "the names say it; a comment on each would repeat them")]
pub enum EditEvent {
    Typed(Field, String),
    Select(Tab),
    Ok,
    Cancel,
    /// Asks before it deletes.
    Delete,
    /// Yes, delete.
    Confirm,
    /// No, keep it.
    Keep,
    /// Takes the values that somebody else saved.
    TakeTheirs,
    Retry,
    Loaded(Result<Connection, Failure>),
    Changed(Result<Connection, Failure>),
    Deleted(Result<Cancelled, Failure>),
}

/// What the view must do.
#[derive(Debug)]
#[expect(missing_docs, reason = "the names say it; a comment on each would repeat them")]
pub enum EditEffect {
    Load,
    /// Saves a change of this version.
    Change(ConnectionChange, i64),
    Delete,
    Focus(Spot),
    Leave(Option<Flash>),
}

/// The state of the dialog.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Edit {
    /// As the server last told it.
    pub connection: Option<Connection>,
    /// What was typed.
    pub entries: Entries,
    /// The tab in front.
    pub tab: Tab,
    /// What the server is doing; nothing else is begun meanwhile.
    pub busy: Option<EditBusy>,
    /// The last failure, and where it is shown.
    pub trouble: Option<(Place, Failure)>,
    /// Somebody else saved other values, which `connection` holds by now.
    pub stale: bool,
    /// The question before a deletion is open.
    pub asking: bool,
    /// What became of the token, when the person must know. The connection is gone, unless the
    /// server did not say.
    pub aftermath: Option<Aftermath>,
}

impl Edit {
    /// Opens the dialog of a connection that is still to be fetched.
    pub fn open() -> (Self, Vec<EditEffect>) {
        let edit = Self { tab: Tab::Main, busy: Some(EditBusy::Loading), ..Self::default() };
        (edit, vec![EditEffect::Load])
    }

    /// Whether a field is what stands in the way.
    pub fn is_refused(&self, field: Field) -> bool {
        self.troubled_field() == Some(field)
    }

    fn troubled_field(&self) -> Option<Field> {
        let problem = self.trouble.as_ref()?.1.problem()?;
        if problem.code == Code::NameTaken {
            return Some(Field::Name);
        }
        Field::from_api(problem.field.as_deref()?)
    }

    /// Takes in what happened; returns what must be done about it.
    pub fn step(&mut self, event: EditEvent) -> Vec<EditEffect> {
        match event {
            EditEvent::Typed(field, text) => {
                self.entries[field] = text;
                if self.is_refused(field) {
                    self.trouble = None;
                }
            }
            EditEvent::Select(tab) => self.tab = tab,
            EditEvent::Ok if self.busy.is_none() => return self.save(),
            EditEvent::Cancel if !self.is_writing() => return vec![EditEffect::Leave(None)],
            EditEvent::Delete if self.busy.is_none() => {
                self.asking = true;
                return vec![EditEffect::Focus(Spot::Question)];
            }
            EditEvent::Confirm if self.busy.is_none() => {
                self.trouble = None;
                self.busy = Some(EditBusy::Deleting);
                return vec![EditEffect::Delete];
            }
            EditEvent::Keep if self.busy.is_none() => {
                self.asking = false;
                return vec![EditEffect::Focus(Spot::Dialog)];
            }
            EditEvent::TakeTheirs => {
                self.fill();
                return vec![EditEffect::Focus(Spot::Field(Field::Name))];
            }
            EditEvent::Retry if self.busy.is_none() => {
                self.trouble = None;
                self.busy = Some(EditBusy::Loading);
                return vec![EditEffect::Load];
            }
            EditEvent::Loaded(answer) => return self.loaded(answer),
            EditEvent::Changed(answer) => return self.changed(answer),
            EditEvent::Deleted(answer) => return self.deleted(answer),
            // A second press while the server works changes nothing, and leaving then would hide
            // what became of it.
            _ => {}
        }
        Vec::new()
    }

    fn is_writing(&self) -> bool {
        matches!(self.busy, Some(EditBusy::Saving | EditBusy::Deleting))
    }

    fn fill(&mut self) {
        if let Some(connection) = &self.connection {
            self.entries[Field::Name].clone_from(&connection.name);
            self.entries[Field::Group] = connection.group.clone().unwrap_or_default();
        }
        self.stale = false;
        self.trouble = None;
    }

    fn loaded(&mut self, answer: Result<Connection, Failure>) -> Vec<EditEffect> {
        self.busy = None;
        match answer {
            Err(failure) => {
                self.trouble = Some((Place::Actions, failure));
                Vec::new()
            }
            Ok(connection) => {
                let first = self.connection.replace(connection).is_none();
                if first {
                    self.fill();
                    vec![EditEffect::Focus(Spot::Dialog)]
                } else {
                    self.stale = true;
                    Vec::new()
                }
            }
        }
    }

    fn save(&mut self) -> Vec<EditEffect> {
        let Some(connection) = &self.connection else { return Vec::new() };
        let (name, group) = (self.entries[Field::Name].trim(), self.entries[Field::Group].trim());
        let change = ConnectionChange {
            name: (name != connection.name).then(|| name.to_owned()),
            group: (group != connection.group.as_deref().unwrap_or_default())
                .then(|| group.to_owned()),
            app: None,
        };
        let version = connection.version;
        if change.name.is_none() && change.group.is_none() {
            return vec![EditEffect::Leave(None)];
        }
        self.trouble = None;
        self.stale = false;
        self.busy = Some(EditBusy::Saving);
        vec![EditEffect::Change(change, version)]
    }

    fn changed(&mut self, answer: Result<Connection, Failure>) -> Vec<EditEffect> {
        self.busy = None;
        match answer {
            Ok(connection) => vec![EditEffect::Leave(Some(Flash::Changed(connection.name)))],
            Err(failure) => {
                let stale = failure.code() == Some(Code::VersionStale);
                self.trouble = Some((Place::Actions, failure));
                if stale {
                    self.tab = Tab::Main;
                    self.trouble = None;
                    self.busy = Some(EditBusy::Loading);
                    return vec![EditEffect::Load];
                }
                match self.troubled_field() {
                    Some(field) => {
                        self.tab = field.tab();
                        if let Some((place, _)) = &mut self.trouble {
                            *place = Place::Main;
                        }
                        vec![EditEffect::Focus(Spot::Field(field))]
                    }
                    None => Vec::new(),
                }
            }
        }
    }

    fn deleted(&mut self, answer: Result<Cancelled, Failure>) -> Vec<EditEffect> {
        self.busy = None;
        let name = self.connection.as_ref().map(|c| c.name.clone()).unwrap_or_default();
        match Aftermath::read(answer) {
            // The server kept the connection, or nobody knows: not deleted, as far as can be told.
            Aftermath::Untold(failure) => {
                self.asking = false;
                self.trouble = Some((Place::Actions, failure));
                vec![EditEffect::Focus(Spot::Dialog)]
            }
            Aftermath::Revoked => vec![EditEffect::Leave(Some(Flash::DeletedAndRevoked(name)))],
            aftermath => {
                self.asking = false;
                self.aftermath = Some(aftermath);
                vec![EditEffect::Focus(Spot::Dialog)]
            }
        }
    }
}
