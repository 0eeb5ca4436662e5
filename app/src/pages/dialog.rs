//! The card that both dialogs are: heading, tabs, and the actions at its foot.

use std::rc::Rc;

use crate::element::{El, el};
use crate::widgets::tabs;
use crate::wizard::{Spot, Tab};
use crate::words;

/// What is in the card, from top to bottom.
pub(super) struct Card {
    pub(super) title: &'static str,
    /// What is said about the whole.
    pub(super) notice: El,
    /// The panel of *Main settings*; without it there are no tabs.
    pub(super) main: Option<El>,
    /// The panel of *Authentication*.
    pub(super) authentication: El,
    pub(super) foot: El,
}

impl Card {
    pub(super) fn build(
        self,
        tab: impl Fn() -> Tab + 'static,
        select: impl Fn(Tab) + 'static,
    ) -> El {
        self.build_of(&(Rc::new(tab) as _), &(Rc::new(select) as _))
    }

    /// Once, and not for each dialog.
    fn build_of(self, tab: &Rc<dyn Fn() -> Tab>, select: &Rc<dyn Fn(Tab)>) -> El {
        let kind = el("span").class("kind").text(words::KIND);
        let panels = match self.main {
            Some(main) => tabs(tab, select, main, self.authentication).to_vec(),
            None => vec![self.authentication],
        };
        let heading = el("h1").id(Spot::Dialog.id()).attr("tabindex", "-1").text(self.title);
        el("div")
            .class("card dialog")
            .has(&[heading.has(&[kind]), self.notice])
            .has(&panels)
            .has(&[self.foot])
    }
}
