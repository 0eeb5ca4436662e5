//! What a connection can run, and to try it: a task's form, the exact request, the answer.
//!
//! Nothing here knows a task: names, fields, prices and words are the server's.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use pinfold_api::{Code, Connection, TaskAccess, paths};

use super::hands::{Asker, Waiter};
use super::waiting::skeleton;
use crate::app::App;
use crate::browser::{self, Event, Parsed};
use crate::element::{El, Slot, button, el};
use crate::failure::Failure;
use crate::state::State;
use crate::widgets::{CONFIRM, Form, ask, close_ask, copy_text, notice, primary};
use crate::wire::{Json, Object, all, amount, holds, said};
use crate::words;

/// The fourteen tasks; one of them may be open.
struct Trial {
    app: App,
    id: String,
    access: Vec<TaskAccess>,
    waiter: Waiter,
    tasks: RefCell<Vec<Parsed>>,
    place: Slot,
    open: Slot,
    /// What opened it.
    opener: RefCell<El>,
    form: RefCell<Form>,
    path: RefCell<String>,
    /// The request, or the answer.
    out: Slot,
    question: Slot,
    failure: State<Option<Failure>>,
    busy: Cell<bool>,
    /// Moves on when a call may have taught how the connection fares.
    calls: State<usize>,
    /// How often something was changed; and until the request.
    typed: Cell<usize>,
    asked: Cell<usize>,
    price: RefCell<String>,
}

/// What was asked for; or else a text was weighed, after so many changes.
const TASKS: usize = usize::MAX;
const PREVIEW: usize = TASKS - 1;
const RUN: usize = TASKS - 2;

const TASK: &str = r#"<button type="button" class="task" aria-expanded="false"><b></b> <span class="hint"></span> <span class="price"></span></button>"#;
const BARRED: &str =
    r#"<div class="barred"><b></b> <span class="hint"></span> <span class="price"></span></div>"#;
const REQUESTS: &str = r#"<p class="hint">%</p><div class="asked"></div><div><button type="button" class="primary" data-do="send"></button></div>"#;
const ANSWER: &str = r#"<p class="notice success" role="status"></p><ul class="lines"></ul><details><summary>%</summary><pre></pre></details>"#;
const LINE: &str = r#"<div><p></p><p class="hint"></p></div>"#;

/// How long a person pauses between two words, in milliseconds.
const PAUSE: i32 = 160;

/// The card's content, which begins to load.
pub(super) fn trial(app: App, connection: &Connection, calls: State<usize>) -> El {
    let slot = || Slot::new(el("div"));
    let trial = Rc::new(Trial {
        app,
        id: connection.id.clone(),
        access: connection.tasks.clone(),
        waiter: Waiter::new(),
        tasks: RefCell::default(),
        place: slot(),
        open: Slot::new(el("div").class("trial")),
        opener: RefCell::new(el("i")),
        form: RefCell::new(Form::new(Vec::new())),
        path: RefCell::default(),
        out: slot(),
        question: slot(),
        failure: State::new(None),
        busy: Cell::new(false),
        calls,
        typed: Cell::new(0),
        asked: Cell::new(0),
        price: RefCell::default(),
    });
    trial.place.fill(&skeleton);
    trial.waiter.then(app.client.list(paths::TASKS, "", None), trial.clone(), TASKS);
    let (press, typing, failure) = (trial.clone(), trial.clone(), trial.failure);
    el("div")
        .has(&[trial.place.host(), notice(move || failure.get()), trial.question.host()])
        .on("click", move |event| press.pressed(&event))
        .on("input", move |_| typing.changed())
}

impl Trial {
    fn row(&self, at: usize, task: &Parsed) -> El {
        let name = said(task, "name");
        let why = self.access.iter().find(|it| it.task == name && !it.allowed);
        let price = price(task);
        let each = if holds(task, "billed_each") { words::PRICE_EACH } else { "%" };
        let about = match why {
            Some(why) => why.reason.clone().unwrap_or_default(),
            None => said(task, "about"),
        };
        let row = el("li").markup(if why.is_some() { BARRED } else { TASK }, &[]);
        let head = row.child(0);
        if why.is_none() {
            head.set("data-do", &at.to_string());
        }
        head.child(0).say(&said(task, "title"));
        head.child(1).say(&about);
        head.child(2).say(&words::fill(each, &[&price]));
        row
    }

    /// One listener for everything that can be pressed.
    fn pressed(self: &Rc<Self>, event: &Event) {
        let Some(of) = browser::closest(event, "[data-do]") else { return };
        match of.get_attribute("data-do").unwrap_or_default().as_str() {
            "show" => self.send(PREVIEW),
            "send" => self.send(RUN),
            "confirm" => {
                close_ask();
                self.confirm(true);
                self.send(RUN);
            }
            at => {
                if let Ok(at) = at.parse() {
                    self.turn(&El::of(of), at);
                }
            }
        }
    }

    /// Opens a task, or folds it. One is open at a time.
    fn turn(self: &Rc<Self>, opener: &El, at: usize) {
        if self.busy.get() {
            return;
        }
        let last = self.opener.replace(opener.clone());
        let again = last.node() == opener.node() && self.open.host().children() > 0;
        last.set("aria-expanded", "false");
        self.open.clear();
        self.failure.set(None);
        let tasks = self.tasks.borrow();
        let Some(task) = tasks.get(at).filter(|_| !again) else { return };
        opener.set("aria-expanded", "true");
        let path = paths::CONNECTION_TASK.strip_suffix("{task}").unwrap_or_default();
        self.path.replace(path.to_owned() + &said(task, "name"));
        self.form.replace(Form::new(all(task, "fields")));
        self.open.fill(&|| {
            let enter = self.clone();
            el("div").class("asked").has(&[
                self.form.borrow().build(move || enter.send(PREVIEW)),
                el("div").has(&[button(words::SHOW_REQUEST).attr("data-do", "show")]),
                self.out.host(),
            ])
        });
        opener.after(&self.open.host());
        self.changed();
    }

    /// What was shown is of what was entered before.
    fn changed(self: &Rc<Self>) {
        self.out.clear();
        self.failure.set(None);
        self.form.borrow().calm();
        self.confirm(false);
        let typed = self.typed.get() + 1;
        self.typed.set(typed);
        if self.form.borrow().told("text", "kind") != "tweet" {
            return;
        }
        let this = self.clone();
        browser::after(PAUSE, move || {
            if this.typed.get() == typed && !this.failure.is_gone() {
                let text = this.form.borrow().input("text").map(|it| browser::held(it.node()));
                let json = Object::new().text("text", text.as_deref()).end();
                let asked = this.app.client.tell(paths::WEIGH, "", json);
                this.waiter.then(asked, this.clone(), typed);
            }
        });
    }

    /// How long the text is for X; and that it is dear, in the server's words.
    fn weighed(&self, json: &Parsed) {
        let form = self.form.borrow();
        let [length, most, urls] = ["length", "most", "urls"].map(|it| amount(json, it));
        let [count, of] = ["length", "most"].map(|it| json.get(it).map(|it| it.pretty()));
        let [count, of] = [count, of].map(Option::unwrap_or_default);
        let mut told = words::fill(words::WEIGHED, &[&count, &of]);
        if urls > Some(0.0) {
            told += " · ";
            told += &form.told(CONFIRM, "hint");
        }
        form.say("text", &told, length > most);
    }

    /// The price of a URL is agreed to, or not yet.
    fn confirm(&self, on: bool) {
        if let Some(input) = self.form.borrow().input(CONFIRM) {
            browser::set_checked(input.node(), on);
        }
    }

    fn send(self: &Rc<Self>, what: usize) {
        if self.busy.replace(true) {
            return;
        }
        self.asked.set(self.typed.get());
        self.failure.set(None);
        self.out.fill(&|| el("p").class("hint").attr("role", "status").text(words::WORKING));
        let json = self.form.borrow().write(Object::new());
        let json = json.truth("preview", (what == PREVIEW).then_some(true)).end();
        let asked = self.app.client.tell(&self.path.borrow(), &self.id, json);
        self.waiter.then(asked, self.clone(), what);
    }

    fn requests(&self, json: &Parsed) -> El {
        let shown = el("div").class("asked").markup(REQUESTS, &[words::REQUEST]);
        let list = shown.child(1);
        for request in all(json, "requests") {
            let part = |name: &str| said(&request, name);
            let text = words::fill(
                words::REQUEST_LINES,
                &[&part("method"), &part("url"), &part("authorization"), &part("body")],
            );
            let copy = copy_text(words::COPY_CURL, part("curl"));
            let text = el("pre").text(text.trim_end());
            list.insert(&el("div").class("request").has(&[text, copy]), None);
        }
        shown.child(2).child(0).say(&words::fill(words::SEND, &[&self.price.borrow()]));
        shown
    }

    fn answer(&self, json: &Parsed) -> El {
        let shown = el("div").class("asked").markup(ANSWER, &[words::AS_JSON]);
        let mut told = words::fill(words::ANSWER, &[&self.price.borrow()]);
        if let Some(why) = json.get("incomplete") {
            told = words::fill("% %", &[&told, &said(&why, "detail")]);
        }
        shown.child(0).say(&told);
        if let Some(data) = json.get("data") {
            shown.child(2).child(1).say(&data.pretty());
            let list = shown.child(1);
            for entry in data.items().unwrap_or_else(|| vec![data]) {
                list.insert(&line(&entry), None);
            }
        }
        shown
    }
}

fn price(json: &Parsed) -> String {
    browser::dollars(amount(json, "price_usd").unwrap_or_default())
}

/// One thing of an answer: what people read of it, and the rest small.
fn line(of: &Parsed) -> El {
    let (mut what, mut about) = (String::new(), String::new());
    for [name, value] in of.members() {
        if matches!(name.as_str(), "text" | "name") {
            what = value;
        } else {
            if !about.is_empty() {
                about += " · ";
            }
            about += &words::fill(words::MEMBER, &[&name, &value]);
        }
    }
    let line = el("li").markup(LINE, &[]);
    line.child(0).child(0).say(&what);
    line.child(0).child(1).say(&about);
    line
}

impl Asker for Trial {
    fn take(self: Rc<Self>, what: usize, json: &Parsed) -> Option<()> {
        match what {
            TASKS => {
                let tasks = all(json, "items");
                let can = self.access.iter().filter(|it| it.allowed).count().to_string();
                let can = words::fill(words::CAN_RUN, &[&can, &tasks.len().to_string()]);
                self.place.fill(&|| {
                    let list = el("ul").class("lines fourteen");
                    for (at, task) in tasks.iter().enumerate() {
                        list.insert(&self.row(at, task), None);
                    }
                    el("div").has(&[el("p").class("hint").text(&can), list])
                });
                self.tasks.replace(tasks);
            }
            PREVIEW | RUN => {
                self.busy.set(false);
                if what == PREVIEW && self.asked.get() != self.typed.get() {
                    // It is of what was entered before.
                    return Some(());
                }
                self.price.replace(price(json));
                if what == RUN {
                    self.calls.update(|calls| *calls += 1);
                }
                self.out.fill(&|| {
                    if what == RUN { self.answer(json) } else { self.requests(json) }
                });
            }
            typed => {
                if typed == self.typed.get() {
                    self.weighed(json);
                }
            }
        }
        Some(())
    }

    fn fail(self: Rc<Self>, what: usize, failure: Failure) {
        // That a text is not weighed stands in nobody's way.
        if what < RUN {
            return;
        }
        self.busy.set(false);
        self.out.clear();
        self.calls.update(|calls| *calls += 1);
        let form = self.form.borrow();
        match failure.problem() {
            Some(problem) if problem.code == Code::PriceUnconfirmed => self.question.fill(&|| {
                let yes = primary(&form.told(CONFIRM, "label")).attr("data-do", "confirm");
                let price = el("p").text(&form.told(CONFIRM, "hint"));
                ask(&problem.title, &[price], words::CANCEL, &[yes])
            }),
            _ if form.refuse(&failure) => {}
            _ => self.failure.set(Some(failure)),
        }
    }
}
