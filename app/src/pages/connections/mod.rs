//! Manage Connections: search, sort, groups, a selection, and what can be done with it.
//!
//! Unlike the dialogs it is painted by hand: rows come and go as one scrolls, and an effect for
//! each thing that changes would be more program than everything that is seen.

mod greeting;
mod markup;
mod paint;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

pub(super) use paint::app_of;

use super::desk::{Desk, Targets, target};
use super::hands::{Asker, Waiter};
use crate::app::App;
use crate::browser::{self, Event, Parsed};
use crate::element::{El, Slot, effect, el};
use crate::failure::Failure;
use crate::routes::Route;
use crate::state::{State, keep};
use crate::widgets::{MENU, Rows, menu, notice};
use crate::wizard::{Flash, Gone, Grid, View, What};
use crate::{wire, words};

use markup::part;

const TITLE: &str = "connections";

/// How long a person pauses between two words, in milliseconds.
const PAUSE: i32 = 160;

/// The page.
struct Page {
    app: App,
    grid: RefCell<Grid>,
    rows: Rows,
    parts: Vec<El>,
    /// A line of each kind, to be copied.
    lines: [El; 4],
    menu: Slot,
    /// What is brought back, and what was said of those that are.
    undo: RefCell<(Vec<Gone>, String)>,
    desk: Rc<Desk>,
    /// For what the list asks: ends when it is asked anew.
    waiter: Waiter,
    /// For the rest.
    aside: Waiter,
    failure: State<Option<Failure>>,
    /// Where one was when one left, until the list is there again.
    back_to: Cell<i32>,
}

/// What a press does.
type Deed = fn(&Rc<Page>);

/// What was asked for, but for the next page of a group, which is asked for by its number.
const GROUPS: usize = usize::MAX;
const FIRST: usize = GROUPS - 1;
const UNDO: usize = GROUPS - 2;

pub(crate) fn connections(app: App) -> El {
    browser::set_title(&words::page(words::MANAGE));
    super::forget_drafts();
    let root = markup::page();
    let parts = markup::parts(&root);
    let page = Rc::new_cyclic(|page: &std::rc::Weak<Page>| {
        let weak = page.clone();
        Page {
            app,
            grid: RefCell::new(Grid::new(here())),
            rows: Rows::new(parts[part::BODY].clone()),
            parts: parts.clone(),
            lines: markup::lines(),
            menu: Slot::new(el("div")),
            undo: RefCell::default(),
            desk: Desk::new(app, move || weak.upgrade().iter().for_each(Page::load)),
            waiter: Waiter::of_its_own(),
            aside: Waiter::new(),
            failure: State::new(None),
            back_to: Cell::new(app.scrolled.peek(|it| *it)),
        }
    });
    for event in ["scroll", "resize"] {
        keep(Box::new(browser::Listener::on(event, page.does(Page::draw))));
    }
    keep(Box::new(greeting::Greeted(app)));
    // Back and Forward lead to other views of the same page; an edit was sent, saved or refused.
    let (follow, edit) = (page.clone(), page.clone());
    effect(Box::new(move || {
        if app.route.read(|route| *route == Route::Connections)
            && here() != follow.grid.borrow().view
        {
            follow.grid.borrow_mut().view = here();
            follow.load();
        }
    }));
    effect(Box::new(move || {
        app.outgoing.read(|_| ());
        edit.load();
    }));
    browser::focus(TITLE);
    let failure = page.failure;
    page.parts[part::NOTICES]
        .clone()
        .has(&[greeting::greeting(&page), notice(move || failure.get())]);
    page.parts[part::ASIDE].clone().has(&[page.desk.slot(), page.menu.host()]);
    let (press, menu, key, typing) = (page.clone(), page.clone(), page.clone(), page.clone());
    let root = root
        .on("click", move |event| press.pressed(&event))
        .on("contextmenu", move |event| menu.open_menu(&event))
        .on("keydown", move |event| key.keyed(&event));
    page.parts[part::SEARCH]
        .clone()
        .on("input", move |event| typing.search(browser::typed(&event)));
    root
}

fn here() -> View {
    View::parse(&browser::address().1, browser::decoded)
}

impl Page {
    /// One type for whatever is pressed.
    fn does(self: &Rc<Self>, deed: Deed) -> Box<dyn FnMut()> {
        let page = self.clone();
        Box::new(move || deed(&page))
    }

    /// The view is another one: it goes into the address. A search or a fold is no page of its own
    /// in the history.
    fn turn_to(self: &Rc<Self>, push: bool) {
        let query = self.grid.borrow().view.query(browser::encoded);
        let path = Route::Connections.path() + &query;
        self.app.view.set(query);
        if push { browser::push_address(&path) } else { browser::replace_address(&path) }
    }

    fn search(self: &Rc<Self>, text: String) {
        let typed = self.grid.borrow_mut().typed(text);
        let page = self.clone();
        browser::after(PAUSE, move || {
            if page.grid.borrow().is_rested(typed) && !page.failure.is_gone() {
                page.turn_to(false);
                page.load();
            }
        });
    }

    fn sort(self: &Rc<Self>, column: usize) {
        self.grid.borrow_mut().view.sort_by(column);
        self.turn_to(true);
        self.load();
    }

    fn fold(self: &Rc<Self>, section: Option<usize>) {
        self.grid.borrow_mut().turn(section);
        self.turn_to(false);
        self.paint();
        // Its heading was made anew.
        self.rows.each(&|line, row| {
            if line.what == What::Head && Some(line.section) == section {
                browser::focus_on(row.child(0).child(0).node());
            }
        });
    }

    /// Asks everything anew, and for nothing else any more.
    fn load(self: &Rc<Self>) {
        self.waiter.end();
        self.grid.borrow_mut().reload();
        {
            let (view, client) = (&self.grid.borrow().view, self.app.client);
            self.waiter.then(client.groups(view), self.clone(), GROUPS);
            self.waiter.then(client.connections(view, None, None), self.clone(), FIRST);
        }
        self.paint();
    }

    /// The next page of a group, if it is not under way.
    fn more(self: &Rc<Self>, section: usize) {
        if !self.grid.borrow_mut().ask(section) {
            return;
        }
        let grid = self.grid.borrow();
        let it = &grid.sections[section];
        let group = it.group.as_deref().unwrap_or_default();
        let group = (grid.sections.len() > 1).then_some(group);
        let asked = self.app.client.connections(&grid.view, group, it.next.as_deref());
        self.waiter.then(asked, self.clone(), section);
    }

    /// One listener for everything that the markup says can be pressed.
    fn pressed(self: &Rc<Self>, event: &Event) {
        let Some(of) = browser::closest(event, "[data-do]") else { return };
        let line = self.rows.line_of(event).map(|it| it.0);
        let section = line.map(|line| line.section);
        let deed = of.get_attribute("data-do").unwrap_or_default();
        match (deed.as_str(), line) {
            ("turn" | "fold", _) => self.fold(section),
            ("more", Some(line)) => self.more(line.section),
            ("menu", _) => self.open_menu(event),
            ("pick", Some(line)) => {
                self.grid.borrow_mut().pick(&line, browser::shift(event));
                self.paint();
            }
            ("all", _) => {
                let all = self.grid.borrow().shown().all(|row| row.picked);
                self.pick_all(!all);
            }
            ("none", _) => self.pick_all(false),
            ("group", _) => self.desk.move_to_group(self.picked()),
            ("export", _) => {
                let picked = self.picked();
                let ids: Vec<_> = picked.iter().map(|it| it.id.as_str()).collect();
                super::moves::choose(&ids);
                self.app.visit(&Route::Move.path());
            }
            ("delete", _) => self.desk.delete(self.picked()),
            ("load", _) => self.load(),
            ("clear", _) => {
                self.search(String::new());
                browser::focus(TITLE);
            }
            (column, _) => {
                if let Ok(column) = column.parse() {
                    self.sort(column);
                }
            }
        }
    }

    fn pick_all(self: &Rc<Self>, picked: bool) {
        self.grid.borrow_mut().pick_all(picked);
        self.paint();
    }

    fn keyed(self: &Rc<Self>, event: &Event) {
        let key = browser::key(event);
        if key == "ContextMenu" || key == "F10" && browser::shift(event) {
            self.open_menu(event);
        }
    }

    fn open_menu(self: &Rc<Self>, event: &Event) {
        let Some((line, element)) = self.rows.line_of(event) else { return };
        let of = self.grid.borrow().row(&line).map(|row| target(&row.connection));
        let Some(of) = of.filter(|_| line.what == What::Row) else { return };
        event.prevent_default();
        self.menu.fill(&|| {
            let (page, of) = (self.clone(), of.clone());
            let name = words::fill(words::ACTIONS_OF, &[&of.name]);
            let chosen = Rc::new(move |index| page.act(index, of.clone()));
            menu(&name, &words::ACTIONS, &(chosen as Rc<dyn Fn(usize)>))
        });
        // By keyboard: at the button, wherever in the row the focus is.
        let at = browser::pointer(event).unwrap_or_else(|| browser::below(&element, "button"));
        browser::show_menu(MENU, at);
    }

    /// What was chosen of [`words::ACTIONS`].
    fn act(self: &Rc<Self>, index: usize, of: Gone) {
        match index {
            0 => self.app.visit(&Route::Connection(of.id).path()),
            1 => self.app.visit(&Route::Repair(of.id).path()),
            2 => self.desk.clone_of(of),
            3 => self.copy(of.id),
            4 => self.desk.test(of),
            _ => self.desk.delete(vec![of]),
        }
    }

    fn copy(&self, id: String) {
        let flash = self.app.flash;
        browser::spawn(Box::pin(async move {
            let copied = browser::copy(&id).await;
            let said = if copied { words::ID_COPIED } else { words::COPY_FAILED };
            flash.set(Some(Flash::Said(said.to_owned())));
        }));
    }

    fn picked(&self) -> Targets {
        let grid = self.grid.borrow();
        grid.shown().filter(|row| row.picked).map(|row| target(&row.connection)).collect()
    }
}

impl Asker for Page {
    fn take(self: Rc<Self>, what: usize, json: &Parsed) -> Option<()> {
        match what {
            UNDO => self.undone(&words::is_back(&wire::connection(json)?)),
            GROUPS => self.grid.borrow_mut().take_groups(wire::groups(json)?),
            FIRST => self.grid.borrow_mut().take_first(wire::connection_page(json)?),
            section => self.grid.borrow_mut().take_page(section, wire::connection_page(json)?),
        }
        self.paint();
        if self.grid.borrow().total.is_some() && self.back_to.get() > 0 {
            browser::scroll_to(self.back_to.take());
        }
        Some(())
    }

    fn fail(self: Rc<Self>, what: usize, failure: Failure) {
        if what == UNDO {
            // The others may come back all the same.
            return self.undone(&(words::explain(&failure).what + " "));
        }
        self.grid.borrow_mut().fail(failure);
        self.paint();
    }
}
