//! A failure as an answer: what happened, why, the one next thing, and X's own words folded away.

use std::rc::Rc;

use super::copy_button;
use crate::browser::{self, Ticker};
use crate::element::{El, el};
use crate::failure::Failure;
use crate::state::{State, keep};
use crate::wizard::Aftermath;
use crate::words;

/// Shown as long as there is a failure.
pub(crate) fn notice(failure: impl Fn() -> Option<Failure> + 'static) -> El {
    notice_of(Rc::new(failure))
}

/// Once, and not for each caller. What is told of it tells failures apart.
fn notice_of(failure: Rc<dyn Fn() -> Option<Failure>>) -> El {
    let (one, other) = (failure.clone(), failure.clone());
    let told = move || one().map(|it| words::report(&it, ""));
    let (there, same) = (told.clone(), told.clone());
    // The region for alerts is there before its content: otherwise it may not be read out.
    let alert = el("div").attr("role", "alert").content_of(told, move |_| {
        let words = words::explain(&failure()?);
        Some(el("div").has(&[
            el("p").class("what").text(&words.what),
            el("p").text(&words.why),
            el("p").text(&words.next),
        ]))
    });
    let beneath = el("div").content_of(same, move |_| other().map(beneath));
    el("div").class("notice danger").shown(move || there().is_some()).has(&[alert, beneath])
}

/// The countdown is not part of the alert, which would be read out each second.
fn beneath(failure: Failure) -> El {
    let problem = failure.problem();
    let wait = problem.and_then(|problem| problem.retry_after).map(countdown);
    let x = problem.and_then(|problem| problem.x.as_ref()).map(|x| {
        let said = el("summary").text(words::X_SAYS);
        el("details").has(&[said, el("pre").text(&words::x_words(x))])
    });
    el("div")
        .class("beneath")
        .may_have(wait)
        .may_have(x)
        .has(&[copy_button(words::COPY_REPORT, move || words::report(&failure, &browser::now()))])
}

fn countdown(seconds: u64) -> El {
    let left = State::new(seconds);
    let tick = Ticker::every(1000, move || {
        left.update(|left| *left = left.saturating_sub(1));
    });
    keep(Box::new(tick));
    el("p").class("countdown").text_of(move || words::retry_in(left.get()).into())
}

/// The way to revoke a token by hand.
pub(crate) fn by_hand() -> El {
    el("a")
        .attr("href", words::CONNECTED_APPS)
        .attr("target", "_blank")
        .attr("rel", "noopener noreferrer")
        .text(words::CONNECTED_APPS_LINK)
}

/// What became of a token, with the way to X's page when it may still be alive.
pub(crate) fn aftermath_notice(aftermath: impl Fn() -> Option<Aftermath> + 'static) -> El {
    aftermath_of(Rc::new(aftermath))
}

fn aftermath_of(aftermath: Rc<dyn Fn() -> Option<Aftermath>>) -> El {
    let there = aftermath.clone();
    let alert = el("div").attr("role", "alert").content_of(
        move || aftermath(),
        |aftermath| {
            let (what, why, by_hand) = words::aftermath(aftermath.as_ref()?);
            let why = el("p").text(&why).text(" ").may_have(by_hand.then(self::by_hand));
            Some(el("div").has(&[el("p").class("what").text(what), why]))
        },
    );
    el("div").class("notice warning").shown(move || there().is_some()).has(&[alert])
}
