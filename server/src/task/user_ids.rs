//! User ids by screen name, so that a name that is used again costs nothing. They are public, and a
//! name that changes hands is rare: they are kept until the server stops, or there are too many.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

const CAP: usize = 10_000;

/// What is known by now. Names have no case at X.
#[derive(Debug, Default)]
pub struct UserIds(Mutex<HashMap<String, String>>);

impl UserIds {
    /// The id of a name, when it is known.
    pub fn find(&self, name: &str) -> Option<String> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&name.to_ascii_lowercase()).cloned()
    }

    /// Keeps one.
    pub fn learn(&self, name: &str, id: &str) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= CAP {
            known.clear();
        }
        known.insert(name.to_ascii_lowercase(), id.to_owned());
    }
}
