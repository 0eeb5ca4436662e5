//! The state of the dialog as the steps read it, and the way to tell it what the person does.

use pinfold_api::Session;

use crate::element::{El, Words};
use crate::failure::Failure;
use crate::state::State;
use crate::widgets::{Hint, TextField, notice};
use crate::wizard::{Busy, Event, Field, Place, Wizard};
use crate::words;

/// What every step shares.
#[derive(Clone, Copy)]
pub(crate) struct Dialog {
    pub(crate) state: State<Wizard>,
    pub(crate) send: State<Box<dyn Fn(Event)>>,
    pub(crate) session: State<Session>,
}

impl Dialog {
    /// A part of the state.
    pub(crate) fn read<T>(self, part: impl FnOnce(&Wizard) -> T) -> T {
        self.state.read(part)
    }

    pub(crate) fn tell(self, event: Event) {
        self.send.peek(|send| send(event));
    }

    pub(crate) fn is_busy(self) -> bool {
        self.read(|wizard| wizard.busy.is_some())
    }

    /// The input of a field, with its label.
    pub(crate) fn field(self, field: Field) -> TextField {
        TextField::new(field.id(), words::field_label(field)).entry(
            move || Words::Owned(self.read(|wizard| wizard.entries[field].clone())),
            move |text| self.tell(Event::Typed(field, text)),
        )
    }

    /// What stands beneath a field: what is wrong with it, else its hint.
    pub(crate) fn hint(self, field: Field, hint: &'static str) -> Hint {
        let (refused, doubt) = self.read(|wizard| (wizard.is_refused(field), wizard.doubt(field)));
        match doubt {
            Some(doubt) => Hint { text: words::doubt(field, doubt), refused, doubted: !refused },
            None => Hint { refused, ..hint.into() },
        }
    }

    /// The failure that is shown at a place.
    pub(crate) fn notice(self, place: Place) -> El {
        notice(move || {
            self.read(|wizard| match &wizard.trouble {
                Some((at, failure)) if *at == place => Some::<Failure>(failure.clone()),
                _ => None,
            })
        })
    }

    /// What the server does, when it does one of these things.
    pub(crate) fn doing(self, which: fn(Busy) -> bool) -> &'static str {
        match self.read(|wizard| wizard.busy) {
            Some(busy) if which(busy) => words::busy(busy),
            _ => "",
        }
    }

    /// The name of the registered app.
    pub(crate) fn app_name(self) -> Option<String> {
        self.session.peek(|session| session.registered_app.as_ref().map(|a| a.name.clone()))
    }
}
