//! Values that the pages show, on Leptos' owners and triggers.
//!
//! Each of Leptos' own signals and stored values is compiled anew for the type it holds, locks
//! included. Here one shelf holds all of them, and only the reading knows the type. Leptos' arena
//! would do as a shelf, but asks at each look which thread it is on: 5 KB of the standard library.

use std::any::Any;
use std::cell::RefCell;
use std::marker::PhantomData;
use std::rc::Rc;

use leptos::prelude::{ArcTrigger, Notify, Track, on_cleanup};

/// A value that lives as long as the owner it was made under; a handle that can be copied.
pub(crate) struct State<T>(Place, PhantomData<fn() -> T>);

/// Where on the shelf, and how many were there before: a place is used again.
#[derive(Clone, Copy)]
struct Place(usize, u32);

thread_local! {
    static SHELF: RefCell<Vec<(u32, Option<Rc<Held>>)>> = const { RefCell::new(Vec::new()) };
    static FREE: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

/// A `RefCell<T>`, and who wants to hear of its changes.
struct Held {
    value: Box<dyn Any>,
    changed: ArcTrigger,
}

impl Held {
    fn cell<T: 'static>(&self) -> &RefCell<T> {
        self.value.downcast_ref().expect("the handle knows the type")
    }
}

impl<T> Clone for State<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for State<T> {}

impl<T: 'static> State<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(hold(Box::new(RefCell::new(value))), PhantomData)
    }

    /// A part of the value. The effect that reads runs again when the value changes.
    pub(crate) fn read<R>(self, part: impl FnOnce(&T) -> R) -> R {
        self.part(true, part)
    }

    /// A part of the value as it is now.
    pub(crate) fn peek<R>(self, part: impl FnOnce(&T) -> R) -> R {
        self.part(false, part)
    }

    /// Changes the value; `None` when it is gone.
    pub(crate) fn update<R>(self, act: impl FnOnce(&mut T) -> R) -> Option<R> {
        let held = look(self.0)?;
        let done = act(&mut held.cell().borrow_mut());
        held.changed.notify();
        Some(done)
    }

    /// Puts another value in its place, unless it is gone.
    pub(crate) fn set(self, value: T) {
        self.update(|old| *old = value);
    }

    /// Whether its owner has ended.
    pub(crate) fn is_gone(self) -> bool {
        look(self.0).is_none()
    }

    fn part<R>(self, track: bool, part: impl FnOnce(&T) -> R) -> R {
        let (mut part, mut read) = (Some(part), None);
        self.lend(track, &mut |value: &T| read = part.take().map(|part| part(value)));
        read.expect("it was lent")
    }

    /// Apart, so that looking it up is not written into every reader.
    #[inline(never)]
    fn lend(self, track: bool, act: &mut dyn Look<T>) {
        act.look(&held(self.0, track).cell().borrow());
    }
}

/// What looks at a value, as `FnMut(&T)`; but the table of a `dyn FnMut` holds a way to call it but
/// once, too: one more function for each closure of the program.
trait Look<T> {
    fn look(&mut self, value: &T);
}

impl<T, F: FnMut(&T)> Look<T> for F {
    fn look(&mut self, value: &T) {
        self(value);
    }
}

impl<T: Clone + 'static> State<T> {
    /// The value. The effect that reads runs again when it changes.
    pub(crate) fn get(self) -> T {
        self.read(T::clone)
    }
}

#[inline(never)]
fn hold(value: Box<dyn Any>) -> Place {
    let held = Rc::new(Held { value, changed: ArcTrigger::new() });
    let place = SHELF.with_borrow_mut(|shelf| {
        let at = FREE.with_borrow_mut(Vec::pop).unwrap_or(shelf.len());
        if at == shelf.len() {
            shelf.push((0, None));
        }
        shelf[at].1 = Some(held);
        Place(at, shelf[at].0)
    });
    on_cleanup(move || {
        let gone = SHELF.with_borrow_mut(|shelf| {
            shelf[place.0].0 += 1;
            shelf[place.0].1.take()
        });
        FREE.with_borrow_mut(|free| free.push(place.0));
        // Not before: what ends with it may look at the shelf.
        drop(gone);
    });
    place
}

#[inline(never)]
fn look(place: Place) -> Option<Rc<Held>> {
    SHELF.with_borrow(|shelf| {
        let (edition, held) = shelf.get(place.0)?;
        held.clone().filter(|_| *edition == place.1)
    })
}

#[inline(never)]
fn held(place: Place, track: bool) -> Rc<Held> {
    let held = look(place).expect("nobody reads what is gone");
    if track {
        held.changed.track();
    }
    held
}

/// Keeps a thing until the owner ends.
pub(crate) fn keep(thing: Box<dyn Any>) {
    hold(thing);
}
