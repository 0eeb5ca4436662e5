//! Cancel and Start over: nothing that X granted is left behind without a word.

use pinfold_api::Cancelled;

use super::{Busy, Effect, Stage, Wizard};
use crate::failure::Failure;
use crate::wizard::entry::Field;
use crate::wizard::{Aftermath, Parting, Spot, Step};

impl Wizard {
    pub(super) fn start_over(&mut self) -> Vec<Effect> {
        self.calm();
        match self.attempt() {
            None => Vec::new(),
            Some(id) if !self.may_be_granted() => {
                self.begin_anew();
                vec![
                    Effect::Abandon(id),
                    Effect::Remember(None),
                    Effect::Focus(Spot::Heading(Step::App)),
                ]
            }
            Some(id) => self.revoke(id, false),
        }
    }

    /// The authorization under way, or the one that is still to be found again.
    pub(super) fn attempt(&self) -> Option<String> {
        let known = self.authorization().map(|authorization| &authorization.id);
        known.or(self.pending.as_ref()).cloned()
    }

    /// Whether X granted a token to the attempt, for all that is known.
    fn may_be_granted(&self) -> bool {
        let granted = matches!(self.stage, Stage::Authenticated(_));
        granted || self.lost || self.resumed || self.pending.is_some()
    }

    fn begin_anew(&mut self) {
        self.stage = Stage::Choosing;
        (self.lost, self.resumed, self.pending) = (false, false, None);
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
        match self.attempt() {
            None => vec![Effect::Leave(None)],
            Some(id) if !self.may_be_granted() => vec![Effect::Abandon(id), Effect::Leave(None)],
            Some(id) => {
                self.calm();
                self.revoke(id, true)
            }
        }
    }

    /// Cancels the authorization, and waits to hear what became of its token.
    fn revoke(&mut self, id: String, leave: bool) -> Vec<Effect> {
        self.busy = Some(Busy::Revoking { leave });
        vec![Effect::Revoke(id)]
    }

    pub(super) fn revoked(&mut self, answer: Result<Cancelled, Failure>) -> Vec<Effect> {
        let leave = matches!(self.busy.take(), Some(Busy::Revoking { leave: true }));
        let aftermath = Aftermath::read(answer);
        let untold = matches!(aftermath, Aftermath::Untold(_));
        if leave && aftermath == Aftermath::InUse {
            return vec![Effect::Leave(Some(Parting::CancelledInUse))];
        }
        if aftermath.needs_telling() {
            self.aftermath = Some((aftermath, leave));
            if leave {
                return vec![Effect::Remember(None), Effect::Focus(Spot::Dialog)];
            }
            // The attempt is kept; what is told of it stands at the top.
            if untold {
                return vec![Effect::Focus(Spot::Dialog)];
            }
        } else if leave {
            let parting = (aftermath == Aftermath::Revoked).then_some(Parting::Cancelled);
            return vec![Effect::Leave(parting)];
        }
        self.begin_anew();
        vec![Effect::Remember(None), Effect::Focus(Spot::Heading(Step::App))]
    }
}
