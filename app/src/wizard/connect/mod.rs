//! Add: from nothing to a connection, by a PIN or by a pasted pair. The state of the dialog, and which
//! event goes where.

mod entering;
mod event;
mod granting;
mod leaving;
mod saving;
mod stage;
#[cfg(test)]
mod tests;

use pinfold_api::{Authorization, Connection};

use super::entry::{self, Doubt, Entries, Field};
use super::{Aftermath, Place, Spot, Step, Tab};
use crate::failure::Failure;

pub use event::{Effect, Event};
pub use stage::{Busy, Note, Stage, Standing};

/// The state of the dialog. It has no `Debug`: some entries are secret.
#[derive(Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, not a state")]
pub struct Wizard {
    /// Whether the server has an app of its own.
    pub has_registered: bool,
    /// The connection that is authorized once more, instead of a new one.
    pub repair: Option<String>,
    /// That one, once the server told it.
    pub repaired: Option<Box<Connection>>,
    /// Somebody else asked for the connection: it is made as soon as it can be.
    pub handed: Option<HandedApp>,
    /// Another account than the repaired connection's authorized; it is asked what to do.
    pub differs: bool,
    /// That happened: X is to ask again who signs in.
    asks_anew: bool,
    /// The checkbox.
    pub use_registered: bool,
    /// A repair: the connection's own app asks.
    pub keeps_app: bool,
    /// The id and name of each saved app.
    pub apps: Vec<(String, String)>,
    /// The id of the saved app that asks; empty: the keys that are typed do.
    pub saved: String,
    /// What was typed.
    pub entries: Entries,
    /// The tab in front.
    pub tab: Tab,
    /// How far the authorization is.
    pub stage: Stage,
    /// What the server is doing; nothing else is begun meanwhile.
    pub busy: Option<Busy>,
    /// What stands in the way of sending a field.
    pub complaint: Option<(Field, Doubt)>,
    /// The last failure, and where it is shown.
    pub trouble: Option<(Place, Failure)>,
    /// Something to say that is not a failure.
    pub note: Option<Note>,
    /// What became of a granted token, when the person must know.
    pub aftermath: Option<(Aftermath, bool)>,
    /// Cancel was pressed while X was asked; it waits for the answer, to revoke what was granted.
    leaving: bool,
    /// What became of the PIN was not told: X may have granted a token.
    lost: bool,
    /// The authorization that was looked up, while nobody knows how it stands.
    pending: Option<String>,
    /// The attempt is older than this dialog, which cannot know what was lost before.
    resumed: bool,
    /// The keys stand in the way of a new link, so that their step is open once more.
    app_reopened: bool,
    /// The name is the account's, not typed.
    suggested: bool,
}

/// Which app a hand-off is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandedApp {
    /// The one it names.
    Named,
    /// The one whose keys are typed.
    Typed,
}

impl Wizard {
    /// Opens the dialog, at the authorization in the address if there is one.
    pub fn open(
        has_registered: bool,
        resume: Option<String>,
        name: String,
        group: String,
    ) -> (Self, Vec<Effect>) {
        let mut entries = Entries::default();
        entries[Field::Name] = name;
        entries[Field::Group] = group;
        let mut wizard = Self {
            has_registered,
            repair: None,
            repaired: None,
            handed: None,
            differs: false,
            asks_anew: false,
            use_registered: has_registered,
            keeps_app: true,
            apps: Vec::new(),
            saved: String::new(),
            entries,
            tab: Tab::Authentication,
            stage: Stage::Choosing,
            busy: None,
            complaint: None,
            trouble: None,
            note: None,
            aftermath: None,
            leaving: false,
            lost: false,
            pending: None,
            resumed: false,
            app_reopened: false,
            suggested: false,
        };
        let first = match resume {
            Some(id) => wizard.resume(id),
            None => vec![Effect::Focus(Spot::Dialog)],
        };
        (wizard, first)
    }

    /// Whether OK has a use: who was asked has none but to try again.
    pub fn can_save(&self) -> bool {
        self.handed.is_none() || matches!(self.stage, Stage::Authenticated(_))
    }

    /// The authorization under way.
    pub fn authorization(&self) -> Option<&Authorization> {
        match &self.stage {
            Stage::Choosing => None,
            Stage::Awaiting(authorization) | Stage::Authenticated(authorization) => {
                Some(authorization)
            }
        }
    }

    /// How a step looks.
    pub fn standing(&self, step: Step) -> Standing {
        match (step, &self.stage) {
            (Step::App, Stage::Awaiting(_)) if self.app_reopened => Standing::Open,
            (Step::Pin | Step::Tokens, Stage::Choosing) | (Step::Tokens, Stage::Awaiting(_)) => {
                Standing::Calm
            }
            (Step::App | Step::Authorize, Stage::Choosing)
            | (Step::Authorize | Step::Pin, Stage::Awaiting(_)) => Standing::Open,
            _ => Standing::Done,
        }
    }

    /// What is wrong or unusual about a field: what stopped it first, then what only looks odd.
    pub fn doubt(&self, field: Field) -> Option<Doubt> {
        match self.complaint {
            Some((about, doubt)) if about == field => Some(doubt),
            _ => entry::doubt(&self.entries, field),
        }
    }

    /// Whether a field is what stands in the way.
    pub fn is_refused(&self, field: Field) -> bool {
        let complained = self.complaint.is_some_and(|(about, _)| about == field);
        complained || self.troubled_field() == Some(field)
    }

    fn troubled_field(&self) -> Option<Field> {
        Field::of(&self.trouble.as_ref()?.1)
    }

    /// Takes in what happened; returns what must be done about it.
    pub fn step(&mut self, event: Event) -> Vec<Effect> {
        match event {
            Event::Typed(field, text) => self.typed(field, text),
            Event::UseRegistered(on) if self.has_registered && self.is_free() => {
                self.use_registered = on;
                self.calm();
            }
            Event::UseSaved(id) if self.is_free() => {
                self.saved = id;
                self.calm();
            }
            Event::KeepApp(on) if self.is_free() => {
                self.keeps_app = on;
                self.calm();
            }
            Event::Apps(Ok(apps)) => self.apps = apps,
            Event::Repairs(Ok(connection)) => {
                self.entries[Field::Name].clone_from(&connection.name);
                self.entries[Field::Group] = connection.group.clone().unwrap_or_default();
                self.repaired = Some(Box::new(connection));
            }
            Event::Swap(one, other) => {
                let text = std::mem::take(&mut self.entries[one]);
                self.entries[one] = std::mem::replace(&mut self.entries[other], text);
                self.complaint = None;
                return vec![Effect::Focus(Spot::Field(one))];
            }
            Event::Select(tab) => self.tab = tab,
            Event::GetPin if self.is_free() => return self.get_pin(),
            Event::Opened(opened) => return self.opened(opened),
            Event::AuthenticatePin if self.is_free() => return self.authenticate_pin(),
            Event::StartOver if self.is_free() => return self.start_over(),
            Event::Ok if self.is_free() => return self.save(None),
            Event::Replace if self.is_free() => return self.save(Some(true)),
            Event::AddAsNew if self.is_free() => return self.save(Some(false)),
            Event::Cancel => return self.cancel(),
            Event::Returned if self.busy.is_none() && self.tab == Tab::Authentication => {
                if let Stage::Awaiting(_) = self.stage {
                    return vec![Effect::Focus(Spot::Field(Field::Pin))];
                }
            }
            Event::Resumed(answer) if self.busy == Some(Busy::Resuming) => {
                return self.resumed(answer);
            }
            Event::Began(answer) => return self.began(answer),
            Event::Exchanged(answer) => return self.exchanged(answer),
            Event::Saved(answer) => return self.saved(answer),
            Event::Revoked(answer) => return self.revoked(answer),
            // A second press while the server works changes nothing, nor does an answer that a
            // Cancel has overtaken.
            _ => {}
        }
        Vec::new()
    }

    fn is_free(&self) -> bool {
        self.busy.is_none()
    }

    /// Shows a failure, and the tab it is on.
    fn fail(&mut self, place: Place, failure: Failure) {
        if let Place::Step(_) = place {
            self.tab = Tab::Authentication;
        }
        self.trouble = Some((place, failure));
    }

    fn calm(&mut self) {
        self.complaint = None;
        self.trouble = None;
        self.note = None;
        self.aftermath = None;
        self.differs = false;
    }
}
