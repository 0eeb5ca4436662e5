//! The one thing that all routes share: the world, and what is remembered around it.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use crate::clock::Clock;
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
}

impl Provider {
    pub(crate) fn new(world: World, clock: Clock, file: Option<StateFile>) -> Self {
        let inner = Inner {
            world,
            nonces: Nonces::default(),
            orders: Orders::default(),
            requests: BTreeMap::new(),
            meter: Meter::default(),
        };
        Self { clock, pages: Pages::new(), file, inner: Mutex::new(inner) }
    }

    /// Looks at everything, or changes what need not survive.
    pub(crate) fn with<T>(&self, act: impl FnOnce(&mut Inner) -> T) -> T {
        // A panic in a handler leaves a world that is no worse than its last answer.
        act(&mut self.inner.lock().unwrap_or_else(PoisonError::into_inner))
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

/// Counts calls per token and path, as `x-rate-limit-*` tells them. It never refuses: a test suite
/// makes more calls than X would allow.
#[derive(Default)]
pub(crate) struct Meter {
    window: u64,
    used: HashMap<(String, &'static str), u64>,
}

/// X's window.
const WINDOW_SECONDS: u64 = 15 * 60;

impl Meter {
    /// Counts one call: how many are left of `limit`, and when the window ends.
    pub(crate) fn count(
        &mut self,
        token: &str,
        path: &'static str,
        limit: u64,
        now: u64,
    ) -> (u64, u64) {
        let window = now / WINDOW_SECONDS;
        if self.window != window {
            *self = Self { window, used: HashMap::new() };
        }
        let used = self.used.entry((token.to_owned(), path)).or_default();
        *used += 1;
        (limit.saturating_sub(*used), (window + 1) * WINDOW_SECONDS)
    }
}
