//! X's rate limits: so many calls of one kind by one token in 15 minutes.

use std::collections::HashMap;

/// X's window.
const WINDOW_SECONDS: u64 = 15 * 60;
/// How many times what X allows is allowed, until somebody says otherwise: a test suite makes more
/// calls than X would let it.
const USUAL: u64 = 100;

/// Counts calls per token and path, as `x-rate-limit-*` tells them.
pub(crate) struct Meter {
    times: u64,
    window: u64,
    used: HashMap<(String, &'static str), u64>,
}

/// What X tells about a limit in its headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rate {
    pub(crate) limit: u64,
    pub(crate) left: u64,
    /// When the window ends: seconds since 1970.
    pub(crate) reset: u64,
}

impl Default for Meter {
    fn default() -> Self {
        Self { times: USUAL, window: 0, used: HashMap::new() }
    }
}

impl Meter {
    /// So many times what X allows; 1 is X's own limits. Begins to count anew.
    pub(crate) fn allow(&mut self, times: u64) {
        *self = Self { times, ..Self::default() };
    }

    /// Counts one call of a kind that X allows `limit` of. `Err`: there were as many already.
    pub(crate) fn count(
        &mut self,
        token: &str,
        path: &'static str,
        limit: u64,
        now: u64,
    ) -> Result<Rate, Rate> {
        let window = now / WINDOW_SECONDS;
        if self.window != window {
            self.window = window;
            self.used.clear();
        }
        let (limit, reset) = (limit * self.times, (window + 1) * WINDOW_SECONDS);
        let used = self.used.entry((token.to_owned(), path)).or_default();
        if *used >= limit {
            return Err(Rate { limit, left: 0, reset });
        }
        *used += 1;
        Ok(Rate { limit, left: limit - *used, reset })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_token_has_its_own_calls_of_each_kind_until_the_window_ends() {
        let mut meter = Meter::default();
        meter.allow(1);
        let mut passes = |token, path, now| meter.count(token, path, 2, now).is_ok();
        assert!(passes("a", "x", 899) && passes("a", "x", 899) && !passes("a", "x", 899));
        assert!(passes("b", "x", 899) && passes("a", "y", 899));
        assert!(passes("a", "x", 900));
        assert_eq!(meter.count("a", "x", 2, 901), Ok(Rate { limit: 2, left: 0, reset: 1800 }));
        assert_eq!(meter.count("a", "x", 2, 902), Err(Rate { limit: 2, left: 0, reset: 1800 }));
    }
}
