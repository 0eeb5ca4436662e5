//! Add: from nothing to a connection, by a PIN or by a pasted pair.

use pinfold_api::{
    AppChoice, AppKind, Authorization, AuthorizationState, Cancelled, Code, Connection,
    NewAuthorization, NewConnection, PinEntry, WriteOnly,
};

use super::entry::{self, Doubt, Entries, Field};
use super::{Aftermath, Flash, Place, Spot, Step, Tab};
use crate::failure::Failure;

/// How far the authorization is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    /// None is under way.
    #[default]
    Choosing,
    /// X shows a PIN to whoever opens the authorize page.
    Awaiting(Authorization),
    /// X granted a token pair.
    Authenticated(Authorization),
}

/// What the server is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Busy {
    /// Looking up where the person was.
    Resuming,
    /// Asking X for a request token.
    Beginning,
    /// Exchanging the PIN.
    Exchanging,
    /// Saving the connection.
    Saving,
    /// Revoking what was granted; then leave, or begin anew.
    Revoking {
        /// Whether the dialog closes afterwards.
        leave: bool,
    },
}

/// How a step looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Not reached.
    Calm,
    /// The one to do now.
    Open,
    /// Shrunk to a line with a tick.
    Done,
}

/// Something to say that is not a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    /// The browser did not let X's page open.
    PopupBlocked,
    /// What was to be resumed is over.
    AttemptOver,
    /// OK without anything to save.
    NothingToSave,
}

/// What the person or the server did. It has no `Debug`: what is typed may be secret.
#[expect(missing_docs, reason = "the names say it; a comment on each would repeat them")]
pub enum Event {
    Typed(Field, String),
    UseRegistered(bool),
    /// Puts the texts of two fields in each other's place.
    Swap(Field, Field),
    Select(Tab),
    GetPin,
    /// Whether the browser opened X's page.
    Opened(bool),
    AuthenticatePin,
    StartOver,
    Ok,
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
    Leave(Option<Flash>),
}

/// The state of the dialog. It has no `Debug`: some entries are secret.
#[derive(Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, not a state")]
pub struct Wizard {
    /// Whether the server has an app of its own.
    pub has_registered: bool,
    /// The checkbox.
    pub use_registered: bool,
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
    /// The name is the account's, not typed.
    suggested: bool,
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
        let wizard = Self {
            has_registered,
            use_registered: has_registered,
            entries,
            tab: Tab::Authentication,
            stage: Stage::Choosing,
            busy: resume.is_some().then_some(Busy::Resuming),
            complaint: None,
            trouble: None,
            note: None,
            aftermath: None,
            leaving: false,
            suggested: false,
        };
        let first = match resume {
            Some(id) => Effect::Resume(id),
            None => Effect::Focus(Spot::Dialog),
        };
        (wizard, vec![first])
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
        let problem = self.trouble.as_ref()?.1.problem()?;
        if problem.code == Code::NameTaken {
            return Some(Field::Name);
        }
        Field::from_api(problem.field.as_deref()?)
    }

    /// Takes in what happened; returns what must be done about it.
    pub fn step(&mut self, event: Event) -> Vec<Effect> {
        match event {
            Event::Typed(field, text) => self.typed(field, text),
            Event::UseRegistered(on) if self.has_registered && self.is_free() => {
                self.use_registered = on;
                self.calm();
            }
            Event::Swap(one, other) => {
                let text = std::mem::take(&mut self.entries[one]);
                self.entries[one] = std::mem::replace(&mut self.entries[other], text);
                self.complaint = None;
            }
            Event::Select(tab) => self.tab = tab,
            Event::GetPin if self.is_free() => return self.get_pin(),
            Event::Opened(opened) => return self.opened(opened),
            Event::AuthenticatePin if self.is_free() => return self.authenticate_pin(),
            Event::StartOver if self.is_free() => return self.start_over(),
            Event::Ok if self.is_free() => return self.save(),
            Event::Cancel => return self.cancel(),
            Event::Returned if self.busy.is_none() && self.tab == Tab::Authentication => {
                if let Stage::Awaiting(_) = self.stage {
                    return vec![Effect::Focus(Spot::Field(Field::Pin))];
                }
            }
            Event::Resumed(answer) => return self.resumed(answer),
            Event::Began(answer) => return self.began(answer),
            Event::Exchanged(answer) => return self.exchanged(answer),
            Event::Saved(answer) => return self.saved(answer),
            Event::Revoked(answer) => return self.revoked(answer),
            // A second press while the server works changes nothing.
            _ => {}
        }
        Vec::new()
    }

    fn is_free(&self) -> bool {
        self.busy.is_none()
    }

    fn calm(&mut self) {
        self.complaint = None;
        self.trouble = None;
        self.note = None;
        self.aftermath = None;
    }

    fn typed(&mut self, field: Field, text: String) {
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

    fn complain(&mut self, field: Field, doubt: Doubt) -> Vec<Effect> {
        self.complaint = Some((field, doubt));
        self.tab = field.tab();
        vec![Effect::Focus(Spot::Field(field))]
    }

    /// The app as the request names it, or the first entry that cannot be sent.
    fn app(&self) -> Result<AppChoice, (Field, Doubt)> {
        if self.use_registered {
            return Ok(AppChoice::default());
        }
        Ok(AppChoice {
            kind: AppKind::Own,
            consumer_key: Some(self.key(Field::ConsumerKey)?),
            consumer_secret: Some(WriteOnly::new(self.key(Field::ConsumerSecret)?)),
            id: None,
        })
    }

    fn key(&self, field: Field) -> Result<String, (Field, Doubt)> {
        let text = &self.entries[field];
        match entry::refuse_key(text) {
            Some(doubt) => Err((field, doubt)),
            None => Ok(entry::key(text).to_owned()),
        }
    }

    fn get_pin(&mut self) -> Vec<Effect> {
        self.calm();
        if let Stage::Authenticated(_) = self.stage {
            return Vec::new();
        }
        match self.app() {
            Err((field, doubt)) => self.complain(field, doubt),
            Ok(app) => {
                self.busy = Some(Busy::Beginning);
                vec![Effect::Begin(Box::new(NewAuthorization { app, ..Default::default() }))]
            }
        }
    }

    fn began(&mut self, answer: Result<Authorization, Failure>) -> Vec<Effect> {
        self.busy = None;
        match answer {
            Err(failure) => {
                let about_keys = failure.code() == Some(Code::AppKeysRejected);
                self.trouble = Some((Place::Step(Step::Authorize), failure));
                match self.troubled_field() {
                    Some(field) => self.blame(field),
                    None if about_keys && !self.use_registered => self.blame(Field::ConsumerKey),
                    None => Vec::new(),
                }
            }
            Ok(authorization) => {
                let mut effects = self.continue_with(authorization);
                if let Some(address) = self.authorization().and_then(|a| a.authorize_url.clone()) {
                    effects.push(Effect::Open(address));
                }
                effects
            }
        }
    }

    /// Shows the failure at the field it is about.
    fn blame(&mut self, field: Field) -> Vec<Effect> {
        let place = match field {
            Field::Name | Field::Group => Place::Main,
            Field::ConsumerKey | Field::ConsumerSecret => Place::Step(Step::App),
            Field::Pin => Place::Step(Step::Pin),
            Field::AccessToken | Field::AccessSecret => Place::Step(Step::Tokens),
        };
        if let Some((shown, _)) = &mut self.trouble {
            *shown = place;
        }
        self.tab = field.tab();
        vec![Effect::Focus(Spot::Field(field))]
    }

    /// The newest authorization is the live one; the server cancelled the older.
    fn continue_with(&mut self, authorization: Authorization) -> Vec<Effect> {
        let id = authorization.id.clone();
        self.entries[Field::Pin].clear();
        self.use_registered = authorization.app.kind == AppKind::Registered;
        self.stage = Stage::Awaiting(authorization);
        vec![Effect::Remember(Some(id))]
    }

    fn opened(&mut self, opened: bool) -> Vec<Effect> {
        self.note = (!opened).then_some(Note::PopupBlocked);
        let spot = if opened { Spot::Heading(Step::Pin) } else { Spot::Link };
        vec![Effect::Focus(spot)]
    }

    fn authenticate_pin(&mut self) -> Vec<Effect> {
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

    fn exchanged(&mut self, answer: Result<Authorization, Failure>) -> Vec<Effect> {
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
            self.entries[Field::Name].clone_from(&account.screen_name);
            self.suggested = true;
        }
        for field in [Field::Pin, Field::AccessToken, Field::AccessSecret, Field::ConsumerSecret] {
            self.entries[field].clear();
        }
        self.stage = Stage::Authenticated(authorization);
        vec![Effect::Focus(Spot::Heading(Step::Tokens))]
    }

    fn refused(&mut self, failure: Failure) -> Vec<Effect> {
        if let Some(next) = failure.next() {
            let mut effects = self.continue_with(next.clone());
            self.trouble = Some((Place::Step(Step::Authorize), failure));
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
            self.busy = Some(Busy::Resuming);
            return vec![Effect::Resume(id)];
        }
        if over {
            self.entries[Field::Pin].clear();
            self.stage = Stage::Choosing;
            self.trouble = Some((Place::Step(Step::Authorize), failure));
            return vec![Effect::Remember(None), Effect::Focus(Spot::Heading(Step::Authorize))];
        }
        self.trouble = Some((Place::Step(Step::Pin), failure));
        Vec::new()
    }

    fn resumed(&mut self, answer: Result<Authorization, Failure>) -> Vec<Effect> {
        self.busy = None;
        match answer {
            Ok(authorization) => match authorization.state {
                AuthorizationState::AwaitingPin => {
                    let mut effects = self.continue_with(authorization);
                    effects.push(Effect::Focus(Spot::Heading(Step::Pin)));
                    effects
                }
                AuthorizationState::Authenticated => {
                    self.use_registered = authorization.app.kind == AppKind::Registered;
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
                self.trouble = Some((Place::Step(Step::Authorize), failure));
                Vec::new()
            }
        }
    }

    fn over(&mut self) -> Vec<Effect> {
        self.stage = Stage::Choosing;
        self.note = Some(Note::AttemptOver);
        vec![Effect::Remember(None), Effect::Focus(Spot::Heading(Step::Authorize))]
    }

    fn start_over(&mut self) -> Vec<Effect> {
        self.calm();
        match std::mem::take(&mut self.stage) {
            Stage::Choosing => Vec::new(),
            Stage::Awaiting(authorization) => {
                self.begin_anew();
                vec![
                    Effect::Abandon(authorization.id),
                    Effect::Remember(None),
                    Effect::Focus(Spot::Heading(Step::App)),
                ]
            }
            Stage::Authenticated(authorization) => {
                let id = authorization.id.clone();
                self.stage = Stage::Authenticated(authorization);
                self.busy = Some(Busy::Revoking { leave: false });
                vec![Effect::Revoke(id)]
            }
        }
    }

    fn begin_anew(&mut self) {
        self.stage = Stage::Choosing;
        self.entries[Field::Pin].clear();
        if std::mem::take(&mut self.suggested) {
            self.entries[Field::Name].clear();
        }
    }

    fn save(&mut self) -> Vec<Effect> {
        self.calm();
        let mut new = match &self.stage {
            Stage::Authenticated(authorization) => NewConnection {
                authorization_id: Some(authorization.id.clone()),
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
        new.name = filled(&self.entries[Field::Name]);
        new.group = filled(&self.entries[Field::Group]);
        self.busy = Some(Busy::Saving);
        vec![Effect::Save(Box::new(new))]
    }

    /// The pasted pair, `None` when nothing was pasted.
    fn pasted(&self) -> Result<Option<NewConnection>, (Field, Doubt)> {
        let pair = [Field::AccessToken, Field::AccessSecret];
        if pair.iter().all(|&field| entry::key(&self.entries[field]).is_empty()) {
            return Ok(None);
        }
        Ok(Some(NewConnection {
            app: Some(self.app()?),
            access_token: Some(self.key(Field::AccessToken)?),
            access_secret: Some(WriteOnly::new(self.key(Field::AccessSecret)?)),
            ..Default::default()
        }))
    }

    fn saved(&mut self, answer: Result<Connection, Failure>) -> Vec<Effect> {
        self.busy = None;
        match answer {
            Ok(connection) => {
                let mut effects = Vec::new();
                if let Stage::Awaiting(authorization) = &self.stage {
                    effects.push(Effect::Abandon(authorization.id.clone()));
                }
                effects.push(Effect::Leave(Some(Flash::Connected(connection.name))));
                effects
            }
            Err(failure) => {
                let code = failure.code();
                self.trouble = Some((Place::Actions, failure));
                if let Some(field) = self.troubled_field() {
                    return self.blame(field);
                }
                match (code, &self.stage) {
                    (Some(Code::WrongState), Stage::Authenticated(authorization)) => {
                        self.trouble = None;
                        self.busy = Some(Busy::Resuming);
                        vec![Effect::Resume(authorization.id.clone())]
                    }
                    (Some(Code::TokenRejected), _) => self.blame(Field::AccessToken),
                    (Some(Code::AppKeysRejected), _) if !self.use_registered => {
                        self.blame(Field::ConsumerKey)
                    }
                    _ => Vec::new(),
                }
            }
        }
    }

    fn cancel(&mut self) -> Vec<Effect> {
        match self.busy {
            Some(Busy::Saving | Busy::Revoking { .. }) => return Vec::new(),
            Some(Busy::Exchanging) => {
                self.leaving = true;
                return Vec::new();
            }
            _ => {}
        }
        // What the person must know was told, and read.
        if let Some((_, true)) = self.aftermath {
            return vec![Effect::Leave(None)];
        }
        match &self.stage {
            Stage::Choosing => vec![Effect::Leave(None)],
            Stage::Awaiting(authorization) => {
                vec![Effect::Abandon(authorization.id.clone()), Effect::Leave(None)]
            }
            Stage::Authenticated(authorization) => {
                let id = authorization.id.clone();
                self.calm();
                self.busy = Some(Busy::Revoking { leave: true });
                vec![Effect::Revoke(id)]
            }
        }
    }

    fn revoked(&mut self, answer: Result<Cancelled, Failure>) -> Vec<Effect> {
        let leave = matches!(self.busy.take(), Some(Busy::Revoking { leave: true }));
        let aftermath = Aftermath::read(answer);
        let untold = matches!(aftermath, Aftermath::Untold(_));
        if aftermath.needs_telling() {
            self.aftermath = Some((aftermath, leave));
            if leave {
                return vec![Effect::Remember(None), Effect::Focus(Spot::Dialog)];
            }
            if untold {
                return Vec::new();
            }
        } else if leave {
            let flash = (aftermath == Aftermath::Revoked).then_some(Flash::CancelledAndRevoked);
            return vec![Effect::Leave(flash)];
        }
        self.begin_anew();
        vec![Effect::Remember(None), Effect::Focus(Spot::Heading(Step::App))]
    }
}

fn filled(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
