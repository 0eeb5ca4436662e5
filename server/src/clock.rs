//! Time and chance: the only place that asks the machine for either.
//!
//! Everything else gets a [`Clock`], so that a test can stand in the year it likes.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use uuid::Uuid;

/// Milliseconds since the Unix epoch, UTC: what the store keeps.
pub type Millis = i64;

/// The clock a program part was given.
#[derive(Clone, Debug, Default)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(None)
    }

    /// A clock that stands still until [`advance`](Self::advance) moves it.
    pub fn fixed(at: Millis) -> Self {
        Self(Some(Arc::new(AtomicI64::new(at))))
    }

    /// Moves a fixed clock, and every clone of it; the machine's clock stays as it is.
    pub fn advance(&self, by: Millis) {
        if let Some(fixed) = &self.0 {
            fixed.fetch_add(by, Ordering::SeqCst);
        }
    }

    /// Now.
    pub fn now(&self) -> Millis {
        match &self.0 {
            Some(fixed) => fixed.load(Ordering::SeqCst),
            None => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX)),
        }
    }

    /// The machine's last tick: up to ten milliseconds ago, and asked for in a third of the time. For
    /// those who ask several times a call, and mean seconds.
    pub fn recently(&self) -> Millis {
        match &self.0 {
            Some(_) => self.now(),
            None => last_tick(),
        }
    }

    /// Now, as the standard library has it.
    pub fn system_time(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(u64::try_from(self.now()).unwrap_or(0))
    }

    /// A fresh UUIDv7 (RFC 9562 §5.7): sorts by the time it was made.
    pub fn new_id(&self) -> Uuid {
        let millis = u64::try_from(self.now()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &random()).into_uuid()
    }
}

/// The last tick of the clock that measures: up to ten milliseconds ago, like [`Clock::recently`], for
/// deadlines that are seconds away.
#[cfg(target_os = "linux")]
pub fn last_instant() -> Instant {
    use std::sync::LazyLock;

    use rustix::time::{ClockId, clock_gettime};

    static START: LazyLock<(Instant, Duration)> =
        LazyLock::new(|| (Instant::now(), since_boot(clock_gettime(ClockId::Monotonic))));
    fn since_boot(time: rustix::time::Timespec) -> Duration {
        Duration::try_from(time).unwrap_or_default()
    }
    let (start, started) = *START;
    start + since_boot(clock_gettime(ClockId::MonotonicCoarse)).saturating_sub(started)
}

#[cfg(not(target_os = "linux"))]
pub fn last_instant() -> Instant {
    Instant::now()
}

#[cfg(target_os = "linux")]
fn last_tick() -> Millis {
    let tick = rustix::time::clock_gettime(rustix::time::ClockId::RealtimeCoarse);
    tick.tv_sec * 1000 + tick.tv_nsec / 1_000_000
}

#[cfg(not(target_os = "linux"))]
fn last_tick() -> Millis {
    Clock::system().now()
}

/// An id as the store spells it. What is no UUID cannot be anybody's id.
pub fn canonical_id(text: &str) -> Option<String> {
    Uuid::parse_str(text).ok().map(|id| id.to_string())
}

/// RFC 3339 UTC, to the millisecond.
pub fn rfc3339(at: Millis) -> String {
    jiff::Timestamp::from_millisecond(at).unwrap_or_default().to_string()
}

/// Reads an RFC 3339 time with its offset.
pub fn millis(rfc3339: &str) -> Option<Millis> {
    rfc3339.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_millisecond)
}

/// Bytes from the operating system's generator.
///
/// # Panics
/// When the operating system has none to give: nothing here can be done safely then.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system's random generator answers");
    bytes
}

thread_local! {
    /// Letters for nonces, made many at a time.
    static AHEAD: RefCell<String> = const { RefCell::new(String::new()) };
}

/// 32 random characters of `[A-Za-z0-9]` for a signature. They are told to everybody who sees the
/// request, so unlike a token's they may wait in memory until they are used, each once.
pub fn nonce() -> String {
    AHEAD.with_borrow_mut(|ahead| {
        while ahead.len() < 32 {
            ahead.extend(random::<2048>().into_iter().filter_map(letter).map(char::from));
        }
        ahead.split_off(ahead.len() - 32)
    })
}

const ALPHANUMERIC: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// `N` random characters of `[A-Za-z0-9]`, each equally likely (5.95 bits apiece).
pub fn random_alphanumeric<const N: usize>() -> String {
    let mut text = String::with_capacity(N);
    while text.len() < N {
        let fair = random::<64>().into_iter().filter_map(letter).map(char::from);
        text.extend(fair.take(N - text.len()));
    }
    text
}

/// 248 is the largest multiple of 62 in a byte: above it, some letters would be likelier.
fn letter(byte: u8) -> Option<u8> {
    (byte < 248).then(|| ALPHANUMERIC[usize::from(byte) % 62])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_time() {
        let clock = Clock::fixed(1_763_000_000_000);
        let first = clock.new_id();
        clock.advance(1);
        assert!(first < clock.new_id());
        assert_eq!(first.get_version_num(), 7);
    }

    #[test]
    fn the_last_tick_is_not_long_ago() {
        let clock = Clock::system();
        let (before, tick) = (clock.now(), clock.recently());
        assert!((before - 20..=clock.now()).contains(&tick));
        let fixed = Clock::fixed(7);
        assert_eq!(fixed.recently(), 7);
        let before = Instant::now();
        assert!(before.saturating_duration_since(last_instant()) < Duration::from_millis(20));
        std::thread::sleep(Duration::from_millis(30));
        assert!(before < last_instant() && last_instant() <= Instant::now());
    }

    #[test]
    fn no_nonce_comes_twice() {
        let nonces: std::collections::HashSet<String> = (0..500).map(|_| nonce()).collect();
        assert_eq!(nonces.len(), 500);
        assert!(
            nonces.iter().flat_map(|text| text.bytes()).all(|byte| byte.is_ascii_alphanumeric())
        );
        assert!(nonces.iter().all(|text| text.len() == 32));
    }

    #[test]
    fn times_are_rfc_3339() {
        assert_eq!(rfc3339(1_763_000_000_000), "2025-11-13T02:13:20Z");
    }

    #[test]
    fn random_text_has_its_length_and_alphabet() {
        let text = random_alphanumeric::<43>();
        assert_eq!(text.len(), 43);
        assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert_ne!(text, random_alphanumeric::<43>());
    }
}
