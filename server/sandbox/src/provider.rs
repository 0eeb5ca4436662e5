//! The one thing that all routes share: the world, and what is remembered around it.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use crate::bill::{Bill, Item};
use crate::clock::Clock;
use crate::meter::Meter;
use crate::misbehave::Orders;
use crate::nonces::Nonces;
use crate::pages::Pages;
use crate::state::StateFile;
use crate::world::World;

/// The imitation of X, behind its HTTP.
pub(crate) struct Provider {
    pub(crate) clock: Clock,
    pub(crate) pages: Pages,
    file: Option<StateFile>,
    inner: Mutex<Inner>,
}

/// What changes. Only `world` survives a restart.
pub(crate) struct Inner {
    pub(crate) world: World,
    pub(crate) nonces: Nonces,
    pub(crate) orders: Orders,
    /// Requests per method and path.
    pub(crate) requests: BTreeMap<String, u64>,
    pub(crate) meter: Meter,
    pub(crate) bill: Bill,
}

impl Provider {
    pub(crate) fn new(world: World, clock: Clock, file: Option<StateFile>) -> Self {
        let inner = Inner {
            world,
            nonces: Nonces::default(),
            orders: Orders::default(),
            requests: BTreeMap::new(),
            meter: Meter::default(),
            bill: Bill::default(),
        };
        Self { clock, pages: Pages::new(), file, inner: Mutex::new(inner) }
    }

    /// Looks at everything, or changes what need not survive.
    pub(crate) fn with<T>(&self, act: impl FnOnce(&mut Inner) -> T) -> T {
        // A panic in a handler leaves a world that is no worse than its last answer.
        act(&mut self.inner.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Bills something that was made.
    pub(crate) fn bill(&self, item: Item) {
        self.with(|inner| inner.bill.make(item));
    }

    /// Bills what an answer tells.
    pub(crate) fn bill_read(&self, item: Item, answer: &Value) {
        let now = self.clock.seconds();
        self.with(|inner| inner.bill.read(item, &answer["data"], now));
    }

    /// Changes the world, and writes it down before anybody is answered. The file is written under
    /// the lock, so that an older world never overwrites a newer one.
    pub(crate) fn change<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        self.with(|inner| {
            let outcome = act(&mut inner.world);
            if let Some(file) = &self.file
                && let Err(error) = file.write(&inner.world)
            {
                tracing::warn!(%error, "the sandbox cannot write its state: a restart will forget");
            }
            outcome
        })
    }
}
