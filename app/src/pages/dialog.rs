//! The card that both dialogs are: heading, tabs, and the actions at its foot.

use crate::element::{El, el};
use crate::widgets::tabs;
use crate::wizard::{Spot, Tab};
use crate::words;

/// What is in the card, from top to bottom.
pub(super) struct Card {
    pub(super) title: &'static str,
    /// What is said about the whole.
    pub(super) notice: El,
    /// The panel of *Main settings*.
    pub(super) main: El,
    /// The panel of *Authentication*.
    pub(super) authentication: El,
    pub(super) foot: El,
}

impl Card {
    pub(super) fn build(
        self,
        tab: impl Fn() -> Tab + Copy + 'static,
        select: impl Fn(Tab) + Copy + 'static,
    ) -> El {
        let kind = el("span").class("kind").text(words::KIND);
        let heading = el("h1").id(Spot::Dialog.id()).attr("tabindex", "-1").text(self.title);
        el("div")
            .class("card dialog")
            .has(&[heading.has(&[kind]), self.notice])
            .has(&tabs(tab, select, self.main, self.authentication))
            .has(&[self.foot])
    }
}
