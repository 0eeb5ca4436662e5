//! From Get PIN to a token pair: a link, a PIN, and what X says to it.

use pinfold_api::{
    AppKind, AppRef, Authorization, AuthorizationState, Code, Duplicate, NewAuthorization,
    PinEntry, WriteOnly,
};

use super::{Busy, Effect, HandedApp, Note, Stage, Wizard};
use crate::failure::Failure;
use crate::wizard::entry::{self, Doubt, Field};
use crate::wizard::{Place, Spot, Step, Tab};

impl Wizard {
    pub(super) fn get_pin(&mut self) -> Vec<Effect> {
        if let Some(id) = self.pending.clone() {
            self.calm();
            return self.resume(id);
        }
        // What was granted, or may have been, is let go first: the server would not.
        if self.lost || matches!(self.stage, Stage::Authenticated(_)) {
            return self.start_over();
        }
        self.calm();
        let connection_id = self.repair.clone();
        let app = match self.app() {
            _ if self.handed == Some(HandedApp::Named) => None,
            _ if connection_id.is_some() && self.keeps_app => None,
            Err((field, doubt)) => return self.complain(field, doubt),
            Ok(app) => Some(app),
        };
        self.busy = Some(Busy::Beginning);
        let force_login = self.asks_anew.then_some(true);
        let new = NewAuthorization { app, connection_id, force_login, ..Default::default() };
        vec![Effect::Begin(Box::new(new))]
    }

    pub(super) fn began(&mut self, answer: Result<Authorization, Failure>) -> Vec<Effect> {
        self.busy = None;
        match answer {
            Err(failure) => {
                let about_keys = failure.code() == Some(Code::AppKeysRejected);
                self.fail(Place::Step(Step::Authorize), failure);
                match self.troubled_field() {
                    Some(field) => self.blame(field),
                    None if about_keys && !self.use_registered => self.blame(Field::ConsumerKey),
                    None => Vec::new(),
                }
            }
            Ok(authorization) => {
                let renews = matches!(self.stage, Stage::Awaiting(_));
                let mut effects = self.continue_with(authorization);
                self.note = renews.then_some(Note::LinkRenewed);
                if let Some(address) = self.authorization().and_then(|a| a.authorize_url.clone()) {
                    effects.push(Effect::Open(address));
                }
                effects
            }
        }
    }

    /// The newest authorization is the live one; the server cancelled the older.
    fn continue_with(&mut self, authorization: Authorization) -> Vec<Effect> {
        let id = authorization.id.clone();
        self.entries[Field::Pin].clear();
        self.pending = None;
        (self.lost, self.resumed, self.app_reopened) = (false, false, false);
        self.asks(&authorization.app);
        self.repair = self.repair.take().or_else(|| authorization.connection_id.clone());
        self.stage = Stage::Awaiting(authorization);
        vec![Effect::Remember(Some(id))]
    }

    /// Which app asks is known. One that was saved on the way is there to be chosen again.
    fn asks(&mut self, app: &AppRef) {
        self.use_registered = app.kind == AppKind::Registered;
        self.saved = app.id.clone().unwrap_or_default();
        if app.id.is_some() {
            let name = std::mem::take(&mut self.entries[Field::SaveAs]);
            if self.apps.iter().all(|(id, _)| *id != self.saved) {
                self.apps.push((self.saved.clone(), name));
            }
        }
    }

    pub(super) fn opened(&mut self, opened: bool) -> Vec<Effect> {
        if !opened {
            self.note = Some(Note::PopupBlocked);
        }
        let spot = if opened { Spot::Heading(Step::Pin) } else { Spot::Link };
        vec![Effect::Focus(spot)]
    }

    pub(super) fn authenticate_pin(&mut self) -> Vec<Effect> {
        let Stage::Awaiting(authorization) = &self.stage else { return Vec::new() };
        let id = authorization.id.clone();
        let pin = entry::pin(&self.entries[Field::Pin]);
        if let Some(doubt) = entry::doubt_pin(&pin) {
            // A wrong PIN burns the link, so an odd one is questioned; the second press insists.
            if doubt == Doubt::Missing || self.complaint != Some((Field::Pin, doubt)) {
                self.calm();
                return self.complain(Field::Pin, doubt);
            }
        }
        self.calm();
        self.busy = Some(Busy::Exchanging);
        vec![Effect::Exchange(id, PinEntry { pin: WriteOnly::new(pin) })]
    }

    pub(super) fn exchanged(&mut self, answer: Result<Authorization, Failure>) -> Vec<Effect> {
        self.busy = None;
        let effects = match answer {
            Ok(authorization) => self.authenticated(authorization),
            Err(failure) => self.refused(failure),
        };
        if std::mem::take(&mut self.leaving) { self.cancel() } else { effects }
    }

    fn authenticated(&mut self, authorization: Authorization) -> Vec<Effect> {
        if let Some(account) = &authorization.account
            && self.entries[Field::Name].trim().is_empty()
        {
            self.entries[Field::Name] = name_for(&account.screen_name, &authorization.duplicates);
            self.suggested = true;
        }
        for field in [Field::Pin, Field::AccessToken, Field::AccessSecret, Field::ConsumerSecret] {
            self.entries[field].clear();
        }
        (self.lost, self.pending) = (false, None);
        self.stage = Stage::Authenticated(authorization);
        if self.handed.is_some() && !self.leaving {
            return self.save(None);
        }
        vec![Effect::Focus(Spot::Heading(Step::Tokens))]
    }

    fn refused(&mut self, failure: Failure) -> Vec<Effect> {
        if let Some(next) = failure.next() {
            let mut effects = self.continue_with(next.clone());
            self.fail(Place::Step(Step::Authorize), failure);
            effects.push(Effect::Focus(Spot::Link));
            return effects;
        }
        let over = matches!(
            failure.code(),
            Some(
                Code::PinRejected
                    | Code::RequestTokenRejected
                    | Code::AuthorizationExpired
                    | Code::NotFound
            )
        );
        // An answer that was lost on the way may have been a yes: ask where it stands.
        if failure.code() == Some(Code::WrongState)
            && let Some(id) = self.authorization().map(|authorization| authorization.id.clone())
        {
            return self.resume(id);
        }
        if over {
            self.entries[Field::Pin].clear();
            (self.lost, self.pending) = (false, None);
            self.stage = Stage::Choosing;
            self.fail(Place::Step(Step::Authorize), failure);
            return vec![Effect::Remember(None), Effect::Focus(Spot::Heading(Step::Authorize))];
        }
        self.lost |= leaves_open(&failure);
        self.fail(Place::Step(Step::Pin), failure);
        Vec::new()
    }

    /// Asks where an authorization stands.
    pub(super) fn resume(&mut self, id: String) -> Vec<Effect> {
        self.busy = Some(Busy::Resuming);
        self.pending = Some(id.clone());
        vec![Effect::Resume(id)]
    }

    pub(super) fn resumed(&mut self, answer: Result<Authorization, Failure>) -> Vec<Effect> {
        self.busy = None;
        match answer {
            Ok(authorization) => match authorization.state {
                AuthorizationState::AwaitingPin => {
                    let lost = self.lost;
                    let mut effects = self.continue_with(authorization);
                    (self.lost, self.resumed) = (lost, true);
                    effects.push(Effect::Focus(Spot::Heading(Step::Pin)));
                    effects
                }
                AuthorizationState::Authenticated => {
                    self.asks(&authorization.app);
                    self.repair =
                        self.repair.take().or_else(|| authorization.connection_id.clone());
                    self.authenticated(authorization)
                }
                AuthorizationState::Saved => vec![Effect::Leave(None)],
                _ => self.over(),
            },
            Err(failure)
                if matches!(failure.code(), Some(Code::NotFound | Code::AuthorizationExpired)) =>
            {
                self.over()
            }
            Err(failure) => {
                // Where step 2 is folded away, OK asked.
                let place = match self.stage {
                    Stage::Authenticated(_) => Place::Actions,
                    _ => Place::Step(Step::Authorize),
                };
                self.fail(place, failure);
                Vec::new()
            }
        }
    }

    fn over(&mut self) -> Vec<Effect> {
        (self.lost, self.pending) = (false, None);
        self.stage = Stage::Choosing;
        self.tab = Tab::Authentication;
        self.note = Some(Note::AttemptOver);
        vec![Effect::Remember(None), Effect::Focus(Spot::Heading(Step::Authorize))]
    }
}

/// Whether X may have said yes for all that is known.
fn leaves_open(failure: &Failure) -> bool {
    failure.code().is_none_or(|code| {
        matches!(
            code,
            Code::XUnreachable
                | Code::XFailed
                | Code::XUnintelligible
                | Code::RequestTimeout
                | Code::StoreUnavailable
                | Code::Internal
                | Code::Unknown
        )
    })
}

/// The account's name; with a number when another connection of the account has it.
fn name_for(screen_name: &str, others: &[Duplicate]) -> String {
    let taken = |name: &str| others.iter().any(|other| other.name.eq_ignore_ascii_case(name));
    let mut name = screen_name.to_owned();
    let mut number = 2;
    while taken(&name) {
        name = screen_name.to_owned() + " " + &number.to_string();
        number += 1;
    }
    name
}
