//! What is seen of the dialog: one view a step. What happens is `wizard`'s.

mod app;
mod authorize;
mod pin;
mod qr;
mod step;
mod tokens;

use leptos::prelude::*;
use pinfold_api::Session;

use crate::failure::Failure;
use crate::widgets::Hint;
use crate::wizard::{Busy, Event, Field, Place, Wizard};
use crate::words;

pub(crate) use app::AppStep;
pub(crate) use authorize::AuthorizeStep;
pub(crate) use pin::PinStep;
pub(crate) use tokens::{Tasks, TokensStep};

/// The state of the dialog, and the way to tell it what the person does.
#[derive(Clone, Copy)]
pub(crate) struct Dialog {
    pub(crate) state: RwSignal<Wizard>,
    pub(crate) send: Callback<Event>,
    pub(crate) session: StoredValue<Session>,
}

impl Dialog {
    /// A part of the state, for a view.
    pub(crate) fn read<T: Send + Sync + 'static>(self, part: fn(&Wizard) -> T) -> Signal<T> {
        Signal::derive(move || self.state.with(part))
    }

    pub(crate) fn tell(self, event: fn() -> Event) -> impl Fn() + Copy {
        move || self.send.run(event())
    }

    /// The text of a field.
    pub(crate) fn text(self, field: Field) -> Signal<String> {
        Signal::derive(move || self.state.read().entries[field].clone())
    }

    /// What is typed into a field.
    pub(crate) fn typing(self, field: Field) -> Callback<String> {
        Callback::new(move |text| self.send.run(Event::Typed(field, text)))
    }

    /// What stands beneath a field: what is wrong with it, else its hint.
    pub(crate) fn hint(self, field: Field, hint: &'static str) -> Signal<Hint> {
        Signal::derive(move || {
            let wizard = self.state.read();
            let refused = wizard.is_refused(field);
            match wizard.doubt(field) {
                Some(doubt) => {
                    Hint { text: words::doubt(field, doubt), refused, doubted: !refused }
                }
                None => Hint { refused, ..hint.into() },
            }
        })
    }

    /// The failure that is shown at a place.
    pub(crate) fn trouble(self, place: Place) -> Signal<Option<Failure>> {
        // A memo: the notice is not to be announced again at each key stroke.
        Memo::new(move |_| match &self.state.read().trouble {
            Some((at, failure)) if *at == place => Some(failure.clone()),
            _ => None,
        })
        .into()
    }

    /// What the server does, when it does one of these things.
    pub(crate) fn doing(self, which: fn(Busy) -> bool) -> Signal<&'static str> {
        Signal::derive(move || match self.state.read().busy {
            Some(busy) if which(busy) => words::busy(busy),
            _ => "",
        })
    }

    /// The name of the registered app.
    pub(crate) fn app_name(self) -> Option<String> {
        self.session.with_value(|session| session.registered_app.as_ref().map(|a| a.name.clone()))
    }
}
