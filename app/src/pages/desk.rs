//! What is asked before something is done to connections: delete, clone, move to a group, test.

use std::cell::RefCell;
use std::rc::Rc;

use pinfold_api::{Code, Connection, paths};

use super::checkup::checkup;
use super::feed::Feed;
use super::hands::{Asker, Waiter};
use crate::app::App;
use crate::browser::{self, Parsed};
use crate::client::Asked;
use crate::element::{El, Slot, button, el};
use crate::failure::Failure;
use crate::routes::Route;
use crate::state::State;
use crate::widgets::{TextField, ask, close_ask, enter_submits, notice};
use crate::wire::Fate;
use crate::wizard::{Flash, Gone};
use crate::{wire, words};

/// The server takes so many at a time, and tells of so many what uses them.
const AT_ONCE: usize = 200;
const USED: usize = 500;

/// The connections that are spoken of.
pub(super) type Targets = Vec<Gone>;

/// One of them.
pub(super) fn target(connection: &Connection) -> Gone {
    let Connection { id, name, version, .. } = connection;
    Gone { id: id.clone(), name: name.clone(), version: *version, outcome: Err(Code::Unknown) }
}

/// Where questions are asked: one at a time.
pub(super) struct Desk {
    app: App,
    slot: Slot,
    waiter: Waiter,
    failure: State<Option<Failure>>,
    busy: State<bool>,
    group: State<String>,
    targets: RefCell<Targets>,
    /// How many of them are done with.
    done: RefCell<usize>,
    /// Hears when something was done.
    change: Box<dyn Fn()>,
}

type Answered = fn(&Rc<Desk>);

impl Desk {
    pub(super) fn new(app: App, change: impl Fn() + 'static) -> Rc<Self> {
        Rc::new(Self {
            app,
            slot: Slot::new(el("div")),
            waiter: Waiter::new(),
            failure: State::new(None),
            busy: State::new(false),
            group: State::new(String::new()),
            targets: RefCell::default(),
            done: RefCell::default(),
            change: Box::new(change),
        })
    }

    /// Where the questions appear.
    pub(super) fn slot(&self) -> El {
        self.slot.host()
    }

    pub(super) fn delete(self: &Rc<Self>, targets: Targets) {
        let title = match &targets[..] {
            [one] => words::fill(words::DELETE_ONE, &[&one.name]),
            many => words::fill(words::DELETE_MANY, &[&browser::number(many.len())]),
        };
        let actions: [(_, _, Answered); 1] =
            [(words::DELETE_AND_REVOKE, "danger", |desk| desk.bulk(DELETED))];
        self.ask(targets, &title, &actions, &|desk, targets| {
            let names: Vec<_> = targets.iter().take(5).map(|it| it.name.as_str()).collect();
            let dots = if targets.len() > names.len() { "…" } else { "" };
            let ids: Vec<_> = targets.iter().take(USED).map(|it| it.id.as_str()).collect();
            let usages = Feed {
                path: paths::USAGES,
                id: "?connections=".to_owned() + &ids.join(","),
                read: wire::usage,
                none: words::NO_USAGES,
                action: None,
                act: Box::new(|_| ()),
            };
            let names = el("p").text(&names.join(", ")).text(dots);
            names.show(targets.len() > 1);
            let hint = el("p").text(words::DELETE_HINT);
            el("div").class("asked").has(&[names, usages.build(desk.app), hint])
        });
    }

    pub(super) fn move_to_group(self: &Rc<Self>, targets: Targets) {
        let title = words::fill(words::MOVE_MANY, &[&browser::number(targets.len())]);
        let actions: [(_, _, Answered); 1] = [(words::MOVE, "primary", |desk| desk.bulk(MOVED))];
        self.group.set(String::new());
        self.ask(targets, &title, &actions, &|desk, _| {
            let group = desk.group;
            let field = TextField::new("to-group", words::GROUP)
                .entry(move || group.get().into(), move |text| group.set(text));
            let field = field.hint(|| words::MOVE_HINT.into()).build();
            let desk = desk.clone();
            el("form").has(&[field, enter_submits()]).submitted(move || {
                if !desk.busy.peek(|busy| *busy) {
                    desk.busy.set(true);
                    desk.bulk(MOVED);
                }
            })
        });
    }

    pub(super) fn clone_of(self: &Rc<Self>, target: Gone) {
        let title = words::fill(words::CLONE_ONE, &[&target.name]);
        let actions: [(_, _, Answered); 2] = [
            (words::CLONE_ONLY, "", |desk| desk.make_clone(CLONED)),
            (words::CLONE_AND_CONNECT, "primary", |desk| desk.make_clone(CLONED_TO_CONNECT)),
        ];
        self.ask(vec![target], &title, &actions, &|_, _| el("p").text(words::CLONE_HINT));
    }

    pub(super) fn test(self: &Rc<Self>, target: Gone) {
        let title = target.name.clone();
        self.ask(vec![target], &title, &[], &|desk, targets| {
            checkup(desk.app, &targets[0].id, State::new(0))
        });
    }

    fn ask(
        self: &Rc<Self>,
        targets: Targets,
        title: &str,
        actions: &[(&str, &str, Answered)],
        content: &dyn Fn(&Rc<Self>, &[Gone]) -> El,
    ) {
        self.failure.set(None);
        self.busy.set(false);
        *self.done.borrow_mut() = 0;
        self.slot.fill(&|| {
            let (failure, busy) = (self.failure, self.busy);
            let actions: Vec<_> = actions
                .iter()
                .map(|&(label, class, act)| {
                    let desk = self.clone();
                    let button = button(label).class(class).busy(move || busy.get());
                    button.pressed(move || {
                        if !busy.peek(|busy| *busy) {
                            busy.set(true);
                            act(&desk);
                        }
                    })
                })
                .collect();
            let no = if actions.is_empty() { words::CLOSE } else { words::CANCEL };
            let content = content(self, &targets);
            ask(title, &[content, notice(move || failure.get())], no, &actions)
        });
        *self.targets.borrow_mut() = targets;
    }

    fn finish(&self, flash: Flash) {
        close_ask();
        self.app.flash.set(Some(flash));
        (self.change)();
    }

    fn then(self: &Rc<Self>, asked: Asked, what: usize) {
        self.waiter.then(asked, self.clone(), what);
    }

    /// The next few, until none is left.
    fn bulk(self: &Rc<Self>, what: usize) {
        let group = self.group.peek(|it| it.trim().to_owned());
        let asked = {
            let targets = self.targets.borrow();
            let some = targets.iter().skip(*self.done.borrow()).take(AT_ONCE);
            let ids: Vec<_> = some.map(|it| it.id.as_str()).collect();
            self.app.client.bulk(&ids, (what == MOVED).then_some(&*group))
        };
        self.then(asked, what);
    }

    /// Writes down what became of them; the next, or the end.
    fn bulk_done(self: &Rc<Self>, what: usize, fates: &[Fate]) {
        let more = {
            let (mut targets, mut done) = (self.targets.borrow_mut(), self.done.borrow_mut());
            for target in targets.iter_mut().skip(*done).take(AT_ONCE) {
                target.read(fates.iter().find(|it| it.id == target.id));
            }
            *done += AT_ONCE;
            // Nothing of the last was answered: what was done before is told.
            !fates.is_empty() && *done < targets.len()
        };
        if more {
            return self.bulk(what);
        }
        let all = self.targets.take();
        self.finish(if what == MOVED {
            Flash::Said(self.group.peek(|group| words::moved(&all, group.trim())))
        } else {
            Flash::Deleted(all)
        });
    }

    fn make_clone(self: &Rc<Self>, what: usize) {
        let id = self.targets.borrow()[0].id.clone();
        self.then(self.app.client.act(paths::CONNECTION_CLONE, &id, "", ""), what);
    }
}

/// What was asked for.
const DELETED: usize = 0;
const MOVED: usize = 1;
const CLONED: usize = 2;
const CLONED_TO_CONNECT: usize = 3;

impl Asker for Desk {
    fn take(self: Rc<Self>, what: usize, json: &Parsed) -> Option<()> {
        if what < CLONED {
            self.bulk_done(what, &wire::fates(json)?);
            return Some(());
        }
        let copy = wire::connection(json)?;
        if what == CLONED_TO_CONNECT {
            close_ask();
            self.app.visit(&Route::Repair(copy.id).path());
        } else {
            self.finish(Flash::Said(words::fill(words::CLONED, &[&copy.name])));
        }
        Some(())
    }

    fn fail(self: Rc<Self>, what: usize, failure: Failure) {
        if *self.done.borrow() > 0 {
            return self.bulk_done(what, &[]);
        }
        self.busy.set(false);
        self.failure.set(Some(failure));
    }
}
