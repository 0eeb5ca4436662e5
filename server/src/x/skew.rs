//! How far this machine's clock is from X's, learned from the `Date` of every answer. X refuses
//! timestamps that are minutes off, so calls are signed with the corrected time.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::UNIX_EPOCH;

use hyper::HeaderMap;
use hyper::header::{AGE, DATE};

use crate::clock::Millis;
use crate::metrics::ClockSkew;

/// Below this, in seconds, it is left alone: X allows minutes, and answers take a while.
const NOISE: i64 = 10;
/// A clock that was set to the local time is off by 14 hours at most (time zones end at UTC+14), or
/// by 15 with a summer time. What is further off is no honest mistake of either side, and signing
/// for such a time would make signatures that somebody could keep for later.
const MOST: i64 = 15 * 3600;
/// Of a `Date` as it is written today (RFC 9110 §5.6.7).
const DATE_BYTES: usize = 29;
/// X has answered nothing yet.
const UNKNOWN: i64 = i64::MIN;

/// What is known of the difference, in seconds: positive when our clock is ahead.
pub(super) struct Skew {
    seconds: AtomicI64,
    gauge: ClockSkew,
    /// What was read last: X says the same for a second.
    last: Mutex<([u8; DATE_BYTES], i64)>,
}

impl Default for Skew {
    fn default() -> Self {
        let (gauge, last) = (ClockSkew::default(), Mutex::new(([0; DATE_BYTES], 0)));
        Self { seconds: AtomicI64::new(UNKNOWN), gauge, last }
    }
}

impl Skew {
    /// The same for `/metrics`.
    pub(super) fn gauge(&self) -> ClockSkew {
        self.gauge.clone()
    }

    /// As the last answer had it.
    pub(super) fn known(&self) -> Option<i64> {
        Some(self.seconds.load(Ordering::Relaxed)).filter(|seconds| *seconds != UNKNOWN)
    }

    /// Seconds to take from our clock before signing.
    pub(super) fn correction(&self) -> i64 {
        correction(self.known())
    }

    /// Learns from an answer to what was sent and received at these times of our clock. `None`, and
    /// nothing learned, when it does not tell X's time: no `Date`, or one that a cache repeats.
    pub(super) fn learn(&self, headers: &HeaderMap, sent: Millis, received: Millis) -> Option<i64> {
        let theirs = self.date(headers)?;
        // X wrote it somewhere between the two, so only what lies outside is certainly off.
        let (sent, received) = (sent / 1000, received / 1000);
        let skew = if theirs < sent { sent - theirs } else { (received - theirs).min(0) };
        let before =
            correction(Some(self.seconds.swap(skew, Ordering::Relaxed)).filter(|s| *s != UNKNOWN));
        let now = correction(Some(skew));
        self.gauge.set(skew);
        if (now - before).abs() >= NOISE {
            tracing::warn!(
                skew_seconds = skew,
                corrected = now != 0,
                "this machine's clock and X's differ"
            );
        } else if skew.abs() > MOST && before == 0 {
            tracing::warn!(
                skew_seconds = skew,
                "this machine's clock is too far from X's to correct"
            );
        }
        Some(skew)
    }

    /// In seconds since 1970; `None` when there is none, or a cache repeats one.
    fn date(&self, headers: &HeaderMap) -> Option<i64> {
        if headers.contains_key(AGE) {
            return None;
        }
        let text = headers.get(DATE)?;
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if text.as_bytes() == last.0 {
            return Some(last.1);
        }
        let date = httpdate::parse_http_date(text.to_str().ok()?).ok()?;
        let seconds = i64::try_from(date.duration_since(UNIX_EPOCH).ok()?.as_secs()).ok()?;
        if let Ok(text) = text.as_bytes().try_into() {
            *last = (text, seconds);
        }
        Some(seconds)
    }
}

/// Beyond the bound nothing is corrected: a call then fails as one with a wrong clock does.
fn correction(skew: Option<i64>) -> i64 {
    skew.filter(|seconds| (NOISE..=MOST).contains(&seconds.abs())).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Thu, 13 Nov 2025 02:13:20 GMT.
    const NOON: i64 = 1_763_000_000;

    fn answered(at: i64) -> HeaderMap {
        let date = std::time::UNIX_EPOCH + std::time::Duration::from_secs(at.unsigned_abs());
        let date = httpdate::fmt_http_date(date).parse().expect("a header");
        HeaderMap::from_iter([(DATE, date)])
    }

    fn learned(theirs: i64, sent: i64, received: i64) -> (Option<i64>, i64) {
        let skew = Skew::default();
        let learned = skew.learn(&answered(theirs), sent * 1000, received * 1000);
        assert_eq!(learned, skew.known());
        (learned, skew.correction())
    }

    #[test]
    fn a_slow_answer_is_no_wrong_clock() {
        assert_eq!(learned(NOON + 5, NOON, NOON + 20), (Some(0), 0));
        assert_eq!(learned(NOON, NOON, NOON), (Some(0), 0));
    }

    #[test]
    fn what_is_certainly_off_is_corrected() {
        assert_eq!(learned(NOON - 360, NOON, NOON + 1), (Some(360), 360));
        assert_eq!(learned(NOON + 360, NOON - 1, NOON), (Some(-360), -360));
        assert_eq!(learned(NOON + 3, NOON - 1, NOON), (Some(-3), 0));
    }

    #[test]
    fn what_no_time_zone_explains_is_shown_and_not_corrected() {
        assert_eq!(learned(NOON + MOST, NOON, NOON), (Some(-MOST), -MOST));
        assert_eq!(learned(NOON + MOST + 1, NOON, NOON), (Some(-MOST - 1), 0));
        assert_eq!(learned(NOON - MOST - 1, NOON, NOON), (Some(MOST + 1), 0));
    }

    #[test]
    fn what_does_not_tell_the_time_of_x_teaches_nothing() {
        let skew = Skew::default();
        let mut cached = answered(NOON - 7200);
        cached.insert(AGE, "7200".parse().expect("a header"));
        assert_eq!(skew.learn(&cached, NOON * 1000, NOON * 1000), None);
        assert_eq!(skew.learn(&HeaderMap::new(), NOON * 1000, NOON * 1000), None);
        assert_eq!((skew.known(), skew.correction()), (None, 0));
    }

    #[test]
    fn a_clock_that_was_set_right_is_not_corrected_any_more() {
        let skew = Skew::default();
        skew.learn(&answered(NOON + 360), NOON * 1000, NOON * 1000);
        assert_eq!(skew.correction(), -360);
        skew.learn(&answered(NOON), NOON * 1000, NOON * 1000);
        assert_eq!((skew.known(), skew.correction()), (Some(0), 0));
    }
}
