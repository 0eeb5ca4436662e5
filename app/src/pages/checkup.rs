//! How a connection fares: what the last calls taught, and what X says when it is asked.

use std::rc::Rc;

use pinfold_api::{HealthState, paths};

use super::hands::{Asker, Waiter};
use crate::app::App;
use crate::browser::Parsed;
use crate::element::{El, button, effect, el};
use crate::failure::Failure;
use crate::routes::Route;
use crate::state::State;
use crate::{wire, words};

struct Checkup {
    app: App,
    id: String,
    waiter: Waiter,
    verdict: El,
    told: [El; 3],
}

/// Asks at once what is known, and again when a call has taught more, which is free; X only when the
/// person presses, since X bills.
pub(super) fn checkup(app: App, id: &str, calls: State<usize>) -> El {
    let text = |class| el("p").class(class);
    let checkup = Rc::new(Checkup {
        app,
        id: id.to_owned(),
        waiter: Waiter::new(),
        verdict: el("p").class("health"),
        told: [text("what"), text("hint"), text("")],
    });
    let (known, free, live) = (checkup.clone(), checkup.clone(), checkup.clone());
    effect(Box::new(move || {
        calls.get();
        known.test(false);
    }));
    let repair = el("a").class("button").leads_to(&Route::Repair(id.to_owned()));
    let link = el("a").class("button").leads_to(&Route::Links(Some(id.to_owned())));
    el("div").class("checkup").has(&[
        checkup.verdict.clone(),
        el("div").attr("role", "status").has(&checkup.told),
        el("div").class("beside").has(&[
            button(words::TEST).pressed(move || free.test(false)),
            button(words::TEST_LIVE).pressed(move || live.test(true)),
            repair.text(words::REPAIR),
            link.text(words::LINK_FOR),
        ]),
    ])
}

impl Checkup {
    fn test(self: &Rc<Self>, live: bool) {
        let flag = if live { "true" } else { "" };
        let asked = self.app.client.act(paths::CONNECTION_TEST, &self.id, "live", flag);
        self.told[2].say(words::WORKING);
        self.waiter.then(asked, self.clone(), usize::from(live));
    }

    fn tell(&self, state: HealthState, told: [&str; 3]) {
        self.verdict.set("data-state", words::health_tone(state));
        self.verdict.say(words::health(state));
        for (place, text) in self.told.iter().zip(told) {
            place.say(text);
        }
    }
}

impl Asker for Checkup {
    fn take(self: Rc<Self>, live: usize, json: &Parsed) -> Option<()> {
        let (state, told) = wire::checkup(json)?;
        match &told {
            Some([cause, proof, next]) => self.tell(state, [cause, proof, next]),
            None => self.tell(state, ["", "", words::checked(live > 0, state)]),
        }
        Some(())
    }

    fn fail(self: Rc<Self>, _: usize, failure: Failure) {
        let told = words::explain(&failure);
        self.tell(HealthState::Unknown, [&told.what, &told.why, &told.next]);
    }
}
