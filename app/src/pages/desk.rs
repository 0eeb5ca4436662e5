//! What is asked before something is done to connections: delete, clone, move to a group, test.

use std::cell::RefCell;
use std::rc::Rc;

use pinfold_api::{Code, Connection, paths};

use super::checkup::checkup;
use super::feed::Feed;
use super::hands::Waiter;
use crate::app::App;
use crate::browser::{self, Parsed};
use crate::client::{self, Answer};
use crate::element::{El, Slot, button, el};
use crate::failure::Failure;
use crate::routes::Route;
use crate::state::State;
use crate::widgets::{TextField, ask, close_ask, notice};
use crate::wire::Fate;
use crate::wizard::{Flash, Gone};
use crate::{wire, words};

/// The server takes so many at a time.
const AT_ONCE: usize = 200;

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
            [(words::DELETE_AND_REVOKE, "danger", Self::delete_next)];
        self.ask(targets, &title, &actions, &|desk, targets| {
            let content = match targets {
                [one] => Feed {
                    path: paths::CONNECTION_USAGES.into(),
                    id: one.id.clone(),
                    read: wire::usage,
                    none: words::NO_USAGES,
                    action: None,
                    act: Box::new(|_| ()),
                }
                .build(desk.app),
                many => {
                    let names: Vec<_> = many.iter().take(5).map(|it| it.name.as_str()).collect();
                    let dots = if many.len() > names.len() { "…" } else { "" };
                    el("p").text(&names.join(", ")).text(dots)
                }
            };
            el("div").class("asked").has(&[content, el("p").text(words::DELETE_HINT)])
        });
    }

    pub(super) fn move_to_group(self: &Rc<Self>, targets: Targets) {
        let title = words::fill(words::MOVE_MANY, &[&browser::number(targets.len())]);
        let actions: [(_, _, Answered); 1] = [(words::MOVE, "primary", Self::move_next)];
        self.group.set(String::new());
        self.ask(targets, &title, &actions, &|desk, _| {
            let group = desk.group;
            let field = TextField::new("to-group", words::GROUP)
                .entry(move || group.get().into(), move |text| group.set(text));
            field.hint(|| words::MOVE_HINT.into()).build()
        });
    }

    pub(super) fn clone_of(self: &Rc<Self>, target: Gone) {
        let title = words::fill(words::CLONE_ONE, &[&target.name]);
        let actions: [(_, _, Answered); 2] = [
            (words::CLONE_ONLY, "", |desk| desk.make_clone(false)),
            (words::CLONE_AND_CONNECT, "primary", |desk| desk.make_clone(true)),
        ];
        self.ask(vec![target], &title, &actions, &|_, _| el("p").text(words::CLONE_HINT));
    }

    pub(super) fn test(self: &Rc<Self>, target: Gone) {
        let title = target.name.clone();
        self.ask(vec![target], &title, &[], &|desk, targets| checkup(desk.app, &targets[0].id));
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

    /// The answer to one of several requests, or the end of it all.
    fn then(
        self: &Rc<Self>,
        asked: client::Asked,
        act: fn(&Rc<Self>, Answer<Parsed>) -> Answer<()>,
    ) {
        let this = self.clone();
        self.waiter.then(
            asked,
            Box::new(move |answer| {
                if let Err(failure) = act(&this, answer) {
                    this.busy.set(false);
                    this.failure.set(Some(failure));
                }
            }),
        );
    }

    /// Waits for something else, in the name of the same page.
    pub(super) fn wait(&self, asked: client::Asked, act: Box<dyn FnOnce(Answer<Parsed>)>) {
        self.waiter.then(asked, act);
    }

    fn finish(&self, flash: Flash) {
        close_ask();
        self.app.flash.set(Some(flash));
        (self.change)();
    }

    /// The next few, until none is left.
    fn bulk(
        self: &Rc<Self>,
        group: Option<&str>,
        act: fn(&Rc<Self>, Answer<Parsed>) -> Answer<()>,
    ) {
        let asked = {
            let targets = self.targets.borrow();
            let some = targets.iter().skip(*self.done.borrow()).take(AT_ONCE);
            let ids: Vec<_> = some.map(|it| it.id.as_str()).collect();
            self.app.client.bulk(&ids, group)
        };
        self.then(asked, act);
    }

    /// Writes down what became of them. True: there are more.
    fn take(&self, fates: &[Fate]) -> bool {
        let mut targets = self.targets.borrow_mut();
        let mut done = self.done.borrow_mut();
        for target in targets.iter_mut().skip(*done).take(AT_ONCE) {
            target.read(fates.iter().find(|it| it.id == target.id));
        }
        *done += AT_ONCE;
        *done < targets.len()
    }

    fn delete_next(self: &Rc<Self>) {
        self.bulk(None, |desk, answer| {
            let first = *desk.done.borrow() == 0;
            let more = match client::read(answer, wire::fates) {
                // What was done before is told.
                Err(_) if !first => {
                    desk.take(&[]);
                    false
                }
                fates => desk.take(&fates?),
            };
            if more {
                desk.delete_next()
            } else {
                desk.finish(Flash::Deleted(desk.targets.take()))
            }
            Ok(())
        });
    }

    fn move_next(self: &Rc<Self>) {
        let group = self.group.peek(|it| it.trim().to_owned());
        self.bulk(Some(&group), |desk, answer| {
            let more = desk.take(&client::read(answer, wire::fates)?);
            if more {
                desk.move_next();
            } else {
                let group = desk.group.peek(|it| it.trim().to_owned());
                desk.finish(Flash::Said(words::moved(&desk.targets.take(), &group)));
            }
            Ok(())
        });
    }

    fn make_clone(self: &Rc<Self>, connect: bool) {
        let asked = {
            let targets = self.targets.borrow();
            self.app.client.act(paths::CONNECTION_CLONE, &targets[0].id, "", "")
        };
        let act: fn(&Rc<Self>, Answer<Parsed>) -> Answer<()> = if connect {
            |desk, answer| {
                let copy = client::read(answer, wire::connection)?;
                close_ask();
                desk.app.visit(&Route::Repair(copy.id).path());
                Ok(())
            }
        } else {
            |desk, answer| {
                let copy = client::read(answer, wire::connection)?;
                desk.finish(Flash::Said(words::fill(words::CLONED, &[&copy.name])));
                Ok(())
            }
        };
        self.then(asked, act);
    }
}
