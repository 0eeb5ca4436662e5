//! Cancel and Start over: nothing that X granted is left behind without a word.

use pinfold_api::Cancelled;

use super::{Busy, Effect, Stage, Wizard};
use crate::failure::Failure;
use crate::wizard::entry::Field;
use crate::wizard::{Aftermath, Flash, Spot, Step};

impl Wizard {
    pub(super) fn start_over(&mut self) -> Vec<Effect> {
        self.calm();
        match std::mem::take(&mut self.stage) {
            Stage::Choosing => Vec::new(),
            Stage::Awaiting(authorization) if !self.lost => {
                self.begin_anew();
                vec![
                    Effect::Abandon(authorization.id),
                    Effect::Remember(None),
                    Effect::Focus(Spot::Heading(Step::App)),
                ]
            }
            held @ (Stage::Awaiting(_) | Stage::Authenticated(_)) => {
                self.stage = held;
                self.revoke(false)
            }
        }
    }

    fn begin_anew(&mut self) {
        self.stage = Stage::Choosing;
        self.lost = false;
        self.entries[Field::Pin].clear();
        if std::mem::take(&mut self.suggested) {
            self.entries[Field::Name].clear();
        }
    }

    pub(super) fn cancel(&mut self) -> Vec<Effect> {
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
            Stage::Awaiting(authorization) if !self.lost && !self.resumed => {
                vec![Effect::Abandon(authorization.id.clone()), Effect::Leave(None)]
            }
            Stage::Awaiting(_) | Stage::Authenticated(_) => {
                self.calm();
                self.revoke(true)
            }
        }
    }

    /// Cancels the authorization, and waits to hear what became of its token.
    fn revoke(&mut self, leave: bool) -> Vec<Effect> {
        let Some(id) = self.authorization().map(|it| it.id.clone()) else { return Vec::new() };
        self.busy = Some(Busy::Revoking { leave });
        vec![Effect::Revoke(id)]
    }

    pub(super) fn revoked(&mut self, answer: Result<Cancelled, Failure>) -> Vec<Effect> {
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
