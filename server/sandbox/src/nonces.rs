//! The nonces of the last minutes (RFC 5849 section 3.3): unique per consumer, token and timestamp.

use std::collections::BTreeSet;

use crate::verify::TIMESTAMP_WINDOW;

/// Ordered by timestamp, so that what the timestamp window already refuses is forgotten: memory is
/// bounded by the requests of two windows.
#[derive(Default)]
pub(crate) struct Nonces(BTreeSet<(u64, [String; 3])>);

impl Nonces {
    /// Remembers consumer key, token and nonce; false when they were there before.
    pub(crate) fn remember(&mut self, now: u64, timestamp: u64, who: [&str; 3]) -> bool {
        let oldest = now.saturating_sub(TIMESTAMP_WINDOW);
        self.0 = self.0.split_off(&(oldest, Default::default()));
        self.0.insert((timestamp, who.map(str::to_owned)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_unique_per_consumer_token_and_timestamp() {
        let mut nonces = Nonces::default();
        assert!(nonces.remember(1000, 1000, ["app", "token", "n"]));
        assert!(!nonces.remember(1001, 1000, ["app", "token", "n"]));
        assert!(nonces.remember(1001, 1001, ["app", "token", "n"]));
        assert!(nonces.remember(1001, 1000, ["app", "other", "n"]));
        assert!(nonces.remember(1001, 1000, ["other", "token", "n"]));
    }

    #[test]
    fn memory_holds_no_more_than_the_timestamp_window() {
        let mut nonces = Nonces::default();
        for second in 1..10_000 {
            nonces.remember(second, second, ["app", "token", "n"]);
        }
        assert_eq!(nonces.0.len() as u64, TIMESTAMP_WINDOW + 1);
    }
}
