//! What is typed, and what stands in the way of sending it.

use pinfold_api::{AppChoice, AppKind, WriteOnly};

use super::saving::filled;
use super::{Effect, Note, Wizard};
use crate::wizard::entry::{self, Doubt, Field};
use crate::wizard::{Place, Spot, Step};

impl Wizard {
    pub(super) fn typed(&mut self, field: Field, text: String) {
        self.suggested &= field != Field::Name;
        self.entries[field] = text;
        if self.complaint.is_some_and(|(about, _)| about == field) {
            self.complaint = None;
        }
        if self.troubled_field() == Some(field) {
            self.trouble = None;
        }
        if self.note == Some(Note::NothingToSave) {
            self.note = None;
        }
    }

    pub(super) fn complain(&mut self, field: Field, doubt: Doubt) -> Vec<Effect> {
        self.complaint = Some((field, doubt));
        self.turn_to(field)
    }

    /// The app as the request names it, or the first entry that cannot be sent.
    pub(super) fn app(&self) -> Result<AppChoice, (Field, Doubt)> {
        if self.use_registered {
            return Ok(AppChoice::default());
        }
        if !self.saved.is_empty() {
            let id = Some(self.saved.clone());
            return Ok(AppChoice { kind: AppKind::Saved, id, ..AppChoice::default() });
        }
        Ok(AppChoice {
            kind: AppKind::Own,
            consumer_key: Some(self.key(Field::ConsumerKey)?),
            consumer_secret: Some(WriteOnly::new(self.key(Field::ConsumerSecret)?)),
            id: None,
            save_as: filled(&self.entries[Field::SaveAs]),
        })
    }

    pub(super) fn key(&self, field: Field) -> Result<String, (Field, Doubt)> {
        let text = &self.entries[field];
        match entry::refuse_key(text) {
            Some(doubt) => Err((field, doubt)),
            None => Ok(entry::key(text).to_owned()),
        }
    }

    /// Shows the failure at the field it is about.
    pub(super) fn blame(&mut self, field: Field) -> Vec<Effect> {
        let place = match field {
            Field::Name | Field::Group => Place::Main,
            Field::ConsumerKey | Field::ConsumerSecret | Field::SaveAs => Place::Step(Step::App),
            Field::Pin => Place::Step(Step::Pin),
            Field::AccessToken | Field::AccessSecret => Place::Step(Step::Tokens),
        };
        if let Some((shown, _)) = &mut self.trouble {
            *shown = place;
        }
        self.turn_to(field)
    }

    fn turn_to(&mut self, field: Field) -> Vec<Effect> {
        self.tab = field.tab();
        self.app_reopened |=
            matches!(field, Field::ConsumerKey | Field::ConsumerSecret | Field::SaveAs);
        vec![Effect::Focus(Spot::Field(field))]
    }
}
