//! OK: a granted pair or a pasted one becomes a connection.

use pinfold_api::{Code, Connection, NewConnection, WriteOnly};

use super::{Busy, Effect, Note, Stage, Wizard};
use crate::failure::Failure;
use crate::wizard::entry::{self, Doubt, Field};
use crate::wizard::{Aftermath, Parting, Place, Spot, Tab};

impl Wizard {
    /// With what is to happen to the repaired connection when the account differs: `true` replaces
    /// it, `false` adds one.
    pub(super) fn save(&mut self, replace: Option<bool>) -> Vec<Effect> {
        self.calm();
        let mut new = match &self.stage {
            Stage::Authenticated(authorization) => NewConnection {
                authorization_id: Some(authorization.id.clone()),
                replace: replace.filter(|it| *it),
                as_new: replace.map(|it| !it).filter(|it| *it),
                ..Default::default()
            },
            _ => match self.pasted() {
                Err((field, doubt)) => return self.complain(field, doubt),
                Ok(Some(pair)) => pair,
                Ok(None) => {
                    self.note = Some(Note::NothingToSave);
                    self.tab = Tab::Authentication;
                    return Vec::new();
                }
            },
        };
        // A repair leaves both as they are, and who was asked knows of neither.
        if self.repair.is_none() && self.handed.is_none() {
            new.name = filled(&self.entries[Field::Name]);
            new.group = filled(&self.entries[Field::Group]);
        }
        self.busy = Some(Busy::Saving);
        vec![Effect::Save(Box::new(new))]
    }

    /// The pasted pair, `None` when nothing was pasted.
    fn pasted(&self) -> Result<Option<NewConnection>, (Field, Doubt)> {
        let pair = [Field::AccessToken, Field::AccessSecret];
        if self.repair.is_some()
            || pair.iter().all(|&field| entry::key(&self.entries[field]).is_empty())
        {
            return Ok(None);
        }
        Ok(Some(NewConnection {
            app: Some(self.app()?),
            access_token: Some(self.key(Field::AccessToken)?),
            access_secret: Some(WriteOnly::new(self.key(Field::AccessSecret)?)),
            ..Default::default()
        }))
    }

    pub(super) fn saved(&mut self, answer: Result<Connection, Failure>) -> Vec<Effect> {
        self.busy = None;
        match answer {
            Ok(connection) => {
                let mut effects = Vec::new();
                // A pasted pair was saved: the attempt is not needed any more.
                if !matches!(self.stage, Stage::Authenticated(_))
                    && let Some(id) = self.attempt()
                {
                    effects.push(Effect::Abandon(id));
                }
                // The account was replaced: what became of the token it had.
                let old = connection.old_token.map(|old| Aftermath::read(Ok(old)));
                if let Some(old) = old.filter(Aftermath::needs_telling) {
                    self.aftermath = Some((old, true));
                    effects.extend([Effect::Remember(None), Effect::Focus(Spot::Dialog)]);
                    return effects;
                }
                let is_same = self.repair.as_ref() == Some(&connection.id);
                let parting = if is_same { Parting::Repaired } else { Parting::Connected };
                effects.push(Effect::Leave(Some(parting(connection.name))));
                effects
            }
            Err(failure) => {
                let code = failure.code();
                if code == Some(Code::AccountDiffers) {
                    (self.differs, self.asks_anew) = (true, true);
                    return vec![Effect::Focus(Spot::Question)];
                }
                self.fail(Place::Actions, failure);
                if let Some(field) = self.troubled_field() {
                    return self.blame(field);
                }
                match (code, &self.stage) {
                    (Some(Code::WrongState), Stage::Authenticated(authorization)) => {
                        let id = authorization.id.clone();
                        self.trouble = None;
                        self.resume(id)
                    }
                    (Some(Code::TokenRejected), _) => self.blame(Field::AccessToken),
                    (Some(Code::AppKeysRejected), Stage::Choosing | Stage::Awaiting(_))
                        if !self.use_registered =>
                    {
                        self.blame(Field::ConsumerKey)
                    }
                    _ => Vec::new(),
                }
            }
        }
    }
}

pub(super) fn filled(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
