//! How often: sign-ins, Get PINs and PINs, each counted by address or session (`governor`).

use std::net::IpAddr;
use std::num::NonZeroU32;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use pinfold_api::Code;

use crate::problem::Refusal;

/// The counters of one server.
pub struct Limits {
    sign_ins: DefaultKeyedRateLimiter<IpAddr>,
    starts_by_session: DefaultKeyedRateLimiter<String>,
    starts_by_address: DefaultKeyedRateLimiter<IpAddr>,
    pins: DefaultKeyedRateLimiter<String>,
    clock: DefaultClock,
}

const fn a_minute(times: u32) -> Quota {
    match NonZeroU32::new(times) {
        Some(times) => Quota::per_minute(times),
        None => panic!("a quota of zero lets nobody in"),
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            sign_ins: RateLimiter::keyed(a_minute(20)),
            starts_by_session: RateLimiter::keyed(a_minute(30)),
            starts_by_address: RateLimiter::keyed(a_minute(60)),
            pins: RateLimiter::keyed(a_minute(20)),
            clock: DefaultClock::default(),
        }
    }
}

impl Limits {
    /// One more try to sign in.
    pub fn sign_in(&self, address: IpAddr) -> Result<(), Refusal> {
        self.sign_ins.check_key(&address).map_err(|until| self.refuse(&until))
    }

    /// One more Get PIN.
    pub fn start(&self, session: &str, address: IpAddr) -> Result<(), Refusal> {
        self.starts_by_session
            .check_key(&session.to_owned())
            .and_then(|()| self.starts_by_address.check_key(&address))
            .map_err(|until| self.refuse(&until))
    }

    /// One more PIN.
    pub fn pin(&self, session: &str) -> Result<(), Refusal> {
        self.pins.check_key(&session.to_owned()).map_err(|until| self.refuse(&until))
    }

    /// Forgets who was quiet for long enough.
    pub fn forget_the_quiet(&self) {
        self.sign_ins.retain_recent();
        self.starts_by_session.retain_recent();
        self.starts_by_address.retain_recent();
        self.pins.retain_recent();
    }

    fn refuse(
        &self,
        until: &governor::NotUntil<<DefaultClock as governor::clock::Clock>::Instant>,
    ) -> Refusal {
        let wait = until.wait_time_from(self.clock.now());
        Refusal::new(Code::TooManyRequests).retry_after(wait.as_secs() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_guesser_is_stopped_and_others_are_not() {
        let limits = Limits::default();
        let guesser = IpAddr::from([192, 0, 2, 1]);
        let refused = (0..40).filter(|_| limits.sign_in(guesser).is_err()).count();
        assert!(refused >= 15, "{refused}");
        assert!(limits.sign_in(IpAddr::from([192, 0, 2, 2])).is_ok());
    }
}
