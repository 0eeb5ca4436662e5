//! How often: sign-ins, Get PINs and PINs, each counted by address or session (`governor`).

use std::net::IpAddr;
use std::num::NonZeroU32;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use pinfold_api::Code;

use crate::problem::Refusal;

/// The counters of one server.
pub struct Limits {
    access_keys: DefaultKeyedRateLimiter<IpAddr>,
    provider_asked: DefaultKeyedRateLimiter<IpAddr>,
    starts_by_session: DefaultKeyedRateLimiter<String>,
    starts_by_address: DefaultKeyedRateLimiter<IpAddr>,
    pins_by_session: DefaultKeyedRateLimiter<String>,
    pins_by_address: DefaultKeyedRateLimiter<IpAddr>,
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
            access_keys: RateLimiter::keyed(a_minute(20)),
            provider_asked: RateLimiter::keyed(a_minute(120)),
            starts_by_session: RateLimiter::keyed(a_minute(30)),
            starts_by_address: RateLimiter::keyed(a_minute(60)),
            pins_by_session: RateLimiter::keyed(a_minute(20)),
            pins_by_address: RateLimiter::keyed(a_minute(60)),
            clock: DefaultClock::default(),
        }
    }
}

impl Limits {
    /// One more access key. Links have 256 random bits, so nobody is slowed down who brings one.
    pub fn access_key(&self, address: IpAddr) -> Result<(), Refusal> {
        self.access_keys.check_key(&network(address)).map_err(|until| self.refuse(&until))
    }

    /// One more question to the provider of OpenID Connect, by somebody who is not signed in.
    pub fn provider(&self, address: IpAddr) -> Result<(), Refusal> {
        self.provider_asked.check_key(&network(address)).map_err(|until| self.refuse(&until))
    }

    /// One more Get PIN.
    pub fn start(&self, session: &str, address: IpAddr) -> Result<(), Refusal> {
        self.starts_by_session
            .check_key(&session.to_owned())
            .and_then(|()| self.starts_by_address.check_key(&network(address)))
            .map_err(|until| self.refuse(&until))
    }

    /// One more PIN.
    pub fn pin(&self, session: &str, address: IpAddr) -> Result<(), Refusal> {
        self.pins_by_session
            .check_key(&session.to_owned())
            .and_then(|()| self.pins_by_address.check_key(&network(address)))
            .map_err(|until| self.refuse(&until))
    }

    /// Forgets who was quiet for long enough.
    pub fn forget_the_quiet(&self) {
        self.access_keys.retain_recent();
        self.provider_asked.retain_recent();
        self.starts_by_session.retain_recent();
        self.starts_by_address.retain_recent();
        self.pins_by_session.retain_recent();
        self.pins_by_address.retain_recent();
    }

    fn refuse(
        &self,
        until: &governor::NotUntil<<DefaultClock as governor::clock::Clock>::Instant>,
    ) -> Refusal {
        let wait = until.wait_time_from(self.clock.now());
        Refusal::new(Code::TooManyRequests).retry_after(wait.as_secs() + 1)
    }
}

/// Who has one address of an IPv6 /64 has them all.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::from((address.to_bits() >> 64 << 64).to_be_bytes()),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_guesser_is_stopped_and_others_are_not() {
        let limits = Limits::default();
        let guesser = IpAddr::from([192, 0, 2, 1]);
        let refused = (0..40).filter(|_| limits.access_key(guesser).is_err()).count();
        assert!(refused >= 15, "{refused}");
        assert!(limits.access_key(IpAddr::from([192, 0, 2, 2])).is_ok());
    }
}
